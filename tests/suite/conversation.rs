//! People talk through the real servers: the client of a white-label brand, and one of us who answers the notice.

use triaged::triage::mail::Mail;
use triaged::triage::mail::read::files;

use crate::support::daemon::Setup;
use crate::support::stage::{HELP, Letter, Stage, TEAM, mail};

/// A client of BrightDesk.
const KARL: &str = "karl@cobalt.example";

/// One of us, who reads the team's mail.
const ANNA: &str = "anna.kern@everythingcloud.com";

/// Bytes that no text encoding survives.
const FILE: [u8; 8] = [0, 13, 10, 255, b'.', 10, b'.', 200];

/// `FILE` in base64.
const FILE_ENCODED: &str = "AA0K/y4KLsg=";

#[test]
fn a_client_and_one_of_us_talk_under_the_brand() {
    let stage = Stage::open(&Setup::default());
    let begins =
        "Subject: Export bricht ab\n\nGuten Tag,\n\nder Export bricht mit Fehler 502 ab.\n";
    stage.send(KARL, &[HELP], "karl-1@cobalt.example", begins);
    stage.wait_for(KARL, 1);
    let notice = stage.wait_for(TEAM, 1).remove(0);

    stage.deliver(
        ANNA,
        &[notice.header("Reply-To")],
        answer(&notice).as_bytes(),
    );
    let letters = stage.wait_for(KARL, 2);
    let relayed = letters
        .iter()
        .find(|letter| letter.text.contains("laden Sie die Seite neu"))
        .expect("the answer");
    assert!(relayed.answers("karl-1@cobalt.example"), "{relayed:#?}");
    assert!(relayed.header("From").contains(HELP), "{relayed:#?}");
    let raw = raw(&stage, KARL, relayed.header("Message-ID"));
    shows_nothing_of_ours(&raw);
    let attached = files(&raw);
    assert_eq!(attached.len(), 1, "the file, and no logo");
    assert_eq!(attached[0].bytes, FILE);

    let id = relayed.header("Message-ID").trim_matches(['<', '>']);
    let thanks = format!(
        "Subject: Re: Export bricht ab\nIn-Reply-To: <{id}>\n\nDas hat leider nicht geholfen.\n"
    );
    stage.send(KARL, &[HELP], "karl-2@cobalt.example", &thanks);
    let told = stage.wait_for(TEAM, 2);
    let again = |letter: &&Letter| letter.text.contains("leider nicht geholfen");
    assert_eq!(told.iter().filter(again).count(), 1, "{told:#?}");
    assert_eq!(stage.home.tickets().len(), 1);
}

/// What Anna's mail program sends: her words, her signature, the notice below them, and a file.
fn answer(notice: &Letter) -> String {
    let quoted: Vec<String> = notice
        .text
        .lines()
        .map(|line| format!("> {line}"))
        .collect();
    let rest = format!(
        "Subject: Re: {}\nIn-Reply-To: {}\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: text/plain; charset=utf-8\n\nGuten Tag,\n\nbitte laden Sie die Seite neu.\n\n-- \nAnna Kern\nEverythingCloud GmbH\n\n\
         On Tue, 24 Nov 2026 at 10:00, EverythingCloud Support <support@everythingcloud.com> wrote:\n{}\n\
         --b\nContent-Type: application/octet-stream; name=log.bin\nContent-Disposition: attachment; filename=log.bin\nContent-Transfer-Encoding: base64\n\n{FILE_ENCODED}\n--b--\n",
        notice.header("Subject"),
        notice.header("Message-ID"),
        quoted.join("\n"),
    );
    mail(
        ANNA,
        notice.header("Reply-To"),
        "anna-1@everythingcloud.com",
        &rest,
    )
}

fn raw(stage: &Stage, address: &str, id: &str) -> Vec<u8> {
    let mails = stage.person(address).mails().expect("mails");
    let wanted = |raw: &Vec<u8>| String::from_utf8_lossy(raw).contains(id);
    let mut raws = mails.into_iter().map(|seen| seen.raw);
    raws.find(wanted).expect("the mail as it came")
}

/// Nothing that we wrote names us: neither a header of ours nor a word. What the servers on the way add is theirs.
#[track_caller]
fn shows_nothing_of_ours(raw: &[u8]) {
    let whole = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let unfolded = whole.replace("\n ", " ").replace("\n\t", " ");
    let lines = unfolded.lines();
    let ours = lines.filter(|line| {
        !["Received:", "Return-Path:", "Delivered-To:"]
            .iter()
            .any(|on_the_way| line.starts_with(on_the_way))
    });
    let shown: String = ours.collect::<Vec<_>>().join("\n");
    let words = Mail::read(raw).text;
    let everything = format!("{shown}\n{words}").to_lowercase();
    for word in ["everythingcloud", "kern", "triaged ticket"] {
        assert!(!everything.contains(word), "{word} in {shown}");
    }
}
