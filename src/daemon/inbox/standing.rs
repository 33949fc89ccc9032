//! How we stand with the mail server over the visits: refused log-ins in a row, and since when it is out of reach.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// So many refused log-ins in a row, and no more: providers ban the address of those who go on.
const REFUSED_LOGINS_MAX: u32 = 3;

/// Restarts and short outages are nobody's business; after this the operators are told.
const LOST_AFTER: Duration = Duration::from_secs(15 * 60);

/// The books.
#[derive(Debug, Default)]
pub(super) struct Standing(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    refused_logins: u32,
    failing_since: Option<Instant>,
    told: bool,
    progress: bool,
}

impl Standing {
    /// The server let us in.
    pub(super) fn welcome(&self) {
        self.with(|books| books.refused_logins = 0);
    }

    /// Something was taken in, or nothing was left to take in. Tells how long it had not been so, if an operator was told.
    pub(super) fn well(&self) -> Option<Duration> {
        self.with(|books| {
            books.progress = true;
            let since = books.failing_since.take();
            let told = std::mem::take(&mut books.told);
            since.filter(|_| told).map(|since| since.elapsed())
        })
    }

    /// True if the visit that has just ended got anywhere: the next one need not wait long.
    pub(super) fn take_progress(&self) -> bool {
        self.with(|books| std::mem::take(&mut books.progress))
    }

    /// Another refused log-in. True if it was the last one that we try.
    pub(super) fn login_refused(&self) -> bool {
        self.with(|books| {
            books.refused_logins += 1;
            books.refused_logins >= REFUSED_LOGINS_MAX
        })
    }

    /// A visit failed. True if the operators must be told now.
    pub(super) fn failed(&self) -> bool {
        self.with(|books| {
            let since = *books.failing_since.get_or_insert_with(Instant::now);
            !books.told && since.elapsed() >= LOST_AFTER
        })
    }

    /// The operators have been told.
    pub(super) fn told(&self) {
        self.with(|books| books.told = true);
    }

    fn with<T>(&self, look: impl FnOnce(&mut Books) -> T) -> T {
        let mut books = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        look(&mut books)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_refused_logins_in_a_row_are_enough() {
        let standing = Standing::default();
        assert!(!standing.login_refused());
        assert!(!standing.login_refused());
        standing.welcome();
        assert!(!standing.login_refused());
        assert!(!standing.login_refused());
        assert!(standing.login_refused());
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_outage_is_told_once_and_its_end_as_well() {
        let standing = Standing::default();
        assert!(!standing.failed());
        assert_eq!(standing.well(), None);
        assert!(!standing.failed());
        tokio::time::advance(LOST_AFTER).await;
        assert!(standing.failed());
        assert!(standing.failed(), "telling may have failed");
        standing.told();
        assert!(!standing.failed());
        assert_eq!(standing.well(), Some(LOST_AFTER));
        assert_eq!(standing.well(), None);
    }
}
