//! What is asked of the service: how often, how fast, and how it was answered.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};

use super::activity::{Activity, Busy};
use crate::service::figures::{Counted, Histogram, TIMES};

/// The methods that are told apart; anything else is one more.
const METHODS: &[Method] = &[
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// What is asked of the service. Routes are told apart by their patterns, of which there are only so many, and never by what
/// a client made up.
#[derive(Debug, Default)]
pub struct Traffic {
    routes: RwLock<BTreeMap<String, Arc<Route>>>,
    under_way: Activity,
    streams: Activity,
}

/// One route, by method: the last is for all others.
#[derive(Debug)]
struct Route([Asked; METHODS.len() + 1]);

#[derive(Debug)]
struct Asked {
    time: Histogram,
    statuses: RwLock<BTreeMap<u16, AtomicU64>>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            time: Histogram::new(TIMES),
            statuses: RwLock::default(),
        }
    }
}

impl Asked {
    fn count(&self, status: StatusCode) {
        let status = status.as_u16();
        {
            let known = self.statuses.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = known.get(&status) {
                count.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
        let mut known = self
            .statuses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        known
            .entry(status)
            .or_default()
            .fetch_add(1, Ordering::Relaxed);
    }
}

/// What was asked of one route by one method.
#[derive(Debug, Clone)]
pub struct Told {
    /// The route's pattern; empty where there is none.
    pub route: String,
    /// The method, or `other`.
    pub method: &'static str,
    /// How often it was answered with each status.
    pub statuses: Vec<(u16, u64)>,
    /// How long it took until the answer began, in microseconds.
    pub time: Counted,
}

impl Traffic {
    fn route(&self, pattern: &str) -> Arc<Route> {
        {
            let known = self.routes.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(route) = known.get(pattern) {
                return Arc::clone(route);
            }
        }
        let mut known = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Arc::new(Route(std::array::from_fn(|_| Asked::default())));
        Arc::clone(known.entry(pattern.to_owned()).or_insert_with(fresh))
    }

    /// A request is under way, until what is given is dropped.
    #[must_use]
    pub fn begin(&self) -> Busy {
        self.under_way.begin()
    }

    /// Somebody follows the ledger, until what is given is dropped.
    #[must_use]
    pub fn follow(&self) -> Busy {
        self.streams.begin()
    }

    /// Counts a request of a route, by its pattern, and how it was answered.
    pub fn count(&self, (pattern, method): (&str, &Method), status: StatusCode, took: Duration) {
        let route = self.route(pattern);
        let place = METHODS.iter().position(|known| known == method);
        if let Some(asked) = route.0.get(place.unwrap_or(METHODS.len())) {
            asked.time.took(took);
            asked.count(status);
        }
    }

    /// How many requests are under way, until the last byte of their answers.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way.count()
    }

    /// How many streams of events are being followed.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.streams.count()
    }

    /// Everything that was asked.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        let known = self
            .routes
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut all = Vec::new();
        for (pattern, route) in known {
            let methods = METHODS.iter().map(Some).chain([None]);
            for (method, asked) in methods.zip(&route.0) {
                let time = asked.time.look();
                let statuses = asked.statuses.read();
                let statuses = statuses.unwrap_or_else(PoisonError::into_inner);
                if statuses.is_empty() {
                    continue;
                }
                let counts = statuses.iter();
                all.push(Told {
                    route: pattern.clone(),
                    method: method.map_or("other", name),
                    statuses: counts
                        .map(|(status, count)| (*status, count.load(Ordering::Relaxed)))
                        .collect(),
                    time,
                });
            }
        }
        all
    }
}

fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
