//! Base64 as the auditors' formats write it.

use data_encoding::BASE64;

/// The bytes of a text in the standard alphabet with its padding (RFC 4648 section 4); `None` for any
/// other spelling of them, so that a file reads back as it stands and one signature has one line.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    // The decoder takes padded pieces one after the other for one text.
    (BASE64.encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn bytes_have_one_spelling() {
        for (text, bytes) in [("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc")] {
            assert_eq!(read(text), Some(bytes.into()));
        }
        for wrong in [
            "YQ", "YQ=", "YR==", "YQ==YQ==", "YQ==\n", " YQ==", "YQ_-", "YWJ=", "=",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
