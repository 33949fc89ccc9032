//! Does everything hold together? Reads every record of journal and archive, makes the state anew beside the old one,
//! and compares.

use std::fmt;

use serde::Serialize;

use super::archive;
use super::journal::{self, Journal};
use super::key::Kind;
use super::opening;
use super::state::State;
use super::{Folders, StoreError};

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
}

impl Verified {
    /// True if everything holds together.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, finding: String) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
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
    let mut verified = Verified::default();
    let read = journal::replay(&folders.journal(), None, 0, &mut |_, _, record| {
        verified.records += 1;
        let Some(mail) = record.mail else {
            return Ok(());
        };
        verified.mails += 1;
        match archive::hash(&folders.archive(), &mail.archived) {
            Ok(hash) if hash == mail.archived.hash => {}
            Ok(_) => verified.find(format!(
                "the archive holds another mail at {} byte {} than the journal says",
                mail.archived.file, mail.archived.offset
            )),
            Err(error) => verified.find(format!("the archive: {error}")),
        }
        Ok(())
    });
    if let Err(error) = read {
        verified.find(format!("the journal: {error}"));
        return Ok(verified);
    }
    compare(folders, &mut verified)?;
    Ok(verified)
}

/// Makes the state anew in a folder of its own and compares it with the one on disk, key by key.
fn compare(folders: &Folders, verified: &mut Verified) -> Result<(), StoreError> {
    let scratch = folders.root.join("verify.scratch");
    let anew = Folders {
        root: scratch.clone(),
    };
    let compared = compare_with(folders, &anew, verified);
    match std::fs::remove_dir_all(&scratch) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(super::segment::unreadable(&scratch, &error))
        }
        Ok(()) | Err(_) => compared,
    }
}

fn compare_with(
    folders: &Folders,
    anew: &Folders,
    verified: &mut Verified,
) -> Result<(), StoreError> {
    let state = match State::open(&folders.state()) {
        Ok(state) => state,
        Err(why) => {
            verified.find(format!("the state cannot be opened: {why}"));
            return Ok(());
        }
    };
    let Some(meta) = state.meta()? else {
        verified.find("the state is empty; `triaged store rebuild` makes it anew".to_owned());
        return Ok(());
    };
    let (journal, _cut) = Journal::open(&folders.journal())?;
    let (expected, expected_meta) =
        opening::from_journal(anew, &meta.identity, &journal, &mut |_| {})?;
    if meta.applied != expected_meta.applied {
        // The next start applies what is missing; only a state that is ahead is wrong.
        let finding = format!(
            "the state has applied {} records, the journal holds {}",
            meta.applied, expected_meta.applied
        );
        verified.find(finding);
        return Ok(());
    }
    if meta.counts != expected_meta.counts {
        verified.find(format!(
            "the state counts {:?}, the journal {:?}",
            meta.counts, expected_meta.counts
        ));
    }
    for kind in KINDS {
        differences(kind, &state, &expected, verified)?;
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
    loop {
        match (have.next().transpose()?, want.next().transpose()?) {
            (None, None) => return Ok(()),
            (have, want) if have == want => verified.keys += 1,
            (have, want) => {
                let shown = |entry: Option<(Vec<u8>, Vec<u8>)>| {
                    entry.map_or_else(
                        || "nothing".to_owned(),
                        |(key, _)| String::from_utf8_lossy(&key).into_owned(),
                    )
                };
                verified.find(format!("the state differs from the journal in {kind:?}: {:?} instead of {:?}; `triaged store rebuild` makes it anew", shown(have), shown(want)));
                return Ok(());
            }
        }
    }
}
