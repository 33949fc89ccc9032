//! What can be wrong with a mail. Each has a name, so that a person who sees it can tell the sender.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that is wrong with a mail. Named, kept, shown; never a reason to drop it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// Not even a header could be read.
    Unreadable,
    /// No usable From.
    NoSender,
    /// No Message-ID: a synthetic one stands in for it.
    NoMessageId,
    /// No Date, or none that can be understood.
    NoDate,
    /// A header that must be single stands more than once.
    RepeatedHeader(String),
    /// A charset that was wrong or missing; what was taken instead.
    Charset(String),
    /// An encoding that broke off or was wrong.
    Encoding(String),
    /// Too deeply nested, too many parts: read as far as the bound.
    TooDeep(String),
    /// Over the size limit: the header and the first part were read.
    TooLarge {
        /// Size of the whole mail in bytes.
        bytes: u64,
    },
    /// NUL bytes or bare carriage returns.
    ControlBytes,
    /// Anything else, in a few words.
    Other(String),
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => write!(f, "not even a header could be read"),
            Self::NoSender => write!(f, "no usable From"),
            Self::NoMessageId => write!(f, "no Message-ID"),
            Self::NoDate => write!(f, "no usable Date"),
            Self::RepeatedHeader(name) => write!(f, "{name} stands more than once"),
            Self::Charset(what) => write!(f, "charset: {what}"),
            Self::Encoding(what) => write!(f, "encoding: {what}"),
            Self::TooDeep(what) => write!(f, "too deep: {what}"),
            Self::TooLarge { bytes } => write!(
                f,
                "{bytes} bytes are over the size limit; only the beginning was read"
            ),
            Self::ControlBytes => write!(f, "NUL bytes or bare carriage returns"),
            Self::Other(what) => write!(f, "{what}"),
        }
    }
}
