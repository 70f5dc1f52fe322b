//! Looks for inputs that break the law of `tests/fuzzing/ledger_file.rs`.
#![no_main]

#[path = "../../tests/fuzzing/ledger_file.rs"]
mod ledger_file;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ledger_file::holds(bytes));
