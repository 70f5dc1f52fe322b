//! Pieces found by their letters.

/// How a piece is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// As one byte.
    One(u8),
    /// As two bytes.
    Two([u8; 2]),
}

/// Pieces by their letters. What is the same in all pieces that begin alike is compared at once.
pub(super) struct Trie {
    /// The class of each byte: 0 for one that no piece has.
    classes: [u8; 256],
    /// How many classes there are.
    width: usize,
    /// For each two classes whether a piece begins so: most places in a text are settled here.
    begins: Vec<bool>,
    /// The first one stands before all pieces.
    nodes: Vec<Node>,
    /// For each row and class the next node, or 0.
    next: Vec<u16>,
}

/// Where pieces part or end.
struct Node {
    /// What comes first, behind the byte that led here.
    label: &'static [u8],
    /// The code of the piece that ends here.
    ends: Option<Code>,
    /// The row of what comes next.
    row: Option<usize>,
}

type Piece = (&'static str, Code);

impl Trie {
    /// The trie of these pieces.
    pub(super) fn of(mut pieces: Vec<Piece>) -> Self {
        let mut classes = [0; 256];
        let mut width = 1_usize;
        for byte in pieces.iter().flat_map(|(piece, _)| piece.bytes()) {
            if let Some(class) = classes.get_mut(usize::from(byte))
                && *class == 0
            {
                *class = width as u8;
                width = width.saturating_add(1);
            }
        }
        pieces.sort_unstable_by_key(|(piece, _)| *piece);
        let mut trie = Self {
            classes,
            width,
            begins: vec![false; width.saturating_mul(width)],
            nodes: Vec::new(),
            next: Vec::new(),
        };
        for (piece, _) in &pieces {
            trie.begin(piece.as_bytes());
        }
        trie.grow(&pieces, 0);
        trie
    }

    fn begin(&mut self, piece: &[u8]) {
        let [first, rest @ ..] = piece else { return };
        let row = self.class(*first).saturating_mul(self.width);
        let seconds = match rest.first() {
            Some(second) => {
                let at = row.saturating_add(self.class(*second));
                at..at.saturating_add(1)
            }
            // One of a single byte begins whatever follows it.
            None => row..row.saturating_add(self.width),
        };
        for begins in self.begins.get_mut(seconds).into_iter().flatten() {
            *begins = true;
        }
    }

    /// Adds the node of sorted pieces that have so many bytes in common; gives its number.
    fn grow(&mut self, pieces: &[Piece], depth: usize) -> u16 {
        let bytes = |piece: &Piece| piece.0.as_bytes();
        let (first, last) = match pieces {
            [first, .., last] => (bytes(first), bytes(last)),
            [only] => (bytes(only), bytes(only)),
            [] => (&[][..], &[][..]),
        };
        // Pieces are sorted: what the first and the last have in common, all have.
        let alike = first.iter().zip(last).take_while(|(one, two)| one == two);
        let end = alike.count().max(depth);
        let (ending, longer) = match pieces {
            [(piece, code), rest @ ..] if piece.len() == end => (Some(*code), rest),
            all => (None, all),
        };
        let number = self.nodes.len();
        let row = (!longer.is_empty()).then(|| self.next.len() / self.width.max(1));
        self.nodes.push(Node {
            label: first.get(depth..end).unwrap_or_default(),
            ends: ending,
            row,
        });
        if let Some(row) = row {
            self.next
                .resize(self.next.len().saturating_add(self.width), 0);
            let at = |piece: &Piece| bytes(piece).get(end).copied().unwrap_or_default();
            for group in longer.chunk_by(|one, other| at(one) == at(other)) {
                let child = self.grow(group, end.saturating_add(1));
                let class = group.first().map_or(0, |piece| self.class(at(piece)));
                let place = row.saturating_mul(self.width).saturating_add(class);
                if let Some(next) = self.next.get_mut(place) {
                    *next = child;
                }
            }
        }
        number as u16
    }

    fn class(&self, byte: u8) -> usize {
        let class = self.classes.get(usize::from(byte));
        class.copied().unwrap_or_default().into()
    }

    /// The longest piece that a text with this first byte begins with: its length and code.
    pub(super) fn longest(&self, text: &[u8], first: u8) -> Option<(usize, Code)> {
        let class = self.class(first);
        let second = self.class(*text.get(1).unwrap_or(&0));
        if !*self.begins.get(class * self.width + second)? {
            return None;
        }
        let (mut node, mut rest, mut found) = (self.nodes.first()?, text, None);
        loop {
            match rest.strip_prefix(node.label) {
                Some(behind) => rest = behind,
                None => return found,
            }
            if let Some(code) = node.ends {
                found = Some((text.len().saturating_sub(rest.len()), code));
            }
            let (Some(row), Some((byte, behind))) = (node.row, rest.split_first()) else {
                return found;
            };
            let next = self.next.get(row * self.width + self.class(*byte));
            match next.copied() {
                None | Some(0) => return found,
                Some(next) => node = self.nodes.get(usize::from(next))?,
            }
            rest = behind;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PIECES: [&str; 12] = [
        "a", "ab", "abc", "abcde", "abd", "b", "ba", "bab", "cab", "cabbage", "dd", "ddd",
    ];

    proptest! {
        #[test]
        fn the_longest_piece_is_found(which in proptest::collection::btree_set(0..PIECES.len(), 1..PIECES.len()), text in "[a-g]{0,12}") {
            let pieces: Vec<Piece> = which.iter().map(|at| (PIECES[*at], Code::One(*at as u8))).collect();
            let naive = pieces.iter().filter(|(piece, _)| text.starts_with(piece));
            let naive = naive.map(|(piece, code)| (piece.len(), *code)).max_by_key(|(length, _)| *length);
            let trie = Trie::of(pieces);
            let bytes = text.as_bytes();
            let found = bytes.first().and_then(|first| trie.longest(bytes, *first));
            prop_assert_eq!(found, naive);
        }
    }
}
