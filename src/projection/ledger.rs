//! What the ledger says of itself: whose it is, the tracks and policy in force, the reports issued.

use super::Projection;
use super::digest::StateDigest;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::ledger_opened::LedgerOpened;
use crate::deal::event::report_issued::ReportIssued;
use crate::deal::event::{Event, Payload};
use crate::deal::ledger::LedgerState;
use crate::deal::policy::Policy;
use crate::deal::track::Track;
use crate::deal::value::zone::Zone;

/// The ledger's own facts as known at its position.
#[derive(Debug, Clone)]
pub struct LedgerModel {
    state: LedgerState,
    issues: Vec<Issue>,
    position: u64,
}

/// One issue of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// The position of its event.
    pub seq: u64,
    /// What was issued.
    pub report: ReportIssued,
}

impl Default for LedgerModel {
    /// A ledger of no events, on the built-in tracks and policy.
    fn default() -> Self {
        let classes = [Class::Practical, Class::Institutional];
        let tracks = classes.map(|class| (class, Track::built_in(class)));
        Self {
            state: LedgerState {
                opened: None,
                tracks: tracks.into_iter().collect(),
                policy: Some(Policy::built_in()),
            },
            issues: Vec::new(),
            position: 0,
        }
    }
}

impl LedgerModel {
    /// What these events of the ledger's own stream add up to, at a position.
    #[must_use]
    pub fn fold(events: Vec<Event>, position: u64) -> Self {
        let mut model = Self::default();
        for event in &events {
            model.apply(event);
        }
        Self { position, ..model }
    }

    /// How the ledger was opened; `None` before its first event.
    #[must_use]
    pub fn opened(&self) -> Option<&LedgerOpened> {
        self.state.opened.as_ref()
    }

    /// The agency's zone; UTC before the ledger was opened.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.opened().map_or(Zone::UTC, |opened| opened.zone)
    }

    /// The track in force for a class: the one defined last, else the built-in one.
    #[must_use]
    pub fn track(&self, class: Class) -> &Track {
        // PANIC: both classes have a track from the start, and tracks are only ever replaced.
        self.state.track(class).expect("every class has a track")
    }

    /// The policy in force: the one set last, else the built-in one.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        let policy = self.state.policy.as_ref();
        // PANIC: there is a policy from the start, and it is only ever replaced.
        policy.expect("there is a policy")
    }

    /// The reports issued, in order; of one series if one is named.
    pub fn issues<'a>(&'a self, series: Option<&'a str>) -> impl Iterator<Item = &'a Issue> {
        self.issues.iter().filter(move |issue| {
            series.is_none_or(|series| issue.report.series.plain() == Some(series))
        })
    }
}

impl Projection for LedgerModel {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&mut self, event: &Event) {
        self.position = self.position.saturating_add(1);
        self.state.evolve(event);
        if let Payload::ReportIssued(data) = &event.payload {
            self.issues.push(Issue {
                seq: event.seq,
                report: data.as_ref().clone(),
            });
        }
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = StateDigest::of(self.name(), self.version());
        digest.number(self.position);
        digest.json(&self.state.opened);
        digest.count(self.state.tracks.len());
        for track in self.state.tracks.values() {
            digest.json(track);
        }
        digest.json(&self.state.policy);
        digest.count(self.issues.len());
        for issue in &self.issues {
            digest.number(issue.seq);
            digest.json(&issue.report);
        }
        digest.finish()
    }
}
