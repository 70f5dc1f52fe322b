//! Looks for inputs that break the law of `tests/fuzzing/codec.rs`.
#![no_main]

#[path = "../../tests/fuzzing/codec.rs"]
mod codec;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| codec::holds(bytes));
