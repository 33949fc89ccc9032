//! The only place where triaged asks what time it is, and how it tells the time to people at a terminal.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// The clock of the daemon: whole seconds, and never backwards.
#[derive(Debug, Default)]
pub struct Clock {
    latest: Mutex<Option<Timestamp>>,
}

/// A jump of the wall clock beyond this is worth a word.
const JUMP_MAX: SignedDuration = SignedDuration::from_mins(5);

impl Clock {
    /// The present instant, or the latest one told before if the wall clock has gone back since.
    pub fn now(&self) -> Timestamp {
        let wall = Timestamp::now();
        let Ok(mut latest) = self.latest.lock() else {
            return wall;
        };
        let now = latest.map_or(wall, |latest| latest.max(wall));
        if now.duration_since(wall) > JUMP_MAX {
            tracing::warn!(%wall, latest = %now, "The wall clock has gone back; time stands still until it has caught up.");
        }
        *latest = Some(now);
        now
    }
}

/// An instant as people at a terminal read it: in the machine's zone, to the second.
#[must_use]
pub fn told(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S %Z")
        .to_string()
}
