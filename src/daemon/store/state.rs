//! The state that follows from the journal: one sled tree, read by many, written one batch at a time.
//!
//! A [`View`] sees the state as it will be when its batch is committed. Applying a record needs nothing but the
//! view, so living on and rebuilding are the same code.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::key::{self, Kind};
use super::segment::{self, Spot};

/// sled keeps this much of the state in memory.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// sled collects its garbage at this pace; durability does not hang on it.
const FLUSH_EVERY_MS: u64 = 500;

/// The version of values as they are written today.
const VALUE_VERSION: u8 = 1;

/// Keys to write, each with its value, or none to remove it.
pub(super) type Writes = HashMap<Vec<u8>, Option<Vec<u8>>>;

/// What is known of the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Meta {
    /// The same as in the file beside the state: a state that lacks it is another's, or was emptied.
    pub(super) identity: String,
    /// The last record of the journal that is applied.
    pub(super) applied: u64,
    /// Where the record after it will lie: file and offset.
    pub(super) next: Option<(String, u64)>,
    /// The id of the next ticket.
    pub(super) next_ticket: u64,
    /// The id of the next letter.
    pub(super) next_letter: u64,
    /// How many.
    pub(super) counts: Counts,
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Tickets that are open.
    pub open: u64,
    /// Open tickets with a broken promise.
    pub overdue: u64,
    /// Tickets ever opened.
    pub tickets: u64,
    /// Letters that wait, held ones included.
    pub waiting: u64,
    /// Letters held for a person.
    pub held: u64,
}

impl Meta {
    /// Where the record after the last applied one will lie.
    pub(super) fn next_spot(&self) -> Option<Spot> {
        self.next
            .clone()
            .map(|(file, offset)| Spot { file, offset })
    }
}

/// The open state.
#[derive(Clone, Debug)]
pub(super) struct State {
    tree: sled::Tree,
    db: sled::Db,
    folder: PathBuf,
}

impl State {
    /// Opens or makes the state. sled panics on some kinds of damage, so that is an answer as well.
    pub(super) fn open(folder: &Path) -> Result<Self, String> {
        remove_unfinished_snapshots(folder).map_err(|error| error.to_string())?;
        let path = folder.to_owned();
        let opening = std::thread::Builder::new()
            .name("open state".to_owned())
            .spawn(move || {
                let db = sled::Config::new()
                    .path(&path)
                    .cache_capacity(CACHE_BYTES)
                    .flush_every_ms(Some(FLUSH_EVERY_MS))
                    .open()?;
                let tree = db.open_tree("triaged")?;
                Ok::<_, sled::Error>((db, tree))
            });
        // The thread's panic comes back as an error of its handle.
        match opening.map_err(|error| error.to_string())?.join() {
            Ok(Ok((db, tree))) => Ok(Self {
                tree,
                db,
                folder: folder.to_owned(),
            }),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_panic) => Err("its files are damaged".to_owned()),
        }
    }

    /// What is known of the whole; `None` for a state that is new or empty.
    pub(super) fn meta(&self) -> Result<Option<Meta>, StoreError> {
        self.json(&meta_key())
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.tree.get(key).map_err(damaged)?;
        value.map(|value| unwrapped(&value)).transpose()
    }

    pub(super) fn json<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.get(key)?.map(|value| decoded(&value)).transpose()
    }

    /// Keys and values with this prefix from `from` on, ascending.
    pub(super) fn range(
        &self,
        kind: Kind,
        from: Vec<u8>,
        to: Option<Vec<u8>>,
    ) -> impl DoubleEndedIterator<Item = Result<(Vec<u8>, Vec<u8>), StoreError>> {
        let end = to.unwrap_or_else(|| vec![kind as u8 + 1]);
        self.tree.range(from..end).map(|entry| {
            let (key, value) = entry.map_err(damaged)?;
            Ok((key.to_vec(), unwrapped(&value)?))
        })
    }

    /// Every key and value of one kind.
    pub(super) fn all(
        &self,
        kind: Kind,
    ) -> impl DoubleEndedIterator<Item = Result<(Vec<u8>, Vec<u8>), StoreError>> {
        self.range(kind, vec![kind as u8], None)
    }

    /// Writes a batch, whole or not at all.
    pub(super) fn write(&self, writes: Writes) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        for (key, value) in writes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.tree.apply_batch(batch).map_err(damaged)
    }

    /// Makes everything so far survive a power cut; the journal does not need it, it only shortens the next start.
    pub(super) fn checkpoint(&self) -> Result<(), StoreError> {
        self.db.flush().map_err(damaged)?;
        let data = self.folder.join("db");
        // sled writes, but never syncs its file.
        File::open(&data)
            .and_then(|file| file.sync_data())
            .map_err(|error| segment::unreadable(&data, &error))
    }
}

/// A snapshot that sled was writing when it died keeps it from opening; without it, its log is read.
fn remove_unfinished_snapshots(folder: &Path) -> std::io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for path in std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.extension().is_some_and(|kind| kind == "generating") {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

pub(super) fn meta_key() -> Vec<u8> {
    key::key(Kind::Meta, b"meta")
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn damaged(error: sled::Error) -> StoreError {
    StoreError::Damaged(format!(
        "the state: {error}; it is rebuilt from the journal at the next start"
    ))
}

/// A value begins with the version of its layout. One small step a version will stand here.
fn unwrapped(value: &[u8]) -> Result<Vec<u8>, StoreError> {
    match value.split_first() {
        Some((&VALUE_VERSION, rest)) => Ok(rest.to_vec()),
        Some((version, _)) => Err(StoreError::Damaged(format!(
            "the state holds a value of version {version}, which this triaged does not know"
        ))),
        None => Err(StoreError::Damaged(
            "the state holds an empty value".to_owned(),
        )),
    }
}

fn decoded<T: DeserializeOwned>(value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|error| {
        StoreError::Damaged(format!(
            "the state holds a value that cannot be understood: {error}"
        ))
    })
}

/// The state as it will be when its writes are committed.
#[derive(Debug)]
pub(super) struct View {
    state: State,
    pub(super) meta: Meta,
    writes: Writes,
}

impl View {
    pub(super) fn new(state: &State, meta: Meta) -> Self {
        Self {
            state: state.clone(),
            meta,
            writes: HashMap::new(),
        }
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.writes.get(key) {
            Some(written) => written.as_deref().map(unwrapped).transpose(),
            None => self.state.get(key),
        }
    }

    pub(super) fn has(&self, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.get(key)?.is_some())
    }

    pub(super) fn json<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.get(key)?.map(|value| decoded(&value)).transpose()
    }

    pub(super) fn put(&mut self, key: Vec<u8>, value: &[u8]) {
        let mut versioned = Vec::with_capacity(value.len() + 1);
        versioned.push(VALUE_VERSION);
        versioned.extend_from_slice(value);
        self.writes.insert(key, Some(versioned));
    }

    pub(super) fn put_json<T: Serialize>(
        &mut self,
        key: Vec<u8>,
        value: &T,
    ) -> Result<(), StoreError> {
        let json =
            serde_json::to_vec(value).map_err(|error| StoreError::Refused(error.to_string()))?;
        self.put(key, &json);
        Ok(())
    }

    pub(super) fn remove(&mut self, key: Vec<u8>) {
        self.writes.insert(key, None);
    }

    /// The writes, with what is known of the whole among them.
    pub(super) fn into_writes(mut self) -> Result<(Writes, Meta), StoreError> {
        let meta = self.meta.clone();
        self.put_json(meta_key(), &meta)?;
        Ok((self.writes, meta))
    }
}
