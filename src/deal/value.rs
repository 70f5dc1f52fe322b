//! The value types of the domain: what a fact may be made of.
//!
//! Each type checks itself when it is made, so that a value which exists is a valid one. Two ways
//! lead in. `FromStr` (and `new`) reads what a person typed and forgives what can be forgiven: case,
//! surrounding blanks, composed letters. Reading JSON takes the canonical form alone, because the
//! stored bytes are hashed and may have one spelling only. Unknown members of stored objects are
//! never refused here: a later version of the program may have written them.

#[cfg(test)]
mod schema_tests;
mod string_form;
#[cfg(test)]
mod tests;

pub mod amount;
pub mod code;
pub mod ids;
pub mod known;
pub mod money;
pub mod origin;
pub mod party;
pub mod quantity;
pub mod source;
pub mod sources;
pub mod tally;
pub mod text;
pub mod when;
pub mod zone;
