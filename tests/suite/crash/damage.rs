//! What a bad disk or a hurried hand does to the store's files while the program is stopped.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::daemon::Setup;
use crate::support::stage::{ADA, SUPPORT, Stage, number};

const MAILS: usize = 3;

/// A stopped program that has decided some mails, and its tickets.
fn decided() -> (Stage, Vec<Value>) {
    let mut stage = Stage::open(&Setup::default());
    for number in 0..MAILS {
        let rest = format!("Subject: Mail {number}\n\nReport number {number} does not open.\n");
        stage.send(
            ADA,
            &[SUPPORT],
            &format!("mail-{number}@northwind.example"),
            &rest,
        );
    }
    stage.wait_for(ADA, MAILS);
    stage.settle();
    let tickets = everything(&stage);
    assert_eq!(tickets.len(), MAILS + 1, "the mails and the mark");
    stage.stop();
    (stage, tickets)
}

/// Each ticket with its whole history.
fn everything(stage: &Stage) -> Vec<Value> {
    let mut numbers: Vec<String> = stage.home.tickets().iter().map(number).collect();
    numbers.sort();
    numbers.iter().map(|number| stage.ticket(number)).collect()
}

/// Starts it again: the same tickets, no second letter, and a store that holds together.
fn nothing_is_lost(stage: &mut Stage, before: &[Value]) {
    stage.start();
    assert_eq!(everything(stage), before);
    stage.settle();
    stage.wait_for(ADA, MAILS);
    stage.stop();
    let verified = stage
        .home
        .command(&["store", "verify"])
        .output()
        .expect("the program starts");
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn store(stage: &Stage, folder: &str) -> PathBuf {
    stage.home.folder.join("store").join(folder)
}

#[test]
fn a_state_that_was_deleted_is_made_anew() {
    let (mut stage, before) = decided();
    fs::remove_dir_all(store(&stage, "state")).expect("the state is deleted");
    nothing_is_lost(&mut stage, &before);
}

#[test]
fn a_state_that_was_cut_short_is_made_anew() {
    let (mut stage, before) = decided();
    for path in files(&store(&stage, "state")) {
        let file = OpenOptions::new()
            .write(true)
            .open(&path)
            .expect("a file of the state");
        file.set_len(file.metadata().expect("its size").len() / 2)
            .expect("it is cut");
    }
    nothing_is_lost(&mut stage, &before);
}

#[test]
fn a_state_with_flipped_bytes_is_made_anew() {
    let (mut stage, before) = decided();
    let mut random = fastrand::Rng::with_seed(11);
    for path in files(&store(&stage, "state")) {
        let mut bytes = fs::read(&path).expect("a file of the state");
        for _ in 0..bytes.len() / 100 {
            let at = random.usize(..bytes.len());
            bytes[at] ^= 0x5a;
        }
        fs::write(&path, bytes).expect("it is written back");
    }
    nothing_is_lost(&mut stage, &before);
}

#[test]
fn a_journal_that_ends_in_a_torn_record_is_cut_there() {
    let (mut stage, before) = decided();
    let last = files(&store(&stage, "journal")).pop().expect("a journal");
    let whole = fs::read(&last).expect("the journal");
    // A write that the power cut off: the first bytes of a frame, and nothing behind them.
    let mut file = OpenOptions::new()
        .write(true)
        .open(&last)
        .expect("the journal");
    file.seek(SeekFrom::End(0)).expect("its end");
    file.write_all(&whole[..40]).expect("a torn frame");
    drop(file);
    nothing_is_lost(&mut stage, &before);
    let after = fs::read(&last).expect("the journal");
    assert!(
        after.starts_with(&whole) && after.len() > whole.len(),
        "what was whole stays, and the mark follows it"
    );
}

#[test]
fn a_wish_to_stop_is_obeyed_and_takes_the_socket_away() {
    let mut stage = Stage::open(&Setup::default());
    let socket = stage.home.folder.join("control.sock");
    assert!(socket.exists());
    stage.stop();
    assert!(
        !socket.exists(),
        "whoever asks now must not wait for a dead program"
    );
}
