//! The one bridge between events and their stored bytes.
//!
//! Writing: [`envelope`] puts an event into the form that is stored, signed and served, and proves that
//! nothing in it leaves the canonical profile. Reading: [`decoder`] turns stored bytes back into
//! events and never gives up history: what this program does not know is kept as it stands. Commands
//! that arrive as JSON pass [`door`], which refuses what would be silently dropped. [`schema`] draws
//! the published JSON Schemas from the same types.

pub mod decoder;
pub mod door;
pub mod envelope;
pub mod schema;
