//! One mistake in a file that people wrote: a code, a sentence, the piece underlined, and help. Drawn once, here.

use std::ops::Range;

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Gravity {
    /// The file is refused.
    Error,
    /// The file is taken.
    Warning,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// Path as the reader knows it.
    pub file: String,
    /// Bytes into the file.
    pub span: Range<usize>,
    /// What to write under the piece.
    pub label: String,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Such as `E101`.
    pub code: &'static str,
    /// Error or warning.
    pub gravity: Gravity,
    /// One sentence in plain words.
    pub sentence: String,
    /// The piece, underlined.
    pub spot: Spot,
    /// Other pieces that belong to it, such as the first of two equal ids.
    pub also: Vec<Spot>,
    /// Why it matters, what to do: one line each.
    pub help: Vec<String>,
}
