//! What is recorded: the same remarks for everybody, varied but the same in every run.

/// How long the remark of an event is, in bytes: with what dealtrail stores beside it, an event is about 400 bytes long.
const REMARK: usize = 48;
/// How long an event is for whoever stores just what it is handed, in bytes.
pub(crate) const EVENT: usize = 400;

const WORDS: [&str; 16] = [
    "land", "cadastre", "signed", "tractor", "assembly", "investor", "permit", "lease", "customs",
    "notary", "hectare", "factory", "tender", "annex", "quota", "survey",
];

/// Numbers that look drawn by lot and are the same in every run (xorshift64).
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        let mut draw = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..4 {
            draw.next();
        }
        draw
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A place in a list of this length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        ((self.next() >> 11) % length.max(1) as u64) as usize
    }
}

/// The words of remark `number`: no two are the same.
pub(crate) fn remark(number: u64) -> String {
    let mut draw = Draw::new(number);
    let mut text = format!("{number:011}");
    loop {
        let word = WORDS
            .get(draw.place(WORDS.len()))
            .copied()
            .unwrap_or("land");
        if text.len() + 1 + word.len() > REMARK {
            return text;
        }
        text.push(' ');
        text.push_str(word);
    }
}

/// The remark as an event of 400 bytes, for whoever stores just what it is handed.
pub(crate) fn event(remark: &str) -> Vec<u8> {
    let mut event = format!(r#"{{"kind":"noted","words":"{remark}","rest":""#);
    let number = remark
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok());
    let mut draw = Draw::new(number.unwrap_or(0));
    while event.len() < EVENT {
        event.push_str(
            WORDS
                .get(draw.place(WORDS.len()))
                .copied()
                .unwrap_or("land"),
        );
        event.push(' ');
    }
    event.truncate(EVENT - 2);
    event.push_str("\"}");
    event.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_remark_is_made_twice_and_none_is_long() {
        let made: std::collections::BTreeSet<String> = (0..10_000).map(remark).collect();
        assert_eq!(made.len(), 10_000);
        assert!(
            made.iter()
                .all(|one| one.len() <= REMARK && !one.ends_with(' '))
        );
    }

    #[test]
    fn an_event_is_json_of_the_agreed_length() {
        for number in [0, 7, 31_000_000_000] {
            let event = event(&remark(number));
            assert_eq!(event.len(), EVENT);
            let event: serde_json::Value = serde_json::from_slice(&event).unwrap();
            assert_eq!(event["words"], remark(number));
        }
    }
}
