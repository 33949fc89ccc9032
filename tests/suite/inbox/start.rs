//! Ordinary days: what arrives, in which order, what is marked, and how it begins.

use triaged::config::After;
use triaged::daemon::desk::{Arrived, Raw};
use triaged::daemon::inbox::State;

use super::list::ListDesk;
use super::server::Server;
use super::{MAIL_BYTES_MAX, mailbox, noise, text, watch};

#[tokio::test]
async fn what_is_there_and_what_comes_is_taken_in_and_marked() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    for number in 1..=250 {
        server.deliver(&text(number));
    }
    let mut watched = watch(mailbox(&server), &desk);
    desk.holds(250).await;
    watched.until_idle().await;
    assert_eq!(desk.uids(), (1..=250).collect::<Vec<_>>());
    assert_eq!(desk.texts()[41], text(42));
    assert_eq!(desk.listed().batches, [100, 100, 50]);
    assert_eq!(server.marked().len(), 250);

    server.deliver(&text(251));
    desk.holds(251).await;
    server.until_marked(251).await;
    let status = watched.handle.status();
    assert_eq!((status.taken, status.cursor.unwrap().uid), (251, 251));
    assert_eq!(status.last_error, None);
    assert!(status.last_visit.is_some());
    watched.stop().await;
    assert_eq!(server.commands("LOGOUT").len(), 1);
    // A mail that is announced while we idle comes with one FETCH.
    let fetches = server.commands("UID FETCH 251:*");
    assert_eq!(fetches.len(), 1, "{fetches:?}");
    assert!(fetches[0].contains("BODY.PEEK[]"), "{fetches:?}");
}

#[tokio::test]
async fn mails_are_moved_to_a_folder_that_is_made_for_them() {
    for (capabilities, left) in [
        ("IMAP4rev1 IDLE MOVE UIDPLUS", 0),
        ("IMAP4rev1 IDLE UIDPLUS", 0),
        ("IMAP4rev1 IDLE", 3),
    ] {
        let (server, desk) = (Server::start().await, ListDesk::default());
        server.story().capabilities = capabilities.to_owned();
        for number in 1..=3 {
            server.deliver(&text(number));
        }
        let mut mailbox = mailbox(&server);
        mailbox.after = After::Move("Erledigt/Geprüft".to_owned());
        let mut watched = watch(mailbox, &desk);
        watched.until_idle().await;
        watched.stop().await;
        {
            let story = server.story();
            assert_eq!(story.folders[1], "Erledigt/Gepr&APw-ft");
            assert_eq!(story.moved.len(), 3, "{capabilities}");
            assert_eq!(story.mails.len(), left, "{capabilities}");
        }

        // What had to stay behind is not copied again at the next start.
        let mut again = watch(
            triaged::config::Mailbox {
                after: After::Move("Erledigt/Geprüft".to_owned()),
                ..super::mailbox(&server)
            },
            &desk,
        );
        again.until_idle().await;
        again.stop().await;
        assert_eq!(server.story().moved.len(), 3, "{capabilities}");
        assert_eq!(desk.uids().len(), 3);
    }
}

#[tokio::test]
async fn first_contact_leaves_old_mail_alone() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    for number in 1..=5 {
        server.deliver(&text(number));
    }
    let mut mailbox = mailbox(&server);
    mailbox.answer_mail_since = None;
    let mut watched = watch(mailbox, &desk);
    watched.until_idle().await;
    server.deliver("Subject: new\r\n\r\n");
    desk.holds(1).await;
    server.until_marked(1).await;
    watched.stop().await;
    assert_eq!(desk.uids(), [6]);
    assert_eq!(server.marked(), [6]);
}

#[tokio::test]
async fn first_contact_takes_in_mail_from_a_given_instant_on() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    for date in [
        "01-Mar-2020 09:00:00 +0000",
        "24-Nov-2026 07:59:59 +0000",
        "24-Nov-2026 09:00:00 +0100",
        " 1-Dec-2026 09:00:00 +0100",
    ] {
        server.deliver_dated(date.as_bytes().to_vec(), date);
    }
    let mut mailbox = mailbox(&server);
    mailbox.answer_mail_since = Some("2026-11-24T08:00:00Z".parse().unwrap());
    let mut watched = watch(mailbox, &desk);
    watched.until_idle().await;
    watched.stop().await;
    assert_eq!(desk.uids(), [3, 4]);
    let listed = desk.listed();
    assert_eq!(
        listed.arrived[0].received_at.to_string(),
        "2026-11-24T08:00:00Z"
    );
    assert_eq!(
        listed
            .cursors
            .values()
            .next()
            .unwrap()
            .answer_since
            .to_string(),
        "2026-11-24T08:00:00Z"
    );
}

#[tokio::test]
async fn what_was_settled_before_a_crash_is_only_marked() {
    for (after, marked, moved) in [
        (After::Keep, vec![3, 4, 5], 0),
        (After::Move("Done".to_owned()), vec![], 3),
    ] {
        let (server, desk) = (Server::start().await, ListDesk::default());
        for number in 1..=2 {
            server.deliver(&text(number));
        }
        let mut mailbox = mailbox(&server);
        mailbox.answer_mail_since = None;
        mailbox.after = after;
        let mut watched = watch(mailbox.clone(), &desk);
        watched.until_idle().await;
        for number in 3..=5 {
            server.deliver(&text(number));
        }
        desk.holds(3).await;
        watched.until_idle().await;
        watched.stop().await;
        // As if we had died between the commit and the marks.
        {
            let mut story = server.story();
            let moved_before = std::mem::take(&mut story.moved);
            story.mails.extend(moved_before);
            for mail in &mut story.mails {
                mail.flags.clear();
            }
        }

        let mut watched = watch(mailbox, &desk);
        watched.until_idle().await;
        watched.stop().await;
        assert_eq!(server.marked(), marked);
        assert_eq!(server.story().moved.len(), moved);
        assert_eq!(desk.uids(), [3, 4, 5], "nothing is taken in again");
    }
}

#[tokio::test]
async fn a_renumbered_folder_is_read_again_from_the_first_contact_on() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.deliver_dated(b"old".to_vec(), "01-Jan-1999 00:00:00 +0000");
    server.deliver(&text(2));
    let mut watched = watch(mailbox(&server), &desk);
    watched.until_idle().await;
    watched.stop().await;
    assert_eq!(desk.uids(), [2]);

    {
        let mut story = server.story();
        story.uid_validity = 8;
        for (uid, mail) in (11..).zip(&mut story.mails) {
            mail.uid = uid;
            mail.flags.clear();
        }
        story.uid_next = 13;
    }
    let mut watched = watch(mailbox(&server), &desk);
    watched.until_idle().await;
    watched.stop().await;
    // The desk knows by its content that this is a mail which it has decided.
    assert_eq!(desk.uids(), [2, 12]);
    assert_eq!(desk.listed().arrived[1].place.uid_validity, 8);
    assert_eq!(server.marked(), [12]);
}

/// Mails in the minute before and after the first contact, which dates alone do not tell apart.
#[tokio::test]
async fn what_lay_there_at_the_first_contact_is_left_alone_when_the_folder_is_renumbered() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    let now = jiff::Timestamp::now();
    let deliver = |name: &str, after_seconds: i64| {
        let at = now + jiff::SignedDuration::from_secs(after_seconds);
        let date = at.strftime("%d-%b-%Y %H:%M:%S +0000").to_string();
        server.deliver_dated(name.as_bytes().to_vec(), &date)
    };
    deliver("last week", -600_000);
    deliver("dated by a joker", 600_000);
    deliver("just before", -60);
    deliver("at the last second", -2);
    let mut mailbox = mailbox(&server);
    mailbox.answer_mail_since = None;
    let mut watched = watch(mailbox.clone(), &desk);
    watched.until_idle().await;
    deliver("in the same second", -2);
    deliver("after", 1);
    desk.holds(2).await;
    watched.until_idle().await;
    watched.stop().await;
    assert_eq!(desk.texts(), ["in the same second", "after"]);
    let answered = |desk: &ListDesk| {
        let listed = desk.listed();
        let cursor = listed.cursors.values().next().unwrap();
        let young = |mail: &&Arrived| mail.received_at >= cursor.answer_since;
        let young = listed.arrived.iter().filter(young);
        young.map(|mail| mail.place.uid).collect::<Vec<_>>()
    };
    assert_eq!(answered(&desk), [5, 6]);

    deliver("while we were away", 2);
    {
        let mut story = server.story();
        story.uid_validity = 8;
        story.mails.retain(|mail| mail.bytes != b"dated by a joker");
        for (uid, mail) in (11..).zip(&mut story.mails) {
            mail.uid = uid;
        }
        story.uid_next = 17;
    }
    let mut watched = watch(mailbox, &desk);
    watched.until_idle().await;
    watched.stop().await;
    // The desk knows by its content that it has decided `after` already.
    assert_eq!(desk.texts()[2..], ["after", "while we were away"]);
    assert!(answered(&desk).ends_with(&[15, 16]));
}

#[tokio::test]
async fn mails_of_every_size_arrive_whole() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    let sizes = [
        0,
        1,
        65_535,
        65_536,
        65_537,
        1_048_576 + 65_536,
        2_500_000,
        3 * 1024 * 1024,
        3 * 1024 * 1024 + 1,
        6_000_000,
        10,
    ];
    let mails: Vec<Vec<u8>> = sizes.iter().map(|size| noise(*size)).collect();
    for mail in &mails {
        server.deliver_dated(mail.clone(), "01-Jan-2099 00:00:00 +0000");
    }
    let mut watched = watch(mailbox(&server), &desk);
    watched.until_idle().await;
    watched.stop().await;
    let listed = desk.listed();
    let mut archive = listed.archive.iter();
    for (mail, arrived) in mails.iter().zip(&listed.arrived) {
        let size = mail.len();
        match &arrived.raw {
            Raw::Whole(bytes) => {
                assert!(size as u64 <= MAIL_BYTES_MAX, "{size}");
                assert!(bytes == mail, "{size}");
            }
            Raw::Large {
                archived,
                beginning,
            } => {
                assert!(size as u64 > MAIL_BYTES_MAX, "{size}");
                assert!(archive.next().unwrap() == mail, "{size}");
                assert!(beginning[..] == mail[..1024 * 1024], "{size}");
                assert_eq!(archived.hash, blake3::hash(mail).to_hex().as_str());
            }
        }
    }
    assert_eq!(listed.arrived.len(), sizes.len());
}

#[tokio::test]
async fn a_server_that_knows_no_parts_is_understood() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.story().knows_no_parts = true;
    for size in [10, 65_536, 200_000] {
        server.deliver_dated(noise(size), "01-Jan-2099 00:00:00 +0000");
    }
    let mut watched = watch(mailbox(&server), &desk);
    watched.until_idle().await;
    watched.stop().await;
    let listed = desk.listed();
    let sizes = listed.arrived.iter().map(|mail| match &mail.raw {
        Raw::Whole(bytes) => bytes.len(),
        Raw::Large { .. } => 0,
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [10, 65_536, 200_000]);
}

#[tokio::test]
async fn people_may_move_mail_at_any_time() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    for number in 1..=3 {
        server.deliver(&text(number));
    }
    let mut watched = watch(mailbox(&server), &desk);
    watched.until_idle().await;
    // One goes while another comes: their number stays the same.
    server.remove(2);
    server.deliver(&text(4));
    desk.holds(4).await;
    server.remove(1);
    server.remove(4);
    server.deliver(&text(5));
    desk.holds(5).await;
    server.until_marked(2).await;
    watched.stop().await;
    assert_eq!(desk.uids(), [1, 2, 3, 4, 5]);
    assert_eq!(server.marked(), [3, 5]);
}

#[tokio::test]
async fn a_server_without_idle_is_asked() {
    let (server, desk) = (Server::start().await, ListDesk::default());
    server.story().capabilities = "IMAP4rev1 AUTH=PLAIN".to_owned();
    let mut mailbox = mailbox(&server);
    mailbox.poll = std::time::Duration::from_millis(20);
    let mut watched = watch(mailbox, &desk);
    watched.until_idle().await;
    assert_eq!(watched.handle.status().state, State::Polling);
    server.deliver(&text(1));
    desk.holds(1).await;
    watched.stop().await;
    assert!(!server.commands("NOOP").is_empty());
    assert!(server.commands("IDLE").is_empty());
}

#[tokio::test]
async fn every_way_to_log_in_works() {
    for (capabilities, password, commands) in [
        (
            "IMAP4rev1 AUTH=PLAIN SASL-IR",
            "secret",
            vec!["AUTHENTICATE PLAIN "],
        ),
        (
            "IMAP4rev1 AUTH=PLAIN",
            "schlüssel",
            vec!["AUTHENTICATE PLAIN"],
        ),
        ("IMAP4rev1", "secret", vec!["LOGIN \"support\" "]),
        ("IMAP4rev1", r#"a"b\c"#, vec![]),
        ("IMAP4rev1", "schlüssel", vec!["LOGIN {7}"]),
    ] {
        let (server, desk) = (Server::start().await, ListDesk::default());
        let mailbox = mailbox(&server);
        let triaged::config::Secret::File(file) = &mailbox.secret else {
            unreachable!("the tests keep it in a file");
        };
        std::fs::write(file, password).unwrap();
        // The server compares with what stands between the quotes.
        server.story().password = password.replace('\\', r"\\").replace('"', "\\\"");
        server.story().capabilities = capabilities.to_owned();
        server.deliver(&text(1));
        let watched = watch(mailbox, &desk);
        desk.holds(1).await;
        watched.stop().await;
        for command in commands {
            assert_eq!(server.commands(command).len(), 1, "{command}");
        }
    }
}
