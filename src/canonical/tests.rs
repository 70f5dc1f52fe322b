use super::profile::MAX_DEPTH;
use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

fn refused(text: &str) -> String {
    match parse(text.as_bytes()) {
        Ok(value) => panic!("{text} was accepted as {value}"),
        Err(error) => error.to_string(),
    }
}

/// Every refusal names the field and says what to do.
#[test]
fn refusals_name_the_field() {
    let cases = [
        (
            r#"{"data":{"area":{"amount":2.9}}}"#,
            "data.area.amount",
            "in quotes",
        ),
        (r#"{"a":1.0}"#, "a", "in quotes"),
        (r#"{"a":1e2}"#, "a", "in quotes"),
        (r#"{"a":[1,-0]}"#, "a[1]", "in quotes"),
        (r#"{"a":0.0}"#, "a", "in quotes"),
        (r#"{"a":9007199254740992}"#, "a", "2^53"),
        (r#"{"a":-9007199254740992}"#, "a", "2^53"),
        (r#"{"a":18446744073709551615}"#, "a", "2^53"),
        (r#"{"a":18446744073709551616}"#, "a", "in quotes"),
        (r#"{"a":1,"a":1}"#, "a", "twice"),
        (r#"{"a":{"b":[{"c":1,"d":2,"c":3}]}}"#, "a.b[0].c", "twice"),
        (r#"{"a":1,"\u0061":2}"#, "a", "twice"),
        (r#"{"data":{"Area":1}}"#, "data", "\"Area\""),
        (r#"{"":1}"#, "the document", "small letters"),
        (r#"{"a-b":1}"#, "the document", "\"a-b\""),
        (r#"{"é":1}"#, "the document", "small letters"),
        (r#"{"note":"e\u0301"}"#, "note", "NFC"),
        (r#"{"a":"\ud800"}"#, "a", "well formed"),
        (r#"{"a":"\udc00\ud800"}"#, "a", "well formed"),
        (r#"{"a":"\ud83d\u0041"}"#, "a", "well formed"),
        (r#"{"a":1e400}"#, "a", "well formed"),
        (r#"{"a":01}"#, "a", "well formed"),
        (r#"{"a":NaN}"#, "a", "well formed"),
        (r#"{"a":+1}"#, "a", "well formed"),
        (r#"{"a":"x"#, "a", "well formed"),
        ("{\"a\":\"x\ny\"}", "a", "well formed"),
        (r#"{"a":[1,]}"#, "a[1]", "well formed"),
        (r#"{"a":1,}"#, "the document", "well formed"),
        (r#"{'a':1}"#, "the document", "well formed"),
        (r#"{"a":1} {"a":1}"#, "the document", "trailing"),
        (r#"{"a":1}x"#, "the document", "trailing"),
        ("\u{feff}{}", "the document", "well formed"),
        ("", "the document", "well formed"),
        ("[]", "one JSON object", "object"),
        ("\"text\"", "one JSON object", "object"),
        ("null", "one JSON object", "object"),
    ];
    for (text, field, words) in cases {
        let error = refused(text);
        assert!(
            error.contains(field) && error.contains(words),
            "{text}: {error}"
        );
    }
}

#[test]
fn accepts_what_the_profile_allows() {
    let cases = [
        ("{}", "{}"),
        (" {\n\"b\" : 1 ,\t\"a\" : 2 } \n", r#"{"a":2,"b":1}"#),
        (r#"{"a":9007199254740991,"b":-9007199254740991,"c":0}"#, ""),
        (r#"{"a":[],"b":{},"c":null,"d":true,"e":false}"#, ""),
        (r#"{"a":"\u00e9\u0065\/"}"#, r#"{"a":"ée/"}"#),
        (r#"{"a":"\ud83d\ude00"}"#, "{\"a\":\"\u{1f600}\"}"),
        (r#"{"az":"Kərpic","ru":"Кирпич","zh":"砖"}"#, ""),
        (r#"{"a":{"b":1},"b":[{"b":1},{"b":1}]}"#, ""),
    ];
    for (text, canonical) in cases {
        let canonical = if canonical.is_empty() {
            text
        } else {
            canonical
        };
        let written = to_bytes(&parse(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), canonical, "{text}");
        assert!(is_canonical(canonical.as_bytes()));
        assert_eq!(is_canonical(text.as_bytes()), text == canonical, "{text}");
    }
}

/// RFC 8785 section 3.2.3's example, as far as the profile allows it: its string, its literals.
#[test]
fn strings_are_escaped_as_rfc_8785_has_it() {
    let value = json!({
        "string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/",
        "literals": [null, true, false],
    });
    let expected =
        "{\"literals\":[null,true,false],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(
        String::from_utf8(to_bytes(&value).unwrap()).unwrap(),
        expected
    );

    let controls: String = (0..0x20_u8).map(char::from).collect();
    let expected = "{\"a\":\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\
        \\u000b\\f\\r\\u000e\\u000f\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\
        \\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f\"}";
    assert_eq!(
        String::from_utf8(to_bytes(&json!({ "a": controls })).unwrap()).unwrap(),
        expected
    );
    let plain = "{\"a\":\"\u{7f}\u{80}\u{2028}<>&\u{10ffff}\"}";
    assert!(is_canonical(plain.as_bytes()));
}

/// The library beneath accepts what would give two readers two meanings; the profile does not.
#[test]
fn traps_of_the_library_beneath_are_closed() {
    let twice = r#"{"a":1,"a":2}"#;
    assert_eq!(
        serde_json::from_str::<Value>(twice).unwrap(),
        json!({"a": 2})
    );
    assert!(refused(twice).contains("twice"));

    let big = r#"{"a":123456789012345678901234567890}"#;
    assert!(serde_json::from_str::<Value>(big).unwrap()["a"].is_f64());
    assert!(refused(big).contains("in quotes"));

    assert_eq!(serde_json::to_string(&f64::NAN).unwrap(), "null");
    assert!(to_bytes(&json!({"a": 0.5})).is_err());

    let lone = br#"{"a":"\ud800"}"#;
    assert!(parse(lone).is_err());
    assert_eq!(
        parse(b"{\"a\":\"\xff\"}"),
        Err(ProfileError::NotUtf8 { at: 6 })
    );
    // A surrogate written out in bytes is no UTF-8 either.
    assert_eq!(
        parse(b"{\"a\":\"\xed\xa0\x80\"}"),
        Err(ProfileError::NotUtf8 { at: 6 })
    );
}

#[test]
fn length_is_limited_to_the_byte() {
    let fits = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_BYTES - 8));
    assert_eq!(fits.len(), MAX_BYTES);
    assert_eq!(
        to_bytes(&parse(fits.as_bytes()).unwrap()).unwrap(),
        fits.as_bytes()
    );
    let over = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_BYTES - 7));
    assert_eq!(
        parse(over.as_bytes()),
        Err(ProfileError::TooLong {
            bytes: MAX_BYTES + 1
        })
    );
    let one_over = json!({"a": "x".repeat(MAX_BYTES - 7)});
    assert_eq!(
        to_bytes(&one_over),
        Err(ProfileError::TooLong {
            bytes: MAX_BYTES + 1
        })
    );
    // Canonical bytes may be longer than the value looks: every control character takes six.
    let escaped = json!({"a": "\u{1}".repeat(20_000)});
    assert_eq!(
        to_bytes(&escaped),
        Err(ProfileError::TooLong { bytes: 120_008 })
    );
}

#[test]
fn depth_is_limited_for_reading_and_writing_alike() {
    let nested = |levels: usize| {
        let inner = levels - 1;
        format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
    };
    let deepest = nested(MAX_DEPTH);
    assert!(is_canonical(deepest.as_bytes()));
    let deeper = nested(MAX_DEPTH + 1);
    assert!(refused(&deeper).contains("deeper than 32"));
    let value: Value = serde_json::from_str(&deeper).unwrap();
    assert!(matches!(
        to_bytes(&value),
        Err(ProfileError::TooDeep { .. })
    ));
    let objects = format!("{}1{}", "{\"a\":".repeat(33), "}".repeat(33));
    assert!(refused(&objects).starts_with("a.a.a."));
    // Beside one another is not beneath one another.
    let wide = format!("{{\"a\":[{}]}}", vec!["{\"b\":[]}"; 100].join(","));
    assert!(is_canonical(wide.as_bytes()));
    // Far beyond the recursion limit of the library beneath.
    assert!(refused(&"[".repeat(60_000)).contains("deeper"));
}

#[test]
fn writing_refuses_what_reading_refuses() {
    let cases = [
        (json!([1]), "one JSON object"),
        (json!({"a": {"b": [1.5]}}), "a.b[0] is a number"),
        (json!({"a": -0.0}), "a is a number"),
        (json!({"a": u64::MAX}), "a is a whole number"),
        (json!({"a": i64::MIN}), "a is a whole number"),
        (json!({"A": 1}), "the key \"A\""),
        (json!({"a": "e\u{301}"}), "a is not in Unicode form NFC"),
    ];
    for (value, words) in cases {
        let error = to_bytes(&value).unwrap_err().to_string();
        assert!(error.contains(words), "{value}: {error}");
    }
}

#[test]
fn keys_are_sorted_at_every_depth() {
    let text = r#"{"b":{"z":1,"a_":2,"a1":3,"a":4},"a":[{"y":1,"x":2}],"_":0,"0":0}"#;
    let written = to_bytes(&parse(text.as_bytes()).unwrap()).unwrap();
    let expected = r#"{"0":0,"_":0,"a":[{"x":2,"y":1}],"b":{"a":4,"a1":3,"a_":2,"z":1}}"#;
    assert_eq!(String::from_utf8(written).unwrap(), expected);
}

#[test]
fn long_paths_and_keys_are_cut_in_messages() {
    let key = "k".repeat(5_000);
    let error = refused(&format!("{{\"{key}\":1.5}}"));
    assert!(error.starts_with('…') && error.len() < 500, "{error}");
    assert!(refused(&format!("{{\"{}\":1}}", "K".repeat(5_000))).len() < 500);
}

/// Values of the profile, nested a few levels.
fn profile_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        "\\PC{0,12}|[\\x00-\\x7f]{0,12}".prop_map(|text| {
            use unicode_normalization::UnicodeNormalization;
            Value::from(text.nfc().collect::<String>())
        }),
    ];
    let inner = leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z0-9_]{1,6}", inner, 0..6).prop_map(Value::from_iter),
        ]
    });
    prop::collection::btree_map("[a-z0-9_]{1,6}", inner, 0..6).prop_map(Value::from_iter)
}

proptest! {
    #[test]
    fn writing_then_reading_gives_the_same(value in profile_value()) {
        let bytes = to_bytes(&value).unwrap();
        let again = parse(&bytes).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(to_bytes(&again).unwrap(), bytes.clone());
        prop_assert!(is_canonical(&bytes));
        // What other writers make of it reads the same, and comes out as the same bytes.
        let pretty = serde_json::to_vec_pretty(&value).unwrap();
        if pretty.len() <= MAX_BYTES {
            prop_assert_eq!(to_bytes(&parse(&pretty).unwrap()).unwrap(), bytes);
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn random_json_like_text_never_panics(
        text in "(\\{|\\}|\\[|\\]|\"|:|,|[a-c]|[0-9]|\\.|-|e|\\\\u|d8|null| ){0,60}",
    ) {
        if let Ok(value) = parse(text.as_bytes()) {
            let bytes = to_bytes(&value).unwrap();
            prop_assert_eq!(is_canonical(text.as_bytes()), bytes == text.as_bytes());
            prop_assert!(is_canonical(&bytes));
        }
    }

    #[test]
    fn one_changed_byte_is_another_document_or_none(
        value in profile_value(), at in any::<prop::sample::Index>(), with in any::<u8>(),
    ) {
        let bytes = to_bytes(&value).unwrap();
        let mut changed = bytes.clone();
        let at = at.index(changed.len());
        changed[at] = with;
        if changed != bytes && is_canonical(&changed) {
            prop_assert_ne!(parse(&changed).unwrap(), value);
        }
    }
}

/// What is written straight from a type, as a member of the outermost object.
fn typed(value: &impl Serialize) -> Result<String, Outside> {
    let mut out = String::new();
    typed::write(&mut out, value).map(|()| out)
}

/// The same through a value.
fn through_a_value(value: &impl Serialize) -> Result<String, ProfileError> {
    let value = serde_json::to_value(value).unwrap();
    let bytes = to_bytes(&json!({ "a": value }))?;
    let text = String::from_utf8(bytes).unwrap();
    let inner = text.strip_prefix(r#"{"a":"#).unwrap();
    Ok(inner.strip_suffix('}').unwrap().to_owned())
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Bare,
    Wrapped(u8),
    Pair(i64, char),
    Named { z: Option<bool>, b: Box<Form> },
}

/// Its members come in no order, and more among them.
#[derive(Serialize)]
struct Mixed<N> {
    z: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    m: Vec<Form>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
    a: Option<&'static str>,
    number: N,
    unit: (),
}

fn mixed<N>(number: N) -> Mixed<N> {
    let named = Form::Named {
        z: None,
        b: Box::new(Form::Wrapped(7)),
    };
    let rest = json!({"b": [], "y": {"k": [{}], "j": true}, "q": null});
    Mixed {
        z: 9_007_199_254_740_991,
        m: vec![Form::Bare, Form::Pair(-5, '"'), named],
        rest: serde_json::from_value(rest).unwrap(),
        a: Some("x\n\u{1}é,\"{["),
        number,
        unit: (),
    }
}

#[test]
fn every_form_of_a_type_is_written_as_its_value_is() {
    for whole in [i8::MIN, 0, i8::MAX] {
        let two = [mixed(whole), mixed(whole)];
        assert_eq!(typed(&two).unwrap(), through_a_value(&two).unwrap());
    }
    // With a fraction it is outside the profile, however deep it stands.
    assert_eq!(typed(&[mixed(0.5)]), Err(Outside));
}

#[test]
fn what_the_profile_refuses_is_not_written_from_a_type_either() {
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    // The object around it is a level, too.
    let deepest = deep(MAX_DEPTH - 1);
    assert!(typed(&deepest).is_ok() && through_a_value(&deepest).is_ok());
    for value in [
        json!(9_007_199_254_740_992_u64),
        json!(-9_007_199_254_740_992_i64),
        json!(1.0),
        json!("e\u{301}"),
        json!({"Key": 1}),
        json!({"": 1}),
        deep(MAX_DEPTH),
    ] {
        assert_eq!(typed(&value), Err(Outside), "{value}");
        assert!(through_a_value(&value).is_err(), "{value}");
    }
    let twice = Mixed {
        rest: BTreeMap::from([("z".to_owned(), json!(1))]),
        ..mixed(0)
    };
    assert_eq!(typed(&twice), Err(Outside), "a key is given twice");
    let numbered = BTreeMap::from([(1_u8, 2_u8)]);
    assert_eq!(typed(&numbered), Err(Outside), "keys are text");
}

proptest! {
    #[test]
    fn a_type_is_written_as_its_value_is(value in profile_value()) {
        prop_assert_eq!(typed(&value).unwrap(), through_a_value(&value).unwrap());
    }
}
