//! How the store comes up: whatever happened to the state, the journal brings it back.
//!
//! The state is trusted only if its identity is the one in the file beside it and it ends where the journal says. A
//! state that opened without complaint may still be empty, because sled forgets a truncated file silently.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::FlockOperation;
use serde::Serialize;

use super::apply;
use super::archive::Archive;
use super::checkpoint::Checkpoints;
use super::journal::Journal;
use super::letters::Texts;
use super::segment::{self, Lies, sync_folder, unreadable};
use super::state::{self, State};
use super::view::{Meta, View};
use super::{Folders, Record, Store, StoreError, Writing};

/// Records applied to the state in one write while it is rebuilt.
const RECORDS_PER_WRITE: usize = 500;

/// How often progress is told, in records.
const PROGRESS_EVERY: u64 = 20_000;

/// How often the lock is tried, and how far apart: a second in all.
const LOCK_TRIES_MAX: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// The file that names the store.
const IDENTITY: &str = "identity";

/// How far a rebuilding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Records applied so far.
    pub records: u64,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records of the journal applied", self.records)
    }
}

/// What opening found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// Why the state was set aside and rebuilt, if it was.
    pub rebuilt: Option<String>,
    /// Bytes of records that were torn when the machine stopped, cut off from journal and archive: never promised.
    pub torn_bytes: u64,
    /// Records of the journal applied now.
    pub applied: u64,
}

/// What rebuilding did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Records of the journal applied.
    pub records: u64,
    /// Where the old state lies now, if there was one.
    pub set_aside: Option<String>,
}

impl fmt::Display for Rebuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The state is rebuilt from {} records of the journal.",
            self.records
        )?;
        match &self.set_aside {
            Some(path) => write!(
                f,
                " The old one lies in {path}; remove it when you are satisfied."
            ),
            None => Ok(()),
        }
    }
}

pub(super) fn open(
    folders: &Folders,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Store, Opened), StoreError> {
    let lock = lock(folders)?;
    // Without room sled fails in ways that look like damage.
    folders.room()?;
    let identity = identity(folders)?;
    let (mut journal, cut_journal) = Journal::open(&folders.journal())?;
    let (mut archive, cut_archive) = Archive::open(&folders.archive())?;
    let mut opened = Opened {
        torn_bytes: cut_journal + cut_archive,
        ..Opened::default()
    };
    let (state, meta) = match usable(folders, &identity, &journal, progress) {
        Ok((state, meta, applied)) => {
            opened.applied = applied;
            (state, meta)
        }
        Err(Unusable::Store(error)) => return Err(error),
        Err(unusable @ (Unusable::Empty(_) | Unusable::Wrong(_))) => {
            set_aside(folders)?;
            let (state, meta) = from_journal(&folders.state(), &identity, &journal, progress)?;
            opened.applied = meta.applied;
            opened.rebuilt = unusable.worth_telling(meta.applied);
            (state, meta)
        }
    };
    journal.continue_after(meta.applied);
    if archive.begin_after(meta.archived.as_ref())? {
        tracing::warn!(
            "The archive is older than the journal: the raw text of the newest mails is missing. `triaged store verify` names them."
        );
    }
    state.checkpoint()?;
    sync_folder(&folders.root)?;
    let checkpoints = Checkpoints::start(state.clone())?;
    let writing = std::sync::Mutex::new(Writing {
        journal,
        archive,
        meta,
        stopped: None,
    });
    let store = Store {
        folders: folders.clone(),
        texts: Texts::new(&folders.journal()),
        state,
        writing,
        checkpoints,
        _lock: lock,
    };
    Ok((store, opened))
}

/// Sets the state aside and makes it anew; for a daemon that is stopped.
///
/// # Errors
/// The daemon runs, the disk refuses, or a record of the journal is damaged.
pub fn rebuild(
    folders: &Folders,
    progress: &mut dyn FnMut(Progress),
) -> Result<Rebuilt, StoreError> {
    let _lock = lock(folders)?;
    folders.room()?;
    let identity = identity(folders)?;
    let (journal, _cut) = Journal::open(&folders.journal())?;
    let set_aside = set_aside(folders)?;
    let (state, meta) = from_journal(&folders.state(), &identity, &journal, progress)?;
    state.checkpoint()?;
    Ok(Rebuilt {
        records: meta.applied,
        set_aside: set_aside.map(|path| path.display().to_string()),
    })
}

/// Only one triaged works on a store. One that has just ended is waited for: its lock outlives it where a child that it
/// was starting still holds the file.
pub(super) fn lock(folders: &Folders) -> Result<File, StoreError> {
    std::fs::create_dir_all(&folders.root).map_err(|error| unreadable(&folders.root, &error))?;
    let path = folders.root.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| unreadable(&path, &error))?;
    for _ in 0..LOCK_TRIES_MAX {
        if rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return Ok(file);
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    Err(StoreError::Refused(format!(
        "another triaged works on {}; stop it first",
        folders.root.display()
    )))
}

/// The name of this store, made at the first start. A store that has a name has a journal, too.
fn identity(folders: &Folders) -> Result<String, StoreError> {
    if let Some(identity) = known_identity(folders)? {
        if segment::has_any(&folders.journal())? {
            return Ok(identity);
        }
        return Err(StoreError::Damaged(format!(
            "the journal {} is missing: it alone knows what was decided. Restore it from the backup, or move {} away to \
             begin anew",
            folders.journal().display(),
            folders.root.display()
        )));
    }
    // The journal is made first: what was interrupted between the two is finished by the next start.
    let (_journal, _cut) = Journal::open(&folders.journal())?;
    let identity = format!("{:032x}", fastrand::u128(..));
    let path = folders.root.join(IDENTITY);
    let young = folders.root.join("identity.new");
    std::fs::write(&young, &identity)
        .and_then(|()| File::open(&young)?.sync_all())
        .and_then(|()| std::fs::rename(&young, &path))
        .map_err(|error| segment::refused(&path, &error))?;
    sync_folder(&folders.root)?;
    Ok(identity)
}

/// The name of this store, if it has one yet.
pub(super) fn known_identity(folders: &Folders) -> Result<Option<String>, StoreError> {
    let path = folders.root.join(IDENTITY);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&path, &error)),
    }
}

/// Why the state on disk cannot be taken.
enum Unusable {
    /// It is not the state: journal or disk are the trouble.
    Store(StoreError),
    /// There is none.
    Empty(String),
    /// There is one, and it can be made anew.
    Wrong(String),
}

impl Unusable {
    /// Why the state was made anew, unless there was nothing to lose: a store without records has its first start.
    fn worth_telling(self, records: u64) -> Option<String> {
        match self {
            Self::Store(_) => None,
            Self::Empty(why) => (records > 0).then_some(why),
            Self::Wrong(why) => Some(why),
        }
    }
}

impl From<StoreError> for Unusable {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::State(why) => Self::Wrong(why),
            // A journal that ends before the state does, or holds another record where the state ends, is older.
            StoreError::Gap(why) => Self::Wrong(format!("it does not fit the journal ({why})")),
            StoreError::Full(_)
            | StoreError::Refused(_)
            | StoreError::Unreadable(_)
            | StoreError::Conflict { .. }
            | StoreError::Damaged(_) => Self::Store(error),
        }
    }
}

/// The state on disk, brought up to the journal's end.
fn usable(
    folders: &Folders,
    identity: &str,
    journal: &Journal,
    progress: &mut dyn FnMut(Progress),
) -> Result<(State, Meta, u64), Unusable> {
    if let Some(why) = state::doubted(&folders.state()) {
        return Err(Unusable::Wrong(why));
    }
    if !folders.state().exists() {
        return Err(Unusable::Empty("it was missing".to_owned()));
    }
    let state = State::open(&folders.state()).map_err(Unusable::Wrong)?;
    let meta = state
        .meta()?
        .ok_or_else(|| Unusable::Empty("it was empty".to_owned()))?;
    if meta.identity != identity {
        return Err(Unusable::Wrong("it belongs to another store".to_owned()));
    }
    let before = meta.applied;
    let meta = catch_up(&state, meta, journal, progress)?;
    let applied = meta.applied - before;
    Ok((state, meta, applied))
}

/// A fresh state from all of the journal.
fn from_journal(
    folder: &Path,
    identity: &str,
    journal: &Journal,
    progress: &mut dyn FnMut(Progress),
) -> Result<(State, Meta), StoreError> {
    let (state, meta) = fresh(folder, identity)?;
    let meta = catch_up(&state, meta, journal, progress)?;
    Ok((state, meta))
}

/// A state of which nothing is known but whose it is.
pub(super) fn fresh(folder: &Path, identity: &str) -> Result<(State, Meta), StoreError> {
    let state = State::open(folder).map_err(StoreError::State)?;
    let meta = Meta {
        identity: identity.to_owned(),
        next_ticket: 1,
        next_letter: 1,
        ..Meta::default()
    };
    let (writes, meta) = View::new(&state, meta).into_writes()?;
    state.write(writes)?;
    Ok((state, meta))
}

/// Applies the records after `meta.applied`.
fn catch_up(
    state: &State,
    meta: Meta,
    journal: &Journal,
    progress: &mut dyn FnMut(Progress),
) -> Result<Meta, StoreError> {
    let (from, after) = (meta.next_spot(), meta.applied);
    let mut applying = Applying::new(state, meta);
    journal.replay(from.as_ref(), after, &mut |n, lies, record| {
        if n.is_multiple_of(PROGRESS_EVERY) {
            progress(Progress { records: n });
        }
        applying.take(n, lies, &record)
    })?;
    applying.finish()
}

/// Applies records to a state, a write for each few hundred: memory does not grow with the journal.
pub(super) struct Applying {
    state: State,
    view: View,
    pending: usize,
}

impl Applying {
    pub(super) fn new(state: &State, meta: Meta) -> Self {
        Self {
            state: state.clone(),
            view: View::new(state, meta),
            pending: 0,
        }
    }

    pub(super) fn take(&mut self, n: u64, lies: &Lies, record: &Record) -> Result<(), StoreError> {
        apply::apply((n, &lies.spot), record, &mut self.view)?;
        self.view.meta.next = Some((lies.spot.file.clone(), lies.end));
        self.pending += 1;
        if self.pending >= RECORDS_PER_WRITE {
            let fresh = View::new(&self.state, self.view.meta.clone());
            let (writes, _meta) = std::mem::replace(&mut self.view, fresh).into_writes()?;
            self.state.write(writes)?;
            self.pending = 0;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Meta, StoreError> {
        let (writes, meta) = self.view.into_writes()?;
        self.state.write(writes)?;
        Ok(meta)
    }
}

/// Moves the state out of the way, where a person can still look at it.
fn set_aside(folders: &Folders) -> Result<Option<PathBuf>, StoreError> {
    let state = folders.state();
    if !state.exists() {
        state::trust_again(&state)?;
        return Ok(None);
    }
    let aside = (1..)
        .map(|n| folders.root.join(format!("state.damaged-{n}")))
        .find(|path| !path.exists());
    let Some(aside) = aside else { return Ok(None) };
    std::fs::rename(&state, &aside).map_err(|error| unreadable(&state, &error))?;
    state::trust_again(&state)?;
    Ok(Some(aside))
}
