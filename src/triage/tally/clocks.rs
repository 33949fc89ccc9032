//! What became of a ticket's promises, told again from its changes: which were kept, which were broken, which moved.
//!
//! A ticket remembers only the newest promise of each metric, so what became of the earlier cycles is in the changes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::triage::promise::{Metric, Promise};
use crate::triage::report::Urgency;
use crate::triage::ticket::Change;

/// The promises of one ticket as they stand after the changes so far.
#[derive(Clone, Debug, Default)]
pub struct Clocks {
    promises: BTreeMap<Metric, Promise>,
    /// Until when each was last due; a clock that stands still tells no time.
    told: BTreeMap<Metric, Timestamp>,
    urgency: Urgency,
}

/// What a change means for a promise.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    /// It was made.
    Made(Promise),
    /// It is due at another time than was said before.
    Moved {
        /// As it is now.
        promise: Promise,
        /// Until when it was.
        from: Timestamp,
    },
    /// It was kept, in time or after it was broken.
    Kept {
        /// As it was.
        promise: Promise,
        /// When.
        at: Timestamp,
    },
    /// It was broken at its deadline.
    Broken {
        /// As it was.
        promise: Promise,
        /// When that was noticed.
        noticed_at: Timestamp,
    },
}

impl Clocks {
    /// How pressing the ticket is after the changes so far.
    #[must_use]
    pub fn urgency(&self) -> Urgency {
        self.urgency
    }

    /// The promise of one metric as it stands.
    #[must_use]
    pub fn promise(&self, metric: Metric) -> Option<&Promise> {
        self.promises.get(&metric)
    }

    /// Takes the next change; tells what it means for a promise, if anything.
    pub fn take(&mut self, change: &Change) -> Option<Turn> {
        if let Change::Urgency(urgency) = change {
            self.urgency = *urgency;
        }
        if let Change::Promised(promise) = change {
            return self.promised(promise);
        }
        if let Change::Kept { metric, at } = change {
            let promise = self.promises.get_mut(metric)?;
            if promise.kept.is_none() {
                promise.kept = Some(*at);
                let promise = promise.clone();
                return Some(Turn::Kept { promise, at: *at });
            }
        }
        if let Change::Broken { metric, noticed_at } = change {
            let promise = self.promises.get_mut(metric)?;
            if promise.broken_noticed.is_none() {
                promise.broken_noticed = Some(*noticed_at);
                return Some(Turn::Broken {
                    promise: promise.clone(),
                    noticed_at: *noticed_at,
                });
            }
        }
        None
    }

    fn promised(&mut self, promise: &Promise) -> Option<Turn> {
        let older = self.promises.insert(promise.metric, promise.clone());
        let is_the_same = older
            .as_ref()
            .is_some_and(|older| older.cycle == promise.cycle);
        let from = self.told.get(&promise.metric).copied();
        if let Some(due) = promise.due {
            self.told.insert(promise.metric, due);
        }
        if !is_the_same {
            return Some(Turn::Made(promise.clone()));
        }
        let from = from.filter(|from| promise.due.is_some_and(|due| due != *from))?;
        Some(Turn::Moved {
            promise: promise.clone(),
            from,
        })
    }
}
