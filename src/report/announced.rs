//! What several reports have to say of packages: figures the sources dispute, and what was inferred.

use super::document::block::{Block, Line, Part};
use super::facts::Wording;
use super::facts::claims::{COUNTS, VALUE, disputed};
use super::notes::Notes;
use super::text::sentence::portfolio::{Head, PortfolioWords};
use super::text::sentence::record::Remark;
use super::text::sentence::{Heading, Label};
use crate::projection::portfolio::package::PackageFacts;

/// Declared figures the sources state differently; nothing where there are none.
pub(super) fn disputes(
    wording: Wording<'_>,
    packages: &[PackageFacts<'_>],
    notes: &mut Notes<'_>,
) -> Option<Part> {
    let text = wording.text;
    let mut items = Vec::new();
    for package in packages {
        let info = &package.info;
        let counts = (Label::Documents, COUNTS, Some(info.declared_counts.fact));
        let value = info.declared_value.map(|stated| stated.fact);
        for (label, fields, fact) in [counts, (Label::DeclaredValue, VALUE, value)] {
            let Some(what) = disputed(text, &package.claims, fields) else {
                continue;
            };
            let thing = format!("{}, {}", wording.thing(info.id), text.label(label));
            let words = text.portfolio(PortfolioWords::Remark {
                thing: &thing,
                what: &what,
            });
            items.push(Line::new(words).noted(notes.cite_all(fact)));
        }
    }
    let heading = text.portfolio(PortfolioWords::Head(Head::Disputed));
    listed("disputed", heading, items)
}

/// What was inferred of the packages rather than read; nothing where nothing was.
pub(super) fn assumptions(
    wording: Wording<'_>,
    packages: &[PackageFacts<'_>],
    notes: &mut Notes<'_>,
) -> Option<Part> {
    let text = wording.text;
    let mut items = Vec::new();
    for package in packages {
        for remark in &package.info.inferred {
            let words = text.remark(Remark::Assumption {
                about: &wording.thing(package.info.id),
                words: &text.text(remark.value),
            });
            items.push(Line::new(words).noted([notes.cite(remark.fact)]));
        }
    }
    let heading = text.heading(Heading::Assumptions).to_owned();
    listed("assumptions", heading, items)
}

fn listed(name: &str, heading: String, items: Vec<Line>) -> Option<Part> {
    (!items.is_empty()).then(|| Part {
        name: name.to_owned(),
        heading,
        blocks: vec![Block::List { items }],
    })
}
