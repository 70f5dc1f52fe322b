//! UmaDB through its own client, over gRPC. A thing is a tag; what is expected is that no event with this tag follows the last
//! position known.

use anyhow::{Context, Result, ensure};
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{DcbAppendCondition, DcbEvent, DcbEventStoreAsync, DcbQuery, DcbQueryItem};

use crate::content;
use crate::load::Item;
use crate::peer::{Amount, Thing};

/// A connection to UmaDB.
pub(crate) struct UmaDb {
    client: AsyncUmaDbClient,
}

impl UmaDb {
    pub(crate) async fn connect(address: &str) -> Result<Self> {
        let client = UmaDbClient::new(address.to_owned()).connect_async().await;
        let client = client.with_context(|| format!("UmaDB does not answer at {address}"))?;
        Ok(Self { client })
    }

    pub(crate) async fn load(&mut self, items: &[Item]) -> Result<Vec<u64>> {
        let events = items.iter().map(|item| event(&item.name, &item.remark));
        let last = self.client.append(events.collect(), None, None).await?;
        // The events of one append have positions without gaps.
        let before = last.checked_sub(items.len() as u64);
        let before = before.context("UmaDB counts its positions otherwise")?;
        Ok((before + 1..=last).collect())
    }

    pub(crate) async fn append(&mut self, thing: &mut Thing, remarks: &[String]) -> Result<()> {
        let condition = DcbAppendCondition::new(tagged(&thing.name)).after(Some(thing.expected));
        let events = remarks.iter().map(|remark| event(&thing.name, remark));
        thing.expected = self
            .client
            .append(events.collect(), Some(condition), None)
            .await?;
        Ok(())
    }

    pub(crate) async fn read(&mut self, name: &str) -> Result<usize> {
        let (events, _) = self
            .client
            .read_with_head(Some(tagged(name)), None, false, None)
            .await?;
        Ok(events.len())
    }

    pub(crate) async fn replay(&mut self) -> Result<Amount> {
        let mut stream = self.client.read(None, None, false, None).await?;
        let mut amount = Amount::default();
        loop {
            let events = stream.next_batch().await?;
            if events.is_empty() {
                return Ok(amount);
            }
            for one in &events {
                amount.events += 1;
                amount.bytes += one.event.data.len() as u64;
                ensure!(
                    one.position == amount.events,
                    "event {} is at {}",
                    amount.events,
                    one.position
                );
            }
        }
    }
}

fn tagged(name: &str) -> DcbQuery {
    DcbQuery::new().item(DcbQueryItem::new().tags([name.to_owned()]))
}

fn event(name: &str, remark: &str) -> DcbEvent {
    DcbEvent::new()
        .event_type("noted")
        .tags([name.to_owned()])
        .data(content::event(remark))
}
