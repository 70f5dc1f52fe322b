//! Words for the codes of the domain.

use crate::deal::event::Kind;
use crate::deal::event::agreement_registered::{Class, Instrument, Nature};
use crate::deal::event::contacted::ContactOutcome;
use crate::deal::event::figure_stated::Standing;
use crate::deal::event::land_allocated::Tenure;
use crate::deal::event::linked::Relation;
use crate::deal::event::obstacle_raised::ObstacleReason;
use crate::deal::event::promise_closed::Outcome;
use crate::deal::value::money::MoneyKind;
use crate::deal::value::source::{EvidenceLevel, SourceType};
use crate::report::text::sentence::Word;

pub(super) fn word(word: Word) -> &'static str {
    match word {
        Word::Class(Class::Practical) => "practical",
        Word::Class(Class::Institutional) => "between institutions",
        Word::Instrument(instrument) => instrument_name(instrument),
        Word::Nature(Nature::Greenfield) => "new enterprise on a new site",
        Word::Nature(Nature::Expansion) => "expansion of an existing enterprise",
        Word::Nature(Nature::Localisation) => "production moved into the country",
        Word::Nature(Nature::Unknown) => "not stated in the source",
        Word::Contact(ContactOutcome::AskedNothingNew) => "asked, nothing new",
        Word::Contact(ContactOutcome::NoAnswer) => "asked, no answer",
        Word::Contact(ContactOutcome::News) => "news received",
        Word::Contact(ContactOutcome::Agreed) => "agreement reached",
        Word::Outcome(Outcome::Kept) => "kept",
        Word::Outcome(Outcome::Dropped) => "dropped",
        Word::Outcome(Outcome::Superseded) => "replaced by another promise",
        Word::Obstacle(reason) => obstacle(reason),
        Word::Relation(relation) => relation_name(relation),
        Word::Tenure(Tenure::Ownership) => "in ownership",
        Word::Tenure(Tenure::Lease) => "on lease",
        Word::Tenure(Tenure::Use) => "for use",
        Word::Standing(Standing::Promised) => "promised",
        Word::Standing(Standing::Realised) => "realised",
        Word::Money(kind) => money(kind),
        Word::Source(kind) => source(kind),
        Word::Health(code) => health(code),
        Word::Sealed => "(sealed)",
        Word::NotKnown => "not known",
        Word::UnnamedSpeaker => "a speaker the source does not name",
        Word::None => "none",
    }
}

fn instrument_name(instrument: Instrument) -> &'static str {
    match instrument {
        Instrument::Mou => "memorandum of understanding",
        Instrument::Framework => "framework agreement",
        Instrument::Contract => "contract",
        Instrument::Declaration => "declaration",
        Instrument::Protocol => "protocol",
        Instrument::Unknown => "not stated",
    }
}

fn obstacle(reason: ObstacleReason) -> &'static str {
    match reason {
        ObstacleReason::PromoterInterest => "the investor's interest has faded",
        ObstacleReason::Land => "land is not available",
        ObstacleReason::Inputs => "raw materials or inputs are lacking",
        ObstacleReason::Environment => "environmental clearance is outstanding",
        ObstacleReason::Permits => "permits are outstanding",
        ObstacleReason::Utilities => "utilities are not connected",
        ObstacleReason::Finance => "finance is not secured",
        ObstacleReason::IncentiveTerms => "incentive terms are not settled",
        ObstacleReason::InvestorSilent => "the investor does not answer",
        ObstacleReason::InfeasibleStudy => "the study found the project not feasible",
        ObstacleReason::LawChange => "the law has changed",
        ObstacleReason::CounterpartDefault => "the counterpart has not met its obligations",
        ObstacleReason::ForceMajeure => "force majeure",
        ObstacleReason::Superseded => "another agreement takes its place",
        ObstacleReason::Duplicate => "it duplicates another agreement",
        ObstacleReason::Other => "another reason",
    }
}

fn relation_name(relation: Relation) -> &'static str {
    match relation {
        Relation::Implements => "implements",
        Relation::ArisesFrom => "arises from",
        Relation::Renews => "renews",
        Relation::Supersedes => "takes the place of",
        Relation::DuplicateOf => "duplicates",
        Relation::PartOf => "is part of",
    }
}

fn money(kind: MoneyKind) -> &'static str {
    match kind {
        MoneyKind::Declared => "declared",
        MoneyKind::Contracted => "contracted",
        MoneyKind::Contributed => "contributed",
        MoneyKind::Realised => "realised",
        MoneyKind::Estimated => "estimated",
    }
}

fn source(kind: SourceType) -> &'static str {
    match kind {
        SourceType::Statement => "statement",
        SourceType::Note => "note",
        SourceType::Document => "document",
        SourceType::CounterpartyLetter => "letter of the counterparty",
        SourceType::Register => "register",
        SourceType::AuthorityAct => "act of an authority",
        SourceType::SiteVisit => "site visit",
    }
}

fn health(code: &str) -> &'static str {
    match code {
        "terminated" => "terminated",
        "completed" => "completed",
        "suspended" => "suspended",
        "slipping" => "slipping: an expected day has passed",
        "silent" => "silent: no news for longer than the review interval",
        "current" => "current",
        _ => "not known",
    }
}

pub(super) fn evidence(level: EvidenceLevel) -> String {
    let word = match level {
        EvidenceLevel::None => return "none (no source)".to_owned(),
        EvidenceLevel::Level(0) => "reported",
        EvidenceLevel::Level(1) => "noted",
        EvidenceLevel::Level(2) => "documented",
        EvidenceLevel::Level(3) => "registered",
        EvidenceLevel::Level(_) => "seen on site",
    };
    format!("{word} (level {level})")
}

pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::LedgerOpened => "Ledger opened",
        Kind::TrackDefined => "Track of milestones defined",
        Kind::PolicySet => "Policy set",
        Kind::OrganizationRegistered => "Registration of the organisation",
        Kind::OrganizationDescribed => "Description of the organisation",
        Kind::OccasionRegistered => "Registration of the occasion",
        Kind::OccasionDescribed => "Description of the occasion",
        Kind::PackageRegistered => "Registration of the package",
        Kind::PackageDescribed => "Description of the package",
        Kind::AgreementRegistered => "Registration of the agreement",
        Kind::AgreementDescribed => "Description of the agreement",
        Kind::Linked => "Link recorded",
        Kind::Signed => "Signing",
        Kind::LandAllocated => "Allocation of land",
        Kind::FinancialModelAgreed => "Financial model",
        Kind::CompanyIncorporated => "Incorporation of the company",
        Kind::MilestoneReached => "Milestone",
        Kind::MilestoneReversed => "Milestone reversed",
        Kind::MilestoneNotNeeded => "Milestone not needed",
        Kind::ValueStated => "Amount",
        Kind::FigureStated => "Figure",
        Kind::ClaimStated => "Claim",
        Kind::ClaimPreferred => "Claim preferred",
        Kind::ExpectationStated => "Expectation",
        Kind::PromiseMade => "Promise",
        Kind::PromiseClosed => "Promise closed",
        Kind::ObstacleRaised => "Obstacle",
        Kind::ObstacleResolved => "Obstacle resolved",
        Kind::Contacted => "Contact",
        Kind::Assigned => "Officer assigned",
        Kind::Suspended => "Suspended",
        Kind::Resumed => "Resumed",
        Kind::Terminated => "Terminated",
        Kind::Completed => "Completed",
        Kind::Reopened => "Reopened",
        Kind::Noted => "Note",
        Kind::FactSourced => "Source added",
        Kind::FactConfirmed => "Fact confirmed",
        Kind::FactCorrected => "Fact corrected",
        Kind::FactRetracted => "Fact retracted",
        Kind::ReportIssued => "Report issued",
        Kind::KeyRotated => "Signing key replaced",
        Kind::LedgerRepaired => "Ledger repaired",
        Kind::LedgerRestored => "Ledger restored from a backup",
        Kind::ImportUndone => "Import undone",
        Kind::SubjectErased => "Personal data erased",
    }
}
