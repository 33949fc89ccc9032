//! Letters that wait: the state holds a slip for each, the text lies in the journal, in the record that wrote it.
//!
//! A letter mostly leaves a moment after it was written, so the newest texts are kept in memory as well. Should they be
//! too many, or the program start anew, the journal has them all.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::segment::Spot;
use super::{StoreError, Waiting, journal};
use crate::triage::letter::{Letter, LetterId};

/// Texts kept in memory take up so many bytes; a backlog beyond that is read from the disk.
const KEPT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A letter that waits, as the state keeps it: without its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Slip {
    /// The letter waiting; `mime` is empty.
    pub(super) waiting: Waiting,
    /// The record of the journal that wrote it: file and offset.
    wrote: (String, u64),
}

impl Slip {
    /// For a letter that has just been written by the record at `spot`.
    pub(super) fn new(letter: &Letter, spot: &Spot) -> Self {
        let letter = Letter {
            mime: Arc::default(),
            ..letter.clone()
        };
        Self {
            wrote: (spot.file.clone(), spot.offset),
            waiting: Waiting {
                tries: 0,
                next_try: letter.held.is_none().then_some(letter.written_at),
                last_answer: None,
                ambiguous: false,
                folded_until: None,
                letter,
            },
        }
    }
}

/// The texts of letters, by their slips. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    journal: PathBuf,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    texts: HashMap<LetterId, Arc<str>>,
    bytes: usize,
}

/// What a batch has done to letters.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// Written, with their texts.
    pub(super) begun: Vec<(LetterId, Arc<str>)>,
    /// Need their texts no more.
    pub(super) ended: Vec<LetterId>,
}

impl Texts {
    pub(super) fn new(journal: &Path) -> Self {
        Self {
            journal: journal.to_owned(),
            kept: Arc::default(),
        }
    }

    /// Keeps texts of letters that a commit has made durable, and forgets those of letters that it has ended.
    pub(super) fn keep(&self, letters: Letters) {
        let mut kept = self.kept();
        for (id, text) in letters.begun {
            if kept.bytes + text.len() <= KEPT_BYTES_MAX {
                kept.bytes += text.len();
                kept.texts.insert(id, text);
            }
        }
        for id in letters.ended {
            if let Some(text) = kept.texts.remove(&id) {
                kept.bytes -= text.len();
            }
        }
    }

    /// The letter whole: its slip together with its text.
    pub(super) fn whole(&self, slip: Slip) -> Result<Waiting, StoreError> {
        let mut waiting = slip.waiting;
        let id = waiting.letter.id;
        let kept = self.kept().texts.get(&id).map(Arc::clone);
        let (file, offset) = slip.wrote;
        waiting.letter.mime = match kept {
            Some(text) => text,
            None => self.read(id, &Spot { file, offset })?,
        };
        Ok(waiting)
    }

    fn read(&self, id: LetterId, spot: &Spot) -> Result<Arc<str>, StoreError> {
        let record = journal::read(&self.journal, spot)?;
        let letters = record.decision.letters.into_iter();
        let letter = letters.into_iter().find(|letter| letter.id == id);
        letter.map(|letter| letter.mime).ok_or_else(|| {
            StoreError::State(format!(
                "letter {} is not in the record that its slip names",
                id.0
            ))
        })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Whoever died in between has at worst kept a text too few.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
