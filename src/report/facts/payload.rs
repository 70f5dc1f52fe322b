//! What one version of a fact says, in a phrase: for trails and lists of corrections.

use super::{Wording, payload_strength};
use crate::deal::event::Payload;
use crate::deal::event::agreement_registered::{AgreementRegistered, Instrument, Sector};
use crate::deal::event::package_registered::{DeclaredCounts, DeclaredValue};
use crate::deal::state::Version;
use crate::deal::track::Track;
use crate::deal::value::code::Code;
use crate::deal::value::ids::EventId;
use crate::deal::value::party::Party;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::record::Trail;
use crate::report::text::sentence::{Headline, Outlook, Reached, Word};

/// What a version says, without its day.
pub(in crate::report) fn says(wording: Wording<'_>, track: &Track, version: &Version) -> String {
    let payload = &version.payload;
    if let Some(code) = payload.milestone() {
        let mut parts = vec![wording.text.milestone(
            code,
            track.milestone(code).map(|known| &known.names),
            payload_strength(payload),
        )];
        parts.extend(wording.payload_details(payload));
        return parts.join("; ");
    }
    registration(wording, payload)
        .or_else(|| follow_up(wording, track, payload))
        .or_else(|| change_of_status(wording, payload))
        .or_else(|| statement(wording, track, payload))
        .unwrap_or_default()
}

fn registration(wording: Wording<'_>, payload: &Payload) -> Option<String> {
    let text = wording.text;
    let parts: Vec<String> = match payload {
        Payload::AgreementRegistered(data) => agreement(wording, data),
        Payload::AgreementDescribed(data) => [
            data.titles.as_ref().map(|names| text.name(names)),
            data.class
                .map(|class| text.word(Word::Class(class)).to_owned()),
            data.instrument
                .map(|it| text.word(Word::Instrument(it)).to_owned()),
            data.nature
                .map(|nature| text.word(Word::Nature(nature)).to_owned()),
            data.sectors
                .as_deref()
                .map(|sectors| sector_names(wording, sectors)),
            data.parties
                .as_deref()
                .map(|parties| party_names(wording, parties)),
            data.package.map(|package| wording.thing(package)),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Payload::PackageRegistered(data) => vec![
            text.name(&data.titles),
            counts(wording, &data.declared_counts),
            text.headline(Headline::Value(data.declared_value.as_ref())),
        ],
        Payload::PackageDescribed(data) => [
            data.titles.as_ref().map(|names| text.name(names)),
            data.declared_counts
                .as_ref()
                .map(|given| counts(wording, given)),
            data.declared_value
                .as_ref()
                .map(|given| value(wording, given)),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Payload::OccasionRegistered(data) => {
            let place = wording.words(data.place.as_ref());
            [Some(text.name(&data.names)), place]
                .into_iter()
                .flatten()
                .collect()
        }
        Payload::OccasionDescribed(data) => [
            data.names.as_ref().map(|names| text.name(names)),
            wording.words(data.place.as_ref()),
            wording.words(data.theme.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Payload::OrganizationRegistered(data) => vec![text.name(&data.names)],
        Payload::OrganizationDescribed(data) => {
            data.names.iter().map(|names| text.name(names)).collect()
        }
        Payload::Linked(data) => vec![format!(
            "{} {}",
            text.word(Word::Relation(data.relation)),
            wording.thing(data.target)
        )],
        _ => return None,
    };
    Some(parts.join("; "))
}

fn agreement(wording: Wording<'_>, data: &AgreementRegistered) -> Vec<String> {
    let text = wording.text;
    let mut parts = vec![
        text.name(&data.titles),
        text.word(Word::Class(data.class)).to_owned(),
    ];
    let stated = (data.instrument != Instrument::Unknown).then_some(data.instrument);
    parts.extend(stated.map(|instrument| text.word(Word::Instrument(instrument)).to_owned()));
    parts.extend((!data.sectors.is_empty()).then(|| sector_names(wording, &data.sectors)));
    parts.extend((!data.parties.is_empty()).then(|| party_names(wording, &data.parties)));
    parts.extend(data.package.map(|package| wording.thing(package)));
    parts
}

fn sector_names(wording: Wording<'_>, sectors: &[Sector]) -> String {
    let names: Vec<String> = sectors
        .iter()
        .map(|sector| wording.text.text(&sector.text))
        .collect();
    wording.text.list(&names)
}

fn party_names(wording: Wording<'_>, parties: &[Party]) -> String {
    let names: Vec<String> = parties.iter().map(|party| wording.party(party)).collect();
    wording.text.list(&names)
}

fn counts(wording: Wording<'_>, counts: &DeclaredCounts) -> String {
    wording.text.headline(Headline::Documents(counts))
}

fn value(wording: Wording<'_>, value: &DeclaredValue) -> String {
    wording.text.headline(Headline::Value(Some(value)))
}

fn follow_up(wording: Wording<'_>, track: &Track, payload: &Payload) -> Option<String> {
    let text = wording.text;
    Some(match payload {
        Payload::ExpectationStated(data) => {
            let what = data
                .milestone
                .as_ref()
                .map(|code| milestone(wording, track, code));
            let words = wording
                .words(data.words.as_ref())
                .map(|words| text.quote(&words));
            let mut parts: Vec<String> = what.into_iter().chain(words).collect();
            parts.push(text.when(&data.horizon, Tense::Expected));
            parts.join(", ")
        }
        Payload::PromiseMade(data) => {
            let to = data.counterpart.as_ref().map(|party| wording.party(party));
            text.outlook(Outlook::Promise {
                owner: &wording.party(&data.owner),
                what: &text.text(&data.what),
                to: to.as_deref(),
                due: data.due.as_ref(),
            })
        }
        Payload::PromiseClosed(data) => closed(
            wording,
            text.word(Word::Outcome(data.outcome)),
            data.promise,
            data.words.as_ref().map(|words| text.text(words)),
        ),
        Payload::ObstacleRaised(data) => {
            let mut parts = vec![text.word(Word::Obstacle(data.reason)).to_owned()];
            parts.extend(wording.words(data.words.as_ref()));
            let body = data.body.as_ref().map(|body| wording.party(body));
            parts.extend(body.map(|body| text.outlook(Outlook::Body(&body))));
            parts.join("; ")
        }
        Payload::ObstacleResolved(data) => {
            let words = wording.words(data.words.as_ref());
            closed(wording, "", data.obstacle, words)
        }
        Payload::Contacted(data) => {
            let mut parts = vec![
                wording.party(&data.with),
                text.word(Word::Contact(data.outcome)).to_owned(),
            ];
            parts.extend(wording.words(data.words.as_ref()));
            parts.join("; ")
        }
        Payload::Assigned(data) => data.officer.to_string(),
        _ => return None,
    })
}

/// What became of an earlier fact, with the position of that fact.
fn closed(wording: Wording<'_>, outcome: &str, of: EventId, words: Option<String>) -> String {
    let found = wording.models.status.fact(of);
    let earlier = found.map(|found| {
        wording.text.trail(Trail::OfEntry {
            seq: found.fact.seq(),
        })
    });
    let outcome = (!outcome.is_empty()).then(|| outcome.to_owned());
    let parts: Vec<String> = outcome.into_iter().chain(words).chain(earlier).collect();
    parts.join("; ")
}

fn change_of_status(wording: Wording<'_>, payload: &Payload) -> Option<String> {
    let (reason, words) = match payload {
        Payload::Suspended(data) => (data.reason.as_ref(), data.words.as_ref()),
        Payload::Resumed(data) => (data.reason.as_ref(), data.words.as_ref()),
        Payload::Terminated(data) => (data.reason.as_ref(), data.words.as_ref()),
        Payload::Completed(data) => (data.reason.as_ref(), data.words.as_ref()),
        Payload::Reopened(data) => (data.reason.as_ref(), data.words.as_ref()),
        _ => return None,
    };
    let reason = reason.map(|code| code.as_str().replace('_', " "));
    let words = wording.words(words);
    let parts: Vec<String> = reason.into_iter().chain(words).collect();
    Some(parts.join("; "))
}

fn statement(wording: Wording<'_>, track: &Track, payload: &Payload) -> Option<String> {
    let text = wording.text;
    let parts: Vec<String> = match payload {
        Payload::MilestoneReversed(data) => vec![text.text(&data.words)],
        Payload::MilestoneNotNeeded(data) => {
            vec![
                milestone(wording, track, &data.milestone),
                text.text(&data.reason),
            ]
        }
        Payload::ValueStated(data) => {
            let kind = text.word(Word::Money(data.money.kind()));
            let words = wording.words(data.words.as_ref());
            let sum = format!("{} {kind}", text.money(&data.money));
            [Some(sum), words].into_iter().flatten().collect()
        }
        Payload::FigureStated(data) => vec![
            data.measure.as_str().replace('_', " "),
            text.quantity(&data.quantity),
            text.word(Word::Standing(data.standing)).to_owned(),
        ],
        Payload::ClaimStated(data) => {
            let speaker = data.speaker.as_ref().map(|party| wording.party(party));
            let field = text.text(&data.field).replace('_', " ");
            let claim = text.quote(&text.text(&data.value));
            [Some(field), speaker, Some(claim)]
                .into_iter()
                .flatten()
                .collect()
        }
        Payload::ClaimPreferred(data) => vec![text.text(&data.reason)],
        Payload::Noted(data) => vec![text.text(&data.words)],
        _ => return None,
    };
    Some(parts.join("; "))
}

fn milestone(wording: Wording<'_>, track: &Track, code: &Code) -> String {
    let reached = Reached {
        code: code.as_str(),
        names: track.milestone(code.as_str()).map(|known| &known.names),
        strength: crate::report::text::sentence::Strength::Plain,
    };
    wording
        .text
        .milestone(reached.code, reached.names, reached.strength)
}
