//! Looks for inputs that break the law of `tests/fuzzing/proof.rs`.
#![no_main]

#[path = "../../tests/fuzzing/proof.rs"]
mod proof;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proof::holds(bytes));
