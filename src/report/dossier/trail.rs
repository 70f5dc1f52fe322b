//! Everything recorded of the agreement, in order of recording.

use super::Draft;
use crate::deal::state::{Fact, Recording, Version};
use crate::deal::value::ids::KnownBy;
use crate::projection::timeline::{Deed, Line as Event};
use crate::report::document::block::{Block, Line, Part};
use crate::report::facts::payload::says;
use crate::report::text::sentence::Heading;
use crate::report::text::sentence::record::{Remark, Trail};

impl Draft<'_> {
    pub(super) fn trail(&mut self) -> Part {
        let trail = crate::projection::timeline::trail(self.standing.book, self.standing.track);
        let items = trail.lines().iter().map(|event| self.line(event)).collect();
        self.part("trail", Heading::Trail, vec![Block::List { items }])
    }

    fn line(&mut self, event: &Event<'_>) -> Line {
        let text = self.text;
        let reason = |words| text.text(words);
        let say = |words| text.trail(words);
        match (event.deed, event.fact) {
            (Deed::Recorded, Some(fact)) => self.version(fact, fact.root(), None),
            (Deed::Corrected(_, after), Some(fact)) => {
                let why = after.reason.as_ref().map(reason).unwrap_or_default();
                let why = say(Trail::Correction { reason: &why });
                self.version(fact, after, Some(why))
            }
            (Deed::Retracted(words), _) => {
                let reason = reason(words);
                let words = say(Trail::Retracted {
                    recorded: event.recording.day,
                    reason: &reason,
                });
                self.amendment(event, words)
            }
            (Deed::Sourced(_), _) => self.amendment(event, say(Trail::SourceAdded)),
            (Deed::SourceWithdrawn(words) | Deed::ConfirmationWithdrawn(words), _) => {
                let reason = reason(words);
                self.amendment(event, say(Trail::AmendmentWithdrawn { reason: &reason }))
            }
            (Deed::Confirmed(confirmation, lapsed), _) => {
                let mut words = text.remark(Remark::Confirmed {
                    recorded: confirmation.recording.day,
                    unchecked: false,
                });
                if lapsed {
                    words = format!("{words} {}", text.remark(Remark::ConfirmationLapsed));
                }
                let mut line = self.amendment(event, words);
                line.struck = lapsed || confirmation.retracted.is_some();
                line
            }
            (Deed::Unplaced(anomaly), _) => {
                let words = say(Trail::Unreadable {
                    kind: &anomaly.kind,
                    why: &anomaly.why,
                });
                self.amendment(event, words)
            }
            // Recordings and corrections always belong to a fact; were one without, it is shown bare.
            (Deed::Recorded | Deed::Corrected(..), None) => self.amendment(event, String::new()),
        }
    }

    /// A version: struck through once another took its place or the fact was withdrawn.
    fn version(&mut self, fact: &Fact, version: &Version, why: Option<String>) -> Line {
        let text = self.text;
        let kind = version.payload.kind();
        let mut words = text.trail(Trail::Fact {
            kind: match kind {
                // A milestone's own words name it.
                Some(_) if version.payload.milestone().is_some() => "",
                Some(kind) => text.kind(kind),
                None => version.payload.kind_name(),
            },
            words: &says(self.wording, self.standing.track, version),
        });
        let later = fact
            .versions()
            .iter()
            .skip_while(|other| other.recording.seq <= version.recording.seq)
            .map(|other| other.recording.seq)
            .next();
        let mut sentences: Vec<String> = why.into_iter().collect();
        sentences.extend(later.map(|by| text.trail(Trail::Replaced { by })));
        if let (None, Some(retraction)) = (later, &fact.retracted) {
            sentences.push(text.trail(Trail::Retracted {
                recorded: retraction.recording.day,
                reason: &text.text(&retraction.reason),
            }));
        }
        let is_dated = kind.is_some_and(|kind| kind.dated());
        words = self.entry(&version.recording, is_dated.then_some(&version.on), &words);
        if !sentences.is_empty() {
            words = format!("{words} {}", sentences.join(" "));
        }
        let mut line = Line::new(words).noted([self.notes.cite(fact)]);
        line.struck = later.is_some() || fact.retracted.is_some();
        line
    }

    fn amendment(&mut self, event: &Event<'_>, mut words: String) -> Line {
        if let Some(fact) = event.fact {
            let about = self.text.trail(Trail::OfEntry { seq: fact.seq() });
            words = format!("{about}. {words}");
        }
        let line = Line::new(self.entry(event.recording, None, &words));
        match event.fact {
            Some(fact) => line.noted([self.notes.cite(fact)]),
            None => line,
        }
    }

    fn entry(
        &self,
        recording: &Recording,
        on: Option<&crate::deal::value::when::When>,
        words: &str,
    ) -> String {
        self.text.trail(Trail::Entry {
            seq: recording.seq,
            on,
            recorded: recording.day,
            actor: recording.actor.id.as_str(),
            unchecked: recording.actor.known_by == KnownBy::LocalClaim,
            words,
        })
    }
}
