//! Looks for inputs that break the law of `tests/fuzzing/quantity.rs`.
#![no_main]

#[path = "../../tests/fuzzing/quantity.rs"]
mod quantity;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quantity::holds(bytes));
