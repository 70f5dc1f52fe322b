//! The nearest known words to a mistyped one.

/// At most three of the candidates that differ from a word by few letters, nearest first.
pub(super) fn near<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let most = (word.chars().count() / 3).max(2);
    let mut found: Vec<_> = candidates
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= most || candidate.starts_with(word) || word.starts_with(candidate)
        })
        .collect();
    found.sort_unstable();
    found.into_iter().take(3).map(|(_, word)| word).collect()
}

/// How many letters must be added, left out or changed to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        let mut last = i + 1;
        for ((right, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            let changed = diagonal + usize::from(left != *right);
            last = changed.min(above + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// The words in a sentence: `` `a`, `b` or `c` ``.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_differ_by_few_letters_or_by_their_end() {
        let codes = [
            "works_started",
            "land_allocated",
            "land_handed_over",
            "trial_production",
        ];
        let near = |word| near(word, codes.iter().copied());
        assert_eq!(near("work_started"), ["works_started"]);
        assert_eq!(near("works"), ["works_started"]);
        assert_eq!(near("land_alocated"), ["land_allocated"]);
        assert!(near("bricks").is_empty());
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
    }

    #[test]
    fn words_are_listed_as_in_a_sentence() {
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed([]), "none");
    }
}
