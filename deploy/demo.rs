//! The demo: partners' mails through a real Postfix, answers in real mailboxes, and a table of what became of each.
//!
//! `demo DIR [--once]`; deploy/demo.sh starts the servers and calls this. With --once it ends after the table,
//! non-zero if anything was not as it should be; otherwise it stays up for mails of one's own.

#![expect(clippy::print_stdout, reason = "a demo is made to be watched")]

#[path = "demo_mails.rs"]
mod demo_mails;
#[path = "../tests/suite/support/mod.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests use all of it, the demo a part"
)]
mod support;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use demo_mails::{Demo, MAILS};
use support::daemon::{Home, Setup};
use support::imap::Imap;
use support::post;
use support::servers::Servers;

/// How long a mail may take before the demo calls it lost.
const LOST_AFTER: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments
        .first()
        .filter(|argument| !argument.starts_with('-'))
    else {
        eprintln!("usage: demo DIR [--once]; deploy/demo.sh does the rest");
        return ExitCode::from(2);
    };
    let once = arguments.iter().any(|argument| argument == "--once");
    let servers = match Servers::attach(&Path::new(folder).join("servers")) {
        Ok(servers) => servers,
        Err(why) => {
            eprintln!("no servers in {folder}: {why}");
            return ExitCode::from(3);
        }
    };
    let home = Home::at(
        &Path::new(folder).join("triaged"),
        &servers,
        &Setup::default(),
    );
    let _daemon = home.start();
    let rows: Vec<Row> = MAILS
        .iter()
        .enumerate()
        .map(|(number, mail)| play(number, mail, &servers, &home))
        .collect();
    print_table(&rows);
    let wrong: Vec<&Row> = rows.iter().filter(|row| !row.wrong.is_empty()).collect();
    for row in &wrong {
        println!(
            "NOT AS IT SHOULD BE: {}: {}",
            row.name,
            row.wrong.join("; ")
        );
    }
    if wrong.is_empty() {
        println!("\nAll {} mails were treated as they should be.", rows.len());
    }
    if once {
        return if wrong.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    stay(&servers, &home);
    ExitCode::SUCCESS
}

/// What became of one mail.
struct Row {
    name: &'static str,
    understood: String,
    level: String,
    letters: Vec<String>,
    milliseconds: String,
    wrong: Vec<String>,
}

fn play(number: usize, demo: &Demo, servers: &Servers, home: &Home) -> Row {
    let id = format!(
        "demo-{number}-{}@{}",
        fastrand::u32(..),
        demo.from.rsplit('@').next().unwrap_or("example")
    );
    let taken = taken(home);
    let sent_at = Timestamp::now();
    let mail = demo.text(&id, &answered(number, servers));
    for to in demo.to {
        post::send(
            servers.port("SMTP_PORT"),
            demo.envelope_from,
            &[to],
            mail.as_bytes(),
        )
        .expect("the private Postfix takes the mail");
    }
    let began = Instant::now();
    while !(settled(home, taken + demo.to.len() as u64)) && began.elapsed() < LOST_AFTER {
        std::thread::sleep(Duration::from_millis(10));
    }
    let row = judge(demo, &id, sent_at, servers, home);
    println!(
        "{:>2}/{}  {:<44} {}",
        number + 1,
        MAILS.len(),
        demo.name,
        if row.wrong.is_empty() { "ok" } else { "WRONG" }
    );
    row
}

fn status(home: &Home) -> Value {
    home.ask(&["status"]).unwrap_or_default()
}

fn taken(home: &Home) -> u64 {
    status(home)
        .pointer("/mailboxes/0/taken")
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

fn settled(home: &Home, wanted: u64) -> bool {
    let status = status(home);
    let taken = status
        .pointer("/mailboxes/0/taken")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    taken >= wanted && status.pointer("/outbox/waiting").and_then(Value::as_u64) == Some(0)
}

/// The Message-ID of the acknowledgement that the demo's reply answers: the newest in the first partner's mailbox.
fn answered(number: usize, servers: &Servers) -> String {
    let mail = MAILS
        .get(number)
        .filter(|mail| mail.text.contains("{answered}"));
    let Some(mail) = mail else {
        return String::new();
    };
    let letters = mailbox(servers, mail.from);
    letters
        .last()
        .and_then(|letter| header(letter, "Message-ID"))
        .unwrap_or_default()
}

fn mailbox(servers: &Servers, address: &str) -> Vec<String> {
    let opened = Imap::open(
        servers.port("IMAP_PORT"),
        address,
        servers.env("PASSWORD"),
        "INBOX",
    );
    let mails = opened.and_then(|mut imap| imap.mails()).unwrap_or_default();
    mails
        .iter()
        .map(|mail| String::from_utf8_lossy(&mail.raw).into_owned())
        .collect()
}

fn header(mail: &str, name: &str) -> Option<String> {
    let head = mail
        .split("\r\n\r\n")
        .next()?
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ");
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

fn judge(demo: &Demo, id: &str, sent_at: Timestamp, servers: &Servers, home: &Home) -> Row {
    let mut row = Row {
        name: demo.name,
        understood: "kept without a ticket".to_owned(),
        level: "-".to_owned(),
        letters: Vec::new(),
        milliseconds: "-".to_owned(),
        wrong: Vec::new(),
    };
    let found = find(home, id);
    if let Some((view, entries)) = &found {
        describe(&mut row, view, entries, sent_at);
    }
    expect(
        &mut row,
        "a ticket",
        demo.ticket,
        found
            .as_ref()
            .map(|(view, _)| text(view, "/ticket/number"))
            .is_some(),
    );
    if let Some((view, _)) = &found {
        if let Some(level) = demo.level {
            expect(
                &mut row,
                "the level",
                u64::from(level),
                view.pointer("/ticket/level")
                    .and_then(Value::as_u64)
                    .unwrap_or_default(),
            );
        }
        if let Some(client) = demo.client {
            expect(
                &mut row,
                "the client",
                client.to_owned(),
                text(view, "/ticket/client"),
            );
        }
        if let Some(prefix) = demo.prefix {
            expect(
                &mut row,
                "the brand's number",
                true,
                text(view, "/ticket/number").starts_with(prefix),
            );
        }
    }
    for to in demo.written_to {
        let written = row.letters.iter().any(|letter| letter.contains(to));
        expect(&mut row, &format!("a letter to {to}"), true, written);
    }
    look_into_mailbox(&mut row, demo, id, servers);
    row
}

/// What the partner really finds in the mailbox.
fn look_into_mailbox(row: &mut Row, demo: &Demo, id: &str, servers: &Servers) {
    let look = || -> Vec<String> {
        mailbox(servers, demo.from)
            .into_iter()
            .filter(|mail| {
                header(mail, "In-Reply-To").is_some_and(|answered| answered.contains(id))
            })
            .collect()
    };
    let began = Instant::now();
    let mut answers = look();
    // Postfix has accepted the answer and may still be carrying it over.
    while answers.len() < demo.answers && began.elapsed() < LOST_AFTER {
        std::thread::sleep(Duration::from_millis(20));
        answers = look();
    }
    expect(
        row,
        "answers in the sender's mailbox",
        demo.answers,
        answers.len(),
    );
    let Some(answer) = answers.first() else {
        return;
    };
    if let Some(from) = demo.answered_from {
        expect(
            row,
            "the answer's From",
            true,
            header(answer, "From").unwrap_or_default().contains(from),
        );
    }
    if demo.white_label {
        // Trace lines are the relays' own; everything below them is ours.
        let ours = answer
            .split("\r\nDate:")
            .nth(1)
            .unwrap_or(answer)
            .to_lowercase();
        expect(
            row,
            "the vendor's name in the answer",
            false,
            ours.contains("everythingcloud"),
        );
    }
}

fn expect<T: PartialEq + std::fmt::Debug>(row: &mut Row, what: &str, expected: T, found: T) {
    if expected != found {
        row.wrong
            .push(format!("{what}: expected {expected:?}, found {found:?}"));
    }
}

/// The ticket that has this mail, and what the mail and the letters after it did.
fn find(home: &Home, id: &str) -> Option<(Value, Vec<Value>)> {
    for ticket in home.tickets() {
        let view = home.ask(&["ticket", "show", ticket["number"].as_str()?])?;
        let timeline = view["timeline"].as_array().cloned().unwrap_or_default();
        let at = timeline.iter().position(|entry| {
            entry.pointer("/mail/message_id").and_then(Value::as_str) == Some(id)
        });
        if let Some(at) = at {
            return Some((view, timeline.into_iter().skip(at).collect()));
        }
    }
    None
}

fn describe(row: &mut Row, view: &Value, entries: &[Value], sent_at: Timestamp) {
    let client = text(view, "/ticket/client");
    row.understood = format!(
        "{} {} {}",
        text(view, "/ticket/number"),
        text(view, "/ticket/urgency"),
        if client.is_empty() { "-" } else { &client }
    );
    row.level = view
        .pointer("/ticket/level")
        .map(ToString::to_string)
        .unwrap_or_default();
    let letters = entries
        .first()
        .and_then(|entry| entry["letters"].as_array())
        .cloned()
        .unwrap_or_default();
    row.letters = letters
        .iter()
        .filter_map(Value::as_str)
        .map(|letter| letter.split(": ").next().unwrap_or(letter).to_owned())
        .collect();
    let accepted = entries.iter().find(|entry| {
        entry["what"]
            .as_str()
            .is_some_and(|what| what.contains("accepted by the relay"))
    });
    let accepted_at = accepted.and_then(|entry| entry["at"].as_str()?.parse::<Timestamp>().ok());
    if let Some(at) = accepted_at {
        row.milliseconds = at.duration_since(sent_at).as_millis().to_string();
    }
}

fn text(view: &Value, pointer: &str) -> String {
    view.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn print_table(rows: &[Row]) {
    println!(
        "\n{:<44} {:<34} {:<5} {:>6}  LETTERS",
        "MAIL", "UNDERSTOOD", "LEVEL", "MS"
    );
    for row in rows {
        let mut letters = row.letters.iter();
        println!(
            "{:<44} {:<34} {:<5} {:>6}  {}",
            row.name,
            row.understood,
            row.level,
            row.milliseconds,
            letters.next().map_or("-", String::as_str)
        );
        for letter in letters {
            println!("{:<93}  {letter}", "");
        }
    }
    println!(
        "MS: from our mail's delivery to Postfix to the acceptance of the first letter; Dovecot itself waits up to half a second before it tells an idling client."
    );
}

fn stay(servers: &Servers, home: &Home) {
    let config = home.config();
    let config = config.display();
    println!(
        "
The servers and triaged stay up until Ctrl-C. Try it yourself:

  send a mail     printf 'From: you@northwind.example\\nTo: support@everythingcloud.com\\nSubject: Help\\n\\nThe export is down.\\n' |
                    curl --silent --mail-from you@northwind.example --mail-rcpt support@everythingcloud.com --upload-file - smtp://127.0.0.1:{smtp}
  read answers    curl --user you@northwind.example:{password} 'imap://127.0.0.1:{imap}/INBOX;MAILINDEX=1'
  tickets         target/release/triaged ticket list --config {config}
  one ticket      target/release/triaged ticket show EC-1 --config {config}
  how it fares    target/release/triaged status --config {config}
  the log         tail -f {log}
  the rules       edit {rules}/routing.toml; a change is taken by itself, or refused and told
",
        smtp = servers.port("SMTP_PORT"),
        imap = servers.port("IMAP_PORT"),
        password = servers.env("PASSWORD"),
        log = home.folder.join("log").display(),
        rules = home.folder.join("rules").display(),
    );
    loop {
        std::thread::park();
    }
}
