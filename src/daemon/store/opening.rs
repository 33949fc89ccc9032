//! How the store comes up: whatever happened to the state, the journal brings it back.
//!
//! The state is trusted only if its identity is the one in the file beside it and it ends where the journal says. A
//! state that opened without complaint may still be empty, because sled forgets a truncated file silently.

use std::fmt;
use std::fs::File;
use std::path::PathBuf;

use serde::Serialize;

use super::apply;
use super::archive::Archive;
use super::checkpoint::Checkpoints;
use super::journal::Journal;
use super::segment::{sync_folder, unreadable};
use super::state::{Meta, State, View};
use super::{Folders, Record, Store, StoreError, Writing};

/// Records applied to the state in one write while it is rebuilt.
const RECORDS_PER_WRITE: usize = 500;

/// How often progress is told, in records.
const PROGRESS_EVERY: u64 = 20_000;

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
    let (mut journal, cut_journal) = Journal::open(&folders.journal())?;
    let (archive, cut_archive) = Archive::open(&folders.archive())?;
    let mut opened = Opened {
        torn_bytes: cut_journal + cut_archive,
        ..Opened::default()
    };
    let identity = identity(folders)?;
    let (state, meta) = match usable(folders, &identity, &journal, progress) {
        Ok((state, meta, applied)) => {
            opened.applied = applied;
            (state, meta)
        }
        Err(Unusable::Journal(error)) => return Err(error),
        Err(Unusable::State(why)) => {
            set_aside(folders)?;
            let (state, meta) = from_journal(folders, &identity, &journal, progress)?;
            opened.applied = meta.applied;
            // A store without records has no state to lose: that is a first start.
            opened.rebuilt = (meta.applied > 0).then_some(why);
            (state, meta)
        }
    };
    journal.continue_after(meta.applied);
    state.checkpoint()?;
    sync_folder(&folders.root)?;
    let checkpoints = Checkpoints::start(state.clone())?;
    let writing = std::sync::Mutex::new(Writing {
        journal,
        archive,
        meta,
        behind: false,
    });
    Ok((
        Store {
            folders: folders.clone(),
            state,
            writing,
            checkpoints,
            _lock: lock,
        },
        opened,
    ))
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
    let (journal, _cut) = Journal::open(&folders.journal())?;
    let identity = identity(folders)?;
    let set_aside = set_aside(folders)?;
    let (state, meta) = from_journal(folders, &identity, &journal, progress)?;
    state.checkpoint()?;
    Ok(Rebuilt {
        records: meta.applied,
        set_aside: set_aside.map(|path| path.display().to_string()),
    })
}

/// Only one triaged works on a store.
pub(super) fn lock(folders: &Folders) -> Result<File, StoreError> {
    std::fs::create_dir_all(&folders.root).map_err(|error| unreadable(&folders.root, &error))?;
    let path = folders.root.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| unreadable(&path, &error))?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(
        |_| {
            StoreError::Refused(format!(
                "another triaged works on {}; stop it first",
                folders.root.display()
            ))
        },
    )?;
    Ok(file)
}

/// The name of this store, made at the first start.
fn identity(folders: &Folders) -> Result<String, StoreError> {
    let path = folders.root.join("identity");
    match std::fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(unreadable(&path, &error)),
    }
    let identity = format!("{:032x}", fastrand::u128(..));
    std::fs::write(&path, &identity)
        .and_then(|()| File::open(&path)?.sync_all())
        .map_err(|error| unreadable(&path, &error))?;
    Ok(identity)
}

/// Why the state on disk cannot be taken.
enum Unusable {
    /// The journal itself is the trouble.
    Journal(StoreError),
    /// The state is; it can be made anew.
    State(String),
}

impl From<StoreError> for Unusable {
    fn from(error: StoreError) -> Self {
        Self::State(error.to_string())
    }
}

/// The state on disk, brought up to the journal's end.
fn usable(
    folders: &Folders,
    identity: &str,
    journal: &Journal,
    progress: &mut dyn FnMut(Progress),
) -> Result<(State, Meta, u64), Unusable> {
    if !folders.state().exists() {
        return Err(Unusable::State("it was missing".to_owned()));
    }
    let state = State::open(&folders.state()).map_err(Unusable::State)?;
    let meta = state
        .meta()?
        .ok_or_else(|| Unusable::State("it was empty".to_owned()))?;
    if meta.identity != identity {
        return Err(Unusable::State("it belongs to another store".to_owned()));
    }
    let before = meta.applied;
    let meta = match catch_up(&state, meta, journal, progress) {
        Ok(meta) => meta,
        // A journal that ends before the state does, or holds another record where the state ends, is older than the state.
        Err(StoreError::Gap(why)) => {
            return Err(Unusable::State(format!(
                "it does not fit the journal ({why})"
            )));
        }
        Err(error) => return Err(Unusable::Journal(error)),
    };
    let applied = meta.applied - before;
    Ok((state, meta, applied))
}

/// A fresh state from all of the journal.
pub(super) fn from_journal(
    folders: &Folders,
    identity: &str,
    journal: &Journal,
    progress: &mut dyn FnMut(Progress),
) -> Result<(State, Meta), StoreError> {
    let state = State::open(&folders.state()).map_err(StoreError::Damaged)?;
    let meta = Meta {
        identity: identity.to_owned(),
        next_ticket: 1,
        next_letter: 1,
        ..Meta::default()
    };
    let (writes, meta) = View::new(&state, meta).into_writes()?;
    state.write(writes)?;
    let meta = catch_up(&state, meta, journal, progress)?;
    Ok((state, meta))
}

/// Applies the records after `meta.applied`, a write for each few hundred: memory does not grow with the journal.
fn catch_up(
    state: &State,
    meta: Meta,
    journal: &Journal,
    progress: &mut dyn FnMut(Progress),
) -> Result<Meta, StoreError> {
    let from = meta.next_spot();
    let mut view = View::new(state, meta.clone());
    let mut pending = 0;
    let mut visit = |n: u64,
                     record: &Record,
                     after: (String, u64),
                     view: &mut View|
     -> Result<(), StoreError> {
        apply::apply(n, record, view)?;
        view.meta.next = Some(after);
        pending += 1;
        if n.is_multiple_of(PROGRESS_EVERY) {
            progress(Progress { records: n });
        }
        if pending >= RECORDS_PER_WRITE {
            pending = 0;
            let meta = view.meta.clone();
            let (writes, meta) = std::mem::replace(view, View::new(state, meta)).into_writes()?;
            state.write(writes)?;
            view.meta = meta;
        }
        Ok(())
    };
    journal.replay(from.as_ref(), meta.applied, &mut |n, end, record| {
        visit(n, &record, (end.file.clone(), end.offset), &mut view)
    })?;
    let (writes, meta) = view.into_writes()?;
    state.write(writes)?;
    Ok(meta)
}

/// Moves the state out of the way, where a person can still look at it.
fn set_aside(folders: &Folders) -> Result<Option<PathBuf>, StoreError> {
    let state = folders.state();
    if !state.exists() {
        return Ok(None);
    }
    let aside = (1..)
        .map(|n| folders.root.join(format!("state.damaged-{n}")))
        .find(|path| !path.exists());
    let Some(aside) = aside else { return Ok(None) };
    std::fs::rename(&state, &aside).map_err(|error| unreadable(&state, &error))?;
    Ok(Some(aside))
}
