//! What is said of the portfolio and of conversion: titles, columns, remarks and definitions.

#![allow(
    missing_docs,
    reason = "a field is explained by the sentence it completes"
)]

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::money::{Currency, MoneyKind};
use crate::deal::value::party::Country;
use crate::deal::value::quantity::Qualifier;
use crate::deal::value::source::EvidenceLevel;

/// The portfolio and conversion.
#[derive(Debug, Clone, Copy)]
pub enum PortfolioWords<'a> {
    /// The title of the report on the portfolio.
    PortfolioTitle { as_of: NaiveDate },
    /// The title of the report on conversion.
    ConversionTitle { as_of: NaiveDate },
    /// Nothing is registered, and what to do.
    EmptyLedger,
    /// No agreement is registered in the scope, and what to do.
    NoAgreement,
    /// The heading of a part.
    Head(Head),
    /// The label of a figure, column or row.
    Name(Name),
    /// What a figure means.
    Meaning(Meaning),
    /// How many of each class.
    ByClass { practical: u64, institutional: u64 },
    /// How many of how many; the latter may not be known.
    Of { count: u64, of: Option<u64> },
    /// How many of how many packages.
    PackagesOf { count: u64, of: Option<u64> },
    /// Documents declared and not registered, in how many packages that is not known.
    NotRegistered {
        practical: u64,
        institutional: u64,
        unknown: u64,
    },
    /// No agreement of a class is registered.
    NoneOfClass(Class),
    /// A class as a heading, with how many agreements it has.
    OfClass { class: Class, count: u64 },
    /// The financial model, whatever its strength.
    AnyStrength { milestone: &'a str },
    /// A milestone the track in force does not have.
    OffTrack { milestone: &'a str },
    /// How many agreements stand in more than one row of sectors.
    InSeveralSectors(u64),
    /// How many agreements stand in more than one row of countries.
    InSeveralCountries(u64),
    /// A country.
    Country(Country),
    /// How many more sectors there are.
    MoreSectors(u64),
    /// How many more packages there are.
    MorePackages(u64),
    /// An amount in a column of its currency.
    Amount {
        amount: &'a Decimal,
        qualifier: Qualifier,
    },
    /// The row that says how many state an amount.
    Stating { currency: Currency },
    /// A package and a currency.
    PackageIn {
        package: &'a str,
        currency: Currency,
    },
    /// All packages, in a currency.
    AllIn { currency: Currency },
    /// Packages whose parts exceed their declared value.
    Exceeded { currency: Currency, count: u64 },
    /// How many packages declare a value.
    WithDeclared { count: u64, of: u64 },
    /// No money at all is stated of agreements of a class.
    NoMoney(Class),
    /// Why there are no declared values.
    NoDeclared,
    /// A remark on a thing.
    Remark { thing: &'a str, what: &'a str },
    /// An agreement that meets a definition, and by what.
    Behind {
        agreement: &'a str,
        instrument: Instrument,
        package: Option<&'a str>,
        step: &'a str,
        evidence: EvidenceLevel,
    },
    /// Agreements too many to be named.
    TooMany { count: u64 },
    /// No agreement meets a definition.
    Nobody,
    /// A rate that cannot be computed, in a cell.
    CannotBeComputed,
    /// A definition with its rate, as a heading.
    Rated { name: &'a str, rate: &'a str },
    /// A share of a declared value.
    Share {
        currency: Currency,
        converted: &'a Decimal,
        converted_qualifier: Qualifier,
        of: &'a Decimal,
        of_qualifier: Qualifier,
        covers_others: bool,
    },
    /// There is no share in a currency, since a package declares no value in it.
    NoWhole(Currency),
    /// There is no share in a currency, since what is declared is nought.
    OfNothing(Currency),
    /// There is no share in a currency, since the amounts have too many digits.
    ShareTooLarge(Currency),
    /// The policy has no definition.
    NoDefinition,
}

/// The heading of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// Agreements registered.
    Counts,
    /// Milestones reached.
    Milestones,
    /// How agreements fare.
    Health,
    /// By class.
    ByClass,
    /// By instrument.
    ByInstrument,
    /// By sector.
    BySector,
    /// By country.
    ByCountry,
    /// By package.
    ByPackage,
    /// The five kinds of money.
    Money,
    /// Declared values: packages, members, residual.
    Declared,
    /// Declared values by package.
    DeclaredByPackage,
    /// Money stated of packages as a whole.
    OwnMoney,
    /// Figures that sources state differently.
    Disputed,
    /// Who is counted.
    Denominator,
    /// Who is not.
    LeftOut,
    /// The agreements behind the rates.
    Behind,
    /// By value.
    ByValue,
}

/// The label of a figure, column or row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// In packages.
    InPackages,
    /// Outside packages.
    Outside,
    /// Declared and not registered.
    NotRegistered,
    /// Replaced by another agreement.
    Superseded,
    /// Registered twice.
    Duplicates,
    /// Withdrawn.
    Withdrawn,
    /// Terminated.
    Terminated,
    /// Registered.
    Registered,
    /// Signed.
    Signed,
    /// With a step.
    WithStep,
    /// Practical agreements.
    Practical,
    /// Practical agreements with a step.
    PracticalWithStep,
    /// Practical documents declared.
    PracticalDeclared,
    /// Practical agreements registered.
    PracticalRegistered,
    /// Documents between institutions.
    Institutional,
    /// Documents between institutions declared.
    InstitutionalDeclared,
    /// Documents between institutions registered.
    InstitutionalRegistered,
    /// A milestone.
    Milestone,
    /// Agreements that reached it.
    Reached,
    /// Those with a document.
    Documented,
    /// Those that do not need it.
    NotNeeded,
    /// A country.
    Country,
    /// All agreements, each once.
    AllOnce,
    /// A currency.
    Currency,
    /// A kind of money.
    Kind(MoneyKind),
    /// Declared of packages.
    OfPackages,
    /// Declared of their members.
    OfMembers,
    /// What is left.
    Residual,
    /// Declared of agreements outside packages.
    OfOthers,
    /// Everything once.
    InAll,
    /// How many state a value.
    WithValue,
    /// Outside packages and not signed.
    NotSigned,
    /// Packages that do not say how many of their documents are practical.
    CountNotKnown,
    /// A value that does not apply.
    NotApplicable,
    /// An amount nobody states.
    NotStated,
}

/// What a figure means.
#[derive(Debug, Clone, Copy)]
pub enum Meaning {
    /// Agreements that count.
    Counted,
    /// Documents declared and not registered.
    NotRegistered,
    /// Agreements that do not count.
    Apart,
    /// Agreements ended without delivery.
    Terminated,
    /// Agreements that reached a milestone.
    Reached,
    /// Those with a document.
    Documented,
    /// Those that do not need a milestone.
    NotNeeded,
    /// Health.
    Health { practical: u32, institutional: u32 },
    /// Countries.
    Country,
    /// Sums of money.
    Money,
    /// Declared values of packages.
    OfPackages,
    /// Declared values of members.
    OfMembers,
    /// The residual over all packages.
    Residual,
    /// Members, residual and the rest.
    InAll,
    /// Members that state a value.
    WithValue,
    /// Money of packages as a whole.
    OwnMoney,
    /// Documents declared for packages.
    Declared,
    /// Practical agreements ended without delivery.
    TerminatedStay,
    /// Practical agreements left out.
    LeftOut,
    /// Rates by instrument.
    RateOfInstrument,
    /// Rates by package.
    RateOfPackage,
}
