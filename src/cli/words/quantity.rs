//! Quantities as people write them: "almost 3 ha", "over 15 projects".

use super::WordsError;
use super::number::number;
use crate::deal::value::known::Known;
use crate::deal::value::quantity::{Quantity, Unit};
use crate::deal::value::text::Text;

/// Longer names of units and signs outside ASCII, with the unit the ledger uses.
const UNITS: [(&str, &str); 14] = [
    ("hectare", "ha"),
    ("hectares", "ha"),
    ("square metres", "m2"),
    ("square meters", "m2"),
    ("square metre", "m2"),
    ("sq m", "m2"),
    ("sqm", "m2"),
    ("m\u{b2}", "m2"),
    ("km\u{b2}", "km2"),
    ("square kilometres", "km2"),
    ("percent", "%"),
    ("per cent", "%"),
    ("tonnes", "t"),
    ("tons", "t"),
];

/// Words that say the source gives no figure.
const UNKNOWN: [&str; 3] = ["unknown", "not in source", "not in the source"];

/// Reads a quantity and keeps the words as typed. `default_unit` serves where the field says what
/// is counted.
pub(in crate::cli) fn quantity(
    typed: &str,
    default_unit: Option<&str>,
) -> Result<Quantity, WordsError> {
    let typed = typed.trim();
    let number = number(typed, false)?;
    if !number.before.is_empty() {
        return Err(WordsError::StrayWord {
            word: number.before.to_owned(),
            text: typed.to_owned(),
        });
    }
    let unit = match (number.after, default_unit) {
        ("", Some(unit)) => unit.parse()?,
        ("", None) => return Err(WordsError::NoUnit(typed.to_owned())),
        (words, _) => unit(words)?,
    };
    Ok(Quantity {
        amount: number.amount,
        unit,
        qualifier: number.qualifier,
        text: Some(Text::new(typed)?),
    })
}

/// Reads a quantity, or the words `unknown` and `not in source`.
pub(in crate::cli) fn known_quantity(typed: &str) -> Result<Known<Quantity>, WordsError> {
    if is_unknown(typed) {
        return Ok(Known::Unknown);
    }
    quantity(typed, None).map(Known::Value)
}

/// Whether the words say that the source leaves it open.
pub(in crate::cli) fn is_unknown(typed: &str) -> bool {
    UNKNOWN
        .iter()
        .any(|words| words.eq_ignore_ascii_case(typed.trim()))
}

fn unit(words: &str) -> Result<Unit, WordsError> {
    let lower = words.to_lowercase();
    if let Some((_, unit)) = UNITS.iter().find(|(name, _)| *name == lower) {
        return Ok(unit.parse()?);
    }
    let joined = words.split_whitespace().collect::<Vec<_>>().join("_");
    Ok(joined.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deal::value::quantity::Qualifier;

    #[test]
    fn vague_truth_is_read_with_its_words_kept() {
        for (typed, amount, unit, qualifier) in [
            ("almost 3 ha", "3", "ha", Qualifier::Almost),
            ("almost 3 hectares", "3", "ha", Qualifier::Almost),
            ("3.05 ha", "3.05", "ha", Qualifier::Exact),
            ("over 15 projects", "15", "projects", Qualifier::Over),
            ("120 m\u{b2}", "120", "m2", Qualifier::Exact),
            ("10 export trips", "10", "export_trips", Qualifier::Exact),
            ("2 million t/year", "2000000", "t/year", Qualifier::Exact),
        ] {
            let read = quantity(typed, None).unwrap_or_else(|error| panic!("{typed}: {error}"));
            assert_eq!(read.amount.as_str(), amount, "{typed}");
            assert_eq!(read.unit.as_str(), unit, "{typed}");
            assert_eq!(read.qualifier, qualifier, "{typed}");
            assert_eq!(read.text.unwrap().plain(), Some(typed));
        }
    }

    #[test]
    fn the_field_may_say_what_is_counted() {
        assert!(matches!(
            quantity("about 250", None),
            Err(WordsError::NoUnit(_))
        ));
        let read = quantity("about 250", Some("jobs")).unwrap();
        assert_eq!(
            (read.unit.as_str(), read.qualifier),
            ("jobs", Qualifier::About)
        );
        assert!(known_quantity("Not in source").unwrap().is_unknown());
        assert!(matches!(
            quantity("land of 3 ha", None),
            Err(WordsError::StrayWord { .. })
        ));
    }
}
