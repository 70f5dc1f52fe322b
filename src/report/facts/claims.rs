//! Claims as quotations.

use super::Wording;
use crate::projection::description::claims::FieldClaims;
use crate::report::document::block::Block;
use crate::report::notes::Citations;
use crate::report::text::pack::LanguagePack;
use crate::report::text::sentence::record::Remark;
use crate::report::text::sentence::{Headline, Word};

/// The claims on one field, each with its speaker.
pub(in crate::report) fn quoted(
    wording: Wording<'_>,
    field: &FieldClaims<'_>,
    notes: &mut Citations<'_>,
) -> Vec<Block> {
    let text = wording.text;
    let mut blocks = Vec::new();
    for claim in &field.claims {
        let context = text.remark(Remark::ClaimContext {
            field: &text.text(field.field),
            on: &claim.fact.current().on,
        });
        let mut cited = vec![notes.cite(claim.fact)];
        let remark = match &field.preferred {
            Some(preferred) if preferred.claim.fact.id() == claim.fact.id() => {
                cited.push(notes.cite(preferred.fact));
                text.remark(Remark::Preferred {
                    reason: &text.text(preferred.reason),
                })
            }
            Some(_) => text.remark(Remark::NotPreferred),
            None => String::new(),
        };
        let speaker = claim.data.speaker.as_ref();
        blocks.push(Block::Claim {
            speaker: text.opening(&speaker.map_or_else(
                || text.word(Word::UnnamedSpeaker).to_owned(),
                |party| wording.party(party),
            )),
            quote: text.text(&claim.data.value),
            context,
            remark,
            notes: cited,
        });
    }
    blocks
}

/// What claims call the declared counts of a package.
pub(in crate::report) const COUNTS: &[&str] = &["declared_counts", "counts"];
/// What claims call its declared value.
pub(in crate::report) const VALUE: &[&str] = &["declared_value", "value", "scope"];

/// That the sources differ on one of these fields, and which statement is relied on.
pub(in crate::report) fn disputed(
    text: &dyn LanguagePack,
    claims: &[FieldClaims<'_>],
    fields: &[&str],
) -> Option<String> {
    let claims = claims.iter().find(|claims| {
        let field = text
            .text(claims.field)
            .to_lowercase()
            .replace([' ', '-'], "_");
        claims.disputed && fields.contains(&field.as_str())
    })?;
    let relied_on = claims.shown().map(|words| text.text(words));
    Some(text.headline(Headline::Disputed {
        relied_on: relied_on.as_deref(),
    }))
}
