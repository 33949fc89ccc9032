//! Where a machine may stop in the middle of a commit, and what is found on the next start.
//!
//! A commit writes the archive, then the journal, then the state. Each moment between them is made by putting together
//! the folders as they lay before and after.

use std::path::Path;

use super::scribe::{closed, copy, everything, open, open_tickets, open_told, put_back, verified};

/// What of the second batch had reached the disk.
const MOMENTS: [(&str, [bool; 3]); 4] = [
    ("before anything was written", [false, false, false]),
    ("the mail lies in the archive", [true, false, false]),
    ("the decision is durable", [true, true, false]),
    ("the state knows it, too", [true, true, true]),
];

#[test]
fn wherever_it_stops_a_decision_is_whole_or_has_not_happened() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let store = open(&old);
    open_tickets(&store, 1..=2).unwrap();
    let before = everything(&store);
    closed(store);
    copy(&old, &new);
    let store = open(&new);
    open_tickets(&store, 3..=5).unwrap();
    let after = everything(&store);
    closed(store);

    for (moment, written) in MOMENTS {
        let root = folder.path().join("stopped");
        copy(&old, &root);
        for (which, written) in ["archive", "journal", "state"].iter().zip(written) {
            if written {
                put_back(&new.join(which), &root.join(which));
            }
        }
        let [_, durable, _] = written;
        goes_on(&root, if durable { &after } else { &before }, moment);
        std::fs::remove_dir_all(&root).unwrap();
    }
}

/// It opens without a word, knows what was decided, and what comes next is whole again after another start.
fn goes_on(root: &Path, expected: &str, moment: &str) {
    let store = open(root);
    assert_eq!(everything(&store), expected, "{moment}");
    open_tickets(&store, 6..=7).unwrap();
    let all = everything(&store);
    closed(store);
    assert_eq!(verified(root).findings, [""; 0], "{moment}");
    assert_eq!(everything(&open(root)), all, "{moment}");
}

#[test]
fn a_run_that_was_killed_leaves_a_store_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let (root, killed) = (folder.path().join("store"), folder.path().join("killed"));
    let store = open(&root);
    for uid in 1..=20 {
        open_tickets(&store, uid..=uid).unwrap();
        // A copy of a store that is open is what a kill leaves behind, and what a backup takes.
        copy(&root, &killed);
        let expected = everything(&store);
        let (again, opened) = open_told(&killed).unwrap();
        assert_eq!(everything(&again), expected, "after mail {uid}: {opened:?}");
        drop(again);
        std::fs::remove_dir_all(&killed).unwrap();
    }
}

#[test]
fn a_first_start_that_was_interrupted_is_a_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    closed(open(root));
    std::fs::remove_file(root.join("identity")).unwrap();
    let (_store, opened) = open_told(root).unwrap();
    assert_eq!(opened.applied, 0);
}
