//! What does not mend itself: the ATTENTION lines of `triaged status`, by which a monitor calls a person.

use jiff::Timestamp;

use super::answers::Status;
use crate::daemon::outbox::RelayStatus;
use crate::daemon::store::Store;

/// Less room than this needs a person: some weeks of mail for most desks.
const DISK_LOW_BYTES: u64 = 500_000_000;

/// Each need in a sentence that says what to do.
pub(super) fn needs(status: &Status, store: &Store, now: Timestamp) -> Vec<String> {
    let mut needs = Vec::new();
    if status.rules.refused.is_some() {
        needs.push("the rule files on disk are refused; `triaged check` says why".to_owned());
    }
    let mailboxes = status.mailboxes.iter();
    needs.extend(mailboxes.filter_map(|mailbox| mailbox.needs_a_person(status.since, now)));
    match status.outbox.held {
        0 => {}
        1 => needs.push("a letter is held; `triaged outbox list` says why".to_owned()),
        held => needs.push(format!(
            "{held} letters are held; `triaged outbox list` says why"
        )),
    }
    needs.extend(status.relays.iter().filter_map(RelayStatus::needs_a_person));
    needs.extend(disk(store));
    needs
}

/// No letter can tell of a full disk, because a letter must be on disk before it goes: it is told here, in time.
fn disk(store: &Store) -> Option<String> {
    match store.free_bytes() {
        Ok(free) if free < DISK_LOW_BYTES => Some(format!(
            "the disk of the store has {} MB left; when it is full, no mail is taken until there is room",
            free / 1_000_000
        )),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}
