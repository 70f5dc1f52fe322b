//! The institutions named in the three reports. No persons: offices at most.

use serde_json::{Value, json};

use super::plan::{Entry, Fact, Report, stream};
use crate::deal::value::ids::{StreamId, StreamKind};

/// An institution by its place in [`BODIES`].
#[derive(Clone, Copy)]
pub(super) enum Body {
    /// The agency that follows the agreements.
    Azpromo,
    /// Azerbaijan's Ministry of Economy.
    Ministry,
    /// Azerbaijan's trade representation in China.
    TradeRepresentation,
    /// The International Cooperation Center of NDRC.
    CooperationCenter,
    /// The Alat Free Economic Zone.
    Alat,
    /// KOBIA.
    Kobia,
    /// 4SIM.
    FourSim,
    /// The Renewable Energy Agency.
    RenewableEnergy,
    /// SOCAR.
    Socar,
    /// Azerbaijan Investment Holding.
    InvestmentHolding,
    /// Azerbaijan Railways.
    Railways,
    /// Wuqing District of Tianjin.
    Wuqing,
    /// The Beijing Economic-Technological Development Area.
    DevelopmentArea,
    /// China's National Development and Reform Commission.
    Ndrc,
    /// The Beijing Municipal Commission of Development and Reform.
    BeijingCommission,
}

impl Body {
    /// Its stream.
    pub(super) fn stream(self) -> StreamId {
        stream(StreamKind::Organization, self.number())
    }

    fn number(self) -> u16 {
        (self as u16).saturating_add(1)
    }

    /// It as a party in some part.
    pub(super) fn party(self, role: &str) -> Value {
        json!({ "organization": self.stream(), "role": role })
    }

    fn registered(self, report: &'static [Report]) -> Entry {
        let (name, country) = self.name();
        let reference = format!("OR-2025-{:03}", self.number());
        let data = json!({ "ref": reference, "names": { "en": name }, "country": country });
        Fact::new(self.stream(), "organization_registered", data, report).entry()
    }

    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Azpromo => ("AZPROMO", "AZ"),
            Self::Ministry => ("Ministry of Economy of Azerbaijan", "AZ"),
            Self::TradeRepresentation => ("Trade representation of Azerbaijan in China", "AZ"),
            Self::CooperationCenter => ("International Cooperation Center of NDRC", "CN"),
            Self::Alat => ("Alat Free Economic Zone", "AZ"),
            Self::Kobia => ("KOBIA", "AZ"),
            Self::FourSim => ("4SIM", "AZ"),
            Self::RenewableEnergy => ("Renewable Energy Agency", "AZ"),
            Self::Socar => ("SOCAR", "AZ"),
            Self::InvestmentHolding => ("Azerbaijan Investment Holding", "AZ"),
            Self::Railways => ("Azerbaijan Railways", "AZ"),
            Self::Wuqing => ("Wuqing District of Tianjin", "CN"),
            Self::DevelopmentArea => ("Beijing Economic-Technological Development Area", "CN"),
            Self::Ndrc => ("National Development and Reform Commission (NDRC)", "CN"),
            Self::BeijingCommission => (
                "Beijing Municipal Commission of Development and Reform",
                "CN",
            ),
        }
    }
}

/// Those that presented projects at the conference.
pub(super) const PRESENTERS: [Body; 8] = [
    Body::Alat,
    Body::Kobia,
    Body::FourSim,
    Body::RenewableEnergy,
    Body::Socar,
    Body::InvestmentHolding,
    Body::Azpromo,
    Body::Railways,
];

/// Registrations of those named in the first report.
pub(super) fn of_the_conference() -> Vec<Entry> {
    let named = [
        Body::Azpromo,
        Body::Ministry,
        Body::TradeRepresentation,
        Body::CooperationCenter,
        Body::Alat,
        Body::Kobia,
        Body::FourSim,
        Body::RenewableEnergy,
        Body::Socar,
        Body::InvestmentHolding,
        Body::Railways,
        Body::Wuqing,
        Body::DevelopmentArea,
    ];
    named
        .into_iter()
        .map(|body| body.registered(&[Report::Conference]))
        .collect()
}

/// Registrations of those the second report adds.
pub(super) fn of_the_meeting() -> Vec<Entry> {
    [Body::Ndrc, Body::BeijingCommission]
        .into_iter()
        .map(|body| body.registered(&[Report::Meeting]))
        .collect()
}
