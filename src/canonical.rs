//! The canonical JSON profile.
