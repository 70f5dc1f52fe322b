//! HTTP: one file a set of routes, and [`server`], which listens for them.
//!
//! Handlers translate: what they are asked goes to the service, and its answers and refusals become answers of HTTP.
//! [`endpoint`] says what a route is: a method, a path, what it is for (and so who may), what it takes and gives. The
//! list of all of them in [`api`] makes the router, the rules of access and the description at `/openapi.json`.

pub mod access_log;
pub mod activity;
pub mod agreements;
pub mod api;
pub mod ask;
pub mod counting;
pub mod doors;
pub mod endpoint;
pub mod front;
pub mod gate;
pub mod greeting;
pub mod health;
pub mod limits;
pub mod metrics;
pub mod problem;
pub mod recording;
pub mod sending;
pub mod server;
pub mod state;
pub mod tls;
pub mod traffic;
pub mod witness;
