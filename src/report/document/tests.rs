//! English: phrases for every code, days, amounts.

use super::block::Line;
use super::bytes::{BytesError, canonical};

#[test]
fn canonical_bytes_sort_keys_and_refuse_floats() {
    let sorted = canonical(&serde_json::json!({"b": [1, "\u{1}é"], "a": null})).unwrap();
    assert_eq!(
        String::from_utf8(sorted).unwrap(),
        "{\"a\":null,\"b\":[1,\"\\u0001é\"]}"
    );
    let float = canonical(&serde_json::json!({"a": 1.5}));
    assert!(matches!(float, Err(BytesError::NotWhole)));
}

#[test]
fn footnotes_of_a_line_are_in_order_and_once() {
    let line = Line::new("Land was allocated.".to_owned()).noted([3, 1, 3]);
    assert_eq!(line.notes, [1, 3]);
}
