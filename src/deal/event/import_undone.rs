//! `import_undone`: all that one import recorded was retracted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"import":"0196a3b4","reason":"the wrong sheet","retracted":12}"#;

/// Which import, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportUndone {
    /// The import's id.
    pub import: Text,
    /// How many facts were retracted.
    pub retracted: u64,
    /// Why.
    pub reason: Text,
}
