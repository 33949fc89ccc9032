//! Does everything hold together? Reads every record of journal and archive, makes the state anew beside the old one,
//! and compares.
//!
//! Nothing of the store is changed, not even what the next start would mend: sled is shown a copy of its files.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::apply::Entry;
use super::archive;
use super::journal;
use super::key::{self, Kind};
use super::opening::{self, Applying};
use super::segment::{self, unreadable};
use super::state::{self, State};
use super::view::Meta;
use super::{Folders, MailRecord, StoreError};
use crate::triage::ticket::Ticket;

/// Findings shown; more of the same say nothing new.
const FINDINGS_MAX: usize = 100;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Records of the journal that were read.
    pub records: u64,
    /// Mails of the archive whose hash was compared.
    pub mails: u64,
    /// Keys of the state that were compared.
    pub keys: u64,
    /// What does not hold together, a sentence each.
    pub findings: Vec<String>,
    /// What the next start sees to, a sentence each.
    pub notes: Vec<String>,
}

impl Verified {
    /// True if everything holds together.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    fn torn(&mut self, log: &str, bytes: u64) {
        if bytes > 0 {
            self.notes.push(format!(
                "The {log} ends in {bytes} bytes that were torn when the machine stopped; the next start cuts them off."
            ));
        }
    }

    fn find(&mut self, finding: String) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.findings.iter().chain(&self.notes) {
            writeln!(f, "{line}")?;
        }
        let verdict = if self.is_whole() {
            "Everything holds together"
        } else {
            "NOT whole"
        };
        write!(
            f,
            "{verdict}: {} records, {} mails, {} keys of the state.",
            self.records, self.mails, self.keys
        )
    }
}

/// Checks a store whose daemon is stopped. Changes nothing.
///
/// # Errors
/// The daemon runs, or a folder cannot be read at all.
pub fn verify(folders: &Folders) -> Result<Verified, StoreError> {
    let _lock = opening::lock(folders)?;
    let scratch = Scratch::make(folders)?;
    let mut verified = Verified::default();
    let old = old_state(folders, &scratch, &mut verified)?;
    let identity = opening::known_identity(folders)?.unwrap_or_default();
    let (expected, meta) = opening::fresh(&scratch.0.join("expected"), &identity)?;
    // A state that is behind is compared as far as it goes.
    let until = old.as_ref().map_or(0, |(_, meta)| meta.applied);
    let mut applying = Applying::new(&expected, meta);
    let read = journal::replay(&folders.journal(), None, 0, &mut |n, lies, record| {
        verified.records = n;
        if let Some(mail) = &record.mail {
            check_mail(folders, mail, &mut verified);
        }
        if n <= until {
            applying.take(n, lies, &record)?;
        }
        Ok(())
    });
    match read {
        Ok(torn) => verified.torn("journal", torn),
        Err(error) => {
            verified.find(format!("the journal: {error}"));
            return Ok(verified);
        }
    }
    match segment::scan(&folders.archive(), None, &mut |_, _| Ok(())) {
        Ok(torn) => verified.torn("archive", torn),
        Err(error) => verified.find(format!("the archive: {error}")),
    }
    let expected_meta = applying.finish()?;
    alarms(&expected, expected_meta.latest, &mut verified)?;
    if let Some((state, meta)) = old {
        compare((&state, &meta), (&expected, &expected_meta), &mut verified)?;
    }
    Ok(verified)
}

fn check_mail(folders: &Folders, mail: &MailRecord, verified: &mut Verified) {
    verified.mails += 1;
    match archive::hash(&folders.archive(), &mail.archived) {
        Ok(hash) if hash == mail.archived.hash => {}
        Ok(_) => verified.find(format!(
            "the archive holds another mail at {} byte {} than the journal says",
            mail.archived.file, mail.archived.offset
        )),
        Err(error) => verified.find(format!("the archive: {error}")),
    }
}

/// Each ticket that is to be looked at stands in the index of alarms at that very instant, and nothing else stands
/// there. One that has rung stands there no more.
fn alarms(
    state: &State,
    latest: Option<Timestamp>,
    verified: &mut Verified,
) -> Result<(), StoreError> {
    let mut index = std::collections::BTreeSet::new();
    for row in state.all(Kind::Alarm) {
        index.insert(row?.0);
    }
    for row in state.all(Kind::Ticket) {
        let ticket: Ticket = state.parsed(&row?.1)?;
        let Some(at) = ticket.next_alarm() else {
            continue;
        };
        if index.remove(&key::timed(Kind::Alarm, at, ticket.id.0)) {
            continue;
        }
        let number = &ticket.number;
        if latest.is_some_and(|latest| at <= latest) {
            let note = format!("The alarm of {number} at {at} has rung, and nothing came of it.");
            verified.notes.push(note);
        } else {
            verified.find(format!(
                "{number} is to be looked at at {at}, but no alarm is set for that"
            ));
        }
    }
    if !index.is_empty() {
        verified.find(format!("{} alarms are set for no ticket", index.len()));
    }
    Ok(())
}

/// A copy of the state as it lies on disk; `None` where it is so wrong that there is nothing to compare.
fn old_state(
    folders: &Folders,
    scratch: &Scratch,
    verified: &mut Verified,
) -> Result<Option<(State, Meta)>, StoreError> {
    const ANEW: &str = "the next start makes it anew";
    if let Some(why) = state::doubted(&folders.state()) {
        verified.find(format!("the state is not to be trusted ({why}); {ANEW}"));
        return Ok(None);
    }
    if !folders.state().exists() {
        if opening::known_identity(folders)?.is_some() {
            verified.find(format!("the state is missing; {ANEW}"));
        } else {
            // A backup leaves out the state and its name on purpose.
            let note = "There is no state, as in a backup; the first start makes it.";
            verified.notes.push(note.to_owned());
        }
        return Ok(None);
    }
    let copy = scratch.0.join("state");
    copy_files(&folders.state(), &copy).map_err(|error| unreadable(&folders.state(), &error))?;
    let opened = State::open(&copy).and_then(|state| {
        let meta = state.meta().map_err(|error| error.to_string())?;
        Ok((state, meta))
    });
    match opened {
        Ok((state, Some(meta))) => Ok(Some((state, meta))),
        Ok((_, None)) => {
            verified.find(format!("the state is empty; {ANEW}"));
            Ok(None)
        }
        Err(why) => {
            verified.find(format!("the state cannot be opened: {why}; {ANEW}"));
            Ok(None)
        }
    }
}

/// A folder for what is made only to be compared; it goes with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn make(folders: &Folders) -> Result<Self, StoreError> {
        let scratch = Self(folders.root.join("verify.scratch"));
        // An earlier run may have been killed.
        drop(Self(scratch.0.clone()));
        std::fs::create_dir_all(&scratch.0)
            .map_err(|error| segment::refused(&scratch.0, &error))?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind is removed by the next run.
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn compare(
    (state, meta): (&State, &Meta),
    (expected, expected_meta): (&State, &Meta),
    verified: &mut Verified,
) -> Result<(), StoreError> {
    if meta.applied > verified.records {
        verified.find(format!(
            "the state has applied {} records, but the journal holds {}: the journal is older",
            meta.applied, verified.records
        ));
        return Ok(());
    }
    if meta.applied < verified.records {
        verified.notes.push(format!(
            "The state has applied {} of {} records; the next start applies the others.",
            meta.applied, verified.records
        ));
    }
    if meta != expected_meta {
        verified.find(format!(
            "the state knows {meta:?}, by the journal it is {expected_meta:?}"
        ));
    }
    for kind in KINDS {
        if let Err(error) = differences(kind, state, expected, verified) {
            verified.find(format!("the state cannot be read: {error}"));
            return Ok(());
        }
    }
    Ok(())
}

/// Every kind of key that follows from the journal alone; the rows of sent letters are forgotten in time.
const KINDS: [Kind; 14] = [
    Kind::Alarm,
    Kind::Clue,
    Kind::Dedupe,
    Kind::DigestDue,
    Kind::Folded,
    Kind::Cursor,
    Kind::Waiting,
    Kind::OwnId,
    Kind::Try,
    Kind::Open,
    Kind::Sender,
    Kind::Ticket,
    Kind::Entry,
    Kind::Settled,
];

fn differences(
    kind: Kind,
    state: &State,
    expected: &State,
    verified: &mut Verified,
) -> Result<(), StoreError> {
    let (mut have, mut want) = (state.all(kind), expected.all(kind));
    let mut reworded = 0_u64;
    loop {
        match (have.next().transpose()?, want.next().transpose()?) {
            (None, None) => break,
            (have, want) if have == want => verified.keys += 1,
            (Some(have), Some(want)) if kind == Kind::Entry && same_event(state, &have, &want)? => {
                verified.keys += 1;
                reworded += 1;
            }
            (have, want) => {
                verified.find(format!(
                    "the state has {} where the journal gives {}; `triaged store rebuild` makes it anew",
                    shown(kind, have),
                    shown(kind, want)
                ));
                return Ok(());
            }
        }
    }
    if reworded > 0 {
        verified.notes.push(format!(
            "{reworded} lines of timelines are worded as another version of triaged words them; they say the same."
        ));
    }
    Ok(())
}

/// True for one event told in two ways: sentences are made when a record is applied, and versions word them differently.
fn same_event(state: &State, have: &Row, want: &Row) -> Result<bool, StoreError> {
    let (a, b): (Entry, Entry) = (state.parsed(&have.1)?, state.parsed(&want.1)?);
    Ok(have.0 == want.0 && a.at == b.at && a.mail == b.mail)
}

type Row = (Vec<u8>, Vec<u8>);

fn shown(kind: Kind, row: Option<Row>) -> String {
    row.map_or_else(
        || format!("no further {kind:?}"),
        |(key, value)| format!("{kind:?} {} ({} bytes)", key.escape_ascii(), value.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::state::{VALUE_VERSION, Writes};
    use super::*;
    use crate::triage::ticket::TicketId;

    /// A state with one timeline entry.
    fn told(folder: &Path, what: &str, at: i64) -> State {
        let state = State::open(folder).unwrap();
        let entry = Entry {
            at: jiff::Timestamp::from_second(at).unwrap(),
            what: what.to_owned(),
            because: Vec::new(),
            letters: Vec::new(),
            mail: None,
            changes: Vec::new(),
            wrote: None,
        };
        let mut value = vec![VALUE_VERSION];
        value.extend(serde_json::to_vec(&entry).unwrap());
        let writes = Writes::from([(key::entry(TicketId(1), 1), Some(value))]);
        state.write(writes).unwrap();
        state
    }

    #[test]
    fn an_event_in_the_words_of_another_version_is_the_same_event() {
        let folder = tempfile::tempdir().unwrap();
        let check = |number: usize, (what, at): (&str, i64), (findings, notes): (usize, usize)| {
            let old = told(&folder.path().join(format!("old-{number}")), what, at);
            let new = told(&folder.path().join(format!("new-{number}")), "released", 7);
            let mut verified = Verified::default();
            differences(Kind::Entry, &old, &new, &mut verified).unwrap();
            let counts = (verified.findings.len(), verified.notes.len());
            assert_eq!(counts, (findings, notes), "{verified}");
        };
        check(0, ("released", 7), (0, 0));
        check(1, ("was released by a person", 7), (0, 1));
        check(2, ("released", 8), (1, 0));
    }
}
