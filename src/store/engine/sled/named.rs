//! Tells events that cannot be of a stream without reading them.

use memchr::memchr;
use memchr::memmem::Finder;

/// A stream that is looked for.
pub(super) struct Named<'a> {
    /// Its name.
    pub(super) name: &'a str,
    finder: Finder<'a>,
}

impl<'a> Named<'a> {
    /// Looks for a stream of this name.
    pub(super) fn new(name: &'a str) -> Self {
        Self {
            name,
            finder: Finder::new(name),
        }
    }

    /// Whether a stored event may be of the stream. JSON holds a text as it is, or with an escape in it; a "yes" says no
    /// more than that the event has to be read.
    pub(super) fn may_be_in(&self, event: &[u8]) -> bool {
        self.finder.find(event).is_some() || memchr(b'\\', event).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::recorded::Recorded;
    use proptest::prelude::*;

    fn event(stream: &str, words: &str) -> Vec<u8> {
        let (stream, words) = (serde_json::json!(stream), serde_json::json!(words));
        format!(
            r#"{{"actor":{{"id":"u:7f3a","known_by":"token"}},"batch":{{"count":1,"first":3}},"command":"c-1","data":{{"words":{words}}},"id":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","kind":"noted","on":"2025-04-18","recorded_at":"2025-04-17T22:30:00.000000Z","seq":3,"sources":[],"stream":{stream},"v":1,"version":2}}"#
        )
        .into_bytes()
    }

    #[test]
    fn an_escaped_name_is_not_passed_over() {
        let plain = String::from_utf8(event("agreement:7", "a map")).unwrap();
        let escaped = plain.replace("agreement:7", r"agree\u006dent:7");
        let read = Recorded::parse(escaped.clone().into_bytes()).unwrap();
        assert_eq!(read.stream(), "agreement:7");
        assert!(Named::new("agreement:7").may_be_in(escaped.as_bytes()));
        assert!(!Named::new("agreement:8").may_be_in(plain.as_bytes()));
    }

    proptest! {
        #[test]
        fn no_event_of_the_stream_is_passed_over(stream in any::<String>(), words in any::<String>()) {
            let stored = event(&stream, &words);
            let read = Recorded::parse(stored.clone()).unwrap();
            prop_assert_eq!(read.stream(), stream.as_str());
            prop_assert!(Named::new(&stream).may_be_in(&stored));
        }
    }
}
