//! Bad days: whatever the server does, every mail arrives exactly once, and the operators hear what they must.

use std::time::Duration;

use triaged::daemon::inbox::State;
use triaged::triage::decide::Trouble;

use super::list::ListDesk;
use super::server::{Fault, Server};
use super::{mailbox, text, watch};

/// Six mails, three of which come while we wait; one fault at the next command with this beginning.
async fn check(command: &'static str, fault: Fault) {
    let (server, desk) = (Server::start().await, ListDesk::default());
    for number in 1..=3 {
        server.deliver(&text(number));
    }
    server.fault(command, fault.clone());
    let mut mailbox = mailbox(&server);
    if command == "IDLE" && matches!(fault, Fault::No(_) | Fault::Bad(_)) {
        // Then the server is asked at intervals instead.
        mailbox.poll = Duration::from_millis(50);
    }
    let mut watched = watch(mailbox, &desk);
    desk.holds(3).await;
    for number in 4..=6 {
        server.deliver(&text(number));
        desk.holds(number).await;
    }
    if !(command == "UID STORE" && matches!(fault, Fault::Empty)) {
        server.until_marked(6).await;
    }
    watched.until_idle().await;
    watched.stop().await;
    assert_eq!(desk.uids(), [1, 2, 3, 4, 5, 6], "{command}: {fault:?}");
    assert_eq!(desk.texts()[1], text(2), "{command}: {fault:?}");
    assert_eq!(desk.listed().troubles, [], "{command}: {fault:?}");
}

#[tokio::test]
async fn no_fault_loses_or_doubles_a_mail() {
    let faults = [
        Fault::No("not now"),
        Fault::Bad("what?"),
        Fault::Empty,
        Fault::Break(""),
        Fault::Break("* 1 FETCH (UID 1 BODY[]<0> {500}\r\nhalf a mai"),
        Fault::Break("* BYE shutting down\r\n"),
        Fault::Say("* XYZZY what is this"),
        Fault::Say("* 1 FETCH (UID 1 INTERNALDATE NIL)"),
        Fault::Say("* OK [ALERT] the moon is full"),
        Fault::Say("* OK [ALERT]ümlaut where a space should be"),
        Fault::Say("* 1 FETCH (FLAGS (\\Seen))"),
        Fault::Say("* NO disk is nearly full"),
        Fault::Say("+ surprise"),
        Fault::Say("T0 OK a tag that nobody sent"),
    ];
    let commands = [
        "UID FETCH",
        "SELECT",
        "IDLE",
        "UID STORE",
        "ID",
        "UID SEARCH",
        "UID FETCH 4:*",
    ];
    let mut names = std::collections::HashMap::new();
    let mut checks = tokio::task::JoinSet::new();
    for command in commands {
        for fault in &faults {
            let checking = checks.spawn(check(command, fault.clone()));
            names.insert(checking.id(), format!("{command}: {fault:?}"));
        }
    }
    let mut failed = Vec::new();
    while let Some(outcome) = checks.join_next_with_id().await {
        if let Err(error) = outcome {
            failed.extend(names.remove(&error.id()));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test]
async fn a_server_that_turns_us_away_is_asked_again() {
    for greeting in [
        "* BYE too many connections",
        "220 this is SMTP",
        "* NO nobody home",
    ] {
        let (server, desk) = (Server::start().await, ListDesk::default());
        server.deliver(&text(1));
        server.story().greeting = greeting.to_owned();
        let mut watched = watch(mailbox(&server), &desk);
        watched.until_error().await;
        server.story().greeting = "* OK ready".to_owned();
        desk.holds(1).await;
        watched.stop().await;
    }
}

#[tokio::test]
async fn a_server_that_knows_us_already_gets_no_password() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.deliver(&text(1));
    server.story().greeting = "* PREAUTH welcome back".to_owned();
    let watched = watch(mailbox(&server), &desk);
    desk.holds(1).await;
    watched.stop().await;
    assert!(server.commands("AUTHENTICATE").is_empty());
    assert!(server.commands("LOGIN").is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn silence_ends_a_visit() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.deliver(&text(1));
    server.fault("UID FETCH 1:1 ", Fault::Silence);
    let mut watched = watch(mailbox(&server), &desk);
    server
        .until("the mail is asked for", |story| story.faults.is_empty())
        .await;
    // From here on, waiting takes no time.
    tokio::time::pause();
    let status = watched.until_error().await;
    tokio::time::resume();
    assert_eq!(status, "the server is silent");
    desk.holds(1).await;
    watched.stop().await;
}

#[tokio::test]
async fn three_refused_logins_stop_a_mailbox_until_somebody_helps() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.deliver(&text(1));
    server.story().password = "another".to_owned();
    let mut watched = watch(mailbox(&server), &desk);
    watched.until_locked_out().await;
    desk.until("an alarm", |listed| !listed.troubles.is_empty())
        .await;
    assert_eq!(server.commands("AUTHENTICATE").len(), 3);
    let alarm = Trouble::MailboxLockedOut {
        mailbox: "support@everythingcloud.com".to_owned(),
        why: "[AUTHENTICATIONFAILED] who are you?".to_owned(),
    };
    assert_eq!(desk.listed().troubles, [alarm]);

    // Resumed too early, it gets three more tries.
    watched.handle.resume();
    server
        .until("three more tries", |story| story.connections >= 6)
        .await;
    watched.until_locked_out().await;
    server.story().password = "secret".to_owned();
    watched.handle.resume();
    desk.holds(1).await;
    watched.stop().await;
    assert_eq!(server.commands("AUTHENTICATE").len(), 7);
}

#[tokio::test(flavor = "current_thread")]
async fn a_changed_secret_ends_the_lock_out() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.deliver(&text(1));
    server.story().password = "another".to_owned();
    let mailbox = mailbox(&server);
    let triaged::config::Secret::File(file) = mailbox.secret.clone() else {
        unreachable!("the tests keep it in a file");
    };
    let mut watched = watch(mailbox, &desk);
    watched.until_locked_out().await;
    std::fs::write(file, "another\n").unwrap();
    tokio::time::pause();
    watched
        .handle
        .wait_until(|status| !matches!(status.state, State::LockedOut { .. }))
        .await;
    tokio::time::resume();
    desk.holds(1).await;
    watched.stop().await;
}

#[tokio::test]
async fn a_server_that_cannot_check_passwords_has_refused_nothing() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.deliver(&text(1));
    for _ in 0..5 {
        server.fault("AUTHENTICATE", Fault::No("[UNAVAILABLE] try again"));
    }
    let watched = watch(mailbox(&server), &desk);
    desk.holds(1).await;
    watched.stop().await;
    assert_eq!(desk.listed().troubles, []);
}

#[tokio::test(start_paused = true)]
async fn a_long_outage_is_told_once() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    let mut mailbox = mailbox(&server);
    // Nobody listens there.
    mailbox.port = 1;
    let watched = watch(mailbox, &desk);
    watched.impatient.abort();
    tokio::time::sleep(Duration::from_secs(14 * 60)).await;
    assert_eq!(desk.listed().troubles, []);
    tokio::time::sleep(Duration::from_secs(60 * 60)).await;
    let troubles = std::mem::take(&mut desk.listed().troubles);
    assert!(
        matches!(&troubles[..], [Trouble::MailboxLost { why, .. }] if why.contains("does not answer")),
        "{troubles:?}"
    );
    watched.stop().await;
}

#[tokio::test]
async fn a_full_disk_stops_nothing_for_good() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    for number in 1..=250 {
        server.deliver(&text(number));
    }
    desk.listed().full = 3;
    let mut watched = watch(mailbox(&server), &desk);
    desk.holds(250).await;
    watched.until_idle().await;
    watched.stop().await;
    assert_eq!(desk.uids(), (1..=250).collect::<Vec<_>>());
    assert_eq!(server.marked().len(), 250);
}

#[tokio::test]
async fn one_mail_that_is_not_given_out_does_not_stop_the_others() {
    for (fault, headers_as_well, subject) in [
        (
            Fault::No("[SERVERBUG] Internal error"),
            false,
            "Subject: 2\r\n",
        ),
        (Fault::Break("* BYE panic\r\n"), false, "Subject: 2\r\n"),
        (
            Fault::Say("* XYZZY"),
            true,
            "Subject: A mail that could not be fetched\r\n",
        ),
        (
            Fault::Empty,
            true,
            "Subject: A mail that could not be fetched\r\n",
        ),
    ] {
        let (server, desk) = (Server::start().await, ListDesk::default());
        for number in 1..=4 {
            server.deliver(&text(number));
        }
        server.story().poisoned.push((2, fault.clone()));
        server.story().headers_as_well = headers_as_well;
        let watched = watch(mailbox(&server), &desk);
        desk.holds(4).await;
        watched.stop().await;
        assert_eq!(desk.uids(), [1, 2, 3, 4], "{fault:?}");
        let texts = desk.texts();
        assert!(texts[1].starts_with(subject), "{fault:?}: {}", texts[1]);
        assert!(texts[1].contains("UID 2 in INBOX"), "{}", texts[1]);
        assert_eq!(texts[2], text(3));
        let told = desk.listed().troubles.len();
        assert_eq!(told, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_marked_is_read_all_the_same() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.story().permanent_flags = r"\Seen \Deleted".to_owned();
    server.deliver(&text(1));
    let mut watched = watch(mailbox(&server), &desk);
    desk.holds(1).await;
    watched.until_idle().await;
    watched.stop().await;
    assert!(server.commands("UID STORE").is_empty());
}

#[tokio::test]
async fn what_would_lose_mail_stops_with_a_sentence() {
    for (validity, next, sentence) in [
        (0, 4, "the server gives no UIDVALIDITY"),
        (7, 2, "restored without a new UIDVALIDITY"),
    ] {
        let (server, desk) = (Server::start().await, ListDesk::default());
        for number in 1..=3 {
            server.deliver(&text(number));
        }
        let mut watched = watch(mailbox(&server), &desk);
        watched.until_idle().await;
        watched.stop().await;
        {
            let mut story = server.story();
            (story.uid_validity, story.uid_next) = (validity, next);
        }
        let mut watched = watch(mailbox(&server), &desk);
        let error = watched.until_error().await;
        assert!(error.contains(sentence), "{error}");
        watched.stop().await;
        assert_eq!(desk.uids(), [1, 2, 3]);
    }
}
