//! What a bad disk, a power cut or a hurried hand does to the files.

use std::fs;
use std::path::{Path, PathBuf};

use triaged::daemon::store::{Folders, RawMail, StoreError, rebuild};

use super::scribe::{
    closed, commit, copy, everything, minutes, morning, open, open_ticket, open_ticket_by,
    open_tickets, open_told, outcome, put_back, raw_mail, sent, verified,
};

/// A closed store with two batches in it, and everything that it can be asked.
fn two_batches(root: &Path) -> String {
    let store = open(root);
    open_tickets(&store, 1..=2).unwrap();
    commit(&store, |batch| {
        outcome(batch, 1, 0, sent(), minutes(1))?;
        open_ticket(batch, 3, minutes(2))
    })
    .unwrap();
    let all = everything(&store);
    closed(store);
    all
}

fn log(root: &Path, which: &str) -> PathBuf {
    root.join(which).join("000000000001.log")
}

fn flip(file: &Path, at: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[at] ^= 0x10;
    fs::write(file, bytes).unwrap();
}

fn cut(file: &Path, length: u64) {
    let file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(length).unwrap();
}

fn length(file: &Path) -> u64 {
    fs::metadata(file).unwrap().len()
}

#[test]
fn a_state_that_is_lost_or_wrong_is_made_anew_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let all = two_batches(&whole);
    let other = folder.path().join("other");
    two_batches(&other);
    let state = |root: &Path| root.join("state");
    let db = |root: &Path| root.join("state/db");
    type Harm<'h> = &'h dyn Fn(&Path);
    let table: [(&str, Harm<'_>); 6] = [
        ("deleted", &|root| fs::remove_dir_all(state(root)).unwrap()),
        ("emptied", &|root| {
            fs::remove_dir_all(state(root)).unwrap();
            fs::create_dir(state(root)).unwrap();
        }),
        ("cut short", &|root| cut(&db(root), 200)),
        ("overwritten", &|root| {
            fs::write(db(root), vec![0x5a; 400_000]).unwrap()
        }),
        ("another store's", &|root| {
            put_back(&state(&other), &state(root))
        }),
        ("doubted by the run before", &|root| {
            fs::write(root.join("state.doubtful"), "a page could not be read").unwrap();
        }),
    ];
    for (what, harm) in table {
        let root = folder.path().join("harmed");
        copy(&whole, &root);
        harm(&root);
        assert!(!verified(&root).is_whole(), "{what}: verify finds it");
        let (store, opened) = open_told(&root).unwrap();
        assert!(opened.rebuilt.is_some(), "{what}: the operator is told");
        assert_eq!(everything(&store), all, "{what}");
        open_tickets(&store, 4..=4).unwrap();
        let all = everything(&store);
        closed(store);
        assert_eq!(verified(&root).findings, [""; 0], "{what}");
        assert_eq!(everything(&open(&root)), all, "{what}: it is whole again");
        fs::remove_dir_all(&root).unwrap();
    }
}

#[test]
fn flipped_bytes_anywhere_in_the_state_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let all = two_batches(&whole);
    let db = length(&whole.join("state/db"));
    let mut random = fastrand::Rng::with_seed(3);
    let mut made_anew = 0;
    for round in 0..24 {
        let root = folder.path().join("harmed");
        copy(&whole, &root);
        // The beginning of the file is where a small state lies.
        let at = random.u64(..db.min(40_000)) as usize;
        flip(&root.join("state/db"), at);
        let (store, opened) = open_told(&root).unwrap();
        // Damage that only reading finds out is met in this run, and healed by the next.
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| everything(&store)));
        drop(store);
        made_anew += u32::from(opened.rebuilt.is_some() || asked.is_err());
        let (store, _) = open_told(&root).unwrap();
        assert_eq!(everything(&store), all, "round {round}, byte {at}");
        drop(store);
        fs::remove_dir_all(&root).unwrap();
    }
    assert!(made_anew > 0, "some of it was noticed");
}

#[test]
fn a_state_behind_the_journal_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    let (root, old) = (folder.path().join("store"), folder.path().join("old"));
    let store = open(&root);
    open_tickets(&store, 1..=2).unwrap();
    closed(store);
    copy(&root.join("state"), &old);
    let store = open(&root);
    open_tickets(&store, 3..=9).unwrap();
    let all = everything(&store);
    closed(store);
    // As after a power cut: sled has what the last checkpoint wrote.
    put_back(&old, &root.join("state"));
    let found = verified(&root);
    assert_eq!(found.findings, [""; 0], "this is no damage");
    assert_eq!(found.notes.len(), 1, "{found}");
    let (store, opened) = open_told(&root).unwrap();
    assert_eq!((opened.rebuilt, opened.applied), (None, 7));
    assert_eq!(everything(&store), all);
}

#[test]
fn a_state_ahead_of_the_journal_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let (root, old) = (folder.path().join("store"), folder.path().join("old"));
    let store = open(&root);
    open_tickets(&store, 1..=2).unwrap();
    let all = everything(&store);
    closed(store);
    copy(&root.join("journal"), &old);
    let store = open(&root);
    open_tickets(&store, 3..=4).unwrap();
    closed(store);
    // A journal from the backup, and the state of today.
    put_back(&old, &root.join("journal"));
    assert!(!verified(&root).is_whole());
    let (store, opened) = open_told(&root).unwrap();
    assert!(opened.rebuilt.unwrap().contains("does not fit the journal"));
    assert_eq!(everything(&store), all);
    assert!(
        root.join("state.damaged-1").exists(),
        "a person can still look at it"
    );
}

#[test]
fn a_journal_that_is_gone_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let all = two_batches(root);
    let kept = tempfile::tempdir().unwrap();
    copy(&root.join("journal"), &kept.path().join("journal"));
    fs::remove_dir_all(root.join("journal")).unwrap();
    for _ in 0..2 {
        let refused = open_told(root).unwrap_err();
        assert!(matches!(refused, StoreError::Damaged(_)));
        assert!(refused.to_string().contains("the journal"), "{refused}");
    }
    copy(&kept.path().join("journal"), &root.join("journal"));
    assert_eq!(everything(&open(root)), all);
}

#[test]
fn a_missing_file_of_the_journal_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    two_batches(root);
    fs::rename(log(root, "journal"), root.join("journal/000000000002.log")).unwrap();
    let refused = open_told(root).unwrap_err().to_string();
    assert!(refused.contains("000000000001.log is missing"), "{refused}");
}

#[test]
fn a_damaged_record_stops_the_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    two_batches(&whole);
    let second_batch = second_batch(&whole);
    let root = folder.path().join("harmed");
    for at in (0..second_batch).step_by(97) {
        copy(&whole, &root);
        flip(&log(&root, "journal"), at);
        let refused = open_told(&root).unwrap_err();
        assert!(
            matches!(refused, StoreError::Damaged(_)),
            "byte {at}: {refused}"
        );
        let refused = refused.to_string();
        assert!(
            refused.contains("000000000001.log is damaged at byte"),
            "{refused}"
        );
        let found = verified(&root);
        assert!(
            found.findings[0].contains("is damaged at byte"),
            "byte {at}: {found}"
        );
        fs::remove_dir_all(&root).unwrap();
    }
}

/// Where in the journal the second batch begins: the first byte that no frame knows as synced before it.
fn second_batch(root: &Path) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    open_tickets(&store, 1..=2).unwrap();
    closed(store);
    let first = length(&log(folder.path(), "journal"));
    assert!(first < length(&log(root, "journal")));
    first as usize
}

#[test]
fn a_torn_end_is_cut_off_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let all = two_batches(&whole);
    let first = second_batch(&whole);
    let before = {
        let root = folder.path().join("first");
        copy(&whole, &root);
        cut(&log(&root, "journal"), first as u64);
        everything(&open_told(&root).unwrap().0)
    };
    let end = length(&log(&whole, "journal")) as usize;
    let root = folder.path().join("torn");
    for kept in (first..end).step_by(211) {
        // Cut short, or the last block never written: the file has its length, but not its bytes.
        for zeros in [false, true] {
            copy(&whole, &root);
            cut(&log(&root, "journal"), kept as u64);
            if zeros {
                cut(&log(&root, "journal"), end as u64);
            }
            // The state is as old as the power cut left it.
            fs::remove_dir_all(root.join("state")).unwrap();
            let (store, opened) = open_told(&root).unwrap();
            let told = everything(&store);
            assert_ne!(told, all, "byte {kept}");
            if opened.applied == 2 {
                assert_eq!(told, before, "byte {kept}");
            }
            open_tickets(&store, 8..=8).unwrap();
            let after = everything(&store);
            closed(store);
            assert_eq!(verified(&root).findings, [""; 0], "byte {kept}");
            assert_eq!(everything(&open(&root)), after, "byte {kept}");
            fs::remove_dir_all(&root).unwrap();
        }
    }
}

#[test]
fn verify_tells_a_torn_end_from_damage_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    two_batches(root);
    for which in ["journal", "archive"] {
        let file = log(root, which);
        let torn = fs::read(&file).unwrap()[..40].to_vec();
        let mut bytes = fs::read(&file).unwrap();
        bytes.extend_from_slice(&torn);
        fs::write(&file, &bytes).unwrap();
        let found = verified(root);
        assert_eq!(found.findings, [""; 0]);
        assert!(
            found.notes.iter().any(|note| note.contains(which)),
            "{found}"
        );
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
    assert_eq!(open_told(root).unwrap().1.torn_bytes, 80);
}

#[test]
fn a_backup_is_whole_without_its_state_and_starts_where_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (root, backup) = (folder.path().join("store"), folder.path().join("backup"));
    let all = two_batches(&root);
    for log in ["journal", "archive"] {
        copy(&root.join(log), &backup.join(log));
    }
    let found = verified(&backup);
    assert_eq!(found.findings, [""; 0]);
    assert!(found.to_string().contains("as in a backup"), "{found}");
    let (store, opened) = open_told(&backup).unwrap();
    assert_eq!(opened.rebuilt.as_deref(), Some("it was missing"));
    assert_eq!(everything(&store), all);
}

#[test]
fn a_mail_that_changed_in_the_archive_is_never_shown_for_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    two_batches(root);
    let middle = length(&log(root, "archive")) as usize / 2;
    let intact = fs::read(log(root, "archive")).unwrap();
    flip(&log(root, "archive"), middle);
    assert!(!verified(root).is_whole());
    let refused = open_told(root).unwrap_err().to_string();
    assert!(refused.contains("archive"), "{refused}");
    fs::write(log(root, "archive"), intact).unwrap();
    let store = open(root);
    let tickets = store
        .tickets(&triaged::daemon::store::Filter {
            limit: 9,
            ..Default::default()
        })
        .unwrap();
    let (a, b) = (
        store.mails_of(tickets[0].id).unwrap(),
        store.mails_of(tickets[1].id).unwrap(),
    );
    let mut wrong = a[0].archived.clone();
    wrong.offset = b[0].archived.offset;
    wrong.bytes = b[0].archived.bytes;
    assert!(
        store.raw(&wrong, u64::MAX).is_err(),
        "another mail lies there"
    );
}

#[test]
fn an_archive_older_than_the_journal_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (root, old) = (folder.path().join("store"), folder.path().join("old"));
    let store = open(&root);
    open_tickets(&store, 1..=1).unwrap();
    closed(store);
    copy(&root.join("archive"), &old);
    let store = open(&root);
    open_tickets(&store, 2..=3).unwrap();
    closed(store);
    put_back(&old, &root.join("archive"));
    let store = open(&root);
    commit(&store, |batch| {
        let raw = RawMail::compress(&raw_mail(4)).unwrap();
        open_ticket_by(batch, 4, morning(), raw)
    })
    .unwrap();
    let mail = |id| {
        store
            .mails_of(triaged::triage::ticket::TicketId(id))
            .unwrap()
            .remove(0)
    };
    assert_eq!(store.raw(&mail(1).archived, u64::MAX).unwrap(), raw_mail(1));
    assert_eq!(store.raw(&mail(4).archived, u64::MAX).unwrap(), raw_mail(4));
    assert!(store.raw(&mail(2).archived, u64::MAX).is_err());
    closed(store);
    assert_eq!(
        verified(&root).findings.len(),
        2,
        "the two mails that are missing"
    );
}

#[test]
fn a_state_can_be_made_anew_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let all = two_batches(root);
    let rebuilt = rebuild(&Folders::new(root), &mut |_| {}).unwrap();
    assert_eq!(rebuilt.records, 4);
    assert!(Path::new(&rebuilt.set_aside.unwrap()).exists());
    assert_eq!(everything(&open(root)), all);
}
