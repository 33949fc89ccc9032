//! When a letter is tried again, and when it is given up.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Pauses after the first, second, third … failed try; the last one repeats.
const PAUSES_MINUTES: [i64; 6] = [1, 5, 15, 30, 60, 120];

/// A pause is made longer by up to this part of itself, so that letters that failed together do not come together.
const JITTER_PART: f64 = 0.2;

/// When to try a letter again after its `tries`-th try has failed. `chance` lies between 0 and 1.
#[must_use]
pub(super) fn next_try(tries: u32, now: Timestamp, chance: f64) -> Timestamp {
    let index = usize::try_from(tries.saturating_sub(1))
        .unwrap_or(usize::MAX)
        .min(PAUSES_MINUTES.len() - 1);
    let minutes = PAUSES_MINUTES.get(index).copied().unwrap_or(1);
    let pause = SignedDuration::from_mins(minutes).mul_f64(1.0 + JITTER_PART * chance);
    now.checked_add(pause).unwrap_or(now)
}

/// True if a letter has been tried for long enough.
#[must_use]
pub(super) fn is_given_up(written_at: Timestamp, now: Timestamp, give_up_after: Duration) -> bool {
    let age = now.duration_since(written_at);
    age >= SignedDuration::try_from(give_up_after).unwrap_or(SignedDuration::MAX)
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
    fn pauses_grow_to_two_hours() {
        let now: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        let table = [
            (0, 1),
            (1, 1),
            (2, 5),
            (3, 15),
            (4, 30),
            (5, 60),
            (6, 120),
            (u32::MAX, 120),
        ];
        for (tries, minutes) in table {
            let pause = next_try(tries, now, 0.0).duration_since(now);
            assert_eq!(pause.as_mins(), minutes, "after try {tries}");
        }
    }

    #[test]
    fn chance_only_makes_a_pause_longer() {
        let now: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        let latest = next_try(5, now, 1.0);
        assert_eq!(latest.to_string(), "2026-05-04T11:12:00Z");
    }

    #[test]
    fn letters_are_given_up_after_five_days() {
        let written: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        let check = |now: &str| is_given_up(written, now.parse().unwrap(), FIVE_DAYS);
        assert!(!check("2026-05-04T09:00:00Z"), "a clock that went back");
        assert!(!check("2026-05-09T09:59:59Z"));
        assert!(check("2026-05-09T10:00:00Z"));
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
