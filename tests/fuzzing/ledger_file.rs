//! The law of the file `LEDGER`: what is accepted writes itself again and stays so, and without a check only the
//! very text that the first release wrote is accepted.

use data_encoding::HEXLOWER;
use dealtrail::store::ledger_file::LedgerFile;
use sha2::{Digest, Sha256};

/// Holds the law against any bytes: as they are, and with a check that holds.
pub(crate) fn holds(bytes: &[u8]) {
    if let Some(file) = stable(bytes)
        && !bytes.starts_with(b"{\"check\":")
    {
        assert_eq!(
            file.to_bytes().unwrap(),
            sealed(bytes),
            "read as another text"
        );
    }
    if bytes.starts_with(b"{") {
        let sealed = sealed(bytes);
        stable(&sealed);
        // Whatever else stands behind the same check is refused.
        for at in [0, 12, 40, 80, sealed.len() / 2, sealed.len() - 1] {
            let mut bad = sealed.clone();
            bad[at.min(sealed.len() - 1)] ^= 1;
            assert!(LedgerFile::parse(&bad).is_err(), "byte {at} may change");
        }
    }
}

fn stable(bytes: &[u8]) -> Option<LedgerFile> {
    match LedgerFile::parse(bytes) {
        Ok(file) => {
            let written = file.to_bytes().unwrap();
            let again = LedgerFile::parse(&written).unwrap();
            assert_eq!(again, file);
            assert_eq!(again.to_bytes().unwrap(), written);
            Some(file)
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

/// The text with its check in front.
fn sealed(plain: &[u8]) -> Vec<u8> {
    let check = HEXLOWER.encode(&Sha256::digest(plain));
    [b"{\"check\":\"", check.as_bytes(), b"\",", &plain[1..]].concat()
}
