//! Keys of the state. One sled tree holds everything, so that one batch is one atomic write; a first byte tells kinds apart.

use jiff::Timestamp;

use super::Cause;
use crate::triage::letter::LetterId;
use crate::triage::ticket::TicketId;

/// What a key leads to: its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// (time, ticket): when a ticket's clock must be looked at.
    Alarm = b'a',
    /// Clue in words: the ticket it leads to.
    Clue = b'c',
    /// Message-ID and content: the ticket, or nothing for mail without one.
    Dedupe = b'd',
    /// (time, contact): when a digest is due.
    DigestDue = b'f',
    /// (contact, letter): a letter folded for its next digest.
    Folded = b'g',
    /// Mailbox: its cursor.
    Cursor = b'k',
    /// Letter: the whole of it, while it waits.
    Waiting = b'l',
    /// Message-ID: the letter of ours that bears it, and its ticket.
    OwnId = b'm',
    /// (time, letter): when to try it next.
    Try = b'n',
    /// Open ticket.
    Open = b'o',
    /// Address: somebody who has written before.
    Sender = b'p',
    /// (time, letter): what left within the last hours, for the loop guard.
    Sent = b's',
    /// Ticket.
    Ticket = b't',
    /// (ticket, number): an entry of its timeline.
    Entry = b'u',
    /// What is known of the whole.
    Meta = b'v',
    /// Cause: settled.
    Settled = b'x',
}

/// Longer names are kept by their hash: a stranger's Message-ID may be as long as a mail.
const NAME_BYTES_MAX: usize = 400;

/// A key of this kind with these bytes.
pub(super) fn key(kind: Kind, bytes: &[u8]) -> Vec<u8> {
    if bytes.len() > NAME_BYTES_MAX {
        let hash = blake3::hash(bytes).to_hex();
        return key(kind, format!("blake3 {hash}").as_bytes());
    }
    let mut key = Vec::with_capacity(bytes.len() + 1);
    key.push(kind as u8);
    key.extend_from_slice(bytes);
    key
}

/// The key of what is known of the whole.
pub(super) fn meta() -> Vec<u8> {
    key(Kind::Meta, b"meta")
}

/// A key of this kind for a ticket.
pub(super) fn ticket(kind: Kind, id: TicketId) -> Vec<u8> {
    key(kind, &id.0.to_be_bytes())
}

/// A key of this kind for a letter.
pub(super) fn letter(kind: Kind, id: LetterId) -> Vec<u8> {
    key(kind, &id.0.to_be_bytes())
}

/// A key for an entry of a ticket's timeline: the number of the record behind it.
pub(super) fn entry(id: TicketId, number: u64) -> Vec<u8> {
    let mut key = ticket(Kind::Entry, id);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// The key before all letters folded for a contact. No address holds a line feed.
pub(super) fn folded_for(to: &str) -> Vec<u8> {
    let mut key = key(Kind::Folded, to.as_bytes());
    key.push(b'\n');
    key
}

/// A key for a letter folded for a contact.
pub(super) fn folded(to: &str, id: LetterId) -> Vec<u8> {
    let mut key = folded_for(to);
    key.extend_from_slice(&id.0.to_be_bytes());
    key
}

/// A key that sorts by time, then by a number.
pub(super) fn timed(kind: Kind, at: Timestamp, number: u64) -> Vec<u8> {
    let mut key = before(kind, at);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// A key that sorts by time, then by a name.
pub(super) fn timed_name(kind: Kind, at: Timestamp, name: &str) -> Vec<u8> {
    let mut key = before(kind, at);
    key.extend_from_slice(name.as_bytes());
    key
}

/// The key before all keys of this kind at that time.
pub(super) fn before(kind: Kind, at: Timestamp) -> Vec<u8> {
    // With its sign bit turned, a number sorts as bytes in the order of time.
    let micros = (at.as_microsecond() as u64) ^ (1 << 63);
    key(kind, &micros.to_be_bytes())
}

/// Time and rest of a key that sorts by time.
pub(super) fn time_and_rest(key: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (time, rest) = key.get(1..)?.split_first_chunk::<8>()?;
    let micros = (u64::from_be_bytes(*time) ^ (1 << 63)) as i64;
    Some((Timestamp::from_microsecond(micros).ok()?, rest))
}

/// The number at the end of a key.
pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    bytes
        .last_chunk::<8>()
        .map(|bytes| u64::from_be_bytes(*bytes))
}

/// A key for a settled cause.
pub(super) fn settled(cause: &Cause) -> Vec<u8> {
    let words = match cause {
        Cause::Mail(place) => format!(
            "mail {} {} {}",
            place.mailbox, place.uid_validity, place.uid
        ),
        Cause::Alarm(ticket, at) => format!("alarm {} {at}", ticket.0),
        Cause::Letter(letter, tries) => format!("letter {} {tries}", letter.0),
        Cause::Digest(to, at) => format!("digest {to} {at}"),
        Cause::Order(id) => format!("order {id}"),
        Cause::Trouble(what, at) => format!("trouble {what} {at}"),
        Cause::Cursor(mailbox, uid_validity) => format!("cursor {mailbox} {uid_validity}"),
    };
    key(Kind::Settled, words.as_bytes())
}
