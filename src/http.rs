//! HTTP: one file a set of routes, and [`server`], which listens for them.
//!
//! Handlers translate: what they are asked goes to the service, and its answers and refusals become answers of HTTP.

pub mod server;
pub mod witness;
