//! `init`: a ledger of one's own.

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::session::{DEMONSTRATION_SEGMENT_BYTES, options};
use super::trouble;
use super::words::names;
use crate::deal::value::origin::Origin;
use crate::deal::value::text::Lang;
use crate::deal::value::zone::Zone;
use crate::service::ledger::Ledger;
use crate::service::opening;

/// Open a new ledger
///
/// It begins with the built-in tracks of milestones and the built-in policy. Its name, zone and
/// languages never change.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The ledger's name in proofs: a host name and a path, such as dealtrail.example/agency
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// The agency's name; in another language such as "az=…" (may be repeated)
    #[arg(long, value_name = "NAME", required = true)]
    agency: Vec<String>,
    /// The zone whose civil days count
    #[arg(long, value_name = "ZONE", default_value = "Asia/Baku")]
    zone: String,
    /// The languages the agency works in, the preferred one first
    #[arg(
        long,
        value_name = "CODES",
        value_delimiter = ',',
        default_value = "en"
    )]
    languages: Vec<String>,
    /// Allow a clock set by hand; the times of such a ledger prove nothing
    #[arg(long)]
    demonstration: bool,
}

impl Init {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let init = self.read()?;
        if context.clock().is_some() && !init.demonstration {
            let sentence = "only a demonstration ledger takes a clock set by hand";
            return Err(Failure::refused("clock_not_allowed", sentence)
                .hint("add --demonstration, or leave --clock out"));
        }
        let (origin, zone) = (init.origin.clone(), init.zone);
        let dir = context.data();
        let mut options = options(context.clock(), context.mirror())?;
        if init.demonstration {
            options.segment_bytes = DEMONSTRATION_SEGMENT_BYTES;
        }
        let ledger =
            Ledger::create(dir, init, &options).map_err(|error| trouble::of_ledger(&error))?;
        let output = context.output();
        if output.is_json() {
            return output.json(&json!({
                "dir": dir.display().to_string(), "id": ledger.id(), "origin": origin,
                "zone": zone, "demonstration": self.demonstration, "position": ledger.head(),
            }));
        }
        output.heading(&format!("Opened the ledger {origin} in {}", dir.display()))?;
        output.line(&format!(
            "  days are civil days of {zone}; {} entries hold its tracks and policy",
            ledger.head()
        ))?;
        let program = context.program();
        output.line(&format!(
            "Next: {program} register agreement \"Brick production\" --class practical"
        ))
    }

    fn read(&self) -> Result<opening::Init, Failure> {
        let languages: Result<Vec<Lang>, _> =
            self.languages.iter().map(|code| code.parse()).collect();
        let languages = languages.map_err(|error| Failure::of_field("--languages", error))?;
        let Some(first) = languages.first() else {
            return Err(Failure::refused("malformed", "no language is given")
                .hint("write such as --languages az,en"));
        };
        let agency = names::names(&self.agency, first)
            .map_err(|error| Failure::of_field("--agency", error))?;
        let zone: Zone = self
            .zone
            .parse()
            .map_err(|error| Failure::of_field("--zone", error))?;
        let origin =
            Origin::new(&self.origin).map_err(|error| Failure::of_field("--origin", error))?;
        Ok(opening::Init {
            origin,
            agency,
            zone,
            languages,
            demonstration: self.demonstration,
        })
    }
}
