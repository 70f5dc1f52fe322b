//! Facts put into words: what several reports say of the same fact they say alike.

pub(super) mod amended;
pub(super) mod claims;
mod follow_up;
pub(super) mod payload;
mod trail;

use super::document::block::{Fact as FactData, Line};
use super::notes::Citations;
use super::text::pack::LanguagePack;
use super::text::sentence::Strength;
use super::text::sentence::{Reached as ReachedWords, StepWords, Word};
use crate::deal::event::{Kind, Payload};
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::deal::value::known::Known;
use crate::deal::value::party::Party;
use crate::deal::value::text::{Names, Text};
use crate::projection::description::{AgreementInfo, called};
use crate::projection::models::Models;
use crate::projection::standing::Standing;
use crate::projection::standing::milestones::{Reached, ReversedFact, Strengthened};
use crate::projection::status::excerpt::Wanted;

/// What is needed to put facts into words.
#[derive(Clone, Copy)]
pub(super) struct Wording<'a> {
    pub(super) models: &'a Models,
    pub(super) text: &'a dyn LanguagePack,
}

impl<'a> Wording<'a> {
    /// "Brick production (AG-2025-001)".
    pub(super) fn agreement(&self, info: &AgreementInfo<'_>) -> String {
        self.called(info.reference, info.titles.value)
    }

    /// A thing by its name and reference.
    pub(super) fn called(&self, reference: &Ref, names: &Names) -> String {
        let name = self.text.name(names);
        format!("{name} ({reference})")
    }

    /// A registered thing by its name and reference, or its stream where it has none.
    pub(super) fn thing(&self, stream: StreamId) -> String {
        let say = |(reference, names): (&Ref, &Names)| self.called(reference, names);
        let status = &self.models.status;
        let said = match stream.kind() {
            // Of agreements there are many, and most have long books.
            StreamKind::Agreement => {
                let describes = |kind: Kind| kind.describes();
                let describes = Wanted::Kinds(&describes);
                let say = |book: &Book| called(book).map(say);
                status.excerpt(stream, describes, say).flatten()
            }
            _ => status.book(stream).and_then(called).map(say),
        };
        said.unwrap_or_else(|| stream.to_string())
    }

    /// The name of a registered thing, or its stream where it has none.
    pub(super) fn name(&self, stream: StreamId) -> String {
        let called = self.models.status.book(stream).and_then(called);
        called.map_or_else(|| stream.to_string(), |(_, names)| self.text.name(names))
    }

    /// The reference of a registered thing, or its stream where it has none.
    pub(super) fn reference(&self, stream: StreamId) -> String {
        let called = self.models.status.book(stream).and_then(called);
        called.map_or_else(
            || stream.to_string(),
            |(reference, _)| reference.to_string(),
        )
    }

    /// A party: the organisation's name, or the source's words for it.
    pub(super) fn party(&self, party: &Party) -> String {
        let organization = party.organization().map(|stream| self.name(stream));
        let words = party.description().map(|words| self.text.text(words));
        match (organization, words) {
            (Some(name), Some(words)) => format!("{name} ({words})"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => self.text.word(Word::NotKnown).to_owned(),
        }
    }

    /// Plain words of a text that may be left out.
    pub(super) fn words(&self, words: Option<&Text>) -> Option<String> {
        words.map(|words| self.text.text(words))
    }

    /// The milestone a fact reaches, as a sentence names it.
    pub(super) fn milestone<'b>(
        &'b self,
        standing: &'b Standing<'_>,
        code: &'b str,
        strength: Strength,
    ) -> ReachedWords<'b> {
        ReachedWords {
            code,
            names: standing.track.milestone(code).map(|known| &known.names),
            strength,
        }
    }

    /// The sentence for a step, with its footnotes.
    ///
    /// The day and the strength are those of the first fact; what came later is told as a detail, so
    /// that a later signature is never dated back to the first talks.
    pub(super) fn step(
        &self,
        standing: &Standing<'_>,
        reference: &str,
        reached: &Reached<'_>,
        notes: &mut Citations<'_>,
    ) -> Option<Line> {
        let (first, rest) = reached.facts.split_first()?;
        let mut details = self.details(first);
        for raised in &reached.strengthened {
            details.push(self.text.step(StepWords::Since {
                what: self.milestone(standing, reached.code, Strength::Model(raised.to)),
                on: &raised.fact.current().on,
            }));
        }
        for fact in rest {
            let further = self.details(fact);
            let is_raise = reached
                .strengthened
                .iter()
                .any(|r| r.fact.id() == fact.id());
            if !further.is_empty() && !is_raise {
                details.push(self.text.step(StepWords::Further {
                    details: &further.join(", "),
                    on: &fact.current().on,
                }));
            }
        }
        let text = self.text.step(StepWords::Reached {
            what: self.milestone(standing, reached.code, strength(first)),
            on: &first.current().on,
            details: &details,
            evidence: reached.evidence,
        });
        let mut line = Line::new(text).noted(notes.cite_all(reached.facts.iter().copied()));
        line.fact = Some(FactData {
            agreement: reference.to_owned(),
            milestone: reached.code.to_owned(),
            on: first.current().on.clone(),
            day: reached.day,
            evidence: reached.evidence,
        });
        Some(line)
    }

    /// The sentence for a raised strength.
    pub(super) fn strengthened(
        &self,
        standing: &Standing<'_>,
        reached: &Reached<'_>,
        raised: &Strengthened<'_>,
        notes: &mut Citations<'_>,
    ) -> Line {
        let text = self.text.step(StepWords::Strengthened {
            from: self.milestone(standing, reached.code, Strength::Model(raised.from)),
            to: self.milestone(standing, reached.code, Strength::Model(raised.to)),
            on: &raised.fact.current().on,
            evidence: raised.fact.evidence(),
        });
        Line::new(text).noted([notes.cite(raised.fact)])
    }

    /// The sentence for a milestone that no longer holds.
    pub(super) fn reversed(
        &self,
        standing: &Standing<'_>,
        reversed: &ReversedFact<'_>,
        notes: &mut Citations<'_>,
    ) -> Line {
        let text = self.text.step(StepWords::Reversed {
            what: self.milestone(standing, reversed.code, strength(reversed.fact)),
            on: &reversed.reversal.current().on,
            words: &self.text.text(&reversed.data.words),
        });
        Line::new(text).noted(notes.cite_all([reversed.fact, reversed.reversal]))
    }

    /// The details of a milestone's fact, each a phrase.
    pub(super) fn details(&self, fact: &Fact) -> Vec<String> {
        self.payload_details(fact.payload())
    }

    fn payload_details(&self, payload: &Payload) -> Vec<String> {
        let say = |words: StepWords<'_>| self.text.step(words);
        let mut out = Vec::new();
        match payload {
            Payload::LandAllocated(data) => {
                out.extend(data.area.as_ref().map(|area| match area {
                    Known::Value(area) => say(StepWords::Area(area)),
                    Known::Unknown => say(StepWords::AreaNotStated),
                }));
                let parcel = self.words(data.parcel.as_ref());
                out.extend(parcel.map(|parcel| say(StepWords::Parcel(&parcel))));
                let zone = self.words(data.zone.as_ref());
                out.extend(zone.map(|zone| say(StepWords::Zone(&zone))));
                out.extend(data.tenure.map(|tenure| say(StepWords::Tenure(tenure))));
                let body = data.body.as_ref().map(|body| self.party(body));
                out.extend(body.map(|body| say(StepWords::AllocatedBy(&body))));
                out.extend(self.words(data.words.as_ref()));
            }
            Payload::FinancialModelAgreed(data) => {
                let investment = data.investment.as_ref();
                out.extend(investment.map(|sum| say(StepWords::Investment(sum))));
                out.extend(self.words(data.words.as_ref()));
            }
            Payload::CompanyIncorporated(data) => {
                out.extend(data.legal_name.value().map(|name| self.text.text(name)));
                out.extend(self.words(data.form.as_ref()));
                out.extend(data.identifier.as_ref().map(|entry| {
                    say(StepWords::Register {
                        scheme: entry.scheme.as_str(),
                        id: entry.id.as_str(),
                    })
                }));
                let capital = data.charter_capital.as_ref();
                out.extend(capital.map(|sum| say(StepWords::CharterCapital(sum))));
                out.extend(self.words(data.words.as_ref()));
            }
            Payload::MilestoneReached(data) => {
                use crate::deal::event::milestone_reached::WorksNature;
                if data.nature == Some(WorksNature::Unspecified) {
                    out.push(say(StepWords::NatureNotStated));
                }
                out.extend(data.money.as_ref().map(|sum| say(StepWords::Amount(sum))));
                out.extend(data.quantity.as_ref().map(|much| self.text.quantity(much)));
                out.extend(data.details.values().map(|words| self.text.text(words)));
                out.extend(self.words(data.words.as_ref()));
            }
            Payload::Signed(data) => {
                let place = self.words(data.place.as_ref());
                out.extend(place.map(|place| say(StepWords::Place(&place))));
                let occasion = data.occasion.map(|occasion| self.name(occasion));
                out.extend(occasion.map(|name| say(StepWords::Occasion { name: &name })));
                let bodies: Vec<_> = data
                    .signatories
                    .iter()
                    .map(|body| self.party(body))
                    .collect();
                out.extend(
                    (!bodies.is_empty())
                        .then(|| say(StepWords::SignedBy(&self.text.list(&bodies)))),
                );
                out.extend(self.words(data.words.as_ref()));
            }
            _ => {}
        }
        out
    }
}

/// How much of a milestone a fact states.
pub(super) fn strength(fact: &Fact) -> Strength {
    payload_strength(fact.payload())
}

fn payload_strength(payload: &Payload) -> Strength {
    match payload {
        Payload::FinancialModelAgreed(data) => Strength::Model(data.strength),
        Payload::MilestoneReached(data) => data.nature.map_or(Strength::Plain, Strength::Works),
        _ => Strength::Plain,
    }
}
