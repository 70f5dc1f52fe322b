//! Names in several languages: "Brick works", "az=Kərpic zavodu".

use std::collections::BTreeMap;

use super::WordsError;
use crate::deal::value::text::{Lang, Names, Text};

/// Reads names; one without a language code is in `default`.
pub(in crate::cli) fn names(typed: &[String], default: &Lang) -> Result<Names, WordsError> {
    let mut names = BTreeMap::new();
    for name in typed {
        let (lang, words) = split(name, default);
        if names.insert(lang.clone(), Text::new(words)?).is_some() {
            return Err(WordsError::SameLanguage(lang.as_str().to_owned()));
        }
    }
    Ok(Names::try_from(names)?)
}

fn split<'a>(name: &'a str, default: &Lang) -> (Lang, &'a str) {
    let tagged = name
        .split_once('=')
        .filter(|(code, _)| code.bytes().all(|letter| letter.is_ascii_lowercase()))
        .and_then(|(code, words)| Some((code.parse::<Lang>().ok()?, words)));
    tagged.unwrap_or_else(|| (default.clone(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &[&str]) -> Result<Names, WordsError> {
        let typed: Vec<String> = typed.iter().map(|name| (*name).to_owned()).collect();
        names(&typed, &"en".parse().unwrap())
    }

    #[test]
    fn a_name_is_in_the_first_language_unless_it_says_another() {
        let names = read(&["Brick works", "az=Kərpic zavodu"]).unwrap();
        let listed: Vec<_> = names
            .iter()
            .map(|(lang, text)| format!("{lang}: {text}"))
            .collect();
        assert_eq!(listed, ["az: Kərpic zavodu", "en: Brick works"]);
        let odd = read(&["E = mc2 works"]).unwrap();
        assert_eq!(
            odd.get(&"en".parse().unwrap()).unwrap().plain(),
            Some("E = mc2 works")
        );
    }

    #[test]
    fn one_name_a_language_and_at_least_one() {
        assert!(matches!(
            read(&["a", "en=b"]),
            Err(WordsError::SameLanguage(_))
        ));
        assert!(matches!(read(&[]), Err(WordsError::Text(_))));
    }
}
