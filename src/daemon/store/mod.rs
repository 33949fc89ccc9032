//! Never loses: the journal makes a decision durable, sled holds the state that follows from it, the archive keeps
//! every mail as it came.
//!
//! [`Store::commit`] appends all records of a batch to the journal with one sync, and only then applies them to
//! sled. Whatever happens to sled, [`Store::open`] brings it back from the journal.

mod apply;
mod archive;
mod batch;
mod checkpoint;
mod frame;
mod incidents;
mod journal;
mod key;
mod letters;
mod opening;
mod reading;
mod record;
mod segment;
mod state;
mod tally;
mod verify;
mod view;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use self::archive::Archive;
use self::journal::Journal;
use self::letters::Texts;
use self::state::State;
use self::view::{Meta, View};

pub use self::apply::Entry;
pub use self::archive::{Archived, LargeMail, RawMail};
pub use self::batch::Batch;
pub use self::opening::{Opened, Progress, Rebuilt, rebuild};
pub use self::record::{
    Cause, Cursor, Filter, MailRecord, OwnLetter, Place, Record, SentRow, Waiting,
};
pub use self::verify::{Verified, verify};
pub use self::view::Counts;

/// Where the store lies.
#[derive(Clone, Debug)]
pub struct Folders {
    root: PathBuf,
}

impl Folders {
    /// The folders below `root`.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// The journal's.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// The archive's.
    #[must_use]
    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    /// The state's.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// What is left on their disk for an ordinary user.
    fn free_bytes(&self) -> Result<u64, StoreError> {
        let room = rustix::fs::statvfs(&self.root)
            .map_err(|error| StoreError::Unreadable(error.to_string()))?;
        Ok(room.f_bavail.saturating_mul(room.f_frsize))
    }

    /// There is room for a batch and for what follows from it.
    fn room(&self) -> Result<(), StoreError> {
        let free = self.free_bytes()?;
        if free < ROOM_BYTES_MIN {
            return Err(StoreError::Full(format!(
                "{} has {free} bytes left, {ROOM_BYTES_MIN} are needed",
                self.root.display()
            )));
        }
        Ok(())
    }
}

/// Why the store did not do something, sorted by what to do next. Nothing of it has happened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no room. Again, when there is.
    #[error("the disk is full: {0}")]
    Full(String),
    /// This cannot be written, or not now. Again, a little later.
    #[error("{0}")]
    Refused(String),
    /// A file cannot be read. Again, a little later.
    #[error("{0}")]
    Unreadable(String),
    /// The ticket has moved on since the decision was made. Decide again.
    #[error("ticket {ticket} has moved on from version {expected} to {found}")]
    Conflict {
        /// Which ticket.
        ticket: u64,
        /// The version that was decided on.
        expected: u64,
        /// Its version now.
        found: u64,
    },
    /// Records do not follow one another where they must. Only a person, or a new state, mends it.
    #[error("{0}")]
    Gap(String),
    /// The state is not to be trusted. The next start makes it anew from the journal.
    #[error("the state: {0}; the next start makes it anew from the journal")]
    State(String),
    /// Something does not hold together. Only a new start, which reads everything anew, mends it.
    #[error("{0}")]
    Damaged(String),
}

impl StoreError {
    /// True if the same call may succeed later; false if only a new start mends it.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Full(_) | Self::Refused(_) | Self::Unreadable(_) | Self::Conflict { .. } => true,
            Self::Gap(_) | Self::State(_) | Self::Damaged(_) => false,
        }
    }
}

/// Below this much free room nothing more is taken: sled and the checkpoint need some, and fail for good without.
const ROOM_BYTES_MIN: u64 = 8 * 1024 * 1024;

/// The store, open. One desk writes; anybody may read.
#[derive(Debug)]
pub struct Store {
    folders: Folders,
    state: State,
    texts: Texts,
    writing: Mutex<Writing>,
    checkpoints: checkpoint::Checkpoints,
    _lock: std::fs::File,
}

/// What only the writer touches.
#[derive(Debug)]
struct Writing {
    journal: Journal,
    archive: Archive,
    meta: Meta,
    /// Why nothing more is taken: what lies on disk is not known any more.
    stopped: Option<String>,
}

impl Writing {
    fn write(&mut self, batch: Batch, state: &State) -> Result<(), StoreError> {
        let mut view = batch.view;
        self.archive.append(&batch.frames)?;
        let next = self.journal.append(&batch.lines)?; // The moment of durability.
        view.meta.applied = self.journal.last();
        view.meta.next = Some((next.file, next.offset));
        let (writes, meta) = view.into_writes()?;
        state.write(writes)?;
        self.meta = meta;
        Ok(())
    }
}

impl Store {
    /// Opens the store, making it if need be. A state that is missing, damaged, empty, behind or another's is set aside
    /// and rebuilt from the journal; `progress` hears how far that is.
    ///
    /// # Errors
    /// Another triaged has it open, the disk refuses, or a record that was promised is damaged.
    pub fn open(
        folders: &Folders,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Self, Opened), StoreError> {
        opening::open(folders, progress)
    }

    /// Begins a batch. Only the desk does, and one at a time.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn batch(&self) -> Result<Batch, StoreError> {
        let mut writing = self.writing();
        let archive = writing.archive.next()?;
        let journal = writing.journal.next()?;
        let view = View::new(&self.state, writing.meta.clone());
        Ok(Batch::new(view, self.texts.clone(), archive, journal))
    }

    /// Makes a batch durable with one sync of the archive and one of the journal, then applies it to the state. On an
    /// error nothing of it has happened, unless it is [`StoreError::Damaged`] or [`StoreError::State`]: then only a new
    /// start knows, and until then nothing more is taken.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn commit(&self, mut batch: Batch) -> Result<(), StoreError> {
        if let Some(why) = batch.spoiled {
            return Err(StoreError::Refused(why));
        }
        if batch.lines.is_empty() {
            return Ok(());
        }
        self.folders.room()?;
        let mut writing = self.writing();
        if let Some(why) = &writing.stopped {
            return Err(StoreError::Damaged(why.clone()));
        }
        if batch.begun_after != writing.meta.applied {
            return Err(StoreError::Refused(
                "another batch was committed since this one was begun".to_owned(),
            ));
        }
        let texts = batch.texts.clone();
        let letters = batch.letters();
        let written = writing.write(batch, &self.state);
        if written.is_ok() {
            texts.keep(letters);
        }
        if let Err(error) = &written {
            writing.stopped = (!error.passes()).then(|| error.to_string());
        }
        drop(writing);
        self.checkpoints.wanted();
        written
    }

    /// Begins to stream a large mail into the archive.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn large_mail(&self) -> Result<LargeMail, StoreError> {
        self.folders.room()?;
        LargeMail::begin(&self.folders.archive())
            .map_err(|error| StoreError::Refused(format!("the archive: {error}")))
    }

    /// Syncs the state, so that the next start is quick.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn close(&self) -> Result<(), StoreError> {
        self.checkpoints.stop();
        self.state.checkpoint()
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        // A writer that died in the middle has not changed `meta`, so what stands here is what is on disk.
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
