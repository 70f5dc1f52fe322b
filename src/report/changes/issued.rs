//! Issued reports that cite what was corrected.

use super::Draft;
use crate::projection::amended::amended_since;
use crate::report::document::block::{Block, Line, Part};
use crate::report::facts::amended::words;
use crate::report::text::sentence::changes::{Changes, Section};

impl Draft<'_> {
    /// A line for every issued report with a cited fact that was corrected between the two positions.
    pub(super) fn issued(&mut self) -> Part {
        let status = &self.now.status;
        let mut items = Vec::new();
        let known = self
            .issued
            .iter()
            .filter(|one| one.seq < self.now.position());
        let looked = known.clone().count() as u64;
        for earlier in known {
            let since = earlier.known_at.max(self.from);
            let amended = amended_since(status, &earlier.cited, since);
            if amended.is_empty() {
                continue;
            }
            let corrected: Vec<String> =
                amended.iter().map(|one| words(self.wording, one)).collect();
            let text = self.text.changes(Changes::IssuedCites {
                number: &earlier.number,
                known_at: earlier.known_at,
                corrected: &corrected,
            });
            let facts = amended.iter().map(|one| one.fact);
            items.push(Line::new(text).noted(self.notes.cite_all(facts)));
        }
        let mark = self.notes.meaning(self.text.changes(Changes::DefineCited));
        let lead = self.text.changes(Changes::IssuedLookedAt {
            looked,
            concerned: items.len() as u64,
            mark: &mark,
        });
        let mut blocks = vec![Block::Paragraph {
            lines: vec![Line::new(lead)],
        }];
        if !items.is_empty() {
            blocks.push(Block::List { items });
        }
        self.part("issued", Section::Issued, blocks)
    }
}
