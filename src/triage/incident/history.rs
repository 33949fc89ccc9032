//! How often a topic is written about at this hour of the week: what is usual for it.
//!
//! Counts are kept by the hour, for eight weeks. Hours are those of UTC; when clocks change, the hours on either side,
//! which are looked at as well, make up for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Weeks that are remembered.
const WEEKS: i64 = 8;

const HOURS_A_WEEK: i64 = 168;

const HOUR_SECONDS: i64 = 3_600;

/// A topic that nobody has written about yet is taken to come up once in 50 office hours: three reports of it within
/// half an hour are then always a surge, and one is not.
const FLOOR_AN_HOUR: f64 = 1.0 / 50.0;

/// The weight of this hour of the week; the rest is that of all hours.
const OWN_HOUR: f64 = 0.7;

/// What is usual in all is taken over the hours in which people work: nights and weekends would make every morning a surge.
const OFFICE_SHARE: f64 = 45.0 / 168.0;

/// How often a topic came up, hour by hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Hours since 1970 with what they held; hours without any are left out.
    hours: BTreeMap<i64, u32>,
}

impl Counts {
    /// One more report; what is older than eight weeks is forgotten.
    pub fn add(&mut self, at: Timestamp) {
        let hour = hour(at);
        *self.hours.entry(hour).or_default() += 1;
        self.hours = self.hours.split_off(&(hour - WEEKS * HOURS_A_WEEK));
    }

    /// What is usual in an hour like the one of `now`, from what lies before it. `since` is when the first mail of all came:
    /// a topic that was not written about before that says nothing.
    #[must_use]
    pub fn usual_an_hour(&self, now: Timestamp, since: Option<Timestamp>) -> f64 {
        let this = hour(now);
        // The hour itself and the one before it hold the wave that is judged.
        let before = this - 2;
        let began = since.map_or(this, hour).max(this - WEEKS * HOURS_A_WEEK);
        let weeks = (((this - began) as f64) / HOURS_A_WEEK as f64).clamp(1.0, WEEKS as f64);
        let mut alike = 0;
        let mut all = 0;
        for (at, count) in self.hours.range(began..=before) {
            all += count;
            let apart = (this - at).rem_euclid(HOURS_A_WEEK);
            if apart <= 1 || apart == HOURS_A_WEEK - 1 {
                alike += count;
            }
        }
        let own = f64::from(alike) / (3.0 * weeks);
        let overall = f64::from(all) / (weeks * HOURS_A_WEEK as f64 * OFFICE_SHARE);
        (OWN_HOUR * own + (1.0 - OWN_HOUR) * overall).max(FLOOR_AN_HOUR)
    }
}

fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(HOUR_SECONDS)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_new_topic_is_rare_and_a_weekly_wave_is_usual() {
        let monday: Timestamp = "2026-05-04T07:30:00Z".parse().unwrap();
        let week = SignedDuration::from_hours(168);
        let began = Some(monday - week * 10);
        let mut counts = Counts::default();
        let check = |counts: &Counts, at: Timestamp, from: f64, to: f64| {
            let usual = counts.usual_an_hour(at, began);
            assert!((from..=to).contains(&usual), "{usual}");
        };
        check(&counts, monday, 0.02, 0.02);
        for weeks in (1..=8).rev() {
            for minute in 0..9 {
                counts.add(monday - week * weeks + SignedDuration::from_mins(minute * 3));
            }
        }
        // Nine each Monday at seven, over three hours: two in an hour of their own, and a few by the mean of all.
        check(&counts, monday, 2.1, 2.3);
        check(&counts, monday + SignedDuration::from_hours(5), 0.05, 0.07);
        // The wave of today does not make itself usual.
        counts.add(monday - SignedDuration::from_mins(10));
        check(&counts, monday, 2.1, 2.3);
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut counts = Counts::default();
        for day in 0..200 {
            counts.add(start + SignedDuration::from_hours(day * 24));
        }
        assert_eq!(counts.hours.len(), 57);
    }
}
