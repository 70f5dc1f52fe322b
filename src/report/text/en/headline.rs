//! The headline and conversion.

use super::dates::when;
use super::numbers::{money, sum, whole};
use super::phrase::counted;
use super::words::word;
use crate::deal::event::package_registered::{DeclaredCounts, ValueScope};
use crate::deal::value::quantity::Qualifier;
use crate::deal::value::when::Shape;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::{Headline, Missing, Rate, Word};

pub(super) fn headline(sentence: Headline<'_>) -> String {
    match sentence {
        Headline::Package { reference, title } => format!("{title} ({reference})"),
        Headline::Occasion { name, on, place } => {
            let tense = match on.shape() {
                Shape::Between(..) => Tense::Lasted,
                _ => Tense::Named,
            };
            let place = place.map(|place| format!(", {place}")).unwrap_or_default();
            format!("{name}{place}, {}", when(on, tense))
        }
        Headline::Documents(counts) => documents(counts),
        Headline::Disputed { relied_on } => format!(
            "disputed: the sources differ{}",
            relied_on
                .map(|words| format!("; relied on here: \u{201c}{words}\u{201d}"))
                .unwrap_or_default()
        ),
        Headline::Registered {
            practical,
            institutional,
        } => by_class(practical, institutional),
        Headline::NotRegistered {
            all,
            practical,
            institutional,
        } => not_registered(all, practical, institutional),
        Headline::Value(None) => "not known".to_owned(),
        Headline::Value(Some(value)) => money(
            value.money.currency(),
            value.money.amount().as_str(),
            value.money.qualifier(),
        ),
        Headline::Scope(ValueScope::All) => "for all documents".to_owned(),
        Headline::Scope(ValueScope::Practical) => "for the practical documents".to_owned(),
        Headline::Scope(ValueScope::Ambiguous) => {
            "the source does not say which documents it covers, and gives no breakdown".to_owned()
        }
        Headline::Nothing(None) => "0".to_owned(),
        Headline::Nothing(Some(currency)) => format!("{currency} 0"),
        Headline::Sum {
            currency,
            amount,
            qualifier,
        } => sum(currency, amount, qualifier),
        Headline::TooLarge => "cannot be computed: the amounts have too many digits".to_owned(),
        Headline::Outside {
            practical,
            institutional,
        } => by_class(practical, institutional),
        Headline::Steps { steps: 0, .. } => "0".to_owned(),
        Headline::Steps { steps, agreements } => format!(
            "{} on {}",
            counted(steps, "step", "steps"),
            counted(agreements, "agreement", "agreements")
        ),
        Headline::InstitutionalSteps { steps, documents } => format!(
            "apart from these, {} on {} between institutions",
            counted(steps, "step", "steps"),
            counted(documents, "document", "documents")
        ),
        Headline::NoPackage => "No package of agreements is registered.".to_owned(),
    }
}

fn by_class(practical: u64, institutional: u64) -> String {
    let all = practical.saturating_add(institutional);
    if all == 0 {
        return "0".to_owned();
    }
    format!(
        "{}: {} practical, {} between institutions",
        whole(all),
        whole(practical),
        whole(institutional)
    )
}

fn documents(counts: &DeclaredCounts) -> String {
    let number = |count: u32| whole(u64::from(count));
    let both = (counts.practical, counts.institutional);
    let classes = match both {
        (Some(practical), Some(institutional)) => format!(
            "{} practical, {} between institutions",
            number(practical),
            number(institutional)
        ),
        (Some(practical), None) => format!(
            "{} practical; how many are between institutions is not known",
            number(practical)
        ),
        (None, Some(institutional)) => format!(
            "{} between institutions; how many are practical is not known",
            number(institutional)
        ),
        (None, None) => {
            "how many are practical and how many are between institutions is not known".to_owned()
        }
    };
    let sum = both.0.zip(both.1).and_then(|(a, b)| a.checked_add(b));
    match counts.all.or(sum) {
        Some(all) if both == (None, None) => format!("{}; {classes}", number(all)),
        Some(all) => format!("{}: {classes}", number(all)),
        None if both == (None, None) => "not known".to_owned(),
        None => classes,
    }
}

fn not_registered(all: Option<u64>, practical: Option<u64>, institutional: Option<u64>) -> String {
    let known = [
        (practical, "practical"),
        (institutional, "between institutions"),
    ];
    let parts: Vec<String> = known
        .into_iter()
        .filter_map(|(count, class)| {
            count
                .filter(|count| *count > 0)
                .map(|count| format!("{} {class}", whole(count)))
        })
        .collect();
    match (all, parts.is_empty()) {
        (_, false) => format!("not registered: {}", parts.join(", ")),
        (Some(0), true) => "all documents declared are registered".to_owned(),
        (Some(all), true) => format!("not registered: {}", whole(all)),
        (None, true) => "how many are not registered is not known".to_owned(),
    }
}

pub(super) fn rate(sentence: Rate<'_>) -> String {
    match sentence {
        Rate::Of {
            numerator,
            denominator,
        } => format!(
            "{} of {}",
            whole(numerator),
            counted(denominator, "practical agreement", "practical agreements")
        ),
        Rate::CannotBeComputed(missing) => format!(
            "cannot be computed: {}",
            match missing {
                Missing::Counts => "the number of practical documents is not known",
                Missing::Agreements => "there is no practical agreement",
                Missing::Apportioned => "no value is apportioned to single agreements",
            }
        ),
        Rate::ByInstrument {
            parts,
            unregistered,
        } => {
            let parts: Vec<String> = parts
                .iter()
                .map(|(instrument, reached, all)| {
                    format!(
                        "{} {} of {}",
                        word(Word::Instrument(*instrument)),
                        whole(*reached),
                        whole(*all)
                    )
                })
                .collect();
            let rest = match unregistered {
                0 => String::new(),
                count => format!("; not registered: {}", whole(count)),
            };
            format!("by instrument: {}{rest}", parts.join("; "))
        }
        Rate::Value {
            currency,
            converted,
            of,
            covers_others,
        } => format!(
            "by value: {} of {} declared{}",
            sum(currency, converted, Qualifier::Exact),
            sum(currency, of, Qualifier::Exact),
            if covers_others {
                ", which covers other than practical documents or may do so"
            } else {
                ""
            }
        ),
    }
}
