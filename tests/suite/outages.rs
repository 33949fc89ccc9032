//! Servers that go down and come back, and people who tidy up meanwhile: no mail is lost, none is answered twice.

mod contact;
mod disk;

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::daemon::Setup;
use crate::support::imap::Imap;
use crate::support::servers::Servers;
use crate::support::stage::{ADA, CAPS_LIFTED, Letter, OPS, SUPPORT, Stage, mail, number};
use crate::support::until;

/// So that no answer is withheld.
fn setup() -> Setup<'static> {
    Setup {
        limits: CAPS_LIFTED,
        ..Setup::default()
    }
}

/// Many mails from one person, put into our inbox at once.
fn seed(stage: &Stage, mails: std::ops::Range<usize>) {
    let folder = tempfile::tempdir().expect("a folder");
    for number in mails {
        let rest = format!("Subject: Mail {number}\n\nReport number {number} does not open.\n");
        let text = mail(ADA, SUPPORT, &id(number), &rest).replace('\n', "\r\n");
        fs::write(folder.path().join(format!("seed-{number:06}")), text).expect("a mail");
    }
    let path = folder.path().to_str().expect("a path");
    stage.servers.command("seed", &[SUPPORT, path]);
}

fn id(number: usize) -> String {
    format!("mail-{number}@northwind.example")
}

/// Each of these mails has one answer, and nothing else was answered.
fn each_is_answered_once(letters: &[Letter], mails: std::ops::Range<usize>) {
    assert_eq!(letters.len(), mails.len());
    for number in mails {
        let answers = letters.iter().filter(|letter| letter.answers(&id(number)));
        assert_eq!(answers.count(), 1, "mail {number}");
    }
}

fn maildir(servers: &Servers) -> PathBuf {
    Path::new(servers.env("MAIL_DIR")).join("everythingcloud.com/support/Maildir")
}

#[test]
fn a_dovecot_restarted_in_the_middle_of_a_fetch_loses_nothing() {
    const MAILS: usize = 400;
    let mut stage = Stage::closed(&setup());
    seed(&stage, 0..MAILS);
    stage.start();
    until("some mails are in", || {
        let in_all = stage.home.ask(&["status"])?["tickets"]["in_all"].as_u64()?;
        (in_all > 0).then_some(())
    });
    stage.servers.command("stop-dovecot", &[]);
    stage.servers.command("start-dovecot", &[]);
    stage.wait_for_tickets(MAILS);
    stage.settle();
    each_is_answered_once(&stage.wait_for(ADA, MAILS), 0..MAILS);
}

#[test]
fn a_dovecot_restarted_while_it_is_idle_is_found_again() {
    let stage = Stage::open(&setup());
    stage.settle();
    stage.servers.command("stop-dovecot", &[]);
    // Postfix keeps what comes meanwhile.
    stage.send(
        ADA,
        &[SUPPORT],
        &id(0),
        "Subject: Meanwhile\n\nThe report does not open.\n",
    );
    stage.servers.command("start-dovecot", &[]);
    each_is_answered_once(&stage.wait_for(ADA, 1), 0..1);
}

#[test]
fn a_letter_waits_for_a_postfix_that_is_down_and_then_leaves_once() {
    let limits = format!("{CAPS_LIFTED}alarm_after = \"1 second\"\n");
    let stage = Stage::open(&Setup {
        limits: &limits,
        ..setup()
    });
    stage.settle();
    stage.servers.command("stop-postfix", &[]);
    seed(&stage, 0..1);
    until("the acknowledgement has failed once", || {
        let waiting = stage.outbox();
        let tried = |row: &&serde_json::Value| row["to"] == ADA && row["tries"].as_u64() > Some(0);
        waiting.iter().find(tried).cloned()
    });
    assert_eq!(
        stage.wait_for_tickets(2).len(),
        2,
        "the ticket does not wait for the relay"
    );
    until("the operators are told", || {
        let alarm = |row: &serde_json::Value| row["to"] == OPS;
        stage.outbox().iter().any(alarm).then_some(())
    });
    let output = stage.home.command(&["status"]).output().expect("status");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(
        shown.contains("ATTENTION: letters have waited for the relay default"),
        "{shown}"
    );

    stage.servers.command("start-postfix", &[]);
    until("the letters are tried again", || {
        let waiting = stage.outbox();
        for row in &waiting {
            stage
                .home
                .ask(&["outbox", "retry", &row["letter"].to_string()]);
        }
        waiting.is_empty().then_some(())
    });
    stage.settle();
    each_is_answered_once(&stage.wait_for(ADA, 1), 0..1);
    stage.wait_for(OPS, 1);
    until("all is well again", || {
        let output = stage.home.command(&["status"]).output().expect("status");
        output.status.success().then_some(())
    });
}

#[test]
fn a_folder_that_is_numbered_anew_is_answered_nothing_twice() {
    let mut stage = Stage::open(&setup());
    seed(&stage, 0..5);
    stage.wait_for(ADA, 5);
    stage.settle();
    let before = uid_validity(&stage);
    stage.servers.command("stop-dovecot", &[]);
    for entry in fs::read_dir(maildir(&stage.servers))
        .expect("the maildir")
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("dovecot-uid") || name.starts_with("dovecot.index") {
            fs::remove_file(entry.path()).expect("a numbering is forgotten");
        }
    }
    stage.servers.command("start-dovecot", &[]);
    let after = until("Dovecot has a new numbering", || {
        let now = uid_validity(&stage);
        (now != before).then_some(now)
    });
    assert_ne!(before, after);
    stage.send(
        ADA,
        &[SUPPORT],
        &id(5),
        "Subject: New\n\nThe new report does not open.\n",
    );
    stage.wait_for(ADA, 6);
    stage.settle();
    each_is_answered_once(&stage.wait_for(ADA, 6), 0..6);
    assert_eq!(
        stage.wait_for_tickets(8).len(),
        8,
        "six mails and two marks"
    );
    // And once more from the start, because a restart reads its cursor anew.
    stage.stop();
    stage.start();
    stage.settle();
    stage.wait_for(ADA, 6);
}

fn uid_validity(stage: &Stage) -> String {
    let answers = stage.person(SUPPORT).command("STATUS INBOX (UIDVALIDITY)");
    let answers = answers.expect("Dovecot tells its numbering");
    answers
        .into_iter()
        .map(|(text, _)| text)
        .find(|text| text.contains("UIDVALIDITY"))
        .expect("a number")
}

#[test]
fn mails_that_a_person_reads_and_moves_away_meanwhile_stop_nothing() {
    const MAILS: usize = 200;
    let mut stage = Stage::closed(&setup());
    seed(&stage, 0..MAILS);
    let mut person = stage.person(SUPPORT);
    person.command("CREATE Done").expect("a folder");
    person
        .command("UID STORE 1:20 +FLAGS (\\Seen)")
        .expect("twenty are read");
    stage.start();
    // While the program takes them in, a person files mails one by one, from the end.
    for uid in (MAILS - 30..=MAILS).rev() {
        person
            .command(&format!("UID MOVE {uid} Done"))
            .expect("a mail is moved");
    }
    stage.settle();
    let moved = stage.wait_for_tickets(MAILS - 31 + 1);
    let letters = stage.letters(ADA);
    assert_eq!(
        letters.len() + 1,
        moved.len(),
        "each ticket but the mark's has its acknowledgement"
    );
    // What has been filed comes back: whatever has a ticket already gets no second one.
    let (port, password) = (
        stage.servers.port("IMAP_PORT"),
        stage.servers.env("PASSWORD"),
    );
    let mut done = Imap::open(port, SUPPORT, password, "Done").expect("the folder opens");
    done.command("UID MOVE 1:* INBOX").expect("all come back");
    let tickets = stage.wait_for_tickets(MAILS + 1);
    assert_eq!(tickets.len(), MAILS + 1, "the mails and the mark");
    stage.settle();
    each_is_answered_once(&stage.wait_for(ADA, MAILS), 0..MAILS);
}

#[test]
fn a_mail_of_forty_megabytes_is_a_ticket_beside_the_small_ones() {
    const BYTES: usize = 40 * 1024 * 1024;
    let stage = Stage::open(&setup());
    let mut large = mail(
        ADA,
        SUPPORT,
        &id(0),
        "Subject: Large\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nThe report does not open, see the film.\n--b\nContent-Type: video/mp4\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=film.mp4\n\n",
    );
    large.extend(std::iter::repeat_n("QUJD".repeat(19) + "\n", BYTES / 77));
    large.push_str("--b--\n");
    stage.deliver(ADA, &[SUPPORT], large.as_bytes());
    for small in 1..4 {
        stage.send(
            ADA,
            &[SUPPORT],
            &id(small),
            &format!("Subject: Small {small}\n\nReport {small} does not open.\n"),
        );
    }
    stage.wait_for(ADA, 4);
    stage.settle();
    each_is_answered_once(&stage.wait_for(ADA, 4), 0..4);
    let tickets = stage.wait_for_tickets(5);
    let row = tickets
        .iter()
        .find(|row| row["subject"] == "Large")
        .expect("its ticket");
    let timeline = stage.ticket(&number(row))["timeline"].to_string();
    assert!(
        timeline.contains("over the size limit"),
        "the defect is named: {timeline}"
    );
}
