//! The body of a signed checkpoint (C2SP tlog-checkpoint), as far as a restore needs it. Signatures are not checked
//! here.

use super::error::BackupError;
use crate::proof::tree::{Hash, Root};

/// What a checkpoint fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's name.
    pub origin: String,
    /// How many events there were, and the root over them.
    pub root: Root,
}

impl Checkpoint {
    /// Reads a checkpoint: name, size and root, a line each; further lines and signatures are left alone.
    ///
    /// # Errors
    /// When the text, called `name` in the error, is no checkpoint.
    pub fn parse(name: &str, text: &str) -> Result<Self, BackupError> {
        let mut lines = text.lines();
        let mut read = || {
            let origin = lines.next().filter(|line| !line.is_empty())?;
            let size = lines.next().filter(|line| is_number(line))?;
            let hash = Hash::from_base64(lines.next()?).ok()?;
            let root = Root {
                size: size.parse().ok()?,
                hash,
            };
            Some(Self {
                origin: origin.to_owned(),
                root,
            })
        };
        read().ok_or_else(|| BackupError::NoCheckpoint(name.to_owned()))
    }
}

/// Decimal digits without a leading zero.
fn is_number(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_and_anything_else_refused() {
        let root = Root::empty().hash.to_base64();
        let text = format!("ledger.example/test\n0\n{root}\nmore\n\n\u{2014} name sig\n");
        let checkpoint = Checkpoint::parse("file", &text).unwrap();
        assert_eq!(checkpoint.origin, "ledger.example/test");
        assert_eq!(checkpoint.root, Root::empty());
        for bad in [
            String::new(),
            "origin\n".to_owned(),
            format!("origin\n07\n{root}\n"),
            format!("origin\n-1\n{root}\n"),
            "origin\n7\nnot base64\n".to_owned(),
        ] {
            let error = Checkpoint::parse("file", &bad).unwrap_err();
            assert!(error.to_string().contains("file is no checkpoint"), "{bad}");
        }
    }
}
