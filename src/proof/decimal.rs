//! Numbers as the auditors' formats write them.

/// A number in ASCII decimal digits without sign or leading zeros, as checkpoints, proofs, tile paths
/// and policies write it; `None` for anything else, and for what is above `u64::MAX`.
pub(super) fn read(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_number_has_one_spelling() {
        for number in [0, 1, 10, 909, u64::MAX] {
            assert_eq!(read(&number.to_string()), Some(number));
        }
        for wrong in [
            "",
            "00",
            "07",
            "+7",
            "-7",
            " 7",
            "7 ",
            "7.",
            "0x7",
            "٧",
            "18446744073709551616",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
