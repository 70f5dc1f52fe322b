//! Events as lines: what was recorded with both its dates, who and why, replaced and withdrawn
//! versions struck through.

use super::Wording;
use super::payload::says;
use crate::deal::state::{Fact, Recording, Version};
use crate::deal::track::Track;
use crate::deal::value::ids::KnownBy;
use crate::deal::value::when::When;
use crate::projection::timeline::{Deed, Line as Event};
use crate::report::document::block::Line;
use crate::report::notes::Notes;
use crate::report::text::sentence::record::{Remark, Trail};

impl Wording<'_> {
    /// What one event did.
    pub(in crate::report) fn event(
        &self,
        track: &Track,
        event: &Event<'_>,
        notes: &mut Notes<'_>,
    ) -> Line {
        let text = self.text;
        let reason = |words| text.text(words);
        let say = |words| text.trail(words);
        match (event.deed, event.fact) {
            (Deed::Recorded, Some(fact)) => self.version(track, fact, fact.root(), notes),
            (Deed::Corrected(_, after), Some(fact)) => self.version(track, fact, after, notes),
            (Deed::Retracted(words), _) => {
                let reason = reason(words);
                let words = say(Trail::Retracted {
                    recorded: event.recording.day,
                    reason: &reason,
                });
                self.amendment(event, words, notes)
            }
            (Deed::Sourced(_), _) => self.amendment(event, say(Trail::SourceAdded), notes),
            (Deed::SourceWithdrawn(words) | Deed::ConfirmationWithdrawn(words), _) => {
                let reason = reason(words);
                let words = say(Trail::AmendmentWithdrawn { reason: &reason });
                self.amendment(event, words, notes)
            }
            (Deed::Confirmed(confirmation, lapsed), _) => {
                let mut words = text.remark(Remark::Confirmed {
                    recorded: confirmation.recording.day,
                    unchecked: false,
                });
                if lapsed {
                    words = format!("{words} {}", text.remark(Remark::ConfirmationLapsed));
                }
                let mut line = self.amendment(event, words, notes);
                line.struck = lapsed || confirmation.retracted.is_some();
                line
            }
            (Deed::Unplaced(anomaly), _) => {
                let words = say(Trail::Unreadable {
                    kind: &anomaly.kind,
                    why: &anomaly.why,
                });
                self.amendment(event, words, notes)
            }
            // Recordings and corrections always belong to a fact; were one without, it is shown bare.
            (Deed::Recorded | Deed::Corrected(..), None) => {
                self.amendment(event, String::new(), notes)
            }
        }
    }

    /// A version with its reason: struck through once another took its place or the fact was withdrawn.
    pub(in crate::report) fn version(
        &self,
        track: &Track,
        fact: &Fact,
        version: &Version,
        notes: &mut Notes<'_>,
    ) -> Line {
        let text = self.text;
        let kind = version.payload.kind();
        let mut words = text.trail(Trail::Fact {
            kind: match kind {
                // A milestone's own words name it.
                Some(_) if version.payload.milestone().is_some() => "",
                Some(kind) => text.kind(kind),
                None => version.payload.kind_name(),
            },
            words: &says(*self, track, version),
        });
        let later = fact
            .versions()
            .iter()
            .skip_while(|other| other.recording.seq <= version.recording.seq)
            .map(|other| other.recording.seq)
            .next();
        let is_root = version.recording.seq == fact.seq();
        let why = version.reason.as_ref().map(|words| text.text(words));
        let why = why.or_else(|| (!is_root).then(String::new));
        let mut sentences: Vec<String> = why
            .map(|reason| text.trail(Trail::Correction { reason: &reason }))
            .into_iter()
            .collect();
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
        let mut line = Line::new(words).noted([notes.cite(fact)]);
        line.struck = later.is_some() || fact.retracted.is_some();
        line
    }

    fn amendment(&self, event: &Event<'_>, mut words: String, notes: &mut Notes<'_>) -> Line {
        if let Some(fact) = event.fact {
            let about = self.text.trail(Trail::OfEntry { seq: fact.seq() });
            words = format!("{about}. {words}");
        }
        let line = Line::new(self.entry(event.recording, None, &words));
        match event.fact {
            Some(fact) => line.noted([notes.cite(fact)]),
            None => line,
        }
    }

    fn entry(&self, recording: &Recording, on: Option<&When>, words: &str) -> String {
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
