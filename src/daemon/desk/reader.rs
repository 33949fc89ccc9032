//! Reading at the desk's door: bytes become a mail, a report and a compressed copy, off the clerk's thread.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Arrived, DeskError, Raw};
use crate::daemon::store::{Place, RawMail, Store};
use crate::triage::incident::Signature;
use crate::triage::mail::{self, File, Mail};
use crate::triage::report::Report;
use crate::triage::rules::Rules;
use crate::triage::ticket::TicketId;

/// A mail read, ready for a decision.
#[derive(Debug)]
pub(super) struct ReadMail {
    /// Where it lies on the server.
    pub(super) place: Place,
    /// When the mail server took it over.
    pub(super) received_at: Timestamp,
    /// As read.
    pub(super) mail: Mail,
    /// As understood.
    pub(super) report: Report,
    /// What the trouble it tells of is recognised by.
    pub(super) signature: Signature,
    /// What the archive keeps.
    pub(super) raw: RawMail,
    /// Message-ID and content, the same on every road.
    pub(super) dedupe: String,
}

/// So much of a thread is compared with a reply: the newest mails and letters, and the beginning of each.
const COMPARED: (usize, u64) = (6, 256 * 1024);

impl ReadMail {
    /// Takes what was said on the ticket before for quotation, marked or not, and understands the rest anew. Where the
    /// thread cannot be read the mail stays as it was read by itself.
    pub(super) fn apart_from_its_thread(&mut self, store: &Store, ticket: TicketId, rules: &Rules) {
        if !self.mail.kind.is_from_a_person() {
            return;
        }
        let earlier: Vec<String> = match store.said_on(ticket, COMPARED) {
            Ok(said) => said.iter().map(|raw| Mail::read(raw).text).collect(),
            Err(error) => {
                tracing::warn!(ticket = ticket.0, %error, "A reply is read without its thread, which cannot be read.");
                return;
            }
        };
        if self.mail.mark_repeated(&earlier) {
            self.report = Report::of(&self.mail, &rules.lexicon);
            self.signature = Signature::of(&self.mail, &self.report, &rules.ticket_prefixes());
        }
    }

    /// The files of a person's mail with their bytes. Where they cannot be unpacked the mail goes without them, and who
    /// should have them is told their names.
    pub(super) fn files(&self) -> Vec<File> {
        if self.mail.attachments.is_empty() || !self.mail.kind.is_from_a_person() {
            return Vec::new();
        }
        match self.raw.bytes() {
            Ok(raw) => mail::read::files(&raw),
            Err(error) => {
                tracing::warn!(%error, "The files of a mail cannot be passed on.");
                Vec::new()
            }
        }
    }
}

/// Reads a batch. Each mail is read for itself: what one of them does to the reader costs the others nothing.
///
/// # Errors
/// There is no memory for compressing: none of them is taken now.
pub(super) fn read_all(
    mails: Vec<Arrived>,
    rules: &Arc<Rules>,
) -> Result<Vec<ReadMail>, DeskError> {
    mails
        .into_iter()
        .map(|arrived| read(arrived, rules))
        .collect()
}

fn read(arrived: Arrived, rules: &Rules) -> Result<ReadMail, DeskError> {
    let (mail, raw) = match arrived.raw {
        Raw::Whole(bytes) => {
            let raw = RawMail::compress(&bytes)
                .map_err(|error| DeskError::TryLater(error.to_string()))?;
            (Mail::read(&bytes), raw)
        }
        Raw::Large {
            archived,
            beginning,
        } => {
            let whole_bytes = archived.bytes;
            (
                Mail::read_beginning(&beginning, whole_bytes),
                RawMail::Archived(archived),
            )
        }
    };
    let report = Report::of(&mail, &rules.lexicon);
    let dedupe = dedupe_key(&mail, raw.hash());
    Ok(ReadMail {
        place: arrived.place,
        received_at: arrived.received_at,
        signature: Signature::of(&mail, &report, &rules.ticket_prefixes()),
        mail,
        report,
        raw,
        dedupe,
    })
}

/// A mail that bears a Message-ID is the same mail if the id and the content are; without one, only the same bytes are.
fn dedupe_key(mail: &Mail, raw_hash: &str) -> String {
    match &mail.message_id {
        Some(id) => {
            let mut hasher = blake3::Hasher::new();
            hasher
                .update(id.as_bytes())
                .update(&[0])
                .update(&mail.content_hash);
            hasher.finalize().to_hex().to_string()
        }
        None => format!("raw-{raw_hash}"),
    }
}
