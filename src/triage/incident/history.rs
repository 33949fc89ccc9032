//! How often a topic is written about at this hour of the week: what is usual for it.
//!
//! Counts are kept by the hour and by the week, for eight weeks. Hours are those of UTC; when clocks change, the hours on
//! either side, which are looked at as well, make up for it.

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

/// The hour of `now` and the one before it hold the wave that is judged: they say nothing of what is usual.
const WAVE_HOURS: i64 = 2;

/// How often a topic came up, by the hour and by the week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Hours since 1970 with what they held; hours without any are left out.
    pub hours: BTreeMap<i64, u32>,
    /// Weeks, in the same way.
    pub weeks: BTreeMap<i64, u32>,
}

impl Counts {
    /// One more report; what is older than is asked for is forgotten.
    pub fn add(&mut self, at: Timestamp) {
        let (hour, week) = Self::place(at);
        *self.hours.entry(hour).or_default() += 1;
        *self.weeks.entry(week).or_default() += 1;
        let (hours, weeks) = Self::oldest(at);
        self.hours = self.hours.split_off(&hours);
        self.weeks = self.weeks.split_off(&weeks);
    }

    /// The hour and the week in which an instant is counted.
    #[must_use]
    pub fn place(at: Timestamp) -> (i64, i64) {
        let hour = at.as_second().div_euclid(HOUR_SECONDS);
        (hour, hour.div_euclid(HOURS_A_WEEK))
    }

    /// Before this hour and this week nothing is asked for any more.
    #[must_use]
    pub fn oldest(now: Timestamp) -> (i64, i64) {
        let (hour, week) = Self::place(now);
        (hour - WEEKS * HOURS_A_WEEK - 1, week - WEEKS)
    }

    /// The hours and weeks that [`Counts::usual_an_hour`] looks at.
    #[must_use]
    pub fn asked(now: Timestamp) -> (Vec<i64>, Vec<i64>) {
        let (this, week) = Self::place(now);
        let alike = (1..=WEEKS).flat_map(|weeks| {
            let then = this - weeks * HOURS_A_WEEK;
            then - 1..=then + 1
        });
        let hours = alike.chain(this - WAVE_HOURS + 1..=this).collect();
        (hours, (week - WEEKS..=week).collect())
    }

    /// What is usual in an hour like the one of `now`, from what lies before it. `since` is when the first report of all
    /// was counted: what was not written about before that says nothing.
    #[must_use]
    pub fn usual_an_hour(&self, now: Timestamp, since: Option<Timestamp>) -> f64 {
        let (this, week) = Self::place(now);
        let count = |hour: i64| self.hours.get(&hour).copied().unwrap_or_default();
        let began = since.map_or(this, |since| Self::place(since).0);
        let began = began.max((week - WEEKS) * HOURS_A_WEEK);
        let weeks = ((this - began) as f64 / HOURS_A_WEEK as f64).max(1.0);
        let alike: u32 = (1..=WEEKS)
            .flat_map(|weeks| [-1, 0, 1].map(|beside| this - weeks * HOURS_A_WEEK + beside))
            .map(count)
            .sum();
        let of_weeks: u32 = self
            .weeks
            .range(week - WEEKS..=week)
            .map(|(_, count)| count)
            .sum();
        let wave: u32 = (0..WAVE_HOURS).map(|ago| count(this - ago)).sum();
        let own = f64::from(alike) / (3.0 * weeks.min(WEEKS as f64));
        let all = f64::from(of_weeks.saturating_sub(wave));
        let overall = all / (weeks * HOURS_A_WEEK as f64 * OFFICE_SHARE);
        (OWN_HOUR * own + (1.0 - OWN_HOUR) * overall).max(FLOOR_AN_HOUR)
    }
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
        let before = counts.usual_an_hour(monday, began);
        counts.add(monday - SignedDuration::from_mins(10));
        check(&counts, monday, before, before);
    }

    #[test]
    fn what_is_old_is_forgotten_and_what_is_asked_is_kept() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let day = SignedDuration::from_hours(24);
        let mut counts = Counts::default();
        for days in 0..200 {
            counts.add(start + day * days);
        }
        assert_eq!((counts.hours.len(), counts.weeks.len()), (57, 9));
        let now = start + day * 199;
        let (hours, weeks) = Counts::asked(now);
        let only = |map: &BTreeMap<i64, u32>, asked: &[i64]| {
            map.iter()
                .filter(|(place, _)| asked.contains(place))
                .map(|(place, count)| (*place, *count))
                .collect()
        };
        let asked = Counts {
            hours: only(&counts.hours, &hours),
            weeks: only(&counts.weeks, &weeks),
        };
        let usual = |counts: &Counts| counts.usual_an_hour(now, Some(start)).to_bits();
        assert_eq!(usual(&asked), usual(&counts));
    }
}
