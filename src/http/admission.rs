//! Who is served when more connect than there is room for.
//!
//! A connection costs a little memory, and one on which nothing happens costs its place. So whoever connects gets a place, and
//! when there is none, one is taken from the network that has the most: first from a connection that never sent a whole
//! request, then from one that has been idle, then from one that has not read its answer for long; of each kind from the one
//! that has been so for longest. A connection on which a request is being answered keeps its place. So thousands of
//! connections that are opened and left standing do not keep others out.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::activity::Activity;

/// How long an answer may stand unread before its place may be taken: longer than streams are silent.
const UNREAD: Duration = Duration::from_secs(60);
/// How often to look for a place again when every connection is busy.
const AGAIN: Duration = Duration::from_millis(100);
/// How many open files everything else needs: the ledger, its second copy, the terminal.
const OTHER_FILES: u64 = 512;

/// The places for connections. Copies are of the same places.
#[derive(Debug, Clone)]
pub struct Admission(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: usize,
    all: Mutex<Places>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Places {
    next: u64,
    taken: BTreeMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    network: u64,
    activity: Activity,
    evicted: Arc<Notify>,
}

/// A place, until dropped.
#[derive(Debug)]
pub struct Place {
    admission: Admission,
    number: u64,
    /// What is under way on its connection.
    pub activity: Activity,
    evicted: Arc<Notify>,
}

impl Place {
    /// Done once the place is given to somebody else.
    pub async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.admission.lock().taken.remove(&self.number);
        self.admission.0.left.notify_waiters();
        self.admission.0.left.notify_one();
    }
}

impl Admission {
    /// Places for so many connections.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Shared {
            most: most.max(1),
            all: Mutex::default(),
            left: Notify::new(),
        }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Places> {
        self.0.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().taken.len()
    }

    /// A place for whoever connected. It waits only while every connection is busy.
    pub async fn admit(&self, peer: SocketAddr) -> Place {
        loop {
            if let Some(place) = self.place(network_of(peer.ip())) {
                return place;
            }
            // Whichever comes first: somebody leaves, or becomes idle.
            let _ = timeout(AGAIN, self.0.left.notified()).await;
        }
    }

    fn place(&self, network: u64) -> Option<Place> {
        let mut all = self.lock();
        if all.taken.len() >= self.0.most {
            let victim = victim(&all.taken, Instant::now())?;
            if let Some(entry) = all.taken.remove(&victim) {
                entry.evicted.notify_one();
            }
        }
        let number = all.next;
        all.next = number.wrapping_add(1);
        let (activity, evicted) = (Activity::new(), Arc::new(Notify::new()));
        all.taken.insert(
            number,
            Entry {
                network,
                activity: activity.clone(),
                evicted: Arc::clone(&evicted),
            },
        );
        Some(Place {
            admission: self.clone(),
            number,
            activity,
            evicted,
        })
    }

    /// Done once every place was left.
    pub async fn emptied(&self) {
        while self.count() > 0 {
            let _ = timeout(AGAIN, self.0.left.notified()).await;
        }
    }
}

/// How easily a place is taken from a connection: the smaller, the sooner. `None` while it is busy.
fn ease(activity: &Activity, now: Instant) -> Option<(u8, Instant)> {
    let moved = activity.moved();
    match (activity.idle_since(), activity.has_served()) {
        (Some(since), false) => Some((0, since)),
        (Some(since), true) => Some((1, since)),
        (None, _) if now.saturating_duration_since(moved) > UNREAD => Some((2, moved)),
        (None, _) => None,
    }
}

/// The connection whose place is given to somebody else.
fn victim(taken: &BTreeMap<u64, Entry>, now: Instant) -> Option<u64> {
    let mut of_network: BTreeMap<u64, usize> = BTreeMap::new();
    for entry in taken.values() {
        let count = of_network.entry(entry.network).or_default();
        *count = count.saturating_add(1);
    }
    let each = taken.iter().filter_map(|(number, entry)| {
        let (kind, since) = ease(&entry.activity, now)?;
        let share = of_network.get(&entry.network).copied().unwrap_or_default();
        Some((std::cmp::Reverse(share), kind, since, *number))
    });
    each.min().map(|(_, _, _, number)| number)
}

/// An address of version 4, or the network of one of version 6: whoever has one such address has 2^64.
fn network_of(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(address) => u64::from(address.to_bits()),
        IpAddr::V6(address) => {
            let network = address.to_bits().checked_shr(64).unwrap_or_default();
            u64::try_from(network).unwrap_or_default()
        }
    }
}

/// Asks the system for as many open files as so many connections need, and gives how many connections there is room for.
#[must_use]
pub fn room_for(connections: usize) -> usize {
    let wanted = (connections as u64).saturating_add(OTHER_FILES);
    let mut limit = getrlimit(Resource::Nofile);
    let had = limit.current.unwrap_or(u64::MAX);
    if had < wanted {
        limit.current = Some(wanted.min(limit.maximum.unwrap_or(u64::MAX)));
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "the system does not allow more open files");
        }
    }
    let has = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let room = has.saturating_sub(OTHER_FILES).max(has / 2).max(1);
    let room = usize::try_from(room).unwrap_or(usize::MAX).min(connections);
    if room < connections {
        tracing::warn!(
            room,
            connections,
            "there are open files for fewer connections than were asked for"
        );
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> SocketAddr {
        SocketAddr::new(address.parse().unwrap(), 1)
    }

    async fn gone(place: &Place) -> bool {
        timeout(Duration::from_millis(1), place.evicted())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn a_place_is_taken_from_whoever_never_asked_anything() {
        let admission = Admission::new(3);
        let standing = admission.admit(from("10.0.0.1")).await;
        let busy = admission.admit(from("10.0.0.1")).await;
        let under_way = busy.activity.begin();
        let idle = admission.admit(from("10.0.0.1")).await;
        drop(idle.activity.begin());
        let fourth = admission.admit(from("10.0.0.1")).await;
        assert!(gone(&standing).await && !gone(&busy).await && !gone(&idle).await);
        drop(fourth.activity.begin());
        let fifth = admission.admit(from("10.0.0.1")).await;
        assert!(gone(&idle).await, "idle for longest");
        let _busy_too = [fourth.activity.begin(), fifth.activity.begin()];
        let waits = timeout(Duration::from_millis(50), admission.admit(from("10.0.0.1"))).await;
        assert!(waits.is_err(), "who is being answered keeps their place");
        drop(under_way);
        admission.admit(from("10.0.0.1")).await;
        assert!(gone(&busy).await);
        assert_eq!(admission.count(), 2);
        drop((standing, idle, fourth, fifth));
        timeout(Duration::from_secs(5), admission.emptied())
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn it_is_taken_from_the_network_that_has_the_most() {
        let admission = Admission::new(4);
        let honest = admission.admit(from("10.0.0.1")).await;
        let many = [
            admission.admit(from("2001:db8::1")).await,
            admission.admit(from("2001:db8::2")).await,
            admission.admit(from("2001:db8::3")).await,
        ];
        let _new = admission.admit(from("10.0.0.9")).await;
        assert!(!gone(&honest).await && gone(&many[0]).await);
    }

    #[test]
    fn no_more_is_promised_than_there_are_files() {
        assert_eq!(room_for(1), 1);
        let all = room_for(usize::MAX);
        assert!(all > 0 && all < usize::MAX);
    }
}
