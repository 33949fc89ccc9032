//! Real servers, real mail, the real program: what the tests, the demo and the bench stand on.
//!
//! [`servers::Servers`] is a private Dovecot and Postfix, [`daemon::Daemon`] the program with a configuration of its
//! own, [`post`] sends as a partner would, [`imap`] looks into a mailbox as a person would.

pub mod daemon;
pub mod imap;
pub mod post;
pub mod servers;
pub mod stage;

use std::time::{Duration, Instant};

/// How long a test waits for something that must come. It only matters when the test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `look` sees what it wants; panics with `what` after [`PATIENCE`].
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "waited {PATIENCE:?} in vain: {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
