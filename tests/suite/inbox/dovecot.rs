//! The inbox against a real Dovecot, over TLS.

use std::time::Duration;

use triaged::admin::mailbox::{Verdict, probe_imap};
use triaged::config::{After, Mailbox, Secret, Tls};
use triaged::daemon::desk::{Arrived, Raw};
use triaged::triage::decide::Trouble;

use super::list::ListDesk;
use super::{noise, watch};
use crate::support::imap::Imap;
use crate::support::post;
use crate::support::servers::Servers;

const ADDRESS: &str = "support@everythingcloud.com";

fn servers() -> Servers {
    Servers::start(&[]).unwrap_or_else(|why| panic!("no private mail servers: {why}"))
}

fn mailbox(servers: &Servers) -> Mailbox {
    let secret = servers.folder.join("secret");
    std::fs::write(&secret, servers.env("PASSWORD")).unwrap();
    Mailbox {
        address: ADDRESS.to_owned(),
        host: "localhost".to_owned(),
        port: servers.port("IMAPS_PORT"),
        tls: Tls::Implicit,
        ca_file: Some(servers.ca_file().to_owned()),
        user: ADDRESS.to_owned(),
        secret: Secret::File(secret),
        folder: "INBOX".to_owned(),
        after: After::Keep,
        answer_mail_since: Some("2000-01-01T00:00:00Z".parse().unwrap()),
        poll: Duration::from_secs(60),
    }
}

/// Puts mails of these sizes into the inbox, each with its number in the subject and CRLF at every line's end.
fn seed(servers: &Servers, sizes: &[usize]) {
    let folder = tempfile::tempdir().unwrap();
    for (number, size) in sizes.iter().enumerate() {
        std::fs::write(
            folder.path().join(format!("{number:06}-{size}")),
            mail(number, *size),
        )
        .unwrap();
    }
    let path = folder.path().to_str().unwrap();
    servers.command("seed", &[ADDRESS, path]);
}

fn mail(number: usize, size: usize) -> Vec<u8> {
    let mut mail = format!("Subject: number {number}\r\n\r\n").into_bytes();
    let bytes = noise(size.saturating_sub(mail.len()) / 2);
    for (at, byte) in bytes.iter().enumerate() {
        mail.extend(format!("{byte:02x}").bytes());
        if at % 30 == 29 {
            mail.extend(b"\r\n");
        }
    }
    mail.extend(b"\r\n");
    mail
}

fn person(servers: &Servers) -> Imap {
    Imap::open(
        servers.port("IMAP_PORT"),
        ADDRESS,
        servers.env("PASSWORD"),
        "INBOX",
    )
    .unwrap()
}

fn marked(servers: &Servers) -> usize {
    let mails = person(servers).mails().unwrap();
    mails
        .iter()
        .filter(|mail| mail.flags.contains("$Triaged"))
        .count()
}

/// Subjects of what arrived, sorted: Dovecot numbers what it finds in `new` in an order of its own.
fn subjects(desk: &ListDesk) -> Vec<usize> {
    let number = |text: &String| {
        let (_, rest) = text.split_once("Subject: number ").unwrap();
        rest.lines().next().unwrap().parse().unwrap()
    };
    let mut numbers: Vec<usize> = desk.texts().iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_of_every_size_come_over_both_kinds_of_tls() {
    let servers = servers();
    let sizes = [100, 8_000, 65_000, 66_000, 1_200_000, 5_000_000, 300];
    seed(&servers, &sizes);
    let expected: Vec<Vec<u8>> = sizes
        .iter()
        .enumerate()
        .map(|(number, size)| mail(number, *size))
        .collect();
    for (tls, port) in [(Tls::Implicit, "IMAPS_PORT"), (Tls::StartTls, "IMAP_PORT")] {
        let desk = ListDesk::default();
        let mut mailbox = mailbox(&servers);
        (mailbox.tls, mailbox.port) = (tls, servers.port(port));
        let mut watched = watch(mailbox, &desk);
        desk.holds(sizes.len()).await;
        watched.until_idle().await;
        post::send(
            servers.port("SMTP_PORT"),
            "ada@northwind.example",
            &[ADDRESS],
            b"Subject: number 99\n\nHello\n",
        )
        .unwrap();
        desk.holds(sizes.len() + 1).await;
        watched.until_idle().await;
        watched.stop().await;
        let listed = desk.listed();
        let mut archive = listed.archive.iter();
        let mut arrived: Vec<&[u8]> = Vec::new();
        for mail in &listed.arrived {
            arrived.push(match &mail.raw {
                Raw::Whole(bytes) => bytes,
                Raw::Large { .. } => archive.next().unwrap(),
            });
        }
        for mail in &expected {
            assert!(
                arrived.contains(&mail.as_slice()),
                "{} bytes, {tls:?}",
                mail.len()
            );
        }
        assert_eq!(listed.archive.len(), 1);
        drop(listed);
        // The next one of the table finds the folder as new.
        servers.command(
            "doveadm",
            &[
                "expunge",
                "-u",
                ADDRESS,
                "mailbox",
                "INBOX",
                "SUBJECT",
                "number 99",
            ],
        );
        assert_eq!(marked(&servers), sizes.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_dovecot_costs_nothing() {
    let servers = servers();
    let sizes = vec![4_000; 1_500];
    seed(&servers, &sizes);
    let desk = ListDesk::default();
    let mut watched = watch(mailbox(&servers), &desk);
    for arrived in [150, 700] {
        desk.holds(arrived).await;
        servers.command("stop-dovecot", &[]);
        servers.command("start-dovecot", &[]);
    }
    desk.holds(sizes.len()).await;
    watched.until_idle().await;
    // And while we idle.
    servers.command("stop-dovecot", &[]);
    servers.command("start-dovecot", &[]);
    post::send(
        servers.port("SMTP_PORT"),
        "ada@northwind.example",
        &[ADDRESS],
        b"Subject: number 1500\n\nHello\n",
    )
    .unwrap();
    desk.holds(sizes.len() + 1).await;
    watched.until_idle().await;
    watched.stop().await;
    assert_eq!(subjects(&desk), (0..=1_500).collect::<Vec<_>>());
    assert_eq!(marked(&servers), 1_501);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_and_move_mail_meanwhile() {
    let servers = servers();
    seed(&servers, &[500; 20]);
    let desk = ListDesk::default();
    let mut person = person(&servers);
    person.command("UID STORE 1:5 +FLAGS (\\Seen)").unwrap();
    person.command("CREATE Elsewhere").unwrap();
    let mut mailbox = mailbox(&servers);
    mailbox.after = After::Move("Erledigt/Geprüft".to_owned());
    let mut watched = watch(mailbox, &desk);
    desk.holds(20).await;
    watched.until_idle().await;
    for _ in 0..3 {
        post::send(
            servers.port("SMTP_PORT"),
            "ada@northwind.example",
            &[ADDRESS],
            b"Subject: number 20\n\nHello\n",
        )
        .unwrap();
        let _gone_already = person.command("UID MOVE 1:* Elsewhere");
    }
    watched.until_idle().await;
    watched.stop().await;
    let moved = Imap::open(
        servers.port("IMAP_PORT"),
        ADDRESS,
        servers.env("PASSWORD"),
        "Erledigt/Gepr&APw-ft",
    )
    .unwrap()
    .mails()
    .unwrap();
    assert!(moved.len() >= 20, "{}", moved.len());
    assert_eq!(subjects(&desk)[..20], (0..20).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renumbered_folder_is_read_again() {
    let servers = servers();
    seed(&servers, &[500; 5]);
    let desk = ListDesk::default();
    let mut watched = watch(mailbox(&servers), &desk);
    desk.holds(5).await;
    watched.until_idle().await;
    let newcomer = ListDesk::default();
    let mut from_now_on = mailbox(&servers);
    from_now_on.answer_mail_since = None;
    let mut watching = watch(from_now_on, &newcomer);
    watching.until_idle().await;
    seed(&servers, &[5_000]);
    newcomer.holds(1).await;
    desk.holds(6).await;
    let before = desk.listed().arrived[0].place.uid_validity;
    let after = (before + 1).to_string();
    servers.command(
        "doveadm",
        &[
            "mailbox",
            "update",
            "-u",
            ADDRESS,
            "--uid-validity",
            &after,
            "INBOX",
        ],
    );
    servers.command("stop-dovecot", &[]);
    servers.command("start-dovecot", &[]);
    desk.holds(12).await;
    watched.until_idle().await;
    watched.stop().await;
    newcomer
        .until("the new numbers are known", |listed| {
            let cursor = listed.cursors.values().next();
            cursor.is_some_and(|cursor| cursor.uid_validity == before + 1)
        })
        .await;
    watching.until_idle().await;
    watching.stop().await;
    let young = |mail: &Arrived| matches!(&mail.raw, Raw::Whole(bytes) if bytes.len() > 2_500);
    assert!(
        newcomer.listed().arrived.iter().all(young),
        "what lay there at the first contact is left alone"
    );
    let listed = desk.listed();
    assert!(
        listed.arrived[6..]
            .iter()
            .all(|mail| mail.place.uid_validity == before + 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_says_what_is_good_and_what_is_not() {
    let servers = servers();
    seed(&servers, &[500; 3]);
    let good = probe_imap(&mailbox(&servers)).await;
    assert!(good.is_good(), "{good:#?}");
    assert!(
        good.steps.iter().all(|step| step.verdict == Verdict::Good),
        "{good:#?}"
    );
    let step = |what: &str| {
        good.steps
            .iter()
            .find(|step| step.what == what)
            .unwrap()
            .words
            .clone()
    };
    assert!(step("certificate").contains("valid until 20"), "{good:#?}");
    assert!(step("certificate").contains("TLSv1_3"), "{good:#?}");
    assert!(
        step("mails").starts_with("3 are there, about 3 of them since 2000"),
        "{good:#?}"
    );

    let mut wrong = Vec::new();
    let mut no_authority = mailbox(&servers);
    no_authority.ca_file = None;
    wrong.push((no_authority, "connection", "`ca_file`"));
    let mut no_folder = mailbox(&servers);
    no_folder.folder = "Nowhere".to_owned();
    wrong.push((no_folder, "folder", "Nowhere"));
    let mut stranger = mailbox(&servers);
    stranger.user = "gone@northwind.example".to_owned();
    wrong.push((stranger, "log-in", "refuses our log-in"));
    let mut in_the_clear = mailbox(&servers);
    (in_the_clear.tls, in_the_clear.port) = (Tls::Implicit, servers.port("IMAP_PORT"));
    wrong.push((in_the_clear, "connection", "TLS"));
    for (mailbox, what, words) in wrong {
        let probe = probe_imap(&mailbox).await;
        let last = probe.steps.last().unwrap();
        assert_eq!(
            (last.what, last.verdict),
            (what, Verdict::Bad),
            "{probe:#?}"
        );
        assert!(last.words.contains(words), "{probe:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_refused() {
    let servers = servers();
    servers.command("stop-dovecot", &[]);
    let made = std::process::Command::new("bash")
        .current_dir(servers.folder.join("tls"))
        .arg("-c")
        .arg("openssl x509 -req -in server.csr -CA ../ca.pem -CAkey ca.key -set_serial 3 -out server.pem -days 30 \
              -extfile <(echo subjectAltName=DNS:elsewhere.example)")
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    servers.command("start-dovecot", &[]);
    for (tls, port) in [(Tls::Implicit, "IMAPS_PORT"), (Tls::StartTls, "IMAP_PORT")] {
        let mut mailbox = mailbox(&servers);
        (mailbox.tls, mailbox.port) = (tls, servers.port(port));
        let probe = probe_imap(&mailbox).await;
        let words = &probe.steps.last().unwrap().words;
        assert!(
            words.contains("shows a certificate that we do not accept"),
            "{probe:#?}"
        );
        assert!(words.contains("elsewhere.example"), "{probe:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_stops_this_mailbox_only() {
    let servers = servers();
    seed(&servers, &[500; 3]);
    let (right, wrong) = (ListDesk::default(), ListDesk::default());
    let good = watch(mailbox(&servers), &right);
    let mut bad = mailbox(&servers);
    bad.secret = Secret::File(servers.folder.join("dovecot.conf"));
    let mut locked = watch(bad, &wrong);
    locked.until_locked_out().await;
    right.holds(3).await;
    wrong
        .until("an alarm", |listed| !listed.troubles.is_empty())
        .await;
    let troubles = std::mem::take(&mut wrong.listed().troubles);
    assert!(
        matches!(&troubles[..], [Trouble::MailboxLockedOut { why, .. }] if why.contains("AUTHENTICATIONFAILED")),
        "{troubles:?}"
    );
    good.stop().await;
    locked.stop().await;
}
