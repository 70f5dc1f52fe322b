//! The versions of the forms in which this program writes.

use std::collections::BTreeMap;

use super::backup::manifest;
use super::snapshot::label;
use crate::store::frame;
use crate::store::journal::segment;
use crate::store::ledger_file;

/// Each form and its version.
#[must_use]
pub fn written() -> BTreeMap<&'static str, u32> {
    BTreeMap::from([
        ("backup", manifest::FORMAT),
        ("frame", u32::from(frame::VERSION)),
        ("ledger", ledger_file::FORMAT),
        ("segment", segment::VERSION),
        ("snapshot", label::FORMAT),
    ])
}
