//! Everything recorded of the agreement, in order of recording.

use super::Draft;
use crate::report::document::block::{Block, Part};
use crate::report::text::sentence::Heading;

impl Draft<'_> {
    pub(super) fn trail(&mut self) -> Part {
        let track = self.standing.track;
        let trail = crate::projection::timeline::trail(self.standing.book, track);
        let mut items = Vec::new();
        for event in trail.lines() {
            items.push(self.wording.event(track, &event, &mut self.notes));
        }
        self.part("trail", Heading::Trail, vec![Block::List { items }])
    }
}
