//! The state that follows from the journal: one sled tree, read by many, written one batch at a time.
//!
//! sled is not believed. After its first error or panic it is asked no more, and the next start makes the state anew.

use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;

use super::StoreError;
use super::key::{self, Kind};
use super::segment;
use super::view::Meta;

/// Beside the state: why it is not to be trusted. The next start sets it aside and makes it anew.
const DOUBT: &str = "state.doubtful";

/// sled keeps this much of the state in memory, and in truth about thrice as much. What happens today is in it; what
/// lies longer back comes from the disk.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// sled collects its garbage at this pace; durability does not hang on it.
const FLUSH_EVERY_MS: u64 = 500;

/// sled lets go of its files a little after it was dropped: so often, and so long apart, they are asked for again.
const LOCK_TRIES_MAX: u32 = 40;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// The version of values as they are written today.
pub(super) const VALUE_VERSION: u8 = 6;

/// What a batch does to the state: a key's new value, or none.
pub(super) type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A key and its value.
pub(super) type KeyAndValue = (Vec<u8>, Vec<u8>);

/// A key and its value, or why it could not be read.
type Row = Result<KeyAndValue, StoreError>;

/// The open state.
#[derive(Clone, Debug)]
pub(super) struct State {
    tree: sled::Tree,
    db: sled::Db,
    folder: PathBuf,
    /// After its first error sled is not asked again: what it would say is not worth believing.
    broken: Arc<OnceLock<String>>,
    /// How often it was asked something, for tests that count.
    #[cfg(test)]
    asked: Arc<std::sync::atomic::AtomicU64>,
}

impl State {
    /// Opens or makes the state. sled panics on some kinds of damage, so that is an answer as well.
    pub(super) fn open(folder: &Path) -> Result<Self, String> {
        remove_unfinished_snapshots(folder).map_err(|error| error.to_string())?;
        let path = folder.to_owned();
        let opening = std::thread::Builder::new()
            .name("open state".to_owned())
            .spawn(move || {
                let config = sled::Config::new()
                    .path(&path)
                    .cache_capacity(CACHE_BYTES)
                    .flush_every_ms(Some(FLUSH_EVERY_MS));
                let mut tries = 0;
                let db = loop {
                    match config.open() {
                        // `Other` is how sled says that its lock is taken. Our own lock says that nobody else is here,
                        // so the one before us is only slow to go.
                        Err(sled::Error::Io(error))
                            if error.kind() == std::io::ErrorKind::Other
                                && tries < LOCK_TRIES_MAX =>
                        {
                            tries += 1;
                        }
                        opened => break opened?,
                    }
                    std::thread::sleep(LOCK_PAUSE);
                };
                let tree = db.open_tree("triaged")?;
                Ok::<_, sled::Error>((db, tree))
            });
        // The thread's panic comes back as an error of its handle.
        match opening.map_err(|error| error.to_string())?.join() {
            Ok(Ok((db, tree))) => Ok(Self {
                tree,
                db,
                folder: folder.to_owned(),
                broken: Arc::default(),
                #[cfg(test)]
                asked: Arc::default(),
            }),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_panic) => Err("its files are damaged".to_owned()),
        }
    }

    /// What is known of the whole; `None` for a state that is new or empty.
    pub(super) fn meta(&self) -> Result<Option<Meta>, StoreError> {
        self.json(&key::meta())
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.ask(|| self.tree.get(key))?;
        value.map(|value| self.unwrapped(&value)).transpose()
    }

    pub(super) fn json<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.get(key)?.map(|value| self.parsed(&value)).transpose()
    }

    /// A value as what it means.
    pub(super) fn parsed<T: DeserializeOwned>(&self, value: &[u8]) -> Result<T, StoreError> {
        serde_json::from_slice(value)
            .map_err(|error| self.distrust(format!("a value cannot be understood: {error}")))
    }

    /// A value without the version of its layout, with which it begins. A layout of another version needs no upgrade:
    /// the state is made anew from the journal.
    fn unwrapped(&self, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        match value.split_first() {
            Some((&VALUE_VERSION, rest)) => Ok(rest.to_vec()),
            Some((version, _)) => Err(self.distrust(format!(
                "it is of version {version}, and this triaged writes {VALUE_VERSION}"
            ))),
            None => Err(self.distrust("it holds an empty value".to_owned())),
        }
    }

    /// Keys and values of one kind, from a key on and up to another, ascending.
    pub(super) fn range(
        &self,
        kind: Kind,
        from: Vec<u8>,
        to: Option<Vec<u8>>,
    ) -> impl DoubleEndedIterator<Item = Row> {
        self.between(from, to.unwrap_or_else(|| vec![kind as u8 + 1]))
    }

    /// Keys and values from one key on and up to another, ascending.
    pub(super) fn between(
        &self,
        from: Vec<u8>,
        end: Vec<u8>,
    ) -> impl DoubleEndedIterator<Item = Row> {
        // A range that ends before it begins makes sled panic.
        let end = end.max(from.clone());
        Rows {
            state: self.clone(),
            rows: self.tree.range(from..end),
        }
    }

    /// Every key and value of one kind.
    pub(super) fn all(&self, kind: Kind) -> impl DoubleEndedIterator<Item = Row> {
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
        self.ask(|| self.tree.apply_batch(batch))
    }

    /// Makes everything so far survive a power cut; the journal does not need it, it only shortens the next start.
    pub(super) fn checkpoint(&self) -> Result<(), StoreError> {
        self.ask(|| self.db.flush())?;
        let data = self.folder.join("db");
        // sled writes, but never syncs its file.
        File::open(&data)
            .and_then(|file| file.sync_data())
            .map_err(|error| segment::unreadable(&data, &error))
    }

    #[cfg(test)]
    pub(super) fn reads(&self) -> u64 {
        self.asked.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Asks sled something. On damage it may panic, which is an answer as well.
    fn ask<T>(&self, question: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
        if let Some(why) = self.broken.get() {
            return Err(StoreError::State(why.clone()));
        }
        #[cfg(test)]
        self.asked
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match catch_unwind(AssertUnwindSafe(question)) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(sled::Error::Io(error))) if segment::is_full(&error) => {
                // Nothing is wrong with it: opened anew when there is room, it goes on.
                let why = self.broken.get_or_init(|| error.to_string());
                Err(StoreError::State(why.clone()))
            }
            Ok(Err(error)) => Err(self.distrust(error.to_string())),
            Err(_panic) => Err(self.distrust("its files are damaged".to_owned())),
        }
    }

    /// Asks it no more, and leaves word for the next start to make it anew.
    fn distrust(&self, why: String) -> StoreError {
        if let Err(error) = std::fs::write(self.folder.with_file_name(DOUBT), &why) {
            tracing::error!(%error, "The state is damaged, and no word of it can be left for the next start.");
        }
        StoreError::State(self.broken.get_or_init(|| why).clone())
    }
}

/// Rows of a range; each of them is asked for.
struct Rows {
    state: State,
    rows: sled::Iter,
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let row = self.state.ask(|| self.rows.next().transpose());
        self.unwrapped(row)
    }
}

impl DoubleEndedIterator for Rows {
    fn next_back(&mut self) -> Option<Row> {
        let row = self.state.ask(|| self.rows.next_back().transpose());
        self.unwrapped(row)
    }
}

impl Rows {
    fn unwrapped(&self, row: Result<Option<(sled::IVec, sled::IVec)>, StoreError>) -> Option<Row> {
        row.transpose().map(|row| {
            let (key, value) = row?;
            Ok((key.to_vec(), self.state.unwrapped(&value)?))
        })
    }
}

/// The word that an earlier run has left: why the state is not to be trusted.
pub(super) fn doubted(state: &Path) -> Option<String> {
    std::fs::read_to_string(state.with_file_name(DOUBT)).ok()
}

/// The state that was doubted is gone.
pub(super) fn trust_again(state: &Path) -> Result<(), StoreError> {
    let word = state.with_file_name(DOUBT);
    match std::fs::remove_file(&word) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(segment::unreadable(&word, &error))
        }
        Ok(()) | Err(_) => Ok(()),
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
