//! What auditors check: knows bytes and hashes, no deals.
