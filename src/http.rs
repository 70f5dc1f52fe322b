//! HTTP: one file a set of routes, and [`server`], which listens for them.
//!
//! Handlers translate: what they are asked goes to the service, and its answers and refusals become answers of HTTP.
//! [`endpoint`] says what a route is: a method, a path, what it is for (and so who may), what it takes and gives. The
//! list of all of them in [`api`] makes the router, the rules of access and the description at `/openapi.json`.

pub mod access_log;
pub mod activity;
pub mod admission;
pub mod answer;
pub mod api;
pub mod ask;
pub mod counting;
pub mod docs;
pub mod docs_page;
pub mod doors;
pub mod endpoint;
pub mod evidence;
pub mod feed;
pub mod front;
pub mod gate;
pub mod greeting;
pub mod health;
pub mod inspect;
pub mod kept;
pub mod limits;
pub mod lists;
pub mod locality;
pub mod lookups;
pub mod metrics;
pub mod negotiate;
pub mod openapi;
pub mod pages;
pub mod patience;
pub mod problem;
pub mod problem_pages;
pub mod problems;
pub mod published;
pub mod recording;
pub mod reports;
pub mod sending;
pub mod server;
pub mod state;
pub mod stored;
pub mod streamed;
pub mod things;
pub mod tls;
pub mod traffic;
pub mod validate;
pub mod witness;
