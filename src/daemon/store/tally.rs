//! A stretch of time counted from the store: every ticket's timeline, one after the other, so that none is held.

use super::apply::Entry;
use super::{Store, StoreError};
use crate::triage::tally::{Counting, Moment, Period, Tally};

impl Store {
    /// What was promised and kept in that period, of all partners or of one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn tally(&self, period: Period, partner: Option<&str>) -> Result<Tally, StoreError> {
        let since = period.from;
        let mut counting = Counting::new(period);
        self.each_story_since(since, |ticket, entries| {
            if partner.is_none_or(|partner| ticket.partner.as_deref() == Some(partner)) {
                let moments: Vec<Moment> = entries.into_iter().map(moment).collect();
                counting.add(ticket, &moments);
            }
        })?;
        Ok(counting.finish())
    }
}

fn moment(entry: Entry) -> Moment {
    Moment {
        at: entry.at,
        changes: entry.changes,
        because: entry.because,
    }
}
