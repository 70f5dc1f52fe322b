//! Sentences: everything a report says that is not a fact from the ledger, one folder a language.
//!
//! Reports choose what to say and hand over typed values; a [`LanguagePack`] decides how it is said. The
//! sentences are enumerations, so the compiler names every sentence a new language lacks. To add a
//! language, write `text/<lang>/` with a type that implements the trait and its line in [`PACKS`].

pub mod en;
pub mod pack;
pub mod sentence;

use self::en::English;
use self::pack::LanguagePack;

/// Every language, the first being the default.
pub const PACKS: &[&dyn LanguagePack] = &[&English];

/// The pack of a language code such as `en`.
#[must_use]
pub fn pack(code: &str) -> Option<&'static dyn LanguagePack> {
    let wanted = code.trim().to_ascii_lowercase();
    PACKS.iter().copied().find(|pack| pack.code() == wanted)
}
