//! What anybody may ask the store, while the desk writes.

use jiff::Timestamp;

use super::apply::{Entry, number_key};
use super::archive::{self, Archived};
use super::key::{self, Kind};
use super::letters::Slip;
use super::segment::Spot;
use super::{
    Cause, Counts, Cursor, Filter, MailRecord, SentRow, Store, StoreError, Waiting, journal,
};
use crate::triage::letter::{Letter, LetterId};
use crate::triage::ticket::{Ticket, TicketId};

impl Store {
    /// How far a mailbox has been read.
    ///
    /// # Errors
    /// The state cannot be read; so for all that follow.
    pub fn cursor(&self, mailbox: &str) -> Result<Option<Cursor>, StoreError> {
        self.state.json(&key::key(Kind::Cursor, mailbox.as_bytes()))
    }

    /// True if this cause has been decided.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn is_settled(&self, cause: &Cause) -> Result<bool, StoreError> {
        Ok(self.state.get(&key::settled(cause))?.is_some())
    }

    /// One ticket.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, StoreError> {
        self.state.json(&key::ticket(Kind::Ticket, id))
    }

    /// The ticket that people call so, in any case of letters.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn ticket_by_number(&self, number: &str) -> Result<Option<Ticket>, StoreError> {
        let id = self
            .state
            .get(&number_key(number.trim()))?
            .as_deref()
            .and_then(key::number);
        id.map_or(Ok(None), |id| self.ticket(TicketId(id)))
    }

    /// Tickets, newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn tickets(&self, filter: &Filter) -> Result<Vec<Ticket>, StoreError> {
        let kind = if filter.open_only {
            Kind::Open
        } else {
            Kind::Ticket
        };
        let mut tickets = Vec::new();
        for entry in self.state.all(kind).rev() {
            if tickets.len() >= filter.limit {
                break;
            }
            let Some(ticket) =
                key::number(&entry?.0).map_or(Ok(None), |id| self.ticket(TicketId(id)))?
            else {
                continue;
            };
            let wanted = filter
                .partner
                .as_ref()
                .is_none_or(|partner| ticket.partner.as_ref() == Some(partner))
                && filter.level.is_none_or(|level| ticket.level == level);
            if wanted {
                tickets.push(ticket);
            }
        }
        Ok(tickets)
    }

    /// What is left on the disk of the store.
    ///
    /// # Errors
    /// The folder cannot be looked at.
    pub fn free_bytes(&self) -> Result<u64, StoreError> {
        self.folders.free_bytes()
    }

    /// What happened to a ticket, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn timeline(&self, id: TicketId) -> Result<Vec<Entry>, StoreError> {
        let end = key::entry(id, u64::MAX);
        self.state
            .range(Kind::Entry, key::entry(id, 0), Some(end))
            .map(|entry| self.state.parsed(&entry?.1))
            .collect()
    }

    /// The mails of a ticket, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn mails_of(&self, id: TicketId) -> Result<Vec<MailRecord>, StoreError> {
        Ok(self
            .timeline(id)?
            .into_iter()
            .filter_map(|entry| entry.mail)
            .collect())
    }

    /// The newest mails and letters of a ticket as they were sent, at most so many, each cut after so many bytes.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn said_on(
        &self,
        ticket: TicketId,
        (most, bytes_max): (usize, u64),
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut said = Vec::new();
        for entry in self.timeline(ticket)?.into_iter().rev() {
            if let Some((file, offset)) = entry.wrote {
                let record = journal::read(&self.folders.journal(), &Spot { file, offset })?;
                let letters = record.decision.letters.into_iter();
                for letter in letters.filter(|letter| letter.ticket == Some(ticket)) {
                    let length = usize::try_from(bytes_max).unwrap_or(usize::MAX);
                    said.push(letter.mime.bytes().take(length).collect());
                }
            }
            if let Some(mail) = entry.mail {
                said.push(self.raw(&mail.archived, bytes_max)?);
            }
            if said.len() >= most {
                break;
            }
        }
        said.truncate(most);
        Ok(said)
    }

    /// At most `bytes_max` of a raw mail.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn raw(&self, archived: &Archived, bytes_max: u64) -> Result<Vec<u8>, StoreError> {
        archive::read(&self.folders.archive(), archived, bytes_max)
    }

    /// Letters that wait, oldest first, to be listed: without their texts, `mime` is empty.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn waiting(&self, limit: usize) -> Result<Vec<Waiting>, StoreError> {
        self.state
            .all(Kind::Waiting)
            .take(limit)
            .map(|entry| {
                let slip: Slip = self.state.parsed(&entry?.1)?;
                Ok(slip.waiting)
            })
            .collect()
    }

    /// When the oldest letter was written that waits to be sent, neither held nor folded.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn oldest_unsent(&self) -> Result<Option<Timestamp>, StoreError> {
        for entry in self.state.all(Kind::Waiting) {
            let Slip { waiting, .. } = self.state.parsed(&entry?.1)?;
            if waiting.next_try.is_some() {
                return Ok(Some(waiting.letter.written_at));
            }
        }
        Ok(None)
    }

    /// A letter that waits.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn letter(&self, id: LetterId) -> Result<Option<Waiting>, StoreError> {
        let slip = self.state.json(&key::letter(Kind::Waiting, id))?;
        slip.map(|slip| self.texts.whole(slip)).transpose()
    }

    /// Letters to be tried now, the longest due first, but not those that are on their way: of the first
    /// `most`, those that `takes` wants. It sees them without their texts.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn letters_due(
        &self,
        (now, most): (Timestamp, usize),
        is_on_its_way: impl Fn(LetterId) -> bool,
        mut takes: impl FnMut(&Letter) -> bool,
    ) -> Result<Vec<Waiting>, StoreError> {
        let end = key::timed(Kind::Try, now, u64::MAX);
        let mut due = Vec::new();
        let mut looked_at = 0;
        for entry in self
            .state
            .range(Kind::Try, vec![Kind::Try as u8], Some(end))
        {
            let id = key::number(&entry?.0).map(LetterId);
            let Some(id) = id.filter(|id| !is_on_its_way(*id)) else {
                continue;
            };
            looked_at += 1;
            if looked_at > most {
                break;
            }
            let slip: Option<Slip> = self.state.json(&key::letter(Kind::Waiting, id))?;
            if let Some(slip) = slip.filter(|slip| takes(&slip.waiting.letter)) {
                due.push(self.texts.whole(slip)?);
            }
        }
        Ok(due)
    }

    /// When the next letter is to be tried.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn next_letter_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let letter = self.first_time(Kind::Try)?;
        let digest = self.first_time(Kind::DigestDue)?;
        Ok(letter.into_iter().chain(digest).min())
    }

    /// Contacts whose digest is due.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn digests_due(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let entries = self.state.range(
            Kind::DigestDue,
            vec![Kind::DigestDue as u8],
            Some(key::timed(Kind::DigestDue, now, u64::MAX)),
        );
        entries
            .map(|entry| {
                Ok(
                    key::time_and_rest(&entry?.0).map_or_else(String::new, |(_, to)| {
                        String::from_utf8_lossy(to).into_owned()
                    }),
                )
            })
            .collect()
    }

    /// Alarms that are due, at most so many.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn alarms_due(
        &self,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<(Timestamp, TicketId)>, StoreError> {
        let entries = self.state.range(
            Kind::Alarm,
            vec![Kind::Alarm as u8],
            Some(key::timed(Kind::Alarm, now, u64::MAX)),
        );
        let due = entries.take(most).map(|entry| {
            Ok(key::time_and_rest(&entry?.0)
                .and_then(|(at, id)| Some((at, TicketId(key::number(id)?)))))
        });
        due.filter_map(Result::transpose).collect()
    }

    /// When the next alarm is due.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn next_alarm(&self) -> Result<Option<Timestamp>, StoreError> {
        let ticket = self.first_time(Kind::Alarm)?;
        let incident = self.first_time(Kind::IncidentAlarm)?;
        Ok(ticket.into_iter().chain(incident).min())
    }

    /// Letters that left since, for the loop guard.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn sent_since(&self, since: Timestamp) -> Result<Vec<SentRow>, StoreError> {
        self.state
            .range(Kind::Sent, key::before(Kind::Sent, since), None)
            .map(|entry| self.state.parsed(&entry?.1))
            .collect()
    }

    /// The instant of the latest decision: no time before it is told any more.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        self.writing().meta.latest
    }

    /// What clients have said since about how it was, 1 to 5 each.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn ratings_since(&self, since: Timestamp) -> Result<Vec<u8>, StoreError> {
        let from = key::before(Kind::Rated, since);
        let stars = self.state.range(Kind::Rated, from, None);
        stars
            .map(|row| Ok(row?.1.first().copied().unwrap_or_default()))
            .collect()
    }

    /// Hands over each ticket to which something happened since, with its whole timeline, in the order of their
    /// numbers. Of the others no more than the last entry is read.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn each_story_since(
        &self,
        since: Timestamp,
        mut takes: impl FnMut(&Ticket, Vec<Entry>),
    ) -> Result<(), StoreError> {
        for row in self.state.all(Kind::Ticket) {
            let ticket: Ticket = self.state.parsed(&row?.1)?;
            let end = Some(key::entry(ticket.id, u64::MAX));
            let mut entries = self.state.range(Kind::Entry, key::entry(ticket.id, 0), end);
            let newest = match entries.next_back() {
                Some(row) => Some(self.state.parsed::<Entry>(&row?.1)?),
                None => None,
            };
            if newest.is_some_and(|newest| newest.at >= since) {
                takes(&ticket, self.timeline(ticket.id)?);
            }
        }
        Ok(())
    }

    /// How many of what.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.writing().meta.counts
    }

    fn first_time(&self, kind: Kind) -> Result<Option<Timestamp>, StoreError> {
        match self.state.all(kind).next() {
            Some(entry) => Ok(key::time_and_rest(&entry?.0).map(|(at, _)| at)),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Folders;
    use super::super::state::{VALUE_VERSION, Writes};
    use super::*;

    /// Alarms that wait; more tickets than any desk has.
    const WAITING: u64 = 100_000;

    /// Reads of others, such as those of a checkpoint, that may fall into a round.
    const OTHERS: u64 = 6;

    #[test]
    fn alarms_that_wait_cost_nothing_while_nothing_is_due() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&Folders::new(folder.path()), &mut |_| {}).unwrap();
        let at = |second: u64| Timestamp::from_second(second.try_into().unwrap()).unwrap();
        let alarm = |n: u64| {
            (
                key::timed(Kind::Alarm, at(1_000 + n), n),
                Some(vec![VALUE_VERSION]),
            )
        };
        store
            .state
            .write((1..=WAITING).map(alarm).collect::<Writes>())
            .unwrap();
        let reads = |round: &dyn Fn()| {
            let before = store.state.reads();
            round();
            store.state.reads() - before
        };
        let idle = reads(&|| {
            assert_eq!(store.alarms_due(at(1_000), 64).unwrap(), []);
            assert_eq!(store.next_alarm().unwrap(), Some(at(1_001)));
        });
        assert!(idle <= 2 + OTHERS, "{idle} reads where nothing is due");
        let busy = reads(&|| {
            let due = store.alarms_due(at(1_003), 64).unwrap();
            let expected: Vec<_> = (1..=3).map(|n| (at(1_000 + n), TicketId(n))).collect();
            assert_eq!(due, expected, "in the order of time");
        });
        assert!(busy <= 4 + OTHERS, "{busy} reads for three alarms");
        let full = reads(&|| assert_eq!(store.alarms_due(at(999_999), 64).unwrap().len(), 64));
        assert!(
            full <= 65 + OTHERS,
            "{full} reads for a round of sixty-four"
        );
    }
}
