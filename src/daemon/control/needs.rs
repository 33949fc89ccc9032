//! What does not mend itself: the ATTENTION lines of `triaged status`, by which a monitor calls a person.

use jiff::{SignedDuration, Timestamp};

use super::answers::Status;
use crate::daemon::clock::told;
use crate::daemon::inbox::{MailboxStatus, State};
use crate::daemon::outbox::RelayStatus;

/// A mailbox out of reach for longer than this needs a person; its alarm goes out at the same time.
const MAILBOX_LOST: SignedDuration = SignedDuration::from_mins(15);

/// What needs a person, a sentence each.
pub(super) fn needs(status: &Status, now: Timestamp) -> Vec<String> {
    let mut needs = Vec::new();
    if status.rules.refused.is_some() {
        needs.push("the rule files on disk are refused; `triaged check` says why".to_owned());
    }
    let mailboxes = status.mailboxes.iter();
    needs.extend(mailboxes.filter_map(|mailbox| of_mailbox(mailbox, status.since, now)));
    match status.outbox.held {
        0 => {}
        1 => needs.push("a letter is held; `triaged outbox list` says why".to_owned()),
        held => needs.push(format!(
            "{held} letters are held; `triaged outbox list` says why"
        )),
    }
    needs.extend(status.relays.iter().filter_map(of_relay));
    needs
}

fn of_mailbox(status: &MailboxStatus, started: Timestamp, now: Timestamp) -> Option<String> {
    let mailbox = &status.mailbox;
    match &status.state {
        State::LockedOut { why } => Some(format!(
            "{mailbox} refuses our log-in ({why}); mend it, then `triaged mailbox resume {mailbox}`"
        )),
        State::BackingOff { .. } => {
            let seen = status.last_visit.unwrap_or(started);
            (now.duration_since(seen) >= MAILBOX_LOST).then(|| {
                format!("{mailbox} has not been reached for a long time; `triaged mailbox probe {mailbox}` shows how far it gets")
            })
        }
        State::Connecting | State::Fetching | State::Idle | State::Polling | State::Stopped => None,
    }
}

fn of_relay(status: &RelayStatus) -> Option<String> {
    let relay = &status.relay;
    if let Some(why) = &status.locked_out {
        return Some(format!("the relay {relay} does not accept us: {why}"));
    }
    let since = told(status.late.as_ref()?.since);
    Some(format!(
        "letters have waited for the relay {relay} since {since}; `triaged outbox list` says why"
    ))
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
            let told = of_mailbox(&status, at(0), at(100));
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
