//! What the ledger learned between two moments.

use super::dates::day;
use super::numbers::whole;
use super::phrase::{capital, counted};
use crate::report::text::sentence::changes::{Answer, Changes, Column, Deed, Section};

pub(super) fn changes(sentence: Changes<'_>) -> String {
    match sentence {
        Changes::Title { from, position } => format!(
            "What the ledger learned between positions {} and {}",
            whole(from),
            whole(position)
        ),
        Changes::Between {
            from,
            recorded,
            entries,
        } => {
            let last = recorded.map(|last| format!(", the last of them recorded on {}", day(last)));
            format!(
                "It compares that with what was known from the first {}{}: {} since.",
                counted(from, "entry", "entries"),
                last.unwrap_or_default(),
                counted(entries, "entry was recorded", "entries were recorded")
            )
        }
        Changes::AnswersOn { day: on } => {
            format!("Both answers are given for {} (D).", day(on))
        }
        Changes::Section(section) => heading(section).to_owned(),
        Changes::Column(column) => title(column).to_owned(),
        Changes::Row(deed) => name(deed).to_owned(),
        Changes::Total => "All entries".to_owned(),
        Changes::DefineEntries => "Entries recorded at the first position or after it and before the second, each counted once by what it does. An entry says either that something happened or what becomes of an earlier entry.".to_owned(),
        Changes::DefineAnswers => "For every agreement its stage, health, evidence and the day of each step on D, once from the entries known before and once from those known now. Touched are agreements of which an entry was recorded between.".to_owned(),
        Changes::DefineCited => "A fact that an issued report cites and that was corrected or withdrawn, or lost a source or confirmation, between the two positions and since the K of that report.".to_owned(),
        Changes::Nothing => "Nothing was recorded between the two positions.".to_owned(),
        Changes::NothingNew => "Nothing was registered.".to_owned(),
        Changes::Registered { kind, thing } => format!("{kind}: {thing}"),
        Changes::LedgerItself => "The ledger itself".to_owned(),
        Changes::About { line, about } => format!("{line} {}.", capital(about)),
        Changes::Answer(answer) => named(answer),
        Changes::IsRegistered => "registered".to_owned(),
        Changes::NotKnown => "not known".to_owned(),
        Changes::Withdrawn => "withdrawn".to_owned(),
        Changes::NoAnswer => "none".to_owned(),
        summing => sums(summing),
    }
}

fn heading(section: Section) -> &'static str {
    match section {
        Section::Counts => "What was recorded",
        Section::New => "New",
        Section::Entries => "The entries",
        Section::Answers => "Answers that are others now",
        Section::Issued => "Issued reports that cite what was corrected",
    }
}

fn title(column: Column) -> &'static str {
    match column {
        Column::Deed => "What the entry does",
        Column::Entries => "Entries",
        Column::Agreement => "Agreement",
        Column::Answer => "Answer",
        Column::Before => "Before",
        Column::Now => "Now",
    }
}

fn name(deed: Deed) -> &'static str {
    match deed {
        Deed::Registered => "Registers a thing",
        Deed::Recorded => "Records a fact or statement",
        Deed::Reversed => "Reverses a milestone",
        Deed::Corrected => "Corrects a fact",
        Deed::Retracted => "Withdraws a fact",
        Deed::Sourced => "Adds a source",
        Deed::Confirmed => "Confirms a fact",
        Deed::SupportWithdrawn => "Withdraws a source or a confirmation",
        Deed::Issued => "Issues a report",
        Deed::Ledger => "Concerns the ledger itself",
        Deed::Unreadable => "Cannot be read",
    }
}

fn named(answer: Answer<'_>) -> String {
    match answer {
        Answer::Registration => "registration".to_owned(),
        Answer::Stage => "stage".to_owned(),
        Answer::Health => "health".to_owned(),
        Answer::Evidence => "evidence".to_owned(),
        Answer::Step { milestone } => format!("step: {milestone}"),
    }
}

fn sums(sentence: Changes<'_>) -> String {
    match sentence {
        Changes::Touched {
            touched,
            changed,
            untouched,
            of,
            mark,
        } => {
            let others = match untouched {
                0 => String::new(),
                count => format!(
                    ", and {} through what was recorded elsewhere",
                    counted(count, "other answers otherwise", "others answer otherwise")
                ),
            };
            format!(
                "Of {}, {} touched; {} of these {} otherwise now{others} ({mark}).",
                counted(of, "agreement", "agreements"),
                counted(touched, "was", "were"),
                whole(changed),
                if changed == 1 { "answers" } else { "answer" }
            )
        }
        Changes::IssuedLookedAt {
            looked: 0, mark, ..
        } => format!("No report had been issued ({mark})."),
        Changes::IssuedLookedAt {
            looked,
            concerned,
            mark,
        } => format!(
            "Of {}, {} a cited fact corrected since ({mark}).",
            counted(looked, "issued report", "issued reports"),
            counted(concerned, "has", "have")
        ),
        Changes::IssuedCites {
            number,
            known_at,
            corrected,
        } => format!(
            "{number}, as known from the first {}: {} since corrected: {}.",
            counted(known_at, "entry", "entries"),
            counted(corrected.len() as u64, "cited fact", "cited facts"),
            corrected.join("; ")
        ),
        _ => String::new(),
    }
}
