//! What a route is: how it is called, what it is for, and what it takes and gives.
//!
//! A route cannot be made without its [`Action`], so none is without a rule of access.

use std::fmt;
use std::sync::Arc;

use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::generate::SchemaGenerator;
use schemars::{JsonSchema, Schema};

use super::gate::{Gated, Rule};
use super::limits::Load;
use super::state::Api;
use crate::service::access::role::Action;

/// Makes the schema of a type: schemars is the one source, as for `schemas/`.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What an answer of one status holds.
#[derive(Debug, Clone, Copy)]
pub struct Gives {
    /// Its status.
    pub status: StatusCode,
    /// Its media type; empty for an answer without a body.
    pub media: &'static str,
    /// The schema of a JSON body.
    pub schema: Option<SchemaOf>,
}

/// What a route takes as its body.
#[derive(Debug, Clone, Copy)]
pub struct Takes {
    /// Its media type.
    pub media: &'static str,
    /// The schema of a JSON body.
    pub schema: Option<SchemaOf>,
}

/// The handler of a route, which there is no way to but through the gate of its rule.
pub struct Guarded(Box<dyn FnOnce(Arc<Rule>) -> MethodRouter<Api> + Send>);

impl Guarded {
    fn new<H, T>(filter: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        Self(Box::new(move |rule| on(filter, Gated::new(rule, handler))))
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Guarded")
    }
}

/// One route.
#[derive(Debug)]
pub struct Endpoint {
    /// Its method.
    pub method: Method,
    /// Its path, with the names of its parts in braces.
    pub path: &'static str,
    /// What it is for: who may call it follows from that.
    pub action: Action,
    /// Which budget it takes from.
    pub load: Load,
    /// The name a program calls it by.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// What it takes behind the question mark: an object schema, a member each.
    pub query: Option<SchemaOf>,
    /// Its body.
    pub takes: Option<Takes>,
    /// Its answers, but for problems.
    pub gives: Vec<Gives>,
    handler: Guarded,
}

impl Endpoint {
    /// A route that reads.
    #[must_use]
    pub fn get<H, T>(action: Action, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        let handler = Guarded::new(MethodFilter::GET, handler);
        Self::new(Method::GET, action, path, handler)
    }

    /// A route that records or makes something.
    #[must_use]
    pub fn post<H, T>(action: Action, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        let handler = Guarded::new(MethodFilter::POST, handler);
        Self::new(Method::POST, action, path, handler)
    }

    fn new(method: Method, action: Action, path: &'static str, handler: Guarded) -> Self {
        Self {
            path,
            action,
            load: match (action, &method) {
                (Action::Greet, _) => Load::Light,
                (_, &Method::GET) => Load::Read,
                _ => Load::Write,
            },
            id: "",
            summary: "",
            query: None,
            takes: None,
            gives: Vec::new(),
            handler,
            method,
        }
    }

    /// Which budget it takes from, where that does not follow from its method.
    #[must_use]
    pub fn weighing(mut self, load: Load) -> Self {
        self.load = load;
        self
    }

    /// The route of an API, behind its gate.
    pub fn of(self, api: &Api) -> MethodRouter<Api> {
        let rule = Rule {
            api: api.clone(),
            path: self.path,
            action: self.action,
            load: self.load,
            route: self.id,
            method: self.method_name(),
        };
        (self.handler.0)(Arc::new(rule))
    }

    /// Its method, in letters.
    #[must_use]
    pub fn method_name(&self) -> &'static str {
        match self.method {
            Method::GET => "GET",
            _ => "POST",
        }
    }

    /// Its name and what it does.
    #[must_use]
    pub fn called(mut self, id: &'static str, summary: &'static str) -> Self {
        self.id = id;
        self.summary = summary;
        self
    }

    /// What it takes behind the question mark.
    #[must_use]
    pub fn asked<Q: JsonSchema>(mut self) -> Self {
        self.query = Some(|generator| Q::json_schema(generator));
        self
    }

    /// A JSON body it takes.
    #[must_use]
    pub fn taking<B: JsonSchema>(mut self) -> Self {
        self.takes = Some(Takes {
            media: "application/json",
            schema: Some(|generator| generator.subschema_for::<B>()),
        });
        self
    }

    /// A body of another type it takes.
    #[must_use]
    pub fn taking_bytes(mut self, media: &'static str) -> Self {
        self.takes = Some(Takes {
            media,
            schema: None,
        });
        self
    }

    /// A JSON answer it gives.
    #[must_use]
    pub fn giving<B: JsonSchema>(mut self, status: StatusCode) -> Self {
        self.gives.push(Gives {
            status,
            media: "application/json",
            schema: Some(|generator| generator.subschema_for::<B>()),
        });
        self
    }

    /// An answer of another type it gives; an empty type is an answer without a body.
    #[must_use]
    pub fn giving_bytes(mut self, status: StatusCode, media: &'static str) -> Self {
        self.gives.push(Gives {
            status,
            media,
            schema: None,
        });
        self
    }
}
