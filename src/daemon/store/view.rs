//! The state as it will be when a batch is committed. Applying a record needs nothing but a view, so living on and
//! rebuilding are the same code.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::key::{self, Kind};
use super::letters::Letters;
use super::segment::Spot;
use super::state::{KeyAndValue, State, VALUE_VERSION, Writes};

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
    /// The id of the next incident.
    #[serde(default)]
    pub(super) next_incident: u64,
    /// When the first report was counted.
    #[serde(default)]
    pub(super) counting_since: Option<Timestamp>,
    /// The farthest place in the archive that a record names.
    pub(super) archived: Option<(String, u64)>,
    /// The instant of the latest record.
    #[serde(default)]
    pub(super) latest: Option<jiff::Timestamp>,
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
    /// Open tickets that wait for the client.
    #[serde(default)]
    pub clients_turn: u64,
    /// Open tickets whose ladder goes on until somebody takes the matter.
    #[serde(default)]
    pub climbing: u64,
    /// Tickets ever opened.
    pub tickets: u64,
    /// Letters that wait, held and folded ones included.
    pub waiting: u64,
    /// Letters held for a person.
    pub held: u64,
    /// Letters kept for a digest.
    pub folded: u64,
}

impl Meta {
    /// Where the record after the last applied one will lie.
    pub(super) fn next_spot(&self) -> Option<Spot> {
        self.next
            .clone()
            .map(|(file, offset)| Spot { file, offset })
    }
}

/// The state with the writes of a batch.
#[derive(Debug)]
pub(super) struct View {
    state: State,
    pub(super) meta: Meta,
    /// What becomes of letters.
    pub(super) letters: Letters,
    writes: Writes,
}

impl View {
    pub(super) fn new(state: &State, meta: Meta) -> Self {
        Self {
            state: state.clone(),
            meta,
            letters: Letters::default(),
            writes: Writes::new(),
        }
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.writes.get(key) {
            Some(written) => Ok(written.as_deref().map(unversioned)),
            None => self.state.get(key),
        }
    }

    pub(super) fn has(&self, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.get(key)?.is_some())
    }

    pub(super) fn json<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.get(key)?
            .map(|value| self.state.parsed(&value))
            .transpose()
    }

    /// The first keys of one kind that begin so, at most so many, ascending.
    pub(super) fn keys(
        &self,
        kind: Kind,
        prefix: &[u8],
        most: usize,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut keys = Vec::new();
        for row in self.state.range(kind, prefix.to_vec(), None) {
            let (key, _) = row?;
            if keys.len() >= most || !key.starts_with(prefix) {
                break;
            }
            if !self.writes.contains_key(&key) {
                keys.push(key);
            }
        }
        let written = self
            .writes
            .range(prefix.to_vec()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter(|(_, value)| value.is_some());
        keys.extend(written.take(most).map(|(key, _)| key.clone()));
        keys.sort_unstable();
        keys.truncate(most);
        Ok(keys)
    }

    /// Keys that begin so, from `from` on, with their values: the last ones first, at most so many.
    pub(super) fn newest(
        &self,
        prefix: &[u8],
        from: &[u8],
        most: usize,
    ) -> Result<Vec<KeyAndValue>, StoreError> {
        let end = [prefix, &[0xff; 17]].concat();
        let written = self.writes.range(from.to_vec()..end.clone()).rev();
        let mut rows: Vec<KeyAndValue> = written
            .filter_map(|(key, value)| Some((key.clone(), unversioned(value.as_deref()?))))
            .take(most)
            .collect();
        for row in self.state.between(from.to_vec(), end).rev().take(most) {
            let (key, value) = row?;
            if !self.writes.contains_key(&key) {
                rows.push((key, value));
            }
        }
        rows.sort_unstable_by(|one, other| other.0.cmp(&one.0));
        rows.truncate(most);
        Ok(rows)
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
        self.put_json(key::meta(), &meta)?;
        Ok((self.writes, meta))
    }
}

/// A value of ours without its version.
fn unversioned(written: &[u8]) -> Vec<u8> {
    written
        .split_first()
        .map_or_else(Vec::new, |(_, value)| value.to_vec())
}
