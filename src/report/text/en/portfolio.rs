//! The portfolio and conversion in English.

mod meaning;
mod names;

use super::dates::day;
use super::numbers::{exactly, sum, whole};
use super::phrase::{capital, counted, is_or_are};
use super::words::{evidence, word};
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::report::text::sentence::Word;
use crate::report::text::sentence::portfolio::PortfolioWords;

pub(super) fn portfolio(sentence: PortfolioWords<'_>) -> String {
    match sentence {
        PortfolioWords::PortfolioTitle { as_of } => {
            format!("The portfolio of agreements on {}", day(as_of))
        }
        PortfolioWords::ConversionTitle { as_of } => {
            format!("Conversion of agreements by {}", day(as_of))
        }
        PortfolioWords::EmptyLedger => "Nothing has been registered yet, so there is nothing to count. Register what was signed with \u{201c}dealtrail register agreement\u{201d}, and documents announced together with \u{201c}dealtrail register package\u{201d}; this report then counts them.".to_owned(),
        PortfolioWords::NoAgreement => "No agreement is registered here yet. \u{201c}dealtrail register agreement\u{201d} registers one, with \u{201c}--package\u{201d} as a member of a package.".to_owned(),
        PortfolioWords::Head(head) => names::head(head).to_owned(),
        PortfolioWords::Name(name) => names::name(name).to_owned(),
        PortfolioWords::Meaning(of) => meaning::meaning(of),
        PortfolioWords::NoneOfClass(_)
        | PortfolioWords::OfClass { .. }
        | PortfolioWords::AnyStrength { .. }
        | PortfolioWords::OffTrack { .. }
        | PortfolioWords::Country(_)
        | PortfolioWords::Stating { .. }
        | PortfolioWords::PackageIn { .. }
        | PortfolioWords::AllIn { .. }
        | PortfolioWords::Rated { .. }
        | PortfolioWords::CannotBeComputed => row(sentence),
        PortfolioWords::ByClass { .. }
        | PortfolioWords::Of { .. }
        | PortfolioWords::PackagesOf { .. }
        | PortfolioWords::NotRegistered { .. }
        | PortfolioWords::Amount { .. }
        | PortfolioWords::WithDeclared { .. } => number(sentence),
        PortfolioWords::Share { .. }
        | PortfolioWords::NoWhole(_)
        | PortfolioWords::OfNothing(_)
        | PortfolioWords::ShareTooLarge(_) => share(sentence),
        _ => remark(sentence),
    }
}

/// What stands at the beginning of a row or above a table.
fn row(sentence: PortfolioWords<'_>) -> String {
    match sentence {
        PortfolioWords::NoneOfClass(Class::Practical) => {
            "No practical agreement is registered.".to_owned()
        }
        PortfolioWords::NoneOfClass(Class::Institutional) => {
            "No document between institutions is registered.".to_owned()
        }
        PortfolioWords::OfClass {
            class: Class::Practical,
            count,
        } => capital(&counted(
            count,
            "practical agreement",
            "practical agreements",
        )),
        PortfolioWords::OfClass {
            class: Class::Institutional,
            count,
        } => capital(&counted(
            count,
            "document between institutions",
            "documents between institutions",
        )),
        // Never by the name of the milestone alone, which says "agreed".
        PortfolioWords::AnyStrength {
            milestone: "financial_model_agreed",
        } => "financial model, any strength".to_owned(),
        PortfolioWords::AnyStrength { milestone } => {
            format!("{}, any strength", milestone.replace('_', " "))
        }
        PortfolioWords::OffTrack { milestone } => {
            format!("{milestone} (not in the track in force)")
        }
        PortfolioWords::Country(country) => format!("{} ({country})", country.name()),
        PortfolioWords::Stating { currency } => format!("{currency}: with a value"),
        PortfolioWords::PackageIn { package, currency } => format!("{package}, {currency}"),
        PortfolioWords::AllIn { currency } => format!("All packages, {currency}"),
        PortfolioWords::Rated { name, rate } => format!("{}: {rate}", capital(name)),
        PortfolioWords::CannotBeComputed => "cannot be computed".to_owned(),
        _ => String::new(),
    }
}

fn number(sentence: PortfolioWords<'_>) -> String {
    match sentence {
        PortfolioWords::ByClass {
            practical,
            institutional,
        } => {
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
        PortfolioWords::Of {
            count,
            of: Some(of),
        } => format!("{} of {}", whole(count), whole(of)),
        PortfolioWords::Of { count, of: None } => {
            format!("{} of a number not known", whole(count))
        }
        PortfolioWords::PackagesOf { count, of } => {
            let of = of.map(|of| counted(of, "package", "packages"));
            let of = of.unwrap_or_else(|| "a number not known".to_owned());
            format!("{} of {of}", whole(count))
        }
        PortfolioWords::NotRegistered {
            practical,
            institutional,
            unknown,
        } => {
            let known = format!(
                "{} practical, {} between institutions",
                whole(practical),
                whole(institutional)
            );
            match unknown {
                0 => known,
                count => format!(
                    "{known}; not known for {}",
                    counted(count, "package", "packages")
                ),
            }
        }
        PortfolioWords::Amount { amount, qualifier } => exactly(amount, qualifier),
        PortfolioWords::WithDeclared { count, of } => format!(
            "{} of {} declared.",
            whole(count),
            counted(of, "package has a value", "packages have a value")
        ),
        _ => String::new(),
    }
}

fn share(sentence: PortfolioWords<'_>) -> String {
    match sentence {
        PortfolioWords::Share {
            currency,
            converted,
            converted_qualifier,
            of,
            of_qualifier,
            covers_others,
        } => format!(
            "{} of {} declared{}",
            sum(currency, converted, converted_qualifier),
            sum(currency, of, of_qualifier),
            if covers_others {
                ", which covers other than practical documents or may do so"
            } else {
                ""
            }
        ),
        PortfolioWords::NoWhole(currency) => format!(
            "{currency}: cannot be computed: a package whose members state values in it declares none in it itself"
        ),
        PortfolioWords::OfNothing(currency) => {
            format!("{currency}: cannot be computed: the value declared is 0")
        }
        PortfolioWords::ShareTooLarge(currency) => {
            format!("{currency}: cannot be computed: the amounts have too many digits")
        }
        _ => String::new(),
    }
}

fn remark(sentence: PortfolioWords<'_>) -> String {
    match sentence {
        PortfolioWords::InSeveralSectors(count) => several(count, "sector"),
        PortfolioWords::InSeveralCountries(count) => several(count, "country"),
        PortfolioWords::MoreSectors(count) => format!(
            "{} with fewer agreements {} not listed here.",
            counted(count, "more sector", "more sectors"),
            is_or_are(count)
        ),
        PortfolioWords::MorePackages(count) => format!(
            "{} {} not listed here; \u{201c}--package\u{201d} asks for one alone.",
            counted(count, "more package", "more packages"),
            is_or_are(count)
        ),
        PortfolioWords::Exceeded { currency, count } => format!(
            "The values stated of its members exceed the value declared in {currency} for {}; nothing is left of that value, and what the members state is counted in full.",
            counted(count, "package", "packages")
        ),
        PortfolioWords::NoMoney(Class::Practical) => {
            "No amount of money is stated of a practical agreement.".to_owned()
        }
        PortfolioWords::NoMoney(Class::Institutional) => {
            "No amount of money is stated of a document between institutions.".to_owned()
        }
        PortfolioWords::NoDeclared => {
            "No package has a declared value, and no agreement states one.".to_owned()
        }
        PortfolioWords::Remark { thing, what } => format!("{thing}: {what}."),
        PortfolioWords::Behind {
            agreement,
            instrument,
            package,
            step,
            evidence: level,
        } => {
            let instrument = match instrument {
                Instrument::Unknown => "instrument not stated".to_owned(),
                known => word(Word::Instrument(known)).to_owned(),
            };
            let package = package.map_or_else(
                || "outside packages".to_owned(),
                |package| format!("package {package}"),
            );
            format!(
                "{agreement}, {instrument}, {package}: {step}. Evidence: {}.",
                evidence(level)
            )
        }
        PortfolioWords::TooMany { count } => format!(
            "{} meet it, too many to be named here.",
            counted(count, "agreement", "agreements")
        ),
        PortfolioWords::Nobody => "No agreement meets it.".to_owned(),
        PortfolioWords::NoDefinition => {
            "The policy in force has no definition of conversion.".to_owned()
        }
        _ => String::new(),
    }
}

fn several(count: u64, rows: &str) -> String {
    if count == 0 {
        return format!(
            "No agreement stands under more than one {rows}: the rows add up to the last one."
        );
    }
    let (agreements, verb) = (
        counted(count, "agreement", "agreements"),
        if count == 1 { "stands" } else { "stand" },
    );
    format!(
        "{agreements} {verb} under more than one {rows} and {} counted in each: the rows do not add up to the last one, which counts every agreement once.",
        is_or_are(count)
    )
}
