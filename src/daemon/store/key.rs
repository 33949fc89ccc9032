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
    /// (client, time, number): a promise to it that was broken.
    Breached = b'b',
    /// Clue in words: the ticket it leads to.
    Clue = b'c',
    /// Message-ID and content: the ticket, or nothing for mail without one.
    Dedupe = b'd',
    /// (time, contact): when a digest is due.
    DigestDue = b'f',
    /// (contact, letter): a letter folded for its next digest.
    Folded = b'g',
    /// (shared thing, time, ticket): a ticket of the last 48 hours that has it; the value tells its client.
    Near = b'h',
    /// Incident: the whole of it.
    Incident = b'i',
    /// (time, incident): when an incident must be looked at.
    IncidentAlarm = b'j',
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
    /// Ticket: what it is recognised by, for 48 hours.
    Sighting = b'q',
    /// (time, ticket): when it was recognised, for clearing away.
    SightedAt = b'r',
    /// (time, ticket): how its client said it was, one byte from 1 to 5.
    Rated = b'R',
    /// (time, letter): what left within the last hours, for the loop guard.
    Sent = b's',
    /// Ticket.
    Ticket = b't',
    /// (ticket, number): an entry of its timeline.
    Entry = b'u',
    /// What is known of the whole.
    Meta = b'v',
    /// Incident: until when further reports may have to do with it.
    IncidentNear = b'w',
    /// Cause: settled.
    Settled = b'x',
    /// (topic, hour): how many reports.
    CountHour = b'y',
    /// (topic, week): how many reports.
    CountWeek = b'z',
    /// (client, time, ticket): a ticket of High urgency or above.
    Pressing = b'A',
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

/// A key of this kind for something that bears a number.
pub(super) fn numbered(kind: Kind, number: u64) -> Vec<u8> {
    key(kind, &number.to_be_bytes())
}

/// The key before all tickets that have this in common. No such name holds a zero byte.
pub(super) fn near_for(name: &str) -> Vec<u8> {
    named(Kind::Near, name)
}

/// A key for a ticket that has this in common with others.
pub(super) fn near(name: &str, at: Timestamp, ticket: TicketId) -> Vec<u8> {
    let mut key = near_for(name);
    key.extend_from_slice(&micros(at).to_be_bytes());
    key.extend_from_slice(&ticket.0.to_be_bytes());
    key
}

/// The key before all that gathered for a client.
pub(super) fn of_client_for(kind: Kind, who: &str) -> Vec<u8> {
    named(kind, who)
}

/// A key for something that gathered for a client.
pub(super) fn of_client(kind: Kind, who: &str, at: Timestamp, number: u64) -> Vec<u8> {
    let mut key = of_client_for(kind, who);
    key.extend_from_slice(&micros(at).to_be_bytes());
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// The key before all counts of a topic.
pub(super) fn counted_for(kind: Kind, topic: &str) -> Vec<u8> {
    named(kind, topic)
}

/// A key for the count of a topic in an hour or a week; both are positive since 1970.
pub(super) fn counted(kind: Kind, topic: &str, place: i64) -> Vec<u8> {
    let mut key = counted_for(kind, topic);
    key.extend_from_slice(&place.max(0).to_be_bytes());
    key
}

/// The hour or week of such a key.
pub(super) fn counted_place(key: &[u8]) -> Option<i64> {
    number(key).and_then(|place| i64::try_from(place).ok())
}

fn named(kind: Kind, name: &str) -> Vec<u8> {
    let mut key = key(kind, name.replace('\0', " ").as_bytes());
    key.push(0);
    key
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
    key(kind, &micros(at).to_be_bytes())
}

/// With its sign bit turned, a number sorts as bytes in the order of time.
fn micros(at: Timestamp) -> u64 {
    (at.as_microsecond() as u64) ^ (1 << 63)
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
        Cause::Incident(incident, ticket, version) => {
            format!("incident {incident} {} {version}", ticket.0)
        }
        Cause::IncidentAlarm(incident, at) => format!("incident {incident} at {at}"),
        Cause::Trouble(what, at) => format!("trouble {what} {at}"),
        Cause::Cursor(mailbox, uid_validity) => format!("cursor {mailbox} {uid_validity}"),
    };
    key(Kind::Settled, words.as_bytes())
}
