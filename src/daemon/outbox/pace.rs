//! When a letter is tried again, and when it is given up.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Pauses after the first, second, third … failed try; the last one repeats.
const PAUSES_MINUTES: [i64; 6] = [1, 5, 15, 30, 60, 120];

/// A pause is made longer by up to this part of itself, so that letters that failed together do not come together.
const JITTER_PART: f64 = 0.2;

/// When to try a letter again after its `tries`-th try has failed; `None`: it is given up. `chance` lies between 0 and 1.
#[must_use]
pub(super) fn next_try(
    written_at: Timestamp,
    tries: u32,
    now: Timestamp,
    give_up_after: Duration,
    chance: f64,
) -> Option<Timestamp> {
    let age = now.duration_since(written_at);
    if age >= SignedDuration::try_from(give_up_after).unwrap_or(SignedDuration::MAX) {
        return None;
    }
    let index = usize::try_from(tries.saturating_sub(1))
        .unwrap_or(usize::MAX)
        .min(PAUSES_MINUTES.len() - 1);
    let minutes = PAUSES_MINUTES.get(index).copied().unwrap_or(1);
    let pause = SignedDuration::from_mins(minutes).mul_f64(1.0 + JITTER_PART * chance);
    now.checked_add(pause).ok()
}

/// A letter's age in words, for whoever reads that it still waits.
#[must_use]
pub(super) fn age(written_at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(written_at).as_mins().max(0);
    match minutes {
        0..120 => format!("{minutes} minutes old"),
        120..2880 => format!("{} hours old", minutes / 60),
        _ => format!("{} days old", minutes / (24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE_DAYS: Duration = Duration::from_secs(5 * 24 * 60 * 60);

    #[test]
    fn pauses_grow_and_end_after_five_days() {
        let written: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        let check = |tries, now: &str| {
            next_try(written, tries, now.parse().unwrap(), FIVE_DAYS, 0.0).map(|at| at.to_string())
        };
        assert_eq!(
            check(1, "2026-05-04T10:00:00Z").as_deref(),
            Some("2026-05-04T10:01:00Z")
        );
        assert_eq!(
            check(2, "2026-05-04T10:01:00Z").as_deref(),
            Some("2026-05-04T10:06:00Z")
        );
        assert_eq!(
            check(40, "2026-05-06T10:00:00Z").as_deref(),
            Some("2026-05-06T12:00:00Z")
        );
        assert_eq!(
            check(60, "2026-05-09T09:59:59Z").as_deref(),
            Some("2026-05-09T11:59:59Z")
        );
        assert_eq!(check(61, "2026-05-09T10:00:00Z"), None);
    }

    #[test]
    fn chance_only_makes_a_pause_longer() {
        let written: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        let latest = next_try(written, 5, written, FIVE_DAYS, 1.0).unwrap();
        assert_eq!(latest.to_string(), "2026-05-04T11:12:00Z");
    }

    #[test]
    fn ages_are_told_in_words() {
        let written: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        assert_eq!(
            age(written, "2026-05-04T10:59:00Z".parse().unwrap()),
            "59 minutes old"
        );
        assert_eq!(
            age(written, "2026-05-05T10:59:00Z".parse().unwrap()),
            "24 hours old"
        );
        assert_eq!(
            age(written, "2026-05-08T11:59:00Z".parse().unwrap()),
            "4 days old"
        );
    }
}
