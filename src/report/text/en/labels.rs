//! Headings and labels.

use crate::report::text::sentence::{Heading, Label};

pub(super) fn heading(heading: Heading) -> &'static str {
    match heading {
        Heading::Headline => "What was announced",
        Heading::Overall => "All agreements",
        Heading::Conversion => "From signature to step",
        Heading::Claims => "Statements reported as such",
        Heading::Steps => "Practical steps",
        Heading::InstitutionalSteps => "Steps on documents between institutions",
        Heading::BySector => "By sector",
        Heading::Strengthened => "Steps strengthened",
        Heading::LearnedSince => "Earlier steps learned since",
        Heading::Expected => "What is expected",
        Heading::Obstacles => "Obstacles",
        Heading::NoStep => "No step recorded yet",
        Heading::Assumptions => "Assumptions made in recording",
        Heading::Corrections => "Corrections",
        Heading::Description => "The agreement",
        Heading::Status => "Where it stands",
        Heading::Trail => "Everything recorded",
        Heading::Milestones => "Milestones",
        Heading::Outlook => "What lies ahead",
        Heading::Promises => "Promises",
        Heading::Money => "Amounts and figures",
    }
}

pub(super) fn label(label: Label) -> &'static str {
    match label {
        Label::Occasion => "Occasion",
        Label::Documents => "Documents declared",
        Label::Registered => "Agreements registered",
        Label::DeclaredValue => "Value declared",
        Label::Apportioned => "Apportioned to agreements",
        Label::Residual => "Residual, not apportioned",
        Label::Outside => "Agreements outside packages",
        Label::Signed => "Signed in the period",
        Label::Steps => "Steps in the period",
        Label::Sector => "Sector",
        Label::Denominator => "Practical agreements",
        Label::ByValue => "By value",
        Label::Class => "Class",
        Label::Instrument => "Instrument",
        Label::Package => "Package",
        Label::Parties => "Parties",
        Label::Nature => "Nature of the investment",
        Label::Sectors => "Sector",
        Label::Links => "Related to",
        Label::Stage => "Stage",
        Label::LatestStep => "Latest step",
        Label::Evidence => "Evidence",
        Label::Health => "Health",
        Label::Officer => "Officer",
    }
}
