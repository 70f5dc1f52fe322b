//! Commands as other programs send them, in JSON: read strictly, every error with the path of its field.
//!
//! Reading ([`sent`]) needs no ledger; what is named in it is then found in one ([`resolve`]).

pub(crate) mod amendments;
pub mod answered;
pub mod error;
pub(crate) mod parts;
pub mod resolve;
pub mod sent;
