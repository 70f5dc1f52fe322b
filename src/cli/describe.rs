//! `describe`: what a registered thing is called and described as from now on.

use clap::{Args, Subcommand};

use super::context::Context;
use super::failure::Failure;
use super::fields::Fields;
use super::things::{AgreementFlags, OccasionFlags, OrganizationFlags, PackageFlags};
use super::writing::{About, FactRest, filled};
use crate::deal::event::Kind;

/// What to describe. The fields given replace those in force; a list is replaced as a whole.
#[derive(Debug, Subcommand)]
pub(super) enum Describe {
    /// Change how an agreement is described
    Agreement {
        #[command(flatten)]
        known: Known,
        #[command(flatten)]
        flags: AgreementFlags,
    },
    /// Change how a package is described
    Package {
        #[command(flatten)]
        known: Known,
        #[command(flatten)]
        flags: PackageFlags,
    },
    /// Change how an occasion is described
    Occasion {
        #[command(flatten)]
        known: Known,
        #[command(flatten)]
        flags: OccasionFlags,
    },
    /// Change how an organisation is described
    Organization {
        #[command(flatten)]
        known: Known,
        #[command(flatten)]
        flags: OrganizationFlags,
    },
}

/// What is described.
#[derive(Debug, Args)]
pub(super) struct Known {
    /// Its reference
    #[arg(value_name = "REF")]
    thing: String,
    /// Its new name; in another language such as "az=Kərpic zavodu" (may be repeated); names in
    /// languages not given stay
    #[arg(long = "name", visible_alias = "title", value_name = "NAME")]
    names: Vec<String>,
    /// Further fields as a JSON object
    #[arg(long = "fields", value_name = "JSON")]
    fields_json: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl Describe {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Agreement { known, flags } => {
                let kind = Kind::AgreementDescribed;
                known.run(context, kind, "titles", |fields| flags.fill(fields))
            }
            Self::Package { known, flags } => {
                let kind = Kind::PackageDescribed;
                known.run(context, kind, "titles", |fields| {
                    let counts = fields.declared_counts(&known.thing)?;
                    flags.fill(fields, Some(&counts))
                })
            }
            Self::Occasion { known, flags } => {
                let kind = Kind::OccasionDescribed;
                known.run(context, kind, "names", |fields| flags.fill(fields))
            }
            Self::Organization { known, flags } => {
                let kind = Kind::OrganizationDescribed;
                known.run(context, kind, "names", |fields| flags.fill(fields))
            }
        }
    }
}

impl Known {
    fn run(
        &self,
        context: &Context,
        kind: Kind,
        names: &'static str,
        fill: impl FnOnce(&mut Fields<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let things = [self.thing.clone()];
        let about = About::Things(&things);
        self.rest.record_built(context, &about, |lookup| {
            let known = lookup.names(lookup.thing(&self.thing)?)?;
            let fill = |fields: &mut Fields<'_>| {
                fields.names_beside(names, &self.names, known.as_ref())?;
                fill(fields)
            };
            filled(kind, lookup, fill, self.fields_json.as_deref())
        })
    }
}
