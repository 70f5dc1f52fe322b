//! What a sender keeps for himself: which commands were answered, with which position, over which bytes. After a
//! fault his list, not the ledger's own word, says what has to be there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use data_encoding::HEXLOWER;
use dealtrail::service::ledger::Ledger;
use dealtrail::store::recorded::Recorded;
use sha2::{Digest, Sha256};

use crate::service::recording::{check_order, events};
use crate::service::support::{agreement, noted, reopened, send};

/// How many senders record at once.
pub(crate) const SENDERS: u64 = 8;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) sender: u64,
    /// The position after the command.
    pub(crate) position: u64,
    /// SHA-256 over the stored bytes of its events.
    pub(crate) digest: String,
}

/// The lists of all senders.
#[derive(Debug, Clone, Default)]
pub(crate) struct Client {
    pub(crate) told: BTreeMap<String, Told>,
    /// Commands that were sent and not answered, by sender: whether they were recorded is open.
    pub(crate) open: BTreeMap<String, u64>,
}

/// SHA-256 over stored bytes, in order.
pub(crate) fn digest<B: AsRef<[u8]>>(events: impl IntoIterator<Item = B>) -> String {
    let mut hash = Sha256::new();
    for event in events {
        hash.update((event.as_ref().len() as u64).to_le_bytes());
        hash.update(event.as_ref());
    }
    HEXLOWER.encode(&hash.finalize())
}

/// What a sender sends: one batch over its own agreement and one shared by all. Gives the position, the
/// digest of what was recorded, and whether it had been recorded before.
pub(crate) fn sending(
    ledger: &Ledger,
    id: &str,
    sender: u64,
) -> Result<(u64, String, bool), String> {
    let both = vec![noted(agreement(sender), id), noted(agreement(SENDERS), id)];
    let answer = send(ledger, id, both).map_err(|error| error.to_string())?;
    let bytes: Result<Vec<_>, _> = answer
        .events
        .iter()
        .map(|event| ledger.event_bytes(event.seq))
        .collect();
    let bytes = bytes.map_err(|error| error.to_string())?;
    Ok((
        answer.position,
        digest(bytes.into_iter().flatten()),
        answer.replayed,
    ))
}

impl Client {
    /// Takes in what the senders said, line by line.
    pub(crate) fn note(&mut self, lines: &[String]) {
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                ["try", sender, id] => {
                    self.open.insert((*id).to_owned(), sender.parse().unwrap());
                }
                ["ack", sender, id, position, digest] => {
                    self.open.remove(*id);
                    let told = Told {
                        sender: sender.parse().unwrap(),
                        position: position.parse().unwrap(),
                        digest: (*digest).to_owned(),
                    };
                    let before = self.told.insert((*id).to_owned(), told);
                    assert_eq!(before, None, "{id} was sent twice");
                }
                _ => {}
            }
        }
    }

    /// Opens the ledger with nobody's help and holds it against the lists: none missing, none twice, none altered,
    /// order kept, chain whole, read models as a replay from zero gives them, commands sent again answered as
    /// before. A command whose answer is open was recorded whole, or is recorded now, once.
    pub(crate) fn check(&mut self, dir: &Path, about: &str) {
        let ledger = reopened(dir);
        assert_eq!(ledger.stopped(), None, "{about}");
        let all = events(&ledger);
        check_order(&all);
        let bytes = crate::service::support::stored(&ledger);
        let by_command = commands(&bytes, about);
        let head = ledger.head();
        for (id, told) in &self.told {
            let (first, count) = by_command
                .get(id)
                .unwrap_or_else(|| panic!("{about}: {id} is lost"));
            assert_eq!(*first + *count, told.position, "{about}: {id}");
            let found = digest(&bytes[*first as usize..told.position as usize]);
            assert_eq!(found, told.digest, "{about}: {id} was altered");
            let again = sending(&ledger, id, told.sender);
            let before = (told.position, told.digest.clone(), true);
            assert_eq!(again, Ok(before), "{about}: {id} sent again");
        }
        assert_eq!(
            ledger.head(),
            head,
            "{about}: sending again records nothing"
        );
        for (id, sender) in std::mem::take(&mut self.open) {
            let (position, digest, replayed) = sending(&ledger, &id, sender)
                .unwrap_or_else(|error| panic!("{about}: {id}: {error}"));
            assert_eq!(replayed, by_command.contains_key(&id), "{about}: {id}");
            let told = Told {
                sender,
                position,
                digest,
            };
            self.told.insert(id, told);
        }
        let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
        assert!(
            replayed.compared && replayed.differences.is_empty(),
            "{about}"
        );
    }

    /// How many commands were answered.
    pub(crate) fn len(&self) -> u64 {
        self.told.len() as u64
    }
}

/// Where each command's events stand: first and count. One whose events stand in two places was recorded twice.
pub(crate) fn commands(stored: &[Vec<u8>], about: &str) -> BTreeMap<String, (u64, u64)> {
    let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for bytes in stored {
        let event = Recorded::parse(bytes.clone()).unwrap();
        assert!(ids.insert(event.id()), "{about}: one id for two events");
        let (first, count) = (event.batch().first, u64::from(event.batch().count));
        let before = found.insert(event.command().to_owned(), (first, count));
        assert!(
            before.is_none_or(|before| before == (first, count)),
            "{about}: {} stands twice",
            event.command()
        );
    }
    found
}
