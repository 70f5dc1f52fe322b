use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(value: Value) -> Result<Text, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[test]
fn typed_text_is_composed_and_trimmed() {
    for (typed, expected) in [
        ("  Brick works \n", "Brick works"),
        ("e\u{301}", "é"),
        ("Kərpic zavodu", "Kərpic zavodu"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("砖厂", "砖厂"),
    ] {
        let text = Text::new(typed).unwrap();
        assert_eq!(text.plain(), Some(expected));
        assert_eq!(text.to_string(), expected);
        assert_eq!(read(json!(expected)).unwrap(), text);
    }
}

#[test]
fn stored_text_has_one_spelling() {
    for (text, words) in [
        ("", "is empty"),
        (" brick", "blanks"),
        ("brick\n", "blanks"),
        ("\u{a0}", "blanks"),
        ("e\u{301}", "NFC"),
        ("a\u{7}b", "U+0007"),
        ("a\rb", "U+000D"),
        ("a\u{85}b", "U+0085"),
        ("a\u{202e}b", "U+202E"),
        ("a\u{2028}b", "U+2028"),
    ] {
        let error = read(json!(text)).unwrap_err();
        assert!(error.contains(words), "{text:?}: {error}");
    }
    assert!(read(json!(3)).unwrap_err().contains("text in quotes"));
    for typed in ["", " \n\t ", "a\u{0}b", "a\u{2066}b"] {
        assert!(Text::new(typed).is_err(), "{typed:?}");
    }
}

#[test]
fn length_is_counted_in_characters() {
    let longest = "砖".repeat(Text::MAX_CHARS);
    assert!(Text::new(&longest).is_ok() && read(json!(longest)).is_ok());
    let over = format!("{longest}砖");
    let error = Text::new(&over).unwrap_err().to_string();
    assert!(
        error.contains("16001 characters, more than 16000"),
        "{error}"
    );
    assert!(read(json!(over)).is_err());
    assert!(Label::new(&"x".repeat(120)).is_ok() && Label::new(&"x".repeat(121)).is_err());
}

#[test]
fn the_sealed_shape_passes_unchanged() {
    for value in [
        json!({"sealed": {}}),
        json!({"sealed": {"alg": "x", "box": "QUJD", "key": "k1", "e": "e\u{301} "}}),
    ] {
        let text = read(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&text).unwrap(), value);
        assert_eq!(text.plain(), None);
        assert!(text.sealed().is_some());
        assert_eq!(text.to_string(), "[sealed]");
    }
    for value in [
        json!({}),
        json!({"sealed": "x"}),
        json!({"sealed": {"a": 1}}),
        json!({"sealed": {"a": {"b": "c"}}}),
        json!({"sealed": {}, "a": "b"}),
        json!({"a": "b", "sealed": {}}),
        json!([]),
    ] {
        assert!(read(value.clone()).is_err(), "{value}");
    }
}

#[test]
fn labels_are_one_line_and_never_sealed() {
    assert_eq!(Label::new(" No. 12/34 ").unwrap().as_str(), "No. 12/34");
    for typed in ["a\nb", "a\tb", " "] {
        assert!(Label::new(typed).is_err(), "{typed:?}");
    }
    assert!(serde_json::from_value::<Label>(json!({"sealed": {}})).is_err());
    assert!(serde_json::from_value::<Label>(json!("a ")).is_err());
}

#[test]
fn languages_are_short_codes() {
    for good in ["az", "en", "ru", "zh", "kab"] {
        assert_eq!(good.parse::<Lang>().unwrap().as_str(), good);
    }
    assert_eq!(" EN".parse::<Lang>().unwrap().as_str(), "en");
    for bad in ["", "e", "engl", "e1", "en-GB", "əz"] {
        assert!(bad.parse::<Lang>().is_err(), "{bad}");
    }
    assert!(serde_json::from_value::<Lang>(json!("EN")).is_err());
}

#[test]
fn names_have_at_least_one_language() {
    let value = json!({"az": "Kərpic zavodu", "ru": "Кирпичный завод"});
    let names: Names = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&names).unwrap(), value);
    let lang = |code: &str| code.parse::<Lang>().unwrap();
    let best = |wanted: &[Lang]| names.best(wanted).and_then(Text::plain);
    assert_eq!(best(&[lang("zh"), lang("ru")]), Some("Кирпичный завод"));
    assert_eq!(best(&[lang("zh")]), Some("Kərpic zavodu"));
    let english = json!({"az": "Kərpic zavodu", "en": "Brick works"});
    let names: Names = serde_json::from_value(english).unwrap();
    assert_eq!(
        names.best(&[lang("zh")]).and_then(Text::plain),
        Some("Brick works")
    );
    for (value, words) in [
        (json!({}), "at least one language"),
        (json!({"EN": "x"}), "not a language code"),
        (json!({"english": "x"}), "not a language code"),
        (json!({"en": ""}), "is empty"),
        (json!("x"), "invalid type"),
    ] {
        let error = serde_json::from_value::<Names>(value.clone())
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{value}: {error}");
    }
}

proptest! {
    /// Whatever is typed, what is kept reads back as it was kept.
    #[test]
    fn what_was_typed_reads_back(typed in "\\PC{0,20}|[ \\n\\ta\u{301}\u{1100}\u{1161}\u{a0}]{0,8}") {
        if let Ok(text) = Text::new(&typed) {
            let written = serde_json::to_value(&text).unwrap();
            prop_assert_eq!(read(written).unwrap(), text.clone());
            prop_assert_eq!(Text::new(text.plain().unwrap_or_default()).unwrap(), text);
        }
        if let Ok(label) = Label::new(&typed) {
            let written = serde_json::to_value(&label).unwrap();
            prop_assert_eq!(serde_json::from_value::<Label>(written).unwrap(), label);
        }
    }
}

#[test]
fn ordinary_letters_are_composed_among_any_others_and_never_forbidden() {
    use unicode_normalization::char::canonical_combining_class;
    use unicode_normalization::{IsNormalized, is_nfc_quick};
    let ordinary = ('\0'..=char::MAX).filter(|letter| is_ordinary(*letter));
    let mut count = 0;
    for letter in ordinary {
        let alone = is_nfc_quick(std::iter::once(letter));
        assert_eq!(alone, IsNormalized::Yes, "{letter:?}");
        assert_eq!(canonical_combining_class(letter), 0, "{letter:?}");
        assert!(!is_forbidden(letter, Lines::One), "{letter:?}");
        count += 1;
    }
    assert!(count > 20_000);
}

#[test]
fn a_byte_that_is_not_printable_is_found_at_any_place() {
    for length in 0..20 {
        let plain = "~ ".repeat(10);
        assert!(is_plain(&plain[..length]));
        for (at, odd) in
            (0..length).flat_map(|at| ["\u{1f}", "\u{7f}", "\0", "é"].map(|odd| (at, odd)))
        {
            let mut text = plain[..length].to_owned();
            text.replace_range(at..=at, odd);
            assert!(!is_plain(&text), "{text:?}");
        }
    }
}
