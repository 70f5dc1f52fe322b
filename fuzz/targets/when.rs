//! Looks for inputs that break the law of `tests/fuzzing/when.rs`.
#![no_main]

#[path = "../../tests/fuzzing/when.rs"]
mod when;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| when::holds(bytes));
