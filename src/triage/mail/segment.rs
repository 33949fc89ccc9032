//! The stretches of a mail's text: which words are the writer's own, and which come from somewhere else.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Forwarded, Mail, footer};

/// What a stretch of [`Mail::text`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The writer's own words of this time.
    New,
    /// Words of an earlier mail, with their attribution line.
    Quoted,
    /// A forwarded message, with its header block.
    Forwarded,
    /// Name, title, telephone, "Sent from my phone".
    Signature,
    /// The lawyers' paragraph.
    Disclaimer,
}

/// A stretch of [`Mail::text`]. All segments together cover the text without gap or overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// What it is.
    pub part: Part,
    /// Where it lies: bytes into [`Mail::text`], on character boundaries.
    pub range: Range<usize>,
}

impl Mail {
    /// What the writer wrote now: no quotation, signature, disclaimer or forwarded message. If nothing
    /// would be left and nothing was forwarded, everything.
    #[must_use]
    pub fn new_text(&self) -> String {
        self.joined(Part::New)
    }

    /// What somebody else wrote and the writer passes on: the forwarded message with its header block, as it stands in the
    /// text, or as it is attached. Empty where nothing is forwarded.
    #[must_use]
    pub fn passed_on(&self) -> String {
        let inline = self.joined(Part::Forwarded);
        match &self.forwarded {
            Some(attached) if inline.is_empty() => attached.shown(),
            Some(_) | None => inline,
        }
    }

    /// The signature with its phone footers.
    #[must_use]
    pub fn signature(&self) -> Option<String> {
        let joined = self.joined(Part::Signature);
        // The mark itself is no part of what it announces.
        let first_line_end = joined.find('\n').unwrap_or(joined.len());
        let marked = joined
            .get(..first_line_end)
            .is_some_and(|line| footer::signature_mark(line).is_some());
        let words = if marked {
            joined.get(first_line_end..)
        } else {
            Some(joined.as_str())
        };
        words
            .map(|words| words.trim().to_owned())
            .filter(|words| !words.is_empty())
    }

    fn joined(&self, part: Part) -> String {
        let pieces: Vec<&str> = self
            .segments
            .iter()
            .filter(|segment| segment.part == part)
            .filter_map(|segment| self.text.get(segment.range.clone()))
            .collect();
        pieces.concat().trim().to_owned()
    }
}

impl Forwarded {
    /// Its writer and subject in the manner of a mail's header, then its words.
    fn shown(&self) -> String {
        let from = self.from.as_ref().map(|from| match &from.name {
            Some(name) => format!("From: {name} <{}>\n", from.address),
            None => format!("From: {}\n", from.address),
        });
        let subject = self
            .subject
            .as_ref()
            .map(|subject| format!("Subject: {subject}\n"));
        let head = [from, subject].map(Option::unwrap_or_default).concat();
        format!("{head}\n{}", self.body.trim()).trim().to_owned()
    }
}
