//! The only place where triaged asks what time it is, and how it tells the time to people at a terminal.
//!
//! Time never runs backwards here, not even over a restart: where the wall clock is behind what was recorded last, time
//! stands still until it has caught up. A jump of the wall clock is kept for whoever tells the operators.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// The clock of the daemon: never backwards.
#[derive(Debug)]
pub struct Clock {
    begun: Instant,
    told: Mutex<Told>,
}

/// A jump of the wall clock beyond this is worth a word.
const JUMP_MAX: SignedDuration = SignedDuration::from_mins(5);

/// What was told so far.
#[derive(Debug, Default)]
struct Told {
    latest: Option<Timestamp>,
    /// The wall clock at the last reading, and for how long this program had run then.
    read: Option<(Timestamp, Duration)>,
    jump: Option<SignedDuration>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::after(None)
    }
}

impl Clock {
    /// A clock that tells no time before the last that was recorded.
    #[must_use]
    pub fn after(recorded: Option<Timestamp>) -> Self {
        Self {
            begun: Instant::now(),
            told: Mutex::new(Told {
                latest: recorded,
                ..Told::default()
            }),
        }
    }

    /// The present instant, or the latest one told before if the wall clock has gone back since.
    pub fn now(&self) -> Timestamp {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.hear(Timestamp::now(), self.begun.elapsed())
    }

    /// By how much the wall clock has jumped since this was asked last, forwards or back, if it did. A machine that
    /// slept looks like one whose clock was set.
    pub fn take_jump(&self) -> Option<SignedDuration> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.jump.take()
    }
}

impl Told {
    /// The wall clock as it is read after the program has run for so long; the time to go by comes back.
    fn hear(&mut self, wall: Timestamp, running: Duration) -> Timestamp {
        let expected = match self.read {
            Some((before, then)) => before.checked_add(running.saturating_sub(then)).ok(),
            // Nobody knows for how long we were gone, but not for less than no time.
            None => self.latest.filter(|latest| *latest > wall),
        };
        let jump = expected.map_or(SignedDuration::ZERO, |expected| {
            wall.duration_since(expected)
        });
        if jump.abs() > JUMP_MAX {
            self.jump = Some(
                self.jump
                    .map_or(jump, |earlier| earlier.saturating_add(jump)),
            );
        }
        self.read = Some((wall, running));
        let now = self.latest.map_or(wall, |latest| latest.max(wall));
        self.latest = Some(now);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn time_stands_still_where_the_wall_clock_goes_back_and_the_jump_is_told_once() {
        let mut told = Told::default();
        let mut check = |wall: i64, running: u64, now: i64, jump: Option<i64>| {
            assert_eq!(
                told.hear(at(wall), Duration::from_secs(running)),
                at(now),
                "{wall}"
            );
            let taken = told.jump.take().map(|jump| jump.as_secs());
            assert_eq!(taken, jump, "{wall}");
        };
        check(10_000, 0, 10_000, None);
        check(10_060, 60, 10_060, None);
        // Set back by an hour: told once, and time waits.
        check(6_520, 120, 10_060, Some(-3_600));
        check(6_580, 180, 10_060, None);
        check(10_180, 3_780, 10_180, None);
        // Asleep for two hours.
        check(17_440, 3_840, 17_440, Some(7_200));
        // A time service that corrects by little by little says nothing.
        check(17_800, 3_900, 17_800, None);
        check(17_560, 3_960, 17_800, None);
    }

    #[test]
    fn no_time_is_told_before_what_was_recorded_last() {
        let mut told = Told {
            latest: Some(at(50_000)),
            ..Told::default()
        };
        assert_eq!(told.hear(at(40_000), Duration::ZERO), at(50_000));
        assert_eq!(told.jump.take().map(|jump| jump.as_secs()), Some(-10_000));
        let mut told = Told {
            latest: Some(at(50_000)),
            ..Told::default()
        };
        assert_eq!(told.hear(at(90_000), Duration::ZERO), at(90_000));
        assert_eq!(told.jump.take(), None, "a program may be stopped for long");
    }

    proptest! {
        #[test]
        fn time_never_runs_backwards(walls in prop::collection::vec(0_i64..1_000_000, 1..40)) {
            let mut told = Told::default();
            let mut before = at(0);
            for (n, wall) in walls.iter().enumerate() {
                let now = told.hear(at(*wall), Duration::from_secs(n as u64));
                prop_assert!(before <= now && at(*wall) <= now);
                before = now;
            }
        }
    }
}
