//! A qualified number as people write it: "almost 3", "over 1 200", "2.5 million", "335m".

use rust_decimal::Decimal;

use super::WordsError;
use crate::deal::value::amount::Amount;
use crate::deal::value::quantity::Qualifier;

/// Words that qualify a number, longest first where one begins another.
const QUALIFIERS: [(&str, Qualifier); 21] = [
    ("a little over", Qualifier::Over),
    ("more than", Qualifier::Over),
    ("over", Qualifier::Over),
    ("above", Qualifier::Over),
    ("a little under", Qualifier::Almost),
    ("just under", Qualifier::Almost),
    ("almost", Qualifier::Almost),
    ("nearly", Qualifier::Nearly),
    ("at least", Qualifier::AtLeast),
    ("no less than", Qualifier::AtLeast),
    ("not less than", Qualifier::AtLeast),
    ("up to", Qualifier::UpTo),
    ("at most", Qualifier::UpTo),
    ("no more than", Qualifier::UpTo),
    ("about", Qualifier::About),
    ("around", Qualifier::About),
    ("approximately", Qualifier::About),
    ("some", Qualifier::About),
    ("roughly", Qualifier::About),
    ("exactly", Qualifier::Exact),
    ("exact", Qualifier::Exact),
];

/// What a multiplying word adds to the number of zeros.
const MAGNITUDES: [(&str, u32); 12] = [
    ("thousand", 3),
    ("thsd", 3),
    ("million", 6),
    ("millions", 6),
    ("mln", 6),
    ("mn", 6),
    ("billion", 9),
    ("billions", 9),
    ("bln", 9),
    ("bn", 9),
    ("mlrd", 9),
    ("trillion", 12),
];

/// Multiplying letters, right behind the number, understood of money alone: 3 m is a length.
const LETTERS: [(&str, u32); 3] = [("k", 3), ("m", 6), ("b", 9)];

/// A number with its qualifier, and the words around it.
pub(in crate::cli) struct Number<'a> {
    /// How much.
    pub(in crate::cli) amount: Amount,
    /// How it is qualified.
    pub(in crate::cli) qualifier: Qualifier,
    /// What stands before the number, without the qualifier.
    pub(in crate::cli) before: &'a str,
    /// What stands behind it, without the multiplying word.
    pub(in crate::cli) after: &'a str,
}

/// Splits a text into its one number, the qualifier and the words around them.
pub(in crate::cli) fn number(text: &str, is_money: bool) -> Result<Number<'_>, WordsError> {
    let text = text.trim();
    let (qualifier, rest) = qualifier(text);
    let start = rest
        .find(|letter: char| letter.is_ascii_digit())
        .ok_or_else(|| WordsError::NoNumber(text.to_owned()))?;
    let (before, rest) = rest.split_at(start);
    // A sign in front belongs to the number, so that a negative one is named as such.
    let negative = before.trim_end().ends_with(['-', '\u{2212}']);
    let (digits, after) = digits(rest);
    if digits.contains(',') {
        return Err(WordsError::Comma(text.to_owned()));
    }
    if after.contains(|letter: char| letter.is_ascii_digit()) && !is_unit_with_digit(after) {
        return Err(WordsError::TwoNumbers(text.to_owned()));
    }
    let plain: String = digits.split_whitespace().collect();
    let amount: Amount = match negative {
        true => format!("-{plain}").parse()?,
        false => plain.parse()?,
    };
    let (zeros, after) = magnitude(after, is_money);
    // "USD about 5 million": the qualifier may stand behind the currency.
    let (qualifier, before) = match qualifier {
        None => trailing_qualifier(before),
        found => (found, before),
    };
    Ok(Number {
        amount: times_ten(amount, zeros, text)?,
        qualifier: qualifier.unwrap_or(Qualifier::Exact),
        before: before.trim(),
        after: after.trim(),
    })
}

/// A qualifier at the front of a text, and what follows it.
fn qualifier(text: &str) -> (Option<Qualifier>, &str) {
    let found = QUALIFIERS.iter().find_map(|(word, qualifier)| {
        let head = text.get(..word.len())?;
        let rest = text.get(word.len()..)?;
        let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
        (head.eq_ignore_ascii_case(word) && ends).then_some((*qualifier, rest.trim_start()))
    });
    match found {
        Some((qualifier, rest)) => (Some(qualifier), rest),
        None => (None, text),
    }
}

/// A qualifier at the end of a text, and what stands before it.
fn trailing_qualifier(text: &str) -> (Option<Qualifier>, &str) {
    let text = text.trim_end();
    let found = QUALIFIERS.iter().find_map(|(word, qualifier)| {
        let at = text.len().checked_sub(word.len())?;
        let (head, tail) = (text.get(..at)?, text.get(at..)?);
        let starts = head.is_empty() || head.ends_with(char::is_whitespace);
        (tail.eq_ignore_ascii_case(word) && starts).then_some((*qualifier, head))
    });
    match found {
        Some((qualifier, rest)) => (Some(qualifier), rest),
        None => (None, text),
    }
}

/// The number at the front of a text: digits, points, commas, and blanks between groups of three.
fn digits(text: &str) -> (&str, &str) {
    let mut end = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let group_follows = || {
            let rest = text
                .get(at.saturating_add(letter.len_utf8())..)
                .unwrap_or_default();
            let run = rest.bytes().take_while(u8::is_ascii_digit).count();
            run == 3
        };
        let belongs = letter.is_ascii_digit()
            || (matches!(letter, '.' | ',')
                && letters
                    .peek()
                    .is_some_and(|(_, next)| next.is_ascii_digit()))
            || (matches!(letter, ' ' | '\u{a0}' | '\u{202f}') && group_follows());
        if !belongs {
            break;
        }
        end = at.saturating_add(letter.len_utf8());
    }
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Whether the digits of a text are those of a unit such as `m2`: they stand behind a letter.
fn is_unit_with_digit(text: &str) -> bool {
    let mut before = ' ';
    text.chars().all(|letter| {
        let fits = !letter.is_ascii_digit() || before.is_alphanumeric();
        before = letter;
        fits
    })
}

fn magnitude(text: &str, is_money: bool) -> (u32, &str) {
    let spaced = text.starts_with(char::is_whitespace);
    let trimmed = text.trim_start();
    let word = trimmed
        .split(|letter: char| !letter.is_alphabetic())
        .next()
        .unwrap_or_default();
    let letters: &[(&str, u32)] = if is_money && !spaced { &LETTERS } else { &[] };
    let found = MAGNITUDES
        .iter()
        .chain(letters)
        .find(|(name, _)| name.eq_ignore_ascii_case(word));
    match found {
        Some((name, zeros)) => (*zeros, trimmed.get(name.len()..).unwrap_or_default()),
        None => (0, trimmed),
    }
}

/// Multiplies exactly, dropping the zeros a fraction leaves behind ("2.5 million" is 2500000).
fn times_ten(amount: Amount, zeros: u32, text: &str) -> Result<Amount, WordsError> {
    if zeros == 0 {
        return Ok(amount);
    }
    let too_large = || WordsError::TooLarge(text.to_owned());
    let factor = 10_u64.checked_pow(zeros).ok_or_else(too_large)?;
    let product = amount
        .decimal()
        .checked_mul(Decimal::from(factor))
        .ok_or_else(too_large)?;
    Ok(product.normalize().to_string().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, is_money: bool) -> (String, Qualifier, String, String) {
        let number = number(text, is_money).unwrap_or_else(|error| panic!("{text}: {error}"));
        (
            number.amount.to_string(),
            number.qualifier,
            number.before.to_owned(),
            number.after.to_owned(),
        )
    }

    #[test]
    fn numbers_keep_their_digits_and_give_up_their_words() {
        for (text, amount, qualifier, after) in [
            ("almost 3 ha", "3", Qualifier::Almost, "ha"),
            ("3.10 ha", "3.10", Qualifier::Exact, "ha"),
            ("over 15 projects", "15", Qualifier::Over, "projects"),
            ("More than 1 200 jobs", "1200", Qualifier::Over, "jobs"),
            ("no more than 5 t/year", "5", Qualifier::UpTo, "t/year"),
            ("2.5 million tons", "2500000", Qualifier::Exact, "tons"),
            ("200 m2", "200", Qualifier::Exact, "m2"),
            ("3 m", "3", Qualifier::Exact, "m"),
            ("about 250", "250", Qualifier::About, ""),
            ("3ha", "3", Qualifier::Exact, "ha"),
        ] {
            assert_eq!(
                read(text, false),
                (
                    amount.to_owned(),
                    qualifier,
                    String::new(),
                    after.to_owned()
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn letters_multiply_money_alone() {
        assert_eq!(read("2.5m AZN", true).0, "2500000");
        assert_eq!(read("2.5m AZN", false).0, "2.5");
        assert_eq!(read("USD 335 million", true).0, "335000000");
        assert_eq!(read("USD about 1 mlrd", true).1, Qualifier::About);
    }

    #[test]
    fn what_can_be_misread_is_refused() {
        assert!(matches!(number("2,9 ha", false), Err(WordsError::Comma(_))));
        assert!(matches!(
            number("1,200 jobs", false),
            Err(WordsError::Comma(_))
        ));
        assert!(matches!(
            number("3 to 5 ha", false),
            Err(WordsError::TwoNumbers(_))
        ));
        assert!(matches!(
            number("a lot", false),
            Err(WordsError::NoNumber(_))
        ));
        assert!(matches!(number("-3 ha", false), Err(WordsError::Amount(_))));
        assert!(matches!(
            number("9999999999999999999999999999 trillion", true),
            Err(WordsError::TooLarge(_) | WordsError::Amount(_))
        ));
    }
}
