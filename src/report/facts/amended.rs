//! What became of a cited fact, as a phrase.

use super::Wording;
use crate::projection::amended::Amended;
use crate::report::text::sentence::issuing::Issuing;

/// "Brick works (AG-2025-001), allocation of land (entry 12), corrected on 5 May 2025 by entry 40".
pub(in crate::report) fn words(wording: Wording<'_>, amended: &Amended<'_>) -> String {
    let kind = amended.fact.payload().kind();
    wording.text.issuing(Issuing::Amended {
        thing: &wording.thing(amended.book.id),
        kind: match kind {
            Some(kind) => wording.text.kind(kind),
            None => amended.fact.payload().kind_name(),
        },
        seq: amended.fact.seq(),
        became: amended.became,
        recorded: amended.by.day,
        by: amended.by.seq,
    })
}
