//! `triaged report`: what was promised and kept in a stretch of time, from the store of a daemon that runs or not.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::daemon::store::{Store, StoreError};
use crate::triage::tally::{Period, Tally};

/// Which stretch of time is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// First second.
    pub since: Timestamp,
    /// One past the last second.
    pub until: Timestamp,
    /// Whose days it is shown in: an IANA name. UTC where this machine knows no such zone.
    pub zone: String,
    /// Only of this partner.
    pub partner: Option<String>,
}

/// The answer: what was asked for, and what it amounts to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeriodReport {
    /// As it was asked for.
    #[serde(flatten)]
    pub wanted: Wanted,
    /// What it amounts to.
    #[serde(flatten)]
    pub tally: Tally,
}

/// Counts the period.
///
/// # Errors
/// The store cannot be read.
pub fn report(store: &Store, wanted: Wanted) -> Result<PeriodReport, StoreError> {
    let period = Period {
        from: wanted.since,
        until: wanted.until,
        zone: TimeZone::get(&wanted.zone).unwrap_or(TimeZone::UTC),
    };
    let tally = store.tally(period, wanted.partner.as_deref())?;
    Ok(PeriodReport { wanted, tally })
}

/// The same beside the runtime: a year of tickets takes seconds, in which mail and people are not to wait.
pub(super) async fn report_aside(
    store: &Arc<Store>,
    wanted: Wanted,
) -> Result<PeriodReport, StoreError> {
    let store = Arc::clone(store);
    let counting = tokio::task::spawn_blocking(move || report(&store, wanted));
    counting
        .await
        .unwrap_or_else(|error| Err(StoreError::Unreadable(error.to_string())))
}
