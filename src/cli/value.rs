//! `value`: an amount of money of one declared kind.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::words::money;
use super::writing::FactRest;
use crate::deal::event::Kind;
use crate::deal::value::money::{MoneyKind, MoneyMode};

/// State an amount of money
///
/// Only values stated here feed sums of money; kinds and currencies are never added together.
#[derive(Debug, Args)]
pub(super) struct StateValue {
    /// The agreement or package
    #[arg(value_name = "AGREEMENT")]
    thing: String,
    /// How much, such as "USD 335 million" or "about 2.5m AZN"
    #[arg(value_name = "MONEY")]
    money: String,
    /// declared, contracted, contributed, realised or estimated
    #[arg(long, value_name = "WORD")]
    kind: Option<MoneyKind>,
    /// For contributed and realised money: to-date or instalment
    #[arg(long, value_name = "WORD")]
    mode: Option<MoneyMode>,
    /// Further words, as the source put them
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// What is inferred rather than read in the source; printed in reports
    #[arg(long, value_name = "WORDS")]
    inferred: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl StateValue {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let things = [self.thing.clone()];
        let read = money::money(&self.money, self.kind, self.mode)
            .map_err(|error| Failure::of_field("money", error))?;
        let typed = (!money::is_plain(&self.money, &read)).then_some(self.money.as_str());
        self.rest.record(
            context,
            &things,
            Kind::ValueStated,
            |fields| {
                fields.set("money", &read)?;
                fields.text("words", self.words.as_deref().or(typed))?;
                fields.text("inferred", self.inferred.as_deref())
            },
            None,
        )
    }
}
