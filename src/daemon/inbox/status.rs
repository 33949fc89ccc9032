//! How a mailbox is doing, for `triaged mailbox list` and `triaged status`.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::daemon::clock::told;
use crate::daemon::store::Cursor;

/// How a mailbox is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxStatus {
    /// Its address.
    pub mailbox: String,
    /// What is going on.
    pub state: State,
    /// When the folder was last seen with nothing new left in it.
    pub last_visit: Option<Timestamp>,
    /// When the server took over the last mail that we took in.
    pub last_mail: Option<Timestamp>,
    /// What went wrong last, and when; kept after recovery.
    pub last_error: Option<(Timestamp, String)>,
    /// Mails taken in since the daemon started.
    pub taken: u64,
    /// How far the folder has been read.
    pub cursor: Option<Cursor>,
}

/// What is going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum State {
    /// On the way to the server, or logging in.
    Connecting,
    /// Mails are being taken in.
    Fetching,
    /// Everything is taken in; the server tells when something comes.
    Idle,
    /// Everything is taken in; we ask the server from time to time, because it cannot tell.
    Polling,
    /// After a failure; the next try is at this instant.
    BackingOff {
        /// When.
        until: Timestamp,
    },
    /// The server refused our log-in too often. Nothing is tried until `triaged mailbox resume`, or until the secret
    /// changes.
    LockedOut {
        /// The server's words.
        why: String,
    },
    /// The daemon is stopping.
    Stopped,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connecting => write!(f, "connecting"),
            Self::Fetching => write!(f, "fetching"),
            Self::Idle => write!(f, "idle"),
            Self::Polling => write!(f, "polling"),
            Self::BackingOff { until } => write!(f, "backing off until {}", told(*until)),
            Self::LockedOut { why } => write!(f, "LOCKED OUT: {why}"),
            Self::Stopped => write!(f, "stopped"),
        }
    }
}

impl fmt::Display for MailboxStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}  {}, {} taken since the start",
            self.mailbox, self.state, self.taken
        )?;
        if let (State::BackingOff { .. }, Some((_, why))) = (&self.state, &self.last_error) {
            write!(f, ", {why}")?;
        }
        match self.last_visit {
            Some(at) => write!(f, ", last visit {}", told(at)),
            None => write!(f, ", not yet visited"),
        }
    }
}

/// A mailbox out of reach for longer than this needs a person; its alarm goes out at the same time.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(15);

impl MailboxStatus {
    /// What a person must do, in a sentence, if anything. `started` is when the daemon did.
    #[must_use]
    pub fn needs_a_person(&self, started: Timestamp, now: Timestamp) -> Option<String> {
        let mailbox = &self.mailbox;
        match &self.state {
            State::LockedOut { why } => Some(format!(
                "{mailbox} refuses our log-in ({why}); mend it, then `triaged mailbox resume {mailbox}`"
            )),
            State::BackingOff { .. } => {
                let seen = self.last_visit.unwrap_or(started);
                (now.duration_since(seen) >= LOST_AFTER).then(|| {
                    format!("{mailbox} has not been reached for a long time; `triaged mailbox probe {mailbox}` shows how far it gets")
                })
            }
            State::Connecting | State::Fetching | State::Idle | State::Polling | State::Stopped => {
                None
            }
        }
    }
}

/// Held by those who look at a mailbox from outside.
#[derive(Clone, Debug)]
pub struct Handle {
    status: watch::Receiver<MailboxStatus>,
    resumes: Arc<watch::Sender<u64>>,
}

impl Handle {
    /// How it is doing now.
    #[must_use]
    pub fn status(&self) -> MailboxStatus {
        self.status.borrow().clone()
    }

    /// Tries again at once, if it is locked out or backing off. Does nothing otherwise.
    pub fn resume(&self) {
        self.resumes.send_modify(|count| *count += 1);
    }

    /// Waits until the status fulfils a condition; `None` if the mailbox is not watched any more.
    pub async fn wait_until(
        &mut self,
        mut condition: impl FnMut(&MailboxStatus) -> bool,
    ) -> Option<MailboxStatus> {
        let status = self.status.wait_for(|status| condition(status)).await;
        status.ok().map(|status| status.clone())
    }
}

/// Held by the one who watches the mailbox.
#[derive(Debug)]
pub(super) struct Board {
    status: watch::Sender<MailboxStatus>,
    resumes: watch::Receiver<u64>,
}

impl Board {
    pub(super) fn new(mailbox: &str) -> (Self, Handle) {
        let (sender, receiver) = watch::channel(MailboxStatus {
            mailbox: mailbox.to_owned(),
            state: State::Connecting,
            last_visit: None,
            last_mail: None,
            last_error: None,
            taken: 0,
            cursor: None,
        });
        let (resume, resumes) = watch::channel(0);
        let board = Self {
            status: sender,
            resumes,
        };
        let handle = Handle {
            status: receiver,
            resumes: Arc::new(resume),
        };
        (board, handle)
    }

    pub(super) fn state(&self, state: State) {
        self.status.send_modify(|status| status.state = state);
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut MailboxStatus)) {
        self.status.send_modify(change);
    }

    /// Shows that we stand still, and returns a wait for somebody who asks to try again from now on.
    pub(super) fn stand_still(&self, state: State) -> impl Future<Output = ()> + use<> {
        let mut resumes = self.resumes.clone();
        // Whoever sees the new state must be able to resume; what was asked before does not count.
        resumes.mark_unchanged();
        self.state(state);
        async move {
            if resumes.changed().await.is_err() {
                // Nobody is left who could ask.
                std::future::pending::<()>().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_needs_a_person_when_it_has_been_out_of_reach_for_long() {
        let at = |minute: i64| Timestamp::from_second(60 * minute).unwrap();
        let check = |state: State, last_visit: Option<i64>, needed: bool| {
            let status = MailboxStatus {
                mailbox: "support@everythingcloud.com".to_owned(),
                state: state.clone(),
                last_visit: last_visit.map(at),
                last_mail: None,
                last_error: None,
                taken: 0,
                cursor: None,
            };
            let told = status.needs_a_person(at(0), at(100));
            assert_eq!(told.is_some(), needed, "{state:?}, {last_visit:?}");
        };
        let backing_off = || State::BackingOff { until: at(101) };
        check(backing_off(), Some(80), true);
        check(backing_off(), Some(95), false);
        check(backing_off(), None, true);
        check(State::Idle, Some(1), false);
        let why = "no such user".to_owned();
        check(State::LockedOut { why }, Some(99), true);
    }
}
