//! When part of a budget is used up: warnings before a promise breaks.
//!
//! A warning is a share of the time that counts, taken forwards from the start. Going back from the deadline would
//! land at midnight and on Sundays.

use jiff::Timestamp;

use super::Budget;
use super::clock::{Clock, due};

impl Budget {
    /// So many percent of it, rounded up to whole seconds.
    #[must_use]
    pub fn share(self, percent: u8) -> Self {
        let hundredths = u128::from(self.seconds) * u128::from(percent);
        Self {
            seconds: u64::try_from(hundredths.div_ceil(100)).unwrap_or(u64::MAX),
            ..self
        }
    }
}

/// When `percent` of the clock's budget is used up. At 100 that is its due time; `None` as there.
#[must_use]
pub fn warning(clock: &Clock<'_>, percent: u8) -> Option<Timestamp> {
    let share = clock.budget.share(percent);
    due(clock.calendar, clock.start, share, clock.pauses)
}
