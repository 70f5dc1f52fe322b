//! Money, by kind and currency.

#[cfg(test)]
mod tests;

use super::amount::Amount;
use super::quantity::Qualifier;
use super::string_form::{shown, string_form};
use super::tally::{SumError, Tallies, Tally};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// A currency by its ISO 4217 code.
#[derive(Debug, Clone, Copy)]
pub struct Currency(&'static str);

impl Currency {
    /// The three capitals.
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// The currency's English name.
    pub fn name(&self) -> String {
        iso_currency::Currency::from_code(self.0)
            .map_or_else(|| self.0.to_owned(), |currency| currency.name().to_owned())
    }

    fn from_canonical(text: &str) -> Result<Self, MoneyError> {
        match iso_currency::Currency::from_code(text) {
            // `XXX` stands for "no currency", `XTS` for testing: neither is money.
            Some(currency) if !matches!(currency.code(), "XXX" | "XTS") => {
                Ok(Self(currency.code()))
            }
            _ => Err(MoneyError::Currency(shown(text))),
        }
    }
}

impl Currency {
    /// Its three letters as one number, which says what the letters say and is compared at once.
    fn letters(self) -> u32 {
        let letters = self.0.bytes();
        letters.fold(0, |all, letter| all << 8 | u32::from(letter))
    }
}

impl PartialEq for Currency {
    fn eq(&self, other: &Self) -> bool {
        self.letters() == other.letters()
    }
}

impl Eq for Currency {}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> Ordering {
        self.letters().cmp(&other.letters())
    }
}

impl Hash for Currency {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.letters().hash(state);
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(typed: &str) -> Result<Self, MoneyError> {
        Self::from_canonical(&typed.trim().to_ascii_uppercase())
    }
}

string_form!(Currency, MoneyError, expects "a currency code in quotes, such as \"USD\"", schema {
    "type": "string",
    "description": "A currency code of ISO 4217.",
    "pattern": "^[A-Z]{3}$"
});

/// What a sum of money is. Kinds never add up together.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MoneyKind {
    /// Announced.
    Declared,
    /// In a signed contract.
    Contracted,
    /// Paid into the company's capital.
    Contributed,
    /// Spent on the project.
    Realised,
    /// Somebody's estimate.
    Estimated,
}

impl MoneyKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Declared,
        Self::Contracted,
        Self::Contributed,
        Self::Realised,
        Self::Estimated,
    ];

    /// The kind's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Contracted => "contracted",
            Self::Contributed => "contributed",
            Self::Realised => "realised",
            Self::Estimated => "estimated",
        }
    }

    /// Whether amounts of this kind say if they replace or add (see [`MoneyMode`]).
    pub fn needs_mode(self) -> bool {
        matches!(self, Self::Contributed | Self::Realised)
    }
}

impl fmt::Display for MoneyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for MoneyKind {
    type Err = MoneyError;

    fn from_str(typed: &str) -> Result<Self, MoneyError> {
        let word = typed.trim().to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| MoneyError::Kind(shown(typed)))
    }
}

/// How an amount contributed or realised stands to those before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MoneyMode {
    /// All so far: replaces what was stated before.
    ToDate,
    /// One payment: adds to what was stated before.
    Instalment,
}

impl MoneyMode {
    /// The mode's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ToDate => "to_date",
            Self::Instalment => "instalment",
        }
    }
}

impl fmt::Display for MoneyMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for MoneyMode {
    type Err = MoneyError;

    fn from_str(typed: &str) -> Result<Self, MoneyError> {
        match typed.trim().to_ascii_lowercase().replace('-', "_").as_str() {
            "to_date" => Ok(Self::ToDate),
            "instalment" => Ok(Self::Instalment),
            _ => Err(MoneyError::Mode(shown(typed))),
        }
    }
}

/// A sum of money as its source states it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Stated")]
#[schemars(!try_from, extend("allOf" = [{
    "if": { "properties": { "kind": { "enum": ["contributed", "realised"] } } },
    "then": { "required": ["mode"] },
    "else": { "properties": { "mode": false } }
}]))]
pub struct Money {
    amount: Amount,
    currency: Currency,
    kind: MoneyKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<MoneyMode>,
    qualifier: Qualifier,
}

/// Money as it may be written, before its parts are held against each other.
#[derive(Deserialize)]
struct Stated {
    amount: Amount,
    currency: Option<Currency>,
    kind: Option<MoneyKind>,
    mode: Option<MoneyMode>,
    qualifier: Qualifier,
}

impl TryFrom<Stated> for Money {
    type Error = MoneyError;

    fn try_from(stated: Stated) -> Result<Self, MoneyError> {
        let currency = stated.currency.ok_or(MoneyError::CurrencyMissing)?;
        let kind = stated.kind.ok_or(MoneyError::KindMissing)?;
        Self::new(stated.amount, currency, kind, stated.mode, stated.qualifier)
    }
}

impl Money {
    /// A sum of money.
    ///
    /// # Errors
    /// If the kind needs a mode and has none, or has one it does not need.
    pub fn new(
        amount: Amount,
        currency: Currency,
        kind: MoneyKind,
        mode: Option<MoneyMode>,
        qualifier: Qualifier,
    ) -> Result<Self, MoneyError> {
        match (kind.needs_mode(), mode) {
            (true, None) => Err(MoneyError::ModeMissing(kind)),
            (false, Some(mode)) => Err(MoneyError::ModeUnneeded(kind, mode)),
            _ => Ok(Self {
                amount,
                currency,
                kind,
                mode,
                qualifier,
            }),
        }
    }

    /// How much.
    pub fn amount(&self) -> &Amount {
        &self.amount
    }

    /// In which currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// What it is.
    pub fn kind(&self) -> MoneyKind {
        self.kind
    }

    /// Whether it replaces or adds; only of contributed and realised money.
    pub fn mode(&self) -> Option<MoneyMode> {
        self.mode
    }

    /// How the source qualifies it.
    pub fn qualifier(&self) -> Qualifier {
        self.qualifier
    }
}

/// Sums of money, one per kind and currency; they never add up together, and what is unknown is
/// counted per kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoneySums {
    sums: Tallies<(MoneyKind, Currency)>,
    unknown: BTreeMap<MoneyKind, u64>,
}

impl MoneySums {
    /// Counts money in.
    ///
    /// # Errors
    /// If the sum leaves what can be added exactly; nothing is changed then.
    pub fn add(&mut self, money: &Money) -> Result<(), SumError> {
        self.sums.add(
            &(money.kind, money.currency),
            &money.amount,
            money.qualifier,
        )
    }

    /// Counts in all that other sums counted in. What is beyond exact arithmetic is counted among the unknown.
    pub fn absorb(&mut self, other: &Self) {
        for ((kind, currency), tally) in other.sums.iter() {
            if self.sums.absorb(&(*kind, *currency), tally).is_err() {
                self.count_unknown(*kind, tally.count());
            }
        }
        for (kind, count) in &other.unknown {
            self.count_unknown(*kind, *count);
        }
    }

    fn count_unknown(&mut self, kind: MoneyKind, more: u64) {
        let count = self.unknown.entry(kind).or_default();
        *count = count.saturating_add(more);
    }

    /// Takes money out again.
    ///
    /// # Errors
    /// If it cannot have been counted in; nothing is changed then.
    pub fn remove(&mut self, money: &Money) -> Result<(), SumError> {
        self.sums.remove(
            &(money.kind, money.currency),
            &money.amount,
            money.qualifier,
        )
    }

    /// Counts one whose amount of that kind is not known.
    ///
    /// # Errors
    /// If there are more than can be counted.
    pub fn add_unknown(&mut self, kind: MoneyKind) -> Result<(), SumError> {
        let count = self
            .unknown(kind)
            .checked_add(1)
            .ok_or(SumError::TooLarge)?;
        self.unknown.insert(kind, count);
        Ok(())
    }

    /// Takes an unknown one of that kind out again.
    ///
    /// # Errors
    /// If none was counted.
    pub fn remove_unknown(&mut self, kind: MoneyKind) -> Result<(), SumError> {
        match self
            .unknown(kind)
            .checked_sub(1)
            .ok_or(SumError::NotCounted)?
        {
            0 => self.unknown.remove(&kind),
            rest => self.unknown.insert(kind, rest),
        };
        Ok(())
    }

    /// How many of that kind are not known.
    pub fn unknown(&self, kind: MoneyKind) -> u64 {
        self.unknown.get(&kind).copied().unwrap_or(0)
    }

    /// The sum of one kind and currency; `None` if nothing was counted.
    pub fn get(&self, kind: MoneyKind, currency: Currency) -> Option<&Tally> {
        self.sums.get(&(kind, currency))
    }

    /// The sums by kind, then currency.
    pub fn iter(&self) -> impl Iterator<Item = (MoneyKind, Currency, &Tally)> {
        self.sums
            .iter()
            .map(|((kind, currency), tally)| (*kind, *currency, tally))
    }
}

/// Why money is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not in the table of ISO 4217.
    #[error("{0} is not a currency; write its ISO 4217 code in capitals, such as USD, AZN or CNY")]
    Currency(String),
    /// Not a kind.
    #[error(
        "{0} is not a kind of money; choose declared, contracted, contributed, realised or estimated"
    )]
    Kind(String),
    /// Not a mode.
    #[error(
        "{0} is not a mode; choose to_date (replaces what was stated) or instalment (adds to it)"
    )]
    Mode(String),
    /// The kind is missing.
    #[error(
        "money without a kind cannot be recorded; say declared, contracted, contributed, realised or estimated"
    )]
    KindMissing,
    /// The currency is missing.
    #[error("money without a currency cannot be recorded; give its ISO 4217 code, such as USD")]
    CurrencyMissing,
    /// A mode is needed.
    #[error(
        "{0} money needs a mode: to_date if the amount is all so far, instalment if it is one payment"
    )]
    ModeMissing(MoneyKind),
    /// A mode is out of place.
    #[error("{0} money has no mode; leave {1} out, the latest statement stands")]
    ModeUnneeded(MoneyKind, MoneyMode),
}
