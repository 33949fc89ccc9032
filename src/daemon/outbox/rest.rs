//! A relay that is down or does not accept us is left alone for a while: its letters wait without a try of their own.
//!
//! Without this, a thousand waiting letters would be a thousand log-ins with a password that is no longer right, and
//! providers lock out whoever does that.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::relay::SendError;

/// Rests after the first, second, third … failed connection, in seconds; the last one repeats.
const RESTS_SECONDS: [i64; 6] = [30, 60, 120, 300, 600, 900];

/// A relay that does not accept us: somebody may have mended it by then.
const LOCKED_OUT_REST: SignedDuration = SignedDuration::from_mins(5);

/// Whether a relay rests; all its vans look here.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<Resting>);

#[derive(Debug, Default)]
struct Resting {
    until: Option<Timestamp>,
    why: String,
    failures: usize,
    locked_out: bool,
}

/// The relay is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeftAlone {
    pub(super) until: Timestamp,
    pub(super) why: String,
}

impl Rest {
    /// Is the relay left alone now?
    pub(super) fn at(&self, now: Timestamp) -> Option<LeftAlone> {
        let resting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = resting.until.filter(|until| *until > now)?;
        Some(LeftAlone {
            until,
            why: resting.why.clone(),
        })
    }

    /// A connection failed. True if the relay locks us out and did not do so before: the operators must know.
    pub(super) fn failed(&self, error: &SendError, now: Timestamp) -> bool {
        let mut resting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let locked_out = matches!(error, SendError::LockedOut(_));
        // Vans that were under way together fail together: that is one failure.
        if resting.until.is_none_or(|until| until <= now) {
            resting.failures += 1;
        }
        let rest = if locked_out {
            LOCKED_OUT_REST
        } else {
            let index = resting.failures.clamp(1, RESTS_SECONDS.len()) - 1;
            SignedDuration::from_secs(RESTS_SECONDS.get(index).copied().unwrap_or(900))
        };
        let until = now.checked_add(rest).unwrap_or(now);
        resting.until = resting.until.max(Some(until));
        resting.why = error.to_string();
        let news = locked_out && !resting.locked_out;
        resting.locked_out |= locked_out;
        news
    }

    /// The relay has taken a letter.
    pub(super) fn over(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Resting::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + second).unwrap()
    }

    #[test]
    fn rests_grow_and_end_with_the_first_letter_taken() {
        let rest = Rest::default();
        let down = SendError::TryLater("down".to_owned());
        assert_eq!(rest.at(at(0)), None);
        let mut now = 0;
        for expected in [30, 60, 120, 300, 600, 900, 900] {
            assert!(!rest.failed(&down, at(now)));
            assert_eq!(rest.at(at(now)).unwrap().until, at(now + expected));
            now += expected;
            assert_eq!(rest.at(at(now)), None, "a rest has an end");
        }
        rest.over();
        assert!(!rest.failed(&down, at(now)));
        assert_eq!(rest.at(at(now)).unwrap().until, at(now + 30));
    }

    #[test]
    fn failures_at_the_same_time_are_one() {
        let rest = Rest::default();
        let down = SendError::TryLater("down".to_owned());
        for second in 0..4 {
            assert!(!rest.failed(&down, at(second)));
        }
        assert_eq!(rest.at(at(4)).unwrap().until, at(33));
    }

    #[test]
    fn a_lock_out_is_news_once_until_it_is_over() {
        let rest = Rest::default();
        let locked_out = SendError::LockedOut("535 wrong password".to_owned());
        assert!(rest.failed(&locked_out, at(0)));
        assert_eq!(rest.at(at(0)).unwrap().until, at(300));
        assert!(!rest.failed(&locked_out, at(300)));
        rest.over();
        assert!(rest.failed(&locked_out, at(600)));
    }
}
