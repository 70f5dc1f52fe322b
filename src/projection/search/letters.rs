//! Words as they are compared: without case, without marks, in every script the same way.
//!
//! Azerbaijani, English, Russian and Chinese stand side by side in one ledger, so there is one folding for
//! all of them: compatibility forms taken apart, marks dropped, small letters, and the letters people type
//! without their marks (`ı`, `ə` and the like) mapped to the plain ones. Chinese and Japanese, written without
//! spaces, are cut into pairs of letters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// No word is longer: what follows does not tell words apart.
pub(super) const LONGEST: usize = 48;

/// A stretch of text between what is no letter and no digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run<'a> {
    /// Of a script that puts spaces between words.
    Word(&'a str),
    /// Of a script that does not.
    Dense(&'a [char]),
}

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    /// Its letters, folded.
    pub(super) word: String,
    /// Whether words that begin with it, or nearly are it, will do.
    pub(super) loosely: bool,
}

/// Adds the words a text is found by, a space after each.
pub(super) fn words_into(text: &str, out: &mut String) {
    each_run(text, &mut |run| match run {
        Run::Word(word) => {
            out.push_str(word);
            out.push(' ');
        }
        Run::Dense(letters) => {
            for pair in letters.windows(2) {
                out.extend(pair);
                out.push(' ');
            }
            // With the last letter alone every letter begins some word.
            out.extend(letters.last());
            out.push(' ');
        }
    });
}

/// The words a question asks for, each once.
pub(super) fn wanted(question: &str) -> Vec<Wanted> {
    let mut out = Vec::new();
    each_run(question, &mut |run| match run {
        Run::Word(word) => out.push(Wanted {
            word: word.to_owned(),
            loosely: true,
        }),
        Run::Dense(letters) if letters.len() < 2 => out.push(Wanted {
            word: letters.iter().collect(),
            loosely: true,
        }),
        Run::Dense(letters) => out.extend(letters.windows(2).map(|pair| Wanted {
            word: pair.iter().collect(),
            loosely: false,
        })),
    });
    out.sort();
    out.dedup();
    out
}

/// A reference or the beginning of one, as references are compared.
pub(super) fn reference(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_uppercase).collect()
}

/// How alike two words can be at most, told without comparing them: a bit a letter.
pub(super) fn outline(word: &str) -> u64 {
    word.chars().fold(0, |bits, letter| {
        bits | 1_u64.wrapping_shl(u32::from(letter))
    })
}

/// Hands each run of a text to `to`. Every letter is taken apart by itself: what normalising the whole text would do
/// besides is to put marks in order, and marks are dropped.
fn each_run(text: &str, to: &mut impl FnMut(Run<'_>)) {
    let mut open = Open::default();
    for letter in text.chars() {
        if letter.is_ascii() {
            open.take(letter, to);
        } else {
            decompose_compatible(letter, |part| open.take(part, to));
        }
    }
    open.end_word(to);
    open.end_dense(to);
}

/// The run a text is in.
#[derive(Default)]
struct Open {
    word: String,
    length: usize,
    dense: Vec<char>,
}

impl Open {
    fn take(&mut self, letter: char, to: &mut impl FnMut(Run<'_>)) {
        if letter.is_ascii_alphanumeric() {
            self.end_dense(to);
            self.push(letter.to_ascii_lowercase());
        } else if is_silent(letter) {
            // It stands inside words, and parts none.
        } else if is_dense(letter) {
            self.end_word(to);
            self.dense.push(letter);
        } else if letter.is_alphanumeric() {
            self.end_dense(to);
            for small in letter.to_lowercase().filter(|small| !is_silent(*small)) {
                self.push(small);
            }
        } else {
            self.end_dense(to);
            self.end_word(to);
        }
    }

    fn push(&mut self, small: char) {
        if self.length < LONGEST {
            plain_into(small, &mut self.word);
            self.length = self.length.saturating_add(1);
        }
    }

    fn end_word(&mut self, to: &mut impl FnMut(Run<'_>)) {
        if !self.word.is_empty() {
            to(Run::Word(&self.word));
            self.word.clear();
        }
        self.length = 0;
    }

    fn end_dense(&mut self, to: &mut impl FnMut(Run<'_>)) {
        if !self.dense.is_empty() {
            to(Run::Dense(&self.dense));
            self.dense.clear();
        }
    }
}

/// Marks, and what cannot be seen inside a word.
fn is_silent(letter: char) -> bool {
    !letter.is_ascii() && is_combining_mark(letter)
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
        // Apostrophes and their look-alikes, in the middle of names.
        || matches!(letter, '\'' | '\u{2019}' | '\u{2bc}' | '\u{2bb}' | '`')
}

/// Han, Hiragana, Katakana, Bopomofo.
fn is_dense(letter: char) -> bool {
    matches!(letter,
        '\u{3041}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' | '々' | '〇')
}

/// Letters that are typed without what no decomposition takes from them.
fn plain_into(letter: char, word: &mut String) {
    match letter {
        'ı' => word.push('i'),
        'ə' => word.push('e'),
        'ß' => word.push_str("ss"),
        'æ' => word.push_str("ae"),
        'œ' => word.push_str("oe"),
        'ø' => word.push('o'),
        'ł' => word.push('l'),
        'đ' => word.push('d'),
        'ς' => word.push('σ'),
        letter => word.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::{LONGEST, reference, wanted, words_into};

    fn words(text: &str) -> Vec<String> {
        let mut out = String::new();
        words_into(text, &mut out);
        out.split_terminator(' ').map(str::to_owned).collect()
    }

    proptest! {
        #[test]
        fn a_text_is_folded_as_its_normal_form_is(text in any::<String>(), marked in "[ı-ǧА-яʼ̣́̈ẞ工業가-깋ﬁ-ﬆ ]{0,40}") {
            for text in [text, marked] {
                let whole: String = text.nfkd().collect();
                prop_assert_eq!(words(&text), words(&whole), "{}", text);
            }
        }

        #[test]
        fn no_word_has_a_space_and_none_is_empty(text in any::<String>()) {
            prop_assert!(words(&text).iter().all(|word| !word.is_empty() && !word.contains(char::is_whitespace)));
        }
    }

    #[test]
    fn words_are_compared_without_case_and_marks() {
        let cases: [(&str, &[&str]); 12] = [
            ("QIŞ İSTEHSAL", &["qis", "istehsal"]),
            ("qış istehsal", &["qis", "istehsal"]),
            ("Kərpic zavodu", &["kerpic", "zavodu"]),
            ("INDUSTRY", &["industry"]),
            ("Йод, ЁЛКА", &["иод", "елка"]),
            ("Straße Łódź", &["strasse", "lodz"]),
            ("Ｗｉｄｅ　２０２５", &["wide", "2025"]),
            ("co\u{ad}op\u{200b}erate", &["cooperate"]),
            ("O'Neill’s", &["oneills"]),
            ("AG-2025-001", &["ag", "2025", "001"]),
            ("工業投資", &["工業", "業投", "投資", "資"]),
            ("MoU中国", &["mou", "中国", "国"]),
        ];
        for (text, folded) in cases {
            assert_eq!(words(text), folded, "{text}");
        }
        assert!(words(" \u{200b}—,'").is_empty());
        assert_eq!(words(&"w".repeat(10_000)), ["w".repeat(LONGEST)]);
        assert_eq!(reference(" ag-2025-001 "), "AG-2025-001");
    }

    #[test]
    fn a_question_asks_for_pairs_of_dense_letters_as_they_stand() {
        let asked = |text: &str| -> Vec<(String, bool)> {
            let all = wanted(text).into_iter();
            all.map(|one| (one.word, one.loosely)).collect()
        };
        assert_eq!(
            asked("工業投"),
            [("工業".to_owned(), false), ("業投".to_owned(), false)]
        );
        assert_eq!(asked("工"), [("工".to_owned(), true)]);
        assert_eq!(asked("Brick brick"), [("brick".to_owned(), true)]);
    }
}
