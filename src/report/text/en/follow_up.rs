//! What is to be followed up.

use super::dates::day;
use super::milestones;
use super::numbers::{sum, whole};
use super::phrase::{capital, counted, is_or_are, lower};
use super::words::word;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::quantity::Qualifier;
use crate::projection::attention::Topic;
use crate::report::text::sentence::Word;
use crate::report::text::sentence::follow_up::{Action, Column, FollowUp, Section};

pub(super) fn follow_up(sentence: FollowUp<'_>) -> String {
    match sentence {
        FollowUp::Title { as_of } => format!("Follow-up, {}", day(as_of)),
        FollowUp::OneOfficer { officer } => {
            format!("It is limited to the agreements assigned to {officer}.")
        }
        FollowUp::LookedAt { .. } | FollowUp::OthersLookedAt { .. } => looked_at(sentence),
        FollowUp::Order => "Agreements nobody is assigned to come first, because nobody else will see to them; then each officer's, by review tier. Within a group the agreement longest overdue comes first.".to_owned(),
        FollowUp::OrderOfOne => "They stand by review tier, and within a tier the one longest overdue comes first.".to_owned(),
        FollowUp::Section(section) => heading(section).to_owned(),
        FollowUp::Column(column) => title(column).to_owned(),
        FollowUp::More { count, of_one } => format!(
            "{} {} counted and not listed here; \u{201c}{}.",
            counted(count, "more", "more"),
            is_or_are(count),
            match of_one {
                true => "--package\u{201d} asks for one package alone",
                false => "--officer\u{201d} asks for those of one officer",
            }
        ),
        FollowUp::Topic(topic) => name(topic).to_owned(),
        FollowUp::Define { topic, level } => define(topic, level),
        FollowUp::Group { .. } => group(sentence),
        FollowUp::Officer(officer) => officer.unwrap_or("nobody assigned").to_owned(),
        FollowUp::ToDo { actions } => format!("To do: {}.", actions.join("; ")),
        FollowUp::Action(action) => deed(action).to_owned(),
        FollowUp::Nothing => "Nothing needs attention.".to_owned(),
        FollowUp::NoAgreement => "No agreement needs attention.".to_owned(),
        FollowUp::NoOther => {
            "No package, occasion or organisation needs attention.".to_owned()
        }
        timed => time(timed),
    }
}

fn days(number: i64) -> String {
    counted(number.unsigned_abs(), "day", "days")
}

fn looked_at(sentence: FollowUp<'_>) -> String {
    match sentence {
        FollowUp::LookedAt {
            open,
            suspended,
            ended,
            replaced,
        } => {
            let halted = match suspended {
                0 => String::new(),
                _ => format!(
                    " {} of them {} suspended: silence, passed horizons and a missing next step are not held against those.",
                    whole(suspended),
                    if suspended == 1 { "is" } else { "are" }
                ),
            };
            let left_out = match ended.saturating_add(replaced) {
                0 => String::new(),
                _ => format!(
                    " Not looked at: {} terminated or completed, {} replaced by another or registered twice.",
                    whole(ended),
                    whole(replaced)
                ),
            };
            format!(
                "It looks at {}.{halted}{left_out}",
                counted(open, "registered agreement", "registered agreements")
            )
        }
        FollowUp::OthersLookedAt {
            packages,
            occasions,
            organizations,
        } => format!(
            "It also looks at {}, {} and {}.",
            counted(packages, "package", "packages"),
            counted(occasions, "occasion", "occasions"),
            counted(organizations, "organisation", "organisations")
        ),
        _ => String::new(),
    }
}

fn heading(section: Section) -> &'static str {
    match section {
        Section::Summary => "What needs attention",
        Section::ByOfficer => "By officer and review tier",
        Section::Agreements => "Agreements",
        Section::Others => "Packages, occasions and organisations",
    }
}

fn title(column: Column) -> &'static str {
    match column {
        Column::Matter => "Matter",
        Column::Agreements => "Agreements",
        Column::Others => "Others",
        Column::Entries => "Cases",
        Column::Late => "Late",
        Column::Longest => "Most days",
        Column::Officer => "Officer",
        Column::Tier => "Review tier",
        Column::LookedAt => "Looked at",
        Column::WithMatter => "Need attention",
    }
}

fn name(topic: Topic) -> &'static str {
    match topic {
        Topic::Slipping => "Slipping",
        Topic::Silent => "Silent",
        Topic::OverdueReview => "Review overdue",
        Topic::Promise => "Promise open",
        Topic::Obstacle => "Obstacle",
        Topic::NoNextStep => "No next step",
        Topic::WeakEvidence => "Weak evidence",
        Topic::NeedUnmet => "Earlier milestone missing",
        Topic::BeforeSigning => "Milestone before signing",
        Topic::AlreadyReached => "Milestone recorded twice",
        Topic::Counts => "Counts do not match",
        Topic::PartsAboveWhole => "Parts above the whole",
        Topic::NoSource => "No source",
    }
}

fn define(topic: Topic, level: u8) -> String {
    let words = match topic {
        Topic::Slipping => "an open expectation whose horizon ended before D. Its days are those since that end. Suspended agreements are not slipping.".to_owned(),
        Topic::Silent => "the last signing, step, contact, obstacle or expectation by D lies further back than the interval of the agreement's track, and the agreement is neither suspended nor slipping. Its days are those since that news.".to_owned(),
        Topic::OverdueReview => "an open expectation whose day of review lies before D. Its days are those since that day.".to_owned(),
        Topic::Promise => "a promise made by D and not closed by D. It is late when its last day lies before D; its days are those since.".to_owned(),
        Topic::Obstacle => "an obstacle raised by D and not resolved by D. It is late when its due day lies before D; its days are those since.".to_owned(),
        Topic::NoNextStep => "no expectation and no promise is open, and the agreement is not suspended.".to_owned(),
        Topic::WeakEvidence => format!("a step reached by D whose best evidence is below level {}, the one the policy asks of a documented step.", whole(u64::from(level))),
        Topic::NeedUnmet => "a milestone whose track names another one it needs, which is not reached by D or certainly came later.".to_owned(),
        Topic::BeforeSigning => "a milestone that certainly lies before the signing, or is reached while no signing is recorded.".to_owned(),
        Topic::AlreadyReached => "a milestone recorded again that is not said to be additional and raises no strength.".to_owned(),
        Topic::Counts => "the documents declared of a package contradict each other, or more are registered than declared.".to_owned(),
        Topic::PartsAboveWhole => "amounts of one kind, of the members of a package or of the package itself, come to more than the value declared of it.".to_owned(),
        Topic::NoSource => "a registration or a dated fact without a source. Contacts, notes and assignments are the agency's own word and need none.".to_owned(),
    };
    format!("{}: {words}", name(topic))
}

fn group(sentence: FollowUp<'_>) -> String {
    let FollowUp::Group {
        officer,
        tier,
        every_days,
        flagged,
        of,
    } = sentence
    else {
        return String::new();
    };
    let who = officer.map_or_else(
        || "Nobody assigned".to_owned(),
        |officer| format!("Officer {officer}"),
    );
    let every = every_days.map(|every| format!(", reviewed every {}", days(every.into())));
    format!(
        "{who}; {tier}{}: {} of {}",
        every.unwrap_or_default(),
        whole(flagged),
        counted(of, "agreement needs attention", "agreements need attention")
    )
}

fn time(sentence: FollowUp<'_>) -> String {
    match sentence {
        FollowUp::LastNews { day: on, days: 0 } => format!("Last news {}.", day(on)),
        FollowUp::LastNews { day: on, days: ago } => {
            format!("Last news {}, {} ago.", day(on), days(ago))
        }
        FollowUp::NeverHeard => "No news is recorded.".to_owned(),
        FollowUp::Silent { interval } => format!(
            "Silent: that is longer than the interval of {}.",
            days(interval.into())
        ),
        FollowUp::DaysLate { days: late } => format!("{} late.", capital(&days(late))),
        FollowUp::ReviewLate { days: late } => format!("That day lies {} back.", days(late)),
        FollowUp::HorizonPast { days: late } => {
            format!("What was expected is {} late.", days(late))
        }
        FollowUp::DaysLeft { days: 0 } => "It is due today.".to_owned(),
        FollowUp::DaysLeft { days: left } => format!("{} left.", capital(&days(left))),
        FollowUp::NoDueDay => "No due day is named.".to_owned(),
        FollowUp::Standing { days: 0 } => "It was raised today.".to_owned(),
        FollowUp::Standing { days: long } => format!("It has stood for {}.", days(long)),
        FollowUp::NoBody => "No body responsible is named.".to_owned(),
        FollowUp::NoNextStep => "No next step is expected or promised.".to_owned(),
        doubt => doubtful(doubt),
    }
}

fn doubtful(sentence: FollowUp<'_>) -> String {
    match sentence {
        FollowUp::WeakEvidence {
            steps,
            count,
            level,
        } => format!(
            "{} below level {}: {}.",
            counted(count, "step rests on evidence", "steps rest on evidence"),
            whole(u64::from(level)),
            steps.join(", ")
        ),
        FollowUp::Weak { what, evidence } => {
            format!("{} \u{2013} {evidence}", milestones::called(what))
        }
        FollowUp::NeedUnmet { what, needs, later } => format!(
            "{} usually needs {}, which {}.",
            capital(&quoted(&milestones::called(what))),
            quoted(&milestones::called(needs)),
            if later {
                "came later"
            } else {
                "is not recorded"
            }
        ),
        FollowUp::BeforeSigning { what, on, signed } => match signed {
            Some(signed) => format!(
                "{} ({on}) lies before the signing ({signed}).",
                capital(&quoted(&milestones::called(what)))
            ),
            None => format!(
                "{} is recorded, and no signing is.",
                capital(&quoted(&milestones::called(what)))
            ),
        },
        FollowUp::AlreadyReached { what, first } => format!(
            "{} is recorded twice, first in entry {first}.",
            capital(&quoted(&milestones::called(what)))
        ),
        FollowUp::NoSource { entries, count } => format!(
            "{} on no source: {}.",
            counted(count, "entry rests", "entries rest"),
            entries.join(", ")
        ),
        FollowUp::Entry { kind, seq } => format!("{} ({seq})", lower(kind)),
        whole_package => package(whole_package),
    }
}

fn quoted(words: &str) -> String {
    format!("\u{201c}{words}\u{201d}")
}

fn package(sentence: FollowUp<'_>) -> String {
    match sentence {
        FollowUp::CountsContradict { all, by_class } => format!(
            "{} declared, and {} by class.",
            counted(all, "document is", "documents are"),
            whole(by_class)
        ),
        FollowUp::MoreThanDeclared {
            class,
            registered,
            declared,
        } => {
            let class = match class {
                Some(Class::Practical) => "practical ",
                Some(Class::Institutional) => "institutional ",
                None => "",
            };
            format!(
                "{} registered, and {} declared.",
                counted(
                    registered,
                    &format!("{class}document is"),
                    &format!("{class}documents are")
                ),
                whole(declared)
            )
        }
        FollowUp::PartsAboveWhole {
            kind,
            currency,
            sum: parts,
            whole: declared,
            own,
        } => format!(
            "The {} amounts of {} come to {}, above the {} declared of the package.",
            word(Word::Money(kind)),
            if own {
                "the package itself"
            } else {
                "its members"
            },
            sum(currency, parts, Qualifier::Exact),
            sum(currency, declared, Qualifier::Exact)
        ),
        _ => String::new(),
    }
}

fn deed(action: Action) -> &'static str {
    match action {
        Action::RecordOutcome => {
            "record what came of what was expected, or state what is expected now"
        }
        Action::AskParties => {
            "ask the parties and record the contact, even if there is nothing new"
        }
        Action::AskAgain => "ask again and record the contact, or state the expectation anew",
        Action::ClosePromise => "ask whoever promised, and close the promise as kept or dropped",
        Action::AwaitPromise => "close the promise once it is kept",
        Action::PressBody => "ask the body responsible, and record that the obstacle is resolved",
        Action::NameBody => {
            "find out which body can remove the obstacle, and correct the entry to name it"
        }
        Action::StateNext => "state what is expected next, or who promised what",
        Action::AddEvidence => {
            "add a document, a letter or a register entry as a source of the steps"
        }
        Action::RecordMissing => "record the earlier milestone, or mark it as not needed",
        Action::RecordSigning => "record the signing, or mark it as not needed",
        Action::CheckDays => "check both days, and correct the one that is wrong",
        Action::MergeRepetition => {
            "correct the first entry, add a source to it, or say that the second is additional"
        }
        Action::CheckCounts => {
            "check the declared counts and the members; state a claim where sources differ"
        }
        Action::CheckAmounts => {
            "check the amounts and the declared value, and correct the one that is wrong"
        }
        Action::AddSource => "add a source",
    }
}
