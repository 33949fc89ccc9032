//! What an answer to FETCH tells of one mail.

use imap_proto::AttributeValue;
use jiff::{Timestamp, Zoned};

/// Of each mail in a batch, so many bytes are asked for at first. A hundred of these are a few megabytes; nine
/// mails in ten are shorter.
pub(crate) const PIECE_BYTES: u32 = 64 * 1024;

/// The beginning of a mail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its UID.
    pub(crate) uid: u32,
    /// INTERNALDATE, if the server's can be read.
    pub(crate) received_at: Option<Timestamp>,
    /// What the server says its size is. Some servers only estimate.
    pub(crate) claimed_bytes: u64,
    /// Its first bytes.
    pub(crate) bytes: Vec<u8>,
    /// Nothing follows: they are fewer than were asked for, or the server knows no partial answers and gave all.
    pub(crate) whole: bool,
}

impl Piece {
    /// What an answer to FETCH tells of a mail; `None` where it lacks UID or body, as a mere change of flags does.
    pub(super) fn of(attributes: &[AttributeValue<'_>]) -> Option<Self> {
        let (origin, bytes) = body_of(attributes)?;
        Some(Self {
            uid: uid_of(attributes)?,
            received_at: date_of(attributes),
            claimed_bytes: size_of(attributes).unwrap_or(0),
            whole: origin.is_none() || bytes.len() < PIECE_BYTES as usize,
            bytes: bytes.to_vec(),
        })
    }
}

pub(super) fn uid_of(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|attribute| {
        if let AttributeValue::Uid(uid) = attribute {
            Some(*uid)
        } else {
            None
        }
    })
}

pub(super) fn date_of(attributes: &[AttributeValue<'_>]) -> Option<Timestamp> {
    attributes.iter().find_map(|attribute| {
        if let AttributeValue::InternalDate(text) = attribute {
            internal_date(text)
        } else {
            None
        }
    })
}

fn size_of(attributes: &[AttributeValue<'_>]) -> Option<u64> {
    attributes.iter().find_map(|attribute| {
        if let AttributeValue::Rfc822Size(bytes) = attribute {
            Some(u64::from(*bytes))
        } else {
            None
        }
    })
}

/// Where a body begins that is partial, and its bytes. `NIL` is no body: the mail has gone, or the server has lost it.
pub(super) fn body_of<'a>(attributes: &'a [AttributeValue<'_>]) -> Option<(Option<u32>, &'a [u8])> {
    attributes.iter().find_map(|attribute| {
        if let AttributeValue::BodySection { data, index, .. } = attribute {
            Some((*index, data.as_deref()?))
        } else {
            None
        }
    })
}

/// `" 1-Jul-2026 09:30:00 +0200"` (RFC 3501, date-time); one-digit days have a space before them.
fn internal_date(text: &str) -> Option<Timestamp> {
    Zoned::strptime("%d-%b-%Y %H:%M:%S %z", text.trim())
        .ok()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_are_read() {
        for (text, instant) in [
            ("17-Jul-1996 02:44:25 -0700", "1996-07-17T09:44:25Z"),
            (" 1-Jan-2026 00:00:00 +0100", "2025-12-31T23:00:00Z"),
            ("1-Jan-2026 00:00:00 +0000", "2026-01-01T00:00:00Z"),
        ] {
            assert_eq!(internal_date(text).unwrap().to_string(), instant, "{text}");
        }
        assert_eq!(internal_date("yesterday"), None);
    }
}
