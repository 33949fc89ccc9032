//! A full disk: nothing is half decided, and work goes on when there is room again.
//!
//! The disk is a small tmpfs in namespaces of its own, so no rights are needed; the test calls itself in there.

use std::fs;
use std::path::Path;
use std::process::Command;

use triaged::daemon::store::{RawMail, Store, StoreError};

use super::scribe::{
    closed, commit, everything, morning, open, open_ticket_by, open_tickets, open_told, verified,
};

const INSIDE: &str = "TRIAGED_TEST_SMALL_DISK";

/// Runs one of the tests below inside; they are ignored because they need the small disk.
fn on_a_small_disk(test: &str, limit: &str) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs -o size=48m tmpfs \"$1\" && {limit} && exec \"$2\" --exact store::full::{test} --ignored --nocapture"
    );
    let output = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "bash",
            "-c",
            &script,
            "bash",
        ])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .env(INSIDE, folder.path())
        .output()
        .expect("util-linux is installed");
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}"
    );
}

#[test]
fn a_full_disk_decides_nothing_and_work_goes_on_when_there_is_room() {
    on_a_small_disk("inside_a_full_disk", "true");
}

#[test]
fn a_disk_that_fills_up_behind_our_back_costs_nothing_either() {
    on_a_small_disk("inside_a_disk_without_any_room", "true");
}

#[test]
fn a_write_that_is_cut_short_is_taken_back() {
    // Files may not grow beyond 3 MiB: writes fail in the middle of a frame, as they do when a quota is used up.
    on_a_small_disk("inside_a_limit_for_files", "trap '' XFSZ && ulimit -f 3072");
}

/// Fills the disk, but for so many bytes.
fn fill(disk: &Path, but: u64) {
    let room = rustix::fs::statvfs(disk).unwrap();
    let free = room.f_bavail * room.f_frsize;
    let filler = vec![0x55_u8; usize::try_from(free.saturating_sub(but)).unwrap()];
    // The very last block may not be there any more; full is full.
    let _full = fs::write(disk.join("filler"), filler);
}

fn make_room(disk: &Path) {
    fs::remove_file(disk.join("filler")).unwrap();
}

/// A mail that does not become shorter by compressing.
fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..bytes).map(|_| random.u8(..)).collect()
}

fn open_by_noise(store: &Store, uid: u32, bytes: usize) -> Result<(), StoreError> {
    commit(store, |batch| {
        let raw = RawMail::compress(&noise(bytes, u64::from(uid))).unwrap();
        open_ticket_by(batch, uid, morning(), raw)
    })
}

fn disk() -> std::path::PathBuf {
    std::env::var_os(INSIDE)
        .expect("run by the test above")
        .into()
}

#[test]
#[ignore = "runs on the small disk of the tests above"]
fn inside_a_full_disk() {
    let disk = disk();
    let root = disk.join("store");
    let store = open(&root);
    open_tickets(&store, 1..=3).unwrap();
    let before = everything(&store);
    fill(&disk, 1_000_000);
    for _ in 0..3 {
        let refused = open_tickets(&store, 4..=6).unwrap_err();
        assert!(matches!(refused, StoreError::Full(_)), "{refused}");
        assert!(refused.passes());
        assert!(store.large_mail().is_err());
    }
    assert_eq!(
        everything(&store),
        before,
        "what is known can still be asked"
    );
    make_room(&disk);
    open_tickets(&store, 4..=6).unwrap();
    let after = everything(&store);
    closed(store);
    assert_eq!(verified(&root).findings, [""; 0]);
    assert_eq!(everything(&open(&root)), after);
}

#[test]
#[ignore = "runs on the small disk of the tests above"]
fn inside_a_disk_without_any_room() {
    let disk = disk();
    let root = disk.join("store");
    let store = open(&root);
    open_tickets(&store, 1..=3).unwrap();
    let before = everything(&store);
    fill(&disk, 0);
    // sled's own thread runs into the wall meanwhile, and does not forget it.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    assert!(open_tickets(&store, 4..=4).is_err());
    drop(store);
    let refused = open_told(&root).unwrap_err();
    assert!(matches!(refused, StoreError::Full(_)), "{refused}");
    make_room(&disk);
    let store = open(&root);
    assert_eq!(everything(&store), before);
    open_tickets(&store, 4..=6).unwrap();
    let after = everything(&store);
    closed(store);
    assert_eq!(everything(&open(&root)), after);
}

#[test]
#[ignore = "runs on the small disk of the tests above"]
fn inside_a_limit_for_files() {
    let root = disk().join("store");
    let store = open(&root);
    let mut uid = 0;
    let refused = loop {
        uid += 1;
        if let Err(refused) = open_by_noise(&store, uid, 200_000) {
            break refused;
        }
    };
    assert!(matches!(refused, StoreError::Full(_)), "{refused}");
    assert!(uid > 10, "the archive takes some before its file is full");
    let before = everything(&store);
    // A smaller mail still fits, right behind the last whole one.
    open_by_noise(&store, uid, 100).unwrap();
    let after = everything(&store);
    assert_ne!(after, before);
    closed(store);
    assert_eq!(verified(&root).findings, [""; 0]);
    assert_eq!(everything(&open(&root)), after);
}
