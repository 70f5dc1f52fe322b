//! Flags that several writing commands share.

use clap::Args;

use super::failure::Failure;
use super::fields::Fields;
use super::words::{WordsError, quantity};
use crate::deal::value::code::{Code, Identifier};
use crate::deal::value::known::Known;
use crate::deal::value::money::{MoneyKind, MoneyMode};
use crate::deal::value::text::Text;

/// How a command is sent.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "How it is sent")]
pub(super) struct SendFlags {
    /// Refuse unless the thing has this many entries, as `show` gave it
    #[arg(long, value_name = "N")]
    pub(super) if_version: Option<u64>,
    /// An id of your own: sending the same command again records nothing twice
    #[arg(long, value_name = "ID")]
    pub(super) command_id: Option<String>,
}

/// The fields of the kinds that `record` takes. Each kind has its own; `--fields` reaches all.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What it says (each kind has its own fields)")]
pub(super) struct FactFlags {
    /// Land: how much, such as "almost 3 ha", or "unknown"
    #[arg(long, value_name = "QUANTITY")]
    area: Option<String>,
    /// Land: the parcel's number in the land register
    #[arg(long, value_name = "NUMBER")]
    parcel: Option<String>,
    /// Land: the economic zone or district
    #[arg(long, value_name = "NAME")]
    zone: Option<String>,
    /// The body that allocated the land, or is responsible
    #[arg(long, value_name = "PARTY")]
    body: Option<String>,
    /// Land: ownership, lease or use
    #[arg(long, value_name = "WORD")]
    tenure: Option<String>,
    /// Financial model: discussions-concluded, agreed or signed-off
    #[arg(long, value_name = "WORD")]
    strength: Option<String>,
    /// Financial model: the investment it foresees, such as "USD 5 million"
    #[arg(long, value_name = "MONEY")]
    investment: Option<String>,
    /// Company: its legal name, or "unknown"
    #[arg(long, value_name = "NAME")]
    legal_name: Option<String>,
    /// Company: its register entry, such as az_tax_id:1234567890
    #[arg(long, value_name = "SCHEME:ID")]
    identifier: Option<String>,
    /// Company: its legal form
    #[arg(long, value_name = "WORDS")]
    form: Option<String>,
    /// Company: its charter capital
    #[arg(long, value_name = "MONEY")]
    charter_capital: Option<String>,
    /// Company: an organisation that holds shares (may be repeated)
    #[arg(long, value_name = "PARTY")]
    shareholder: Vec<String>,
    /// Works: construction, preparation or unspecified
    #[arg(long, value_name = "WORD")]
    nature: Option<String>,
    /// Signing: the occasion
    #[arg(long, value_name = "REF")]
    occasion: Option<String>,
    /// Signing: the place
    #[arg(long, value_name = "NAME")]
    place: Option<String>,
    /// Signing: an organisation or office that signed (may be repeated)
    #[arg(long, value_name = "PARTY")]
    signatory: Vec<String>,
    /// Money of the milestone, such as "USD 5 million"
    #[arg(long, value_name = "MONEY")]
    money: Option<String>,
    /// The kind of that money: declared, contracted, contributed, realised or estimated
    #[arg(long, value_name = "WORD")]
    kind: Option<MoneyKind>,
    /// For contributed and realised money: to-date or instalment
    #[arg(long, value_name = "WORD")]
    mode: Option<MoneyMode>,
    /// A quantity of the milestone, such as "about 250 t/year"
    #[arg(long, value_name = "QUANTITY")]
    quantity: Option<String>,
    /// A further field of the milestone (may be repeated)
    #[arg(long, value_name = "NAME=WORDS")]
    detail: Vec<String>,
    /// A milestone's code
    #[arg(long, value_name = "CODE")]
    milestone: Option<String>,
    /// The fact concerned, by id or position
    #[arg(long = "fact", value_name = "FACT")]
    fact_concerned: Option<String>,
    /// Further words, as the source put them
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// What is inferred rather than read in the source; printed in reports
    #[arg(long, value_name = "WORDS")]
    inferred: Option<String>,
    /// It comes on top of one already recorded
    #[arg(long)]
    additional: bool,
    /// The parcel or company knowingly serves several agreements
    #[arg(long)]
    shared: bool,
    /// Further fields as a JSON object; the only way to those without a flag
    #[arg(long = "fields", value_name = "JSON")]
    pub(super) fields_json: Option<String>,
}

impl FactFlags {
    /// Hands over the fields that were given.
    pub(super) fn fill(&self, fields: &mut Fields<'_>) -> Result<(), Failure> {
        self.fill_land(fields)?;
        self.fill_company(fields)?;
        self.fill_milestone(fields)?;
        fields.thing("occasion", self.occasion.as_deref())?;
        fields.text("place", self.place.as_deref())?;
        fields.parties("signatories", &self.signatory, "signatory")?;
        fields.fact("fact", self.fact_concerned.as_deref())?;
        fields.text("words", self.words.as_deref())?;
        fields.text("inferred", self.inferred.as_deref())?;
        fields.flag("additional", self.additional)?;
        fields.flag("shared", self.shared)
    }

    fn fill_land(&self, fields: &mut Fields<'_>) -> Result<(), Failure> {
        fields.read("area", self.area.as_deref(), quantity::known_quantity)?;
        fields.text("parcel", self.parcel.as_deref())?;
        fields.text("zone", self.zone.as_deref())?;
        fields.party("body", self.body.as_deref(), "responsible")?;
        fields.word("tenure", self.tenure.as_deref())
    }

    fn fill_company(&self, fields: &mut Fields<'_>) -> Result<(), Failure> {
        let (declared, estimated) = (Some(MoneyKind::Declared), Some(MoneyKind::Estimated));
        fields.word("strength", self.strength.as_deref())?;
        fields.money("investment", self.investment.as_deref(), estimated, None)?;
        fields.read("legal_name", self.legal_name.as_deref(), known_text)?;
        let identifier = self.identifier.as_deref().map(str::parse::<Identifier>);
        if let Some(identifier) = identifier {
            let identifier = identifier.map_err(|error| Failure::of_field("identifier", error))?;
            fields.set("identifier", identifier)?;
        }
        fields.text("form", self.form.as_deref())?;
        fields.money(
            "charter_capital",
            self.charter_capital.as_deref(),
            declared,
            None,
        )?;
        fields.parties("shareholders", &self.shareholder, "shareholder")
    }

    fn fill_milestone(&self, fields: &mut Fields<'_>) -> Result<(), Failure> {
        fields.word("milestone", self.milestone.as_deref())?;
        fields.word("nature", self.nature.as_deref())?;
        fields.money("money", self.money.as_deref(), self.kind, self.mode)?;
        if self.money.is_none() && (self.kind.is_some() || self.mode.is_some()) {
            let sentence = "--kind and --mode describe money, and no money is given";
            return Err(Failure::refused("malformed", sentence).hint("add --money MONEY"));
        }
        fields.quantity("quantity", self.quantity.as_deref(), None)?;
        if self.detail.is_empty() {
            return Ok(());
        }
        let details: Result<std::collections::BTreeMap<Code, Text>, Failure> =
            self.detail.iter().map(|typed| detail(typed)).collect();
        fields.set("details", details?)
    }
}

fn detail(typed: &str) -> Result<(Code, Text), Failure> {
    let failure = |error: &dyn std::fmt::Display| Failure::of_field("--detail", error);
    let (name, words) = typed
        .split_once('=')
        .ok_or_else(|| failure(&"write NAME=WORDS, such as contractor=\"a local company\""))?;
    let name = Code::new(name).map_err(|error| failure(&error))?;
    let words = Text::new(words).map_err(|error| failure(&error))?;
    Ok((name, words))
}

/// Text, or the words that say the source leaves it open.
fn known_text(typed: &str) -> Result<Known<Text>, WordsError> {
    if quantity::is_unknown(typed) {
        return Ok(Known::Unknown);
    }
    Ok(Known::Value(Text::new(typed)?))
}
