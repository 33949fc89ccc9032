//! A relay that is down or does not accept us is left alone for a while: its letters wait without a try of their own.
//!
//! Without this, a thousand waiting letters would be a thousand log-ins with a password that is no longer right, and
//! providers lock out whoever does that.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::relay::SendError;

/// Rests after the first, second, third … failed connection, in seconds; the last one repeats.
const RESTS_SECONDS: [i64; 6] = [30, 60, 120, 300, 600, 900];

/// A relay that does not accept us: somebody may have mended it by then.
const LOCKED_OUT_REST: SignedDuration = SignedDuration::from_mins(5);

/// A sender that is denied now and taken then is told again after so long.
const DENIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// After a rest one letter is tried, and the others wait for what it finds, at most so long.
const TRIAL_WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// Whether a relay rests; all its vans look here.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<Resting>);

#[derive(Debug, Default)]
struct Resting {
    until: Option<Timestamp>,
    why: String,
    failures: usize,
    locked_out: bool,
    on_trial: bool,
    /// Senders that the relay does not let us send as, and since when the operators know.
    denied: HashMap<String, Timestamp>,
}

/// The relay is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeftAlone {
    pub(super) until: Timestamp,
    pub(super) why: String,
}

impl Rest {
    /// Why no letter may be tried now. After a rest one may, and only one: four vans would be four failed log-ins.
    pub(super) fn may_try(&self, now: Timestamp) -> Option<LeftAlone> {
        let alone = self.at(now);
        let mut resting = self.resting();
        if alone.is_none() && resting.until.is_some() {
            resting.on_trial = true;
            resting.until = Some(now.checked_add(TRIAL_WITHIN).unwrap_or(now));
        }
        alone
    }

    /// Is the relay left alone now?
    pub(super) fn at(&self, now: Timestamp) -> Option<LeftAlone> {
        let resting = self.resting();
        let until = resting.until.filter(|until| *until > now)?;
        Some(LeftAlone {
            until,
            why: resting.why.clone(),
        })
    }

    /// A connection failed. True if the relay locks us out and did not do so before: the operators must know.
    pub(super) fn failed(&self, error: &SendError, now: Timestamp) -> bool {
        let mut resting = self.resting();
        let locked_out = matches!(error, SendError::LockedOut(_));
        // Vans that were under way together fail together: that is one failure.
        let is_next = resting.on_trial || resting.until.is_none_or(|until| until <= now);
        if is_next {
            resting.failures += 1;
            resting.on_trial = false;
            resting.until = None;
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

    /// The relay works: it has said something about a letter.
    pub(super) fn over(&self) {
        let mut resting = self.resting();
        let denied = std::mem::take(&mut resting.denied);
        *resting = Resting {
            denied,
            ..Resting::default()
        };
    }

    /// The relay has taken a letter of this sender.
    pub(super) fn took(&self, sender: &str, now: Timestamp) {
        self.over();
        let mut resting = self.resting();
        let told = resting.denied.get(without_tag(sender).as_ref()).copied();
        if told.is_some_and(|told| now.duration_since(told) >= DENIED_AGAIN_AFTER) {
            resting.denied.remove(without_tag(sender).as_ref());
        }
    }

    /// The relay does not let us send as this sender. True if that is news: the operators must know.
    pub(super) fn denied(&self, sender: &str, now: Timestamp) -> bool {
        self.over();
        match self
            .resting()
            .denied
            .entry(without_tag(sender).into_owned())
        {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(now);
                true
            }
        }
    }

    fn resting(&self) -> MutexGuard<'_, Resting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `support+token@desk.example` sends as `support@desk.example`; each letter has a token of its own.
pub(super) fn without_tag(sender: &str) -> Cow<'_, str> {
    let bare = sender.rsplit_once('@').and_then(|(local, domain)| {
        let (local, _) = local.split_once('+')?;
        Some(format!("{local}@{domain}"))
    });
    bare.map_or(Cow::Borrowed(sender), Cow::Owned)
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
    fn after_a_rest_one_letter_is_tried_and_the_others_wait_for_it() {
        let rest = Rest::default();
        let down = SendError::TryLater("down".to_owned());
        assert_eq!(rest.may_try(at(0)), None);
        assert_eq!(
            rest.may_try(at(0)),
            None,
            "nothing is known of this relay yet"
        );
        rest.failed(&down, at(0));
        assert_eq!(rest.may_try(at(29)).unwrap().until, at(30));
        assert_eq!(rest.may_try(at(30)), None);
        assert_eq!(rest.may_try(at(31)).unwrap().until, at(60));
        rest.failed(&down, at(32));
        assert_eq!(
            rest.may_try(at(33)).unwrap().until,
            at(92),
            "the second rest"
        );
        assert_eq!(rest.may_try(at(92)), None);
        rest.took("support@company.example", at(0));
        assert_eq!(rest.may_try(at(93)), None);
        assert_eq!(rest.may_try(at(93)), None);
    }

    #[test]
    fn a_denied_sender_is_news_once_until_letters_of_it_are_taken_again() {
        let rest = Rest::default();
        assert!(rest.denied("help@brand.example", at(0)));
        assert!(!rest.denied("help@brand.example", at(1)));
        assert!(rest.denied("support+a1@company.example", at(2)));
        assert!(!rest.denied("support+b2@company.example", at(3)));
        // A relay that takes some receivers and denies others is one trouble, not one for each letter.
        rest.took("help@brand.example", at(4));
        assert!(!rest.denied("help@brand.example", at(5)));
        rest.took("help@brand.example", at(3_600));
        assert!(rest.denied("help@brand.example", at(3_601)));
        assert!(!rest.denied("support+c3@company.example", at(3_602)));
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
