//! One mistake in a file that people wrote: a code, a sentence, the piece underlined, and help. Drawn once, here.
//!
//! Rules and configuration are read through [`typed`], which goes on after a mistake, so that an admin sees
//! all of them at once.

mod draw;
pub mod guess;
pub mod typed;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

pub use draw::{Colour, draw, json};

/// The text of every file by the path that findings name.
pub type Texts = BTreeMap<String, String>;

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

impl Finding {
    /// An error: the file is refused. `code` such as `E101`.
    #[must_use]
    pub fn error(code: &'static str, at: &At, sentence: impl Into<String>) -> Self {
        Self::new(code, Gravity::Error, at, sentence.into())
    }

    /// A warning: the file is taken. `code` such as `W111`.
    #[must_use]
    pub fn warning(code: &'static str, at: &At, sentence: impl Into<String>) -> Self {
        Self::new(code, Gravity::Warning, at, sentence.into())
    }

    fn new(code: &'static str, gravity: Gravity, at: &At, sentence: String) -> Self {
        Self {
            code,
            gravity,
            sentence,
            spot: at.labelled(""),
            also: Vec::new(),
            help: Vec::new(),
        }
    }

    /// What to write under the piece.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.spot.label = label.into();
        self
    }

    /// Another piece that belongs to it.
    #[must_use]
    pub fn also(mut self, at: &At, label: impl Into<String>) -> Self {
        self.also.push(at.labelled(label));
        self
    }

    /// Why it matters, or what to do: one line.
    #[must_use]
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }
}

/// A place in a file, before it is known what to say there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Path as the reader knows it.
    pub file: std::sync::Arc<str>,
    /// Bytes into the file.
    pub span: Range<usize>,
}

impl At {
    /// A place.
    #[must_use]
    pub fn new(file: &str, span: Range<usize>) -> Self {
        Self {
            file: file.into(),
            span,
        }
    }

    fn labelled(&self, label: impl Into<String>) -> Spot {
        Spot {
            file: self.file.to_string(),
            span: self.span.clone(),
            label: label.into(),
        }
    }

    /// `routing.toml:12`, given the text that the file holds.
    #[must_use]
    pub fn line_of(&self, text: &str) -> String {
        format!("{}:{}", self.file, line_and_column(text, self.span.start).0)
    }
}

/// Line and column (in characters) of a byte, both from 1.
#[must_use]
pub fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |rest| rest.chars().count());
    (line, column + 1)
}

/// Collects findings while files are read; what is wrong in one place does not keep others from being seen.
#[derive(Debug, Default)]
pub struct Mistakes(RefCell<Vec<Finding>>);

impl Mistakes {
    /// Notes one.
    pub fn note(&self, finding: Finding) {
        self.0.borrow_mut().push(finding);
    }

    /// True if one of them is an error.
    #[must_use]
    pub fn any_error(&self) -> bool {
        self.0
            .borrow()
            .iter()
            .any(|finding| finding.gravity == Gravity::Error)
    }

    /// All of them, worst first, then by file and place; each once.
    #[must_use]
    pub fn worst_first(self) -> Vec<Finding> {
        let mut all = self.0.into_inner();
        all.sort_by(|a, b| {
            let key = |f: &Finding| (f.gravity, f.spot.file.clone(), f.spot.span.start, f.code);
            key(a).cmp(&key(b))
        });
        all.dedup();
        all
    }
}
