//! `register`: a new agreement, package, occasion or organisation.

use clap::{Args, Subcommand};

use super::context::Context;
use super::failure::Failure;
use super::fields::Fields;
use super::things::{AgreementFlags, OccasionFlags, OrganizationFlags, PackageFlags};
use super::words::day;
use super::writing::{FactRest, filled, send};
use crate::deal::command::{Draft, Intent};
use crate::deal::event::Kind;
use crate::deal::value::ids::StreamKind;

/// What to register.
#[derive(Debug, Subcommand)]
pub(super) enum Register {
    /// Register an agreement
    Agreement {
        #[command(flatten)]
        new: New,
        #[command(flatten)]
        flags: AgreementFlags,
    },
    /// Register a package: documents announced together
    Package {
        #[command(flatten)]
        new: New,
        #[command(flatten)]
        flags: PackageFlags,
    },
    /// Register an occasion; --on gives its day or days
    Occasion {
        #[command(flatten)]
        new: New,
        #[command(flatten)]
        flags: OccasionFlags,
    },
    /// Register an organisation
    Organization {
        #[command(flatten)]
        new: New,
        #[command(flatten)]
        flags: OrganizationFlags,
    },
}

/// What every new thing has.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Its name; in another language such as "az=Kərpic zavodu" (may be repeated)
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
    /// Its reference; the next free one of the year unless given
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// Further fields as a JSON object
    #[arg(long = "fields", value_name = "JSON")]
    fields_json: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl Register {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Agreement { new, flags } => {
                new.run(context, StreamKind::Agreement, "titles", |fields| {
                    fields.unless_given("instrument", "unknown");
                    fields.unless_given("nature", "unknown");
                    flags.fill(fields)
                })
            }
            Self::Package { new, flags } => {
                new.run(context, StreamKind::Package, "titles", |fields| {
                    fields.unless_given("declared_counts", serde_json::json!({}));
                    flags.fill(fields, None)
                })
            }
            Self::Occasion { new, flags } => {
                new.run(context, StreamKind::Occasion, "names", |fields| {
                    flags.fill(fields)
                })
            }
            Self::Organization { new, flags } => {
                new.run(context, StreamKind::Organization, "names", |fields| {
                    flags.fill(fields)
                })
            }
        }
    }
}

impl New {
    fn run(
        &self,
        context: &Context,
        sort: StreamKind,
        names: &'static str,
        fill: impl FnOnce(&mut Fields<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let session = context.writer()?;
        let lookup = session.lookup();
        // A command sent again means the thing it registered the first time.
        let sent = session.sent_before(self.rest.send.command_id.as_deref())?;
        let stream = sent
            .as_ref()
            .map_or_else(|| session.new_stream(sort), |sent| sent.stream);
        let before = match &sent {
            Some(_) => lookup.reference(stream)?,
            None => None,
        };
        let reference = match (&self.reference, before) {
            (Some(reference), _) => reference
                .parse()
                .map_err(|error| Failure::of_field("--ref", error))?,
            (None, Some(reference)) => reference,
            (None, None) => lookup.next_ref(sort)?,
        };
        let payload = filled(
            registration(sort),
            &lookup,
            |fields| {
                fields.set("ref", &reference)?;
                fields.names(names, &self.names)?;
                fill(fields)
            },
            self.fields_json.as_deref(),
        )?;
        let on = self
            .rest
            .on
            .as_deref()
            .map(|on| day::when(on, session.today()));
        let mut intents = vec![Intent::Record(Draft {
            stream,
            payload,
            on: on
                .transpose()
                .map_err(|error| Failure::of_field("--on", error))?,
            sources: self.rest.source.read(&session, &self.rest.send)?,
        })];
        intents.extend(self.rest.noted(stream)?);
        drop(lookup);
        send(context, session, intents, &self.rest.send, &[stream])
    }
}

fn registration(sort: StreamKind) -> Kind {
    match sort {
        StreamKind::Package => Kind::PackageRegistered,
        StreamKind::Occasion => Kind::OccasionRegistered,
        StreamKind::Organization => Kind::OrganizationRegistered,
        // The ledger's own stream is opened by `init` and never registered.
        StreamKind::Agreement | StreamKind::Ledger => Kind::AgreementRegistered,
    }
}
