//! Decisions on their way to the disk. Each sees what those before it in the same batch have done.

use std::sync::Arc;

use super::apply;
use super::archive::{Archived, RawMail};
use super::frame::Frames;
use super::journal::Lines;
use super::key::{self, Kind};
use super::letters::{Letters, Slip, Texts};
use super::segment::Spot;
use super::view::View;
use super::{Cause, Cursor, OwnLetter, Record, StoreError, Waiting};
use crate::triage::letter::{Letter, LetterId};
use crate::triage::mail::thread::Clue;
use crate::triage::ticket::{Ticket, TicketId};

/// Letters that one digest takes up: more of them nobody reads, and all of them must fit into memory.
const DIGEST_LETTERS_MAX: usize = 200;

/// Merges that are followed from one ticket to the next. No order makes a ring of them; a longer chain ends here.
const MERGES_MAX: usize = 16;

/// A batch of decisions.
#[derive(Debug)]
pub struct Batch {
    pub(super) view: View,
    /// Its records, ready for the journal.
    pub(super) lines: Lines,
    /// Its mails, ready for the archive.
    pub(super) frames: Frames,
    pub(super) texts: Texts,
    /// The last record before it.
    pub(super) begun_after: u64,
    /// Why it must not be committed: a decision was applied in part.
    pub(super) spoiled: Option<String>,
    archive_spot: Spot,
    archive_synced: u64,
}

impl Batch {
    /// `archive` and `journal`: where their next frame will lie, and what is synced of that file by then.
    pub(super) fn new(
        view: View,
        texts: Texts,
        archive: (Spot, u64),
        journal: (Spot, u64),
    ) -> Self {
        let (archive_spot, archive_synced) = archive;
        Self {
            begun_after: view.meta.applied,
            spoiled: None,
            view,
            lines: Lines::new(journal),
            frames: Frames::default(),
            texts,
            archive_spot,
            archive_synced,
        }
    }

    /// What it does to letters.
    pub(super) fn letters(&mut self) -> Letters {
        std::mem::take(&mut self.view.letters)
    }

    /// True if this cause has been decided before.
    ///
    /// # Errors
    /// The state cannot be read; so for all that follow.
    pub fn is_settled(&self, cause: &Cause) -> Result<bool, StoreError> {
        self.view.has(&key::settled(cause))
    }

    /// One ticket.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, StoreError> {
        self.view.json(&key::ticket(Kind::Ticket, id))
    }

    /// The ticket that people call so, in any case of letters.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn ticket_by_number(&self, number: &str) -> Result<Option<Ticket>, StoreError> {
        let id = self.view.get(&apply::number_key(number.trim()))?;
        let id = id.as_deref().and_then(key::number);
        id.map_or(Ok(None), |id| self.ticket(TicketId(id)))
    }

    /// The ticket that the first clue which leads anywhere leads to; of a merged one, that in which it goes on.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn find(&self, clues: &[Clue]) -> Result<Option<(Ticket, Clue)>, StoreError> {
        for clue in clues {
            let id = match (clue, apply::clue_key(clue)) {
                (Clue::Token { ticket, .. } | Clue::Personal { ticket, .. }, _) => {
                    Some(TicketId(*ticket))
                }
                (Clue::MessageId(_) | Clue::Number(_), Some(key)) => self
                    .view
                    .get(&key)?
                    .as_deref()
                    .and_then(key::number)
                    .map(TicketId),
                (Clue::MessageId(_) | Clue::Number(_), None) => None,
            };
            let Some(id) = id else { continue };
            if let Some(ticket) = self.ticket(id)? {
                return Ok(Some((self.now_in(ticket)?, clue.clone())));
            }
        }
        Ok(None)
    }

    /// The ticket in which this one goes on, or itself.
    fn now_in(&self, mut ticket: Ticket) -> Result<Ticket, StoreError> {
        for _ in 0..MERGES_MAX {
            let Some(into) = ticket.life.merged_into else {
                break;
            };
            let Some(next) = self.ticket(into)? else {
                break;
            };
            ticket = next;
        }
        Ok(ticket)
    }

    /// If the same mail has been decided before: the ticket it belongs to, if any.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn seen(&self, dedupe: &str) -> Result<Option<Option<TicketId>>, StoreError> {
        let value = self.view.get(&key::key(Kind::Dedupe, dedupe.as_bytes()))?;
        Ok(value.map(|value| key::number(&value).map(TicketId)))
    }

    /// True if somebody has written from this address before.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn known_sender(&self, address: &str) -> Result<bool, StoreError> {
        self.view.has(&key::key(Kind::Sender, address.as_bytes()))
    }

    /// The letter of ours that bears the first of these Message-IDs that is one of ours.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn letter_of(&self, message_ids: &[String]) -> Result<Option<OwnLetter>, StoreError> {
        for id in message_ids {
            let own = self.view.json(&key::key(Kind::OwnId, id.as_bytes()))?;
            if own.is_some() {
                return Ok(own);
            }
        }
        Ok(None)
    }

    /// A letter that waits.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn waiting(&self, id: LetterId) -> Result<Option<Waiting>, StoreError> {
        let slip: Option<Slip> = self.view.json(&key::letter(Kind::Waiting, id))?;
        let begun = self.view.letters.begun.iter();
        let text = begun.rev().find(|(begun, _)| *begun == id);
        match (slip, text) {
            (Some(slip), Some((_, text))) => {
                let mut waiting = slip.waiting;
                waiting.letter.mime = Arc::clone(text);
                Ok(Some(waiting))
            }
            (Some(slip), None) => self.texts.whole(slip).map(Some),
            (None, _) => Ok(None),
        }
    }

    /// The letters folded for a contact's digest, oldest first, as many as one digest takes. Should more be folded, the
    /// next digest is due at once.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn folded(&self, to: &str) -> Result<Vec<Letter>, StoreError> {
        let keys = self
            .view
            .keys(Kind::Folded, &key::folded_for(to), DIGEST_LETTERS_MAX)?;
        keys.iter()
            .filter_map(|key| {
                self.waiting(LetterId(key::number(key)?))
                    .map(|waiting| waiting.map(|waiting| waiting.letter))
                    .transpose()
            })
            .collect()
    }

    /// How far a mailbox has been read.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn cursor(&self, mailbox: &str) -> Result<Option<Cursor>, StoreError> {
        self.view.json(&key::key(Kind::Cursor, mailbox.as_bytes()))
    }

    /// The id that the next ticket gets.
    #[must_use]
    pub fn next_ticket(&self) -> TicketId {
        TicketId(self.view.meta.next_ticket)
    }

    /// The id that the next letter gets.
    #[must_use]
    pub fn next_letter(&self) -> LetterId {
        LetterId(self.view.meta.next_letter)
    }

    /// Puts a raw mail beside the batch; it lies there when the batch is committed.
    ///
    /// # Errors
    /// The mail is too long for a frame.
    pub fn keep_raw(&mut self, raw: RawMail) -> Result<Archived, StoreError> {
        match raw {
            RawMail::Archived(archived) => Ok(archived),
            RawMail::Compressed { frame, bytes, hash } => {
                let before = self.frames.push(&frame, self.archive_synced)?;
                Ok(Archived {
                    file: self.archive_spot.file.clone(),
                    offset: self.archive_spot.offset + before,
                    bytes,
                    hash,
                })
            }
        }
    }

    /// Adds a decision.
    ///
    /// # Errors
    /// The ticket has moved on since: the batch is as before. Or the state cannot be read: the batch cannot be committed
    /// any more.
    pub fn push(&mut self, record: &Record) -> Result<(), StoreError> {
        if let (None, Some(id), Some(expected)) =
            (record.decision.opens(), record.ticket, record.on_version)
        {
            let found = self.ticket(id)?.map_or(0, |ticket| ticket.version);
            if found != expected {
                return Err(StoreError::Conflict {
                    ticket: id.0,
                    expected,
                    found,
                });
            }
        }
        let n = self.view.meta.applied + 1;
        let spot = self.lines.push(n, record)?;
        apply::apply((n, &spot), record, &mut self.view).inspect_err(|error| {
            self.spoiled = Some(error.to_string());
        })
    }
}
