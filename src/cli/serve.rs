//! `serve`: the ledger as a service, for many officers at once.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::context::Context;
use super::failure::Failure;
use super::session;
use super::trouble;
use crate::http::api;
use crate::http::server::{self, Limits};
use crate::http::state::Api;
use crate::service::access::Access;
use crate::service::ledger::Ledger;

/// Serve the ledger over HTTP
///
/// It ends on SIGTERM or Ctrl-C: what is under way is answered first.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    listen: SocketAddr,
}

impl Serve {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let options = session::options(context.clock(), context.mirror())?;
        let ledger = Ledger::open(context.data(), &options);
        let ledger = Arc::new(ledger.map_err(|error| trouble::of_ledger(&error))?);
        let access = Access::Open(context.actor()?.id);
        let api = Api::new(ledger, access);
        // The runtime that this thread was started by.
        tokio::runtime::Handle::current().block_on(self.answer(context, api))
    }

    async fn answer(&self, context: &Context, api: Api) -> Result<(), Failure> {
        let broken = |error: std::io::Error| {
            Failure::broken(
                "listen",
                format!("{} cannot be listened on: {error}", self.listen),
            )
            .hint("name another address with --listen")
        };
        let mut end = signal(SignalKind::terminate()).map_err(broken)?;
        let mut interrupted = signal(SignalKind::interrupt()).map_err(broken)?;
        let listener = TcpListener::bind(self.listen).await.map_err(broken)?;
        let address = listener.local_addr().map_err(broken)?;
        let output = context.output();
        output.heading(&format!("Listening on http://{address}"))?;
        let ending = api.clone();
        let stop = async {
            tokio::select! {
                _ = end.recv() => {}
                _ = interrupted.recv() => {}
            }
            ending.close();
        };
        server::serve(listener, api::routes(api), Limits::default(), stop).await;
        Ok(())
    }
}
