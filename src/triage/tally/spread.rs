//! How long things took: the usual, the slow, and the slowest, with the ticket that it was.

use serde::{Deserialize, Serialize};

/// How many, and how long they took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// How many there were.
    pub count: u64,
    /// Seconds that half of them did not exceed.
    pub median: i64,
    /// Seconds that nine of ten did not exceed.
    pub ninetieth: i64,
    /// Seconds of the longest.
    pub worst: i64,
    /// The ticket with the longest.
    pub worst_of: String,
}

/// Durations as they are collected: seconds, and the ticket's number.
pub(super) type Taken = Vec<(i64, String)>;

/// Nothing where there is nothing. Percentiles are by nearest rank, so each is a time that was really taken.
pub(super) fn spread(mut taken: Taken) -> Option<Spread> {
    taken.sort();
    let (worst, worst_of) = taken.last().cloned()?;
    let rank = |percent: usize| {
        let rank = (taken.len() * percent).div_ceil(100).max(1);
        taken.get(rank - 1).map_or(worst, |(seconds, _)| *seconds)
    };
    Some(Spread {
        count: u64::try_from(taken.len()).unwrap_or(u64::MAX),
        median: rank(50),
        ninetieth: rank(90),
        worst,
        worst_of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_taken() {
        let check = |seconds: &[i64], (median, ninetieth, worst): (i64, i64, i64)| {
            let taken = seconds.iter().map(|one| (*one, format!("EC-{one}")));
            let spread = spread(taken.collect()).unwrap();
            let found = (spread.median, spread.ninetieth, spread.worst);
            assert_eq!(found, (median, ninetieth, worst), "{seconds:?}");
            assert_eq!(spread.worst_of, format!("EC-{worst}"));
        };
        check(&[7], (7, 7, 7));
        check(&[3, 1], (1, 3, 3));
        check(&[5, 1, 3], (3, 5, 5));
        check(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], (5, 9, 10));
        assert_eq!(super::spread(Vec::new()), None);
    }
}
