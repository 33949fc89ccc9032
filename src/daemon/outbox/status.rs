//! How the relays are doing, for `triaged status`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Relay;
use crate::daemon::clock::told;

/// How a relay is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayStatus {
    /// Its name in the configuration.
    pub relay: String,
    /// Its server.
    pub host: String,
    /// Letters it has accepted since the daemon started.
    pub sent: u64,
    /// When it accepted the last one.
    pub last_sent: Option<Timestamp>,
    /// What went wrong last, and when; kept after recovery.
    pub last_error: Option<(Timestamp, String)>,
    /// It does not accept us: in its words. Tried again every few minutes.
    pub locked_out: Option<String>,
    /// Letters handed to its connections, of which nobody knows yet whether it takes them.
    #[serde(default)]
    pub in_flight: u64,
    /// The letter that has waited longest for it, if that is longer than it should.
    #[serde(default)]
    pub late: Option<Late>,
}

/// A letter that has waited too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// When it was written.
    pub since: Timestamp,
    /// What came of the last try.
    pub why: String,
}

impl fmt::Display for RelayStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({})  {} sent since the start",
            self.relay, self.host, self.sent
        )?;
        if let Some(why) = &self.locked_out {
            return write!(f, ", DOES NOT ACCEPT US: {why}");
        }
        if let Some(late) = &self.late {
            let (since, why) = (told(late.since), &late.why);
            return write!(f, ", LETTERS WAIT since {since}: {why}");
        }
        match &self.last_error {
            Some((at, why)) => write!(f, ", last trouble {}: {why}", told(*at)),
            None => Ok(()),
        }
    }
}

impl RelayStatus {
    /// What a person must do, in a sentence, if anything.
    #[must_use]
    pub fn needs_a_person(&self) -> Option<String> {
        let relay = &self.relay;
        if let Some(why) = &self.locked_out {
            return Some(format!("the relay {relay} does not accept us: {why}"));
        }
        let since = told(self.late.as_ref()?.since);
        Some(format!(
            "letters have waited for the relay {relay} since {since}; `triaged outbox list` says why"
        ))
    }
}

/// Held by those who look from outside.
#[derive(Clone, Debug)]
pub struct Handle(Arc<Mutex<BTreeMap<String, RelayStatus>>>);

impl Handle {
    /// Every relay.
    #[must_use]
    pub fn status(&self) -> Vec<RelayStatus> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }
}

/// Held by those who send.
#[derive(Clone, Debug)]
pub(super) struct Board(Arc<Mutex<BTreeMap<String, RelayStatus>>>);

impl Board {
    pub(super) fn new(relays: &BTreeMap<String, Relay>) -> Self {
        let statuses = relays.values().map(|relay| {
            let status = RelayStatus {
                relay: relay.name.clone(),
                host: relay.host.clone(),
                sent: 0,
                last_sent: None,
                last_error: None,
                locked_out: None,
                in_flight: 0,
                late: None,
            };
            (relay.name.clone(), status)
        });
        Self(Arc::new(Mutex::new(statuses.collect())))
    }

    pub(super) fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.0))
    }

    /// Nothing, if there is no such relay.
    pub(super) fn of(&self, relay: &str) -> Option<RelayStatus> {
        let statuses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        statuses.get(relay).cloned()
    }

    /// Which relays letters wait for too long, and no others.
    pub(super) fn late(&self, late: &BTreeMap<String, Late>) {
        let mut statuses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (relay, status) in statuses.iter_mut() {
            status.late = late.get(relay).cloned();
        }
    }

    pub(super) fn change(&self, relay: &str, change: impl FnOnce(&mut RelayStatus)) {
        if let Some(status) = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(relay)
        {
            change(status);
        }
    }
}
