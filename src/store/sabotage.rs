//! What a trial may take away from the program, to see that the trial notices.
//!
//! A trial that passes proves something only if it fails against a program that breaks its promise. Builds with the
//! feature `sabotage` read the promise to break from the environment variable `DEALTRAIL_SABOTAGE`; in every other
//! build [`is`] is a constant `false` and nothing of this is left.

/// A promise that can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// `no-sync`: files and directories are never synced, and every sync is reported as done.
    NoSync,
    /// `no-checksum`: checksums, chain hashes and digests are not compared.
    NoChecksum,
    /// `early-answer`: a group is acknowledged before it is written.
    EarlyAnswer,
    /// `deaf`: a failed write or sync is taken for a success.
    Deaf,
}

impl Sabotage {
    /// Its name in the environment.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoSync => "no-sync",
            Self::NoChecksum => "no-checksum",
            Self::EarlyAnswer => "early-answer",
            Self::Deaf => "deaf",
        }
    }
}

/// Whether this promise is broken in this process.
#[cfg(not(feature = "sabotage"))]
pub const fn is(_: Sabotage) -> bool {
    false
}

/// Whether this promise is broken in this process.
#[cfg(feature = "sabotage")]
pub fn is(sabotage: Sabotage) -> bool {
    use std::sync::OnceLock;
    static CHOSEN: OnceLock<String> = OnceLock::new();
    CHOSEN.get_or_init(|| std::env::var("DEALTRAIL_SABOTAGE").unwrap_or_default())
        == sabotage.name()
}

/// What a program without an ear for failures makes of one.
///
/// # Errors
/// The same, in a program that hears.
pub fn heard(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(_) if is(Sabotage::Deaf) => Ok(()),
        other => other,
    }
}

/// Whether these are the bytes of a frame on their way into a journal, and not a header or the zeros of a new segment.
pub fn is_frame(bytes: &[u8], offset: u64) -> bool {
    offset > 0 && bytes.iter().any(|byte| *byte != 0)
}
