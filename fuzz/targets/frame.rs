//! Looks for inputs that break the law of `tests/fuzzing/frame.rs`.
#![no_main]

#[path = "../../tests/fuzzing/frame.rs"]
mod frame;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frame::holds(bytes));
