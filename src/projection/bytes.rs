//! Numbers and texts in few bytes: seven bits a byte, lengths in front.

/// Writes a number, seven bits a byte, the lowest first.
pub fn number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a number that may be negative, so that small ones of both signs are short.
pub fn signed(out: &mut Vec<u8>, signed: i64) {
    number(out, ((signed << 1) ^ (signed >> 63)) as u64);
}

/// The number that was written as this one because it may be negative.
#[must_use]
pub fn with_sign(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Writes a text with its length in front.
pub fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Reads what was written; `None` at the end or when it makes no sense.
#[derive(Debug, Clone)]
pub struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    /// Reads from the beginning of these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// How many bytes are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.0.len()
    }

    /// What is left.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next so many bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for (shift, (place, byte)) in (0..64).step_by(7).zip(self.0.iter().enumerate()) {
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if *byte < 0x80 {
                self.0 = self.0.get(place.saturating_add(1)..)?;
                return Some(number);
            }
        }
        None
    }

    /// A number that may be negative.
    pub fn signed(&mut self) -> Option<i64> {
        self.number().map(with_sign)
    }

    /// Bytes with their length in front.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length)
    }

    /// A text.
    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(numbers: Vec<u64>, negative: Vec<i64>, words: Vec<String>) {
            let mut out = Vec::new();
            numbers.iter().for_each(|n| number(&mut out, *n));
            negative.iter().for_each(|n| signed(&mut out, *n));
            words.iter().for_each(|word| text(&mut out, word));
            let mut cursor = Cursor::new(&out);
            for n in numbers {
                prop_assert_eq!(cursor.number(), Some(n));
            }
            for n in negative {
                prop_assert_eq!(cursor.signed(), Some(n));
            }
            for word in words {
                prop_assert_eq!(cursor.text(), Some(word.as_str()));
            }
            prop_assert_eq!(cursor.left(), 0);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let mut cursor = Cursor::new(&bytes);
            while cursor.text().is_some() || cursor.signed().is_some() {}
        }
    }
}
