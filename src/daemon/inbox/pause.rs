//! How long to wait after a failure: longer each time, and never in step with the other mailboxes.

use std::time::Duration;

/// The first wait. A server that is being restarted is back after it.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait. Once a server is back, its mail waits for us no longer than that.
const LONGEST: Duration = Duration::from_secs(300);

/// The desk's own trouble, such as a full disk, is looked at more often: nobody is molested by that.
const LONGEST_FOR_DESK: Duration = Duration::from_secs(15);

/// The waits after failures in a row.
#[derive(Debug, Default)]
pub(super) struct Pause {
    failures: u32,
}

impl Pause {
    /// All is well again.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure of the server.
    pub(super) fn next(&mut self) -> Duration {
        self.grow(LONGEST)
    }

    /// The wait after one more failure of the desk.
    pub(super) fn next_for_desk(&mut self) -> Duration {
        self.grow(LONGEST_FOR_DESK)
    }

    fn grow(&mut self, longest: Duration) -> Duration {
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        // Between a half and the whole: a hundred mailboxes of one restarted server come back one by one.
        doubled.min(longest).mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_begin_anew_after_success() {
        let mut pause = Pause::default();
        for longest in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300] {
            let longest = Duration::from_secs(longest);
            let wait = pause.next();
            assert!(
                longest / 2 <= wait && wait <= longest,
                "{wait:?} of {longest:?}"
            );
        }
        assert!(pause.next_for_desk() <= LONGEST_FOR_DESK);
        pause.reset();
        assert!(pause.next() <= FIRST);
    }
}
