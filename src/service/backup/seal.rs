//! Small files that prove themselves: content, format and a digest over both, so that no flipped bit passes.

use std::io;

use serde::{Deserialize, Serialize};

use super::copy::digest;

const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    content: T,
    format: u32,
    sha256: String,
}

/// The bytes of a small file.
pub(super) fn seal<T: Serialize>(content: T) -> io::Result<Vec<u8>> {
    let sha256 = digest(&serde_json::to_vec(&(&content, FORMAT))?);
    let format = FORMAT;
    Ok(serde_json::to_vec(&Sealed {
        content,
        format,
        sha256,
    })?)
}

/// What the bytes say; `None` when they are damaged or of a later format.
pub(super) fn unseal<T: Serialize + for<'a> Deserialize<'a>>(bytes: &[u8]) -> Option<T> {
    let found: Sealed<T> = serde_json::from_slice(bytes).ok()?;
    // Written anew it must be the very same bytes.
    let again = seal(&found.content).ok()?;
    (again == bytes).then_some(found.content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These bytes stand in backups and ledgers: when this test fails, they cannot be read.
    #[test]
    fn the_format_is_for_ever_and_every_flipped_bit_is_noticed() {
        let whole = seal("land of brick").unwrap();
        let text = String::from_utf8(whole.clone()).unwrap();
        assert_eq!(text, FROZEN);
        assert_eq!(unseal::<String>(&whole).unwrap(), "land of brick");
        for byte in 0..whole.len() {
            for bit in 0..8 {
                let mut bad = whole.clone();
                bad[byte] ^= 1 << bit;
                assert_eq!(unseal::<String>(&bad), None, "byte {byte} bit {bit}");
            }
        }
    }

    const FROZEN: &str = r#"{"content":"land of brick","format":1,"sha256":"741d58071149755a9434d5204154cba65e45ad74818d9e43d6ddd374b0809957"}"#;
}
