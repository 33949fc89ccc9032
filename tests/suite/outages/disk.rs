//! A disk without room: nothing is decided, nothing answered, and all of it made good when there is room again.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use crate::support::stage::{ADA, SUPPORT, Stage};
use crate::support::until;

/// Room for the store and its reserve, and quickly filled.
const DISK_MEGABYTES: u32 = 32;

/// Writes until nothing more fits.
fn fill(path: &PathBuf) {
    let mut filler = File::create(path).expect("a file on the small disk");
    let block = [0_u8; 4096];
    while filler.write_all(&block).is_ok() {}
}

#[test]
fn a_full_disk_gives_no_answer_without_a_record_and_loses_nothing() {
    let mut stage = Stage::closed(&super::setup());
    let daemon = stage.home.start_on_small_disk(DISK_MEGABYTES);
    // The program's own view of its folders: the small disk is mounted nowhere else.
    let view = PathBuf::from(format!("/proc/{}/root", daemon.id()));
    let store = stage.home.folder.join("store/filler");
    let filler = view.join(store.strip_prefix("/").expect("an absolute path"));
    stage.daemon = Some(daemon);
    stage.settle();

    fill(&filler);
    let rest = "Subject: Meanwhile\n\nThe report does not open.\n";
    for number in 0..3 {
        stage.send(ADA, &[SUPPORT], &super::id(number), rest);
    }
    until("the program says that the disk is full", || {
        stage.home.log().contains("the disk is full").then_some(())
    });
    let status = until("the daemon still answers", || stage.home.ask(&["status"]));
    assert_eq!(
        status["tickets"]["in_all"], 1,
        "the first mark alone has a record: {status:#}"
    );
    assert!(
        status["needs_a_person"]
            .to_string()
            .contains("the disk of the store"),
        "a monitor must see it, because no alarm can be written: {status:#}"
    );
    stage.wait_for(ADA, 0);

    fs::remove_file(&filler).expect("there is room again");
    stage.wait_for(ADA, 3);
    stage.settle();
    super::each_is_answered_once(&stage.wait_for(ADA, 3), 0..3);
    assert_eq!(
        stage.wait_for_tickets(5).len(),
        5,
        "three mails and two marks"
    );
}
