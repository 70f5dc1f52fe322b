//! Why bytes are not a frame, or cannot become one.

/// Why bytes are not a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The bytes do not begin like a frame.
    #[error("no frame begins here")]
    NoFrame,
    /// The header does not match its checksum.
    #[error("the frame's header does not match its checksum")]
    Header,
    /// The layout is a later one.
    #[error(
        "the frame has layout {0}, this program knows layout 1: it was written by a newer dealtrail"
    )]
    Newer(u16),
    /// The bytes end before the frame does.
    #[error("the frame is cut short")]
    Short,
    /// The frame does not match its checksum.
    #[error("the frame does not match its checksum")]
    Checksum,
    /// The frame's content does not match its chain hash, or does not follow the frame before.
    #[error("the frame does not follow the one before it")]
    Chain,
    /// The checksums hold, but the content makes no sense.
    #[error("the frame's content is wrong: {0}")]
    Content(String),
    /// The group does not fit into a frame.
    #[error("{bytes} bytes, and {limit} is the limit")]
    TooLarge {
        /// Size of the frame or of the event.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}
