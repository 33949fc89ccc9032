//! A selected folder: what lies in it, the bytes of its mails, and how they are marked.
//!
//! The first piece of every mail is asked for with a limit, whatever size the server claims. Most mails are complete
//! with it, so nobody needs to ask for sizes first, and no claim can make us reserve memory.

use std::collections::BTreeMap;

use imap_proto::{MailboxDatum, Response, ResponseCode, StatusAttribute};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::VisitError;
use super::login::{Capabilities, quoted};
use super::names;
use super::piece::{PIECE_BYTES, Piece, body_of, date_of, uid_of};
use super::session::Session;

/// The keyword that a mail bears once its decision is on disk.
pub(crate) const KEYWORD: &str = "$Triaged";

/// Longer mails follow in parts of this size, so that no answer of the server is larger.
pub(crate) const PART_BYTES: u32 = 1024 * 1024;

/// What SELECT tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selected {
    /// Under which its UIDs are unique.
    pub(crate) uid_validity: u32,
    /// The UID that the next mail will have, or a smaller one; `None` if the server does not say.
    pub(crate) uid_next: Option<u32>,
    /// How many mails it holds.
    pub(crate) exists: u32,
    /// Mails can bear our keyword.
    pub(crate) takes_keyword: bool,
    /// Nothing may be changed in it.
    pub(crate) read_only: bool,
}

/// How mails leave the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// MOVE (RFC 6851).
    Move,
    /// Copied, flagged, and these alone expunged (RFC 4315).
    CopyAndExpunge,
    /// Copied and flagged: a server without both extensions could only expunge what others have flagged as well.
    CopyAndFlag,
}

impl Leave {
    /// The best way the server has.
    pub(crate) fn best(capabilities: &Capabilities) -> Self {
        if capabilities.has("MOVE") {
            Self::Move
        } else if capabilities.has("UIDPLUS") {
            Self::CopyAndExpunge
        } else {
            Self::CopyAndFlag
        }
    }
}

impl Session {
    /// Opens a folder, for looking alone (`EXAMINE`) or for work (`SELECT`).
    ///
    /// # Errors
    /// [`VisitError::Unfit`] if there is no such folder, or the server gives no UIDVALIDITY.
    pub(crate) async fn select(
        &mut self,
        verb: &str,
        folder: &str,
    ) -> Result<Selected, VisitError> {
        let mut selected = Selected::default();
        let opened = self
            .command(&format!("{verb} {}", name(folder)?), |response| {
                note_selected(&mut selected, response);
            })
            .await;
        match opened {
            Ok(()) => {}
            Err(VisitError::Refused { words, .. }) => {
                return Err(VisitError::Unfit(format!(
                    "the folder {folder} cannot be opened: {words}"
                )));
            }
            Err(error) => return Err(error),
        }
        if selected.uid_validity == 0 {
            return Err(VisitError::Unfit(format!(
                "the server gives no UIDVALIDITY for {folder}: without it, mails cannot be told apart for sure"
            )));
        }
        selected.exists = self.exists();
        Ok(selected)
    }

    /// The UIDs in `from:to`, ascending. `to` may be `*`, for which servers name the last mail even if it lies before
    /// `from` (RFC 3501, 6.4.8); it is left out here.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn uids(&mut self, from: u32, to: &str) -> Result<Vec<u32>, VisitError> {
        let mut uids = Vec::new();
        self.command(&format!("UID FETCH {from}:{to} (UID)"), |response| {
            if let Response::Fetch(_, attributes) = response {
                uids.extend(uid_of(attributes).filter(|uid| *uid >= from));
            }
        })
        .await?;
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// The UIDs from `from` on, ascending, with their INTERNALDATE where it can be read.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn dates(
        &mut self,
        from: u32,
    ) -> Result<Vec<(u32, Option<Timestamp>)>, VisitError> {
        let mut dates = BTreeMap::new();
        let line = format!("UID FETCH {from}:* (UID INTERNALDATE)");
        self.command(&line, |response| {
            if let Response::Fetch(_, attributes) = response
                && let Some(uid) = uid_of(attributes)
                && uid >= from
            {
                dates.insert(uid, date_of(attributes));
            }
        })
        .await?;
        Ok(dates.into_iter().collect())
    }

    /// The UIDs that fulfil a condition, ascending.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn search(&mut self, condition: &str) -> Result<Vec<u32>, VisitError> {
        let mut uids = Vec::new();
        let mut answered = false;
        self.command(&format!("UID SEARCH {condition}"), |response| {
            if let Response::MailboxData(MailboxDatum::Search(found)) = response {
                answered = true;
                uids.extend_from_slice(found);
            }
        })
        .await?;
        if !answered {
            // Nothing found is said as well (RFC 3501, 7.2.5). Silence must not look like an empty folder.
            return Err(VisitError::Unreadable(
                "the server says OK to UID SEARCH, but not what it found".to_owned(),
            ));
        }
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// The beginnings of the mails in `from:to`, ascending. A mail that has gone meanwhile is missing.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn pieces(&mut self, from: u32, to: &str) -> Result<Vec<Piece>, VisitError> {
        let mut pieces = BTreeMap::new();
        let items = format!("(UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{PIECE_BYTES}>)");
        self.command(&format!("UID FETCH {from}:{to} {items}"), |response| {
            if let Response::Fetch(_, attributes) = response
                && let Some(piece) = Piece::of(attributes)
                && piece.uid >= from
            {
                pieces.insert(piece.uid, piece);
            }
        })
        .await?;
        Ok(pieces.into_values().collect())
    }

    /// The header of a mail alone, for one whose body the server does not give.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn header(&mut self, uid: u32) -> Result<Option<Piece>, VisitError> {
        let mut found = None;
        let items = format!("(UID INTERNALDATE BODY.PEEK[HEADER]<0.{PIECE_BYTES}>)");
        self.command(&format!("UID FETCH {uid} {items}"), |response| {
            if let Response::Fetch(_, attributes) = response {
                found = Piece::of(attributes).or_else(|| found.take());
            }
        })
        .await?;
        Ok(found)
    }

    /// The next bytes of a mail from `offset` on, at most [`PART_BYTES`]; none at its end or when it has gone.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn part(&mut self, uid: u32, offset: u64) -> Result<Vec<u8>, VisitError> {
        let mut part = None;
        let line = format!("UID FETCH {uid} (UID BODY.PEEK[]<{offset}.{PART_BYTES}>)");
        self.command(&line, |response| {
            if let Response::Fetch(_, attributes) = response
                && uid_of(attributes) == Some(uid)
                && let Some((origin, bytes)) = body_of(attributes)
            {
                part = Some((origin, bytes.to_vec()));
            }
        })
        .await?;
        match part {
            None => Ok(Vec::new()),
            Some((Some(origin), bytes)) if u64::from(origin) == offset => Ok(bytes),
            Some(_) => Err(VisitError::Unreadable(format!(
                "the server was asked for UID {uid} from byte {offset} on, and gives another part"
            ))),
        }
    }

    /// How many mails another folder holds.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn count(&mut self, folder: &str) -> Result<u32, VisitError> {
        let mut count = 0;
        let line = format!("STATUS {} (MESSAGES)", name(folder)?);
        self.command(&line, |response| {
            if let Response::MailboxData(MailboxDatum::Status { status, .. }) = response {
                for attribute in status {
                    if let StatusAttribute::Messages(messages) = attribute {
                        count = *messages;
                    }
                }
            }
        })
        .await?;
        Ok(count)
    }

    /// Sets our keyword on every mail in `from..=to`.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn mark(&mut self, from: u32, to: u32) -> Result<(), VisitError> {
        self.command(
            &format!("UID STORE {from}:{to} +FLAGS.SILENT ({KEYWORD})"),
            |_| (),
        )
        .await
    }

    /// Moves every mail in `from..=to` to another folder, which is made if there is none.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn put_away(
        &mut self,
        (from, to): (u32, u32),
        folder: &str,
        how: Leave,
    ) -> Result<(), VisitError> {
        let set = format!("{from}:{to}");
        let verb = match how {
            Leave::Move => "UID MOVE",
            Leave::CopyAndExpunge | Leave::CopyAndFlag => "UID COPY",
        };
        let line = format!("{verb} {set} {}", name(folder)?);
        if let Err(VisitError::Refused { command, words }) = self.command(&line, |_| ()).await {
            // Most probably there is no such folder. If it is something else, the second try says so.
            match self
                .command(&format!("CREATE {}", name(folder)?), |_| ())
                .await
            {
                Ok(()) => self.command(&line, |_| ()).await?,
                Err(VisitError::Refused { .. }) => {
                    return Err(VisitError::Refused { command, words });
                }
                Err(error) => return Err(error),
            }
        }
        if how == Leave::Move {
            return Ok(());
        }
        let flag = format!("UID STORE {set} +FLAGS.SILENT ({KEYWORD} \\Deleted)");
        self.command(&flag, |_| ()).await?;
        if how == Leave::CopyAndExpunge {
            self.command(&format!("UID EXPUNGE {set}"), |_| ()).await?;
        }
        Ok(())
    }

    /// The UIDs of mails that the server took over at or after `since`, and perhaps of a few before: SEARCH knows days
    /// only, and in a zone that it does not tell.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn uids_since(&mut self, since: Timestamp) -> Result<Vec<u32>, VisitError> {
        let day_before = since
            .checked_sub(24.hours())
            .unwrap_or(since)
            .to_zoned(TimeZone::UTC);
        self.search(&format!("SINCE {}", day_before.strftime("%-d-%b-%Y")))
            .await
    }
}

fn note_selected(selected: &mut Selected, response: &Response<'_>) {
    let (Response::Data { outcome, .. } | Response::Done { outcome, .. }) = response else {
        return;
    };
    let Some(code) = &outcome.code else {
        return;
    };
    if let ResponseCode::UidValidity(value) = code {
        selected.uid_validity = *value;
    }
    if let ResponseCode::UidNext(value) = code {
        selected.uid_next = Some(*value);
    }
    if let ResponseCode::ReadOnly = code {
        selected.read_only = true;
    }
    if let ResponseCode::PermanentFlags(flags) = code {
        selected.takes_keyword = flags
            .iter()
            .any(|flag| flag == "\\*" || flag.eq_ignore_ascii_case(KEYWORD));
    }
}

fn name(folder: &str) -> Result<String, VisitError> {
    quoted(&names::encoded(folder)).ok_or_else(|| {
        VisitError::Unfit(format!(
            "a folder cannot be called {folder:?}: control characters"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_way_out_is_taken() {
        for (names, way) in [
            (vec!["MOVE", "UIDPLUS"], Leave::Move),
            (vec!["UIDPLUS"], Leave::CopyAndExpunge),
            (vec![], Leave::CopyAndFlag),
        ] {
            let capabilities = names.into_iter().map(str::to_owned).collect();
            assert_eq!(Leave::best(&capabilities), way);
        }
    }
}
