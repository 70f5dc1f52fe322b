//! Parties as people write them: "investor=a Chinese company@CN", "OR-2025-001".

use super::WordsError;
use super::quantity::is_unknown;
use crate::deal::value::code::Code;
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::known::Known;
use crate::deal::value::party::{Country, Party};
use crate::deal::value::text::Text;

/// Reads `[ROLE=]WHO[@COUNTRY]`. WHO is words or the reference of a registered organisation, which
/// `find` looks up; `@?` says that the source does not give the country.
pub(in crate::cli) fn party(
    typed: &str,
    default_role: &str,
    find: impl Fn(&Ref) -> Option<StreamId>,
) -> Result<Party, WordsError> {
    let typed = typed.trim();
    let said = typed
        .split_once('=')
        .and_then(|(role, rest)| Some((Code::new(role).ok()?, rest)));
    let (role, rest) = match said {
        Some(said) => said,
        None => (code(default_role)?, typed),
    };
    let (who, country) = match rest.rsplit_once('@') {
        Some((who, code)) => (who, Some(country(code)?)),
        None => (rest, None),
    };
    let organization = Ref::new(who).ok().and_then(|reference| find(&reference));
    let words = match organization {
        Some(_) => None,
        None if looks_like_a_ref(who) => {
            return Err(WordsError::UnknownParty(who.trim().to_owned()));
        }
        None => Some(Text::new(who)?),
    };
    Ok(Party::new(organization, words, country, role)?)
}

fn code(word: &str) -> Result<Code, WordsError> {
    Code::new(word).map_err(|error| WordsError::Role(error.to_string()))
}

/// `OR-…` is meant as a reference: taken as words it would hide a typing error.
fn looks_like_a_ref(who: &str) -> bool {
    let who = who.trim().to_ascii_uppercase();
    who.starts_with("OR-") && !who.contains(char::is_whitespace)
}

fn country(code: &str) -> Result<Known<Country>, WordsError> {
    if code.trim() == "?" || is_unknown(code) {
        return Ok(Known::Unknown);
    }
    Ok(Known::Value(code.parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn read(typed: &str) -> Result<Party, WordsError> {
        party(typed, "owner", |reference| {
            (reference.as_str() == "OR-2025-001").then(|| StreamId::Organization(Uuid::nil()))
        })
    }

    #[test]
    fn a_party_is_words_or_a_registered_organisation() {
        let words = read("investor=a Chinese company@CN").unwrap();
        assert_eq!(words.role().as_str(), "investor");
        assert_eq!(
            words.description().unwrap().plain(),
            Some("a Chinese company")
        );
        assert_eq!(
            words.country().unwrap().value().map(Country::as_str),
            Some("CN")
        );
        let registered = read("or-2025-001").unwrap();
        assert_eq!(registered.role().as_str(), "owner");
        assert!(registered.organization().is_some() && registered.description().is_none());
        assert!(read("a company@?").unwrap().country().unwrap().is_unknown());
    }

    #[test]
    fn a_mistyped_reference_is_not_taken_as_words() {
        assert!(matches!(
            read("OR-2025-009"),
            Err(WordsError::UnknownParty(_))
        ));
        assert!(matches!(read("a company@XX"), Err(WordsError::Party(_))));
        assert!(matches!(read("investor="), Err(WordsError::Text(_))));
    }
}
