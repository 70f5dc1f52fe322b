//! Issued reports.

use super::dates::day;
use super::numbers::whole;
use super::phrase::{counted, lower};
use crate::projection::amended::Became;
use crate::report::text::sentence::issuing::Issuing;

pub(super) fn issuing(sentence: Issuing<'_>) -> String {
    match sentence {
        Issuing::Follows {
            number,
            until,
            known_at,
        } => format!(
            "It follows {number}, which told of the days up to {} as known from the first {}.",
            day(until),
            counted(known_at, "entry", "entries")
        ),
        Issuing::NothingCitedCorrected { number } => {
            format!("Nothing that {number} cited was corrected since.")
        }
        Issuing::NothingLearned { number } => {
            format!("No earlier step was learned since {number}.")
        }
        Issuing::AsIssued {
            number,
            issued,
            corrected,
        } => {
            let count = corrected.len() as u64;
            let facts = match count {
                1 => "1 cited fact".to_owned(),
                _ => format!("{} cited facts", whole(count)),
            };
            let list = match count {
                0 => ".".to_owned(),
                _ => format!(": {}.", corrected.join("; ")),
            };
            format!(
                "This is {number}, as issued on {}; {facts} since corrected{list}",
                day(issued)
            )
        }
        Issuing::Signed { origin, size, root } => format!(
            "Signed by {origin} among {}, root {root}; its certificate proves it.",
            counted(size, "entry", "entries")
        ),
        Issuing::Amended {
            thing,
            kind,
            seq,
            became,
            recorded,
            by,
        } => {
            let became = match became {
                Became::Corrected => "corrected",
                Became::Withdrawn => "withdrawn",
                Became::SupportWithdrawn => "its source or confirmation withdrawn",
            };
            format!(
                "{thing}, {} (entry {seq}), {became} on {} by entry {by}",
                lower(kind),
                day(recorded)
            )
        }
    }
}
