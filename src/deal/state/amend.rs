//! What an amendment does to the fact it names: a correction, a withdrawal, a further source, a confirmation.

use super::{AddedSource, Book, Confirmation, Fact, Recording, Retraction, Stray, Version};
use crate::deal::event::Payload;
use crate::deal::event::fact_confirmed::FactConfirmed;
use crate::deal::event::fact_corrected::FactCorrected;
use crate::deal::event::fact_retracted::FactRetracted;
use crate::deal::value::ids::EventId;
use crate::deal::value::sources::Sources;

impl Book {
    pub(super) fn correct(
        &mut self,
        recording: Recording,
        data: FactCorrected,
    ) -> Result<(), Stray> {
        let FactCorrected {
            fact: id,
            now,
            reason,
        } = data;
        let payload = match Payload::from_map(&now.kind, now.v, now.data) {
            Ok(payload) => payload,
            Err(error) => return Err(recording.stray(error.to_string())),
        };
        let (index, fact) = match self.live_fact_mut(id) {
            Ok(found) => found,
            Err(why) => return Err(recording.stray(why)),
        };
        if !fact.has_version(id) {
            return Err(recording.stray("it names no version of a fact"));
        }
        if fact.payload().kind() != payload.kind() {
            let is = fact.payload().kind_name();
            let why = format!("a correction to {} of a fact that is {is}", now.kind);
            return Err(recording.stray(why));
        }
        let on_since = fact
            .versions()
            .iter()
            .filter(|v| v.on == now.on)
            .map(|v| v.on_since)
            .min();
        let event = recording.event;
        fact.versions.push(Version {
            on: now.on,
            on_since: on_since.unwrap_or(recording.day),
            recording,
            payload,
            sources: now.sources.into(),
            reason: Some(reason),
        });
        self.by_event.insert(event, index);
        Ok(())
    }

    pub(super) fn retract(
        &mut self,
        recording: Recording,
        data: FactRetracted,
    ) -> Result<(), Stray> {
        let id = data.fact;
        let (index, fact) = match self.live_fact_mut(id) {
            Ok(found) => found,
            Err(why) => return Err(recording.stray(why)),
        };
        let is_version = fact.has_version(id);
        let added = fact
            .added
            .iter_mut()
            .find(|added| added.recording.event == id);
        let confirmation = fact
            .confirmations
            .iter_mut()
            .find(|c| c.recording.event == id);
        let slot = match (added, confirmation) {
            (Some(added), _) => &mut added.retracted,
            (None, Some(confirmation)) => &mut confirmation.retracted,
            (None, None) if is_version => &mut fact.retracted,
            (None, None) => return Err(recording.stray("it names a withdrawal, which stands")),
        };
        if slot.is_some() {
            return Err(recording.stray("it was retracted before"));
        }
        let event = recording.event;
        *slot = Some(Box::new(Retraction {
            recording,
            reason: data.reason,
        }));
        self.by_event.insert(event, index);
        Ok(())
    }

    pub(super) fn add_source(
        &mut self,
        recording: Recording,
        id: EventId,
        sources: Sources,
    ) -> Result<(), Stray> {
        let (index, fact) = match self.live_fact_mut(id) {
            Ok(found) => found,
            Err(why) => return Err(recording.stray(why)),
        };
        let event = recording.event;
        fact.added.push(AddedSource {
            recording,
            sources,
            retracted: None,
        });
        self.by_event.insert(event, index);
        Ok(())
    }

    pub(super) fn confirm(
        &mut self,
        recording: Recording,
        data: &FactConfirmed,
        sources: Sources,
    ) -> Result<(), Stray> {
        let (index, fact) = match self.live_fact_mut(data.fact) {
            Ok(found) => found,
            Err(why) => return Err(recording.stray(why)),
        };
        if !fact.has_version(data.version) {
            return Err(recording.stray("it confirms a version this fact never had"));
        }
        let event = recording.event;
        fact.confirmations.push(Confirmation {
            recording,
            version: data.version,
            sources,
            retracted: None,
        });
        self.by_event.insert(event, index);
        Ok(())
    }

    fn live_fact_mut(&mut self, id: EventId) -> Result<(usize, &mut Fact), String> {
        let index = self
            .by_event
            .get(id)
            .ok_or("it names a fact this stream does not have")?;
        let fact = self
            .facts
            .get_mut(index)
            .ok_or("it names a fact this stream does not have")?;
        if fact.retracted.is_some() {
            return Err("the fact was retracted before".to_owned());
        }
        Ok((index, fact))
    }
}
