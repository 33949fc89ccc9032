//! A stage for one test: private servers, the program on them, and people who write and read.
//!
//! What a test looks at is what arrived in a mailbox, as its owner would see it.

use mail_parser::{MessageParser, MimeHeaders};
use serde_json::Value;

use super::daemon::{Daemon, Home, Setup};
use super::imap::{Imap, Seen};
use super::post;
use super::servers::Servers;
use super::until;

/// Our mailbox.
pub const SUPPORT: &str = "support@everythingcloud.com";
/// The white-label address that forwards there.
pub const HELP: &str = "help@brightdesk.example";
/// Who hears of every ticket of level 2.
pub const TEAM: &str = "support-team@everythingcloud.com";
/// Where alarms go.
pub const OPS: &str = "ops@everythingcloud.com";
/// A partner's employee.
pub const ADA: &str = "ada@northwind.example";
/// For tests that send more than people do.
pub const CAPS_LIFTED: &str = "letters_per_ticket = 100000\nletters_per_address = 100000\nletters_per_domain = 100000\nletters_per_brand = 100000\nletters_in_all = 100000\n";

/// Servers and the program. In this order, so that the program ends before its servers.
#[derive(Debug)]
pub struct Stage {
    /// The program, while it runs.
    pub daemon: Option<Daemon>,
    /// Its home.
    pub home: Home,
    /// The servers.
    pub servers: Servers,
}

/// A letter as it lies in somebody's mailbox.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Unfolded headers in their order.
    pub headers: Vec<(String, String)>,
    /// Every text in it, decoded: plain, HTML, and enclosed mails.
    pub text: String,
}

impl Stage {
    /// Everything runs; fails where there can be no servers.
    pub fn open(setup: &Setup<'_>) -> Self {
        let mut stage = Self::closed(setup);
        stage.start();
        stage
    }

    /// The servers run, the program not yet.
    pub fn closed(setup: &Setup<'_>) -> Self {
        let servers =
            Servers::start(&[]).unwrap_or_else(|why| panic!("no private mail servers: {why}"));
        Self {
            daemon: None,
            home: Home::new(&servers, setup),
            servers,
        }
    }

    /// Starts the program.
    pub fn start(&mut self) {
        self.daemon = Some(self.home.start());
    }

    /// Stops the program by SIGTERM; it must end well.
    pub fn stop(&mut self) {
        let code = self.daemon.take().and_then(Daemon::stop);
        assert_eq!(
            code,
            Some(0),
            "the program ended badly:\n{}",
            self.home.log()
        );
    }

    /// Somebody sends a mail: envelope and headers agree.
    pub fn send(&self, from: &str, to: &[&str], id: &str, rest: &str) {
        self.deliver(from, to, mail(from, &to.join(", "), id, rest).as_bytes());
    }

    /// Somebody sends these bytes.
    pub fn deliver(&self, from: &str, to: &[&str], mail: &[u8]) {
        post::send(self.servers.port("SMTP_PORT"), from, to, mail).expect("Postfix takes the mail");
    }

    /// Looks into a mailbox.
    pub fn person(&self, address: &str) -> Imap {
        Imap::open(
            self.servers.port("IMAP_PORT"),
            address,
            self.servers.env("PASSWORD"),
            "INBOX",
        )
        .expect("Dovecot lets a person in")
    }

    /// Every letter in a mailbox.
    pub fn letters(&self, address: &str) -> Vec<Letter> {
        let seen = self
            .person(address)
            .mails()
            .expect("Dovecot shows its mails");
        seen.iter().map(Letter::of).collect()
    }

    /// Waits until so many letters lie in a mailbox; more are a failure.
    pub fn wait_for(&self, address: &str, count: usize) -> Vec<Letter> {
        let letters = until(&format!("{count} letters for {address}"), || {
            let letters = self.letters(address);
            (letters.len() >= count).then_some(letters)
        });
        assert_eq!(
            letters.len(),
            count,
            "{address} got more than was due: {letters:#?}"
        );
        letters
    }

    /// Waits until every mail of a polled mailbox bears our keyword.
    pub fn wait_until_marked(&self, address: &str) {
        until(&format!("all mails of {address} are marked"), || {
            let mails = self.person(address).mails().expect("mails");
            mails
                .iter()
                .all(|mail| mail.flags.contains("$Triaged"))
                .then_some(())
        });
    }

    /// Waits until there are so many tickets, oldest last.
    pub fn wait_for_tickets(&self, count: usize) -> Vec<Value> {
        until(&format!("{count} tickets"), || {
            let tickets = self.home.tickets();
            (tickets.len() >= count).then_some(tickets)
        })
    }

    /// Waits until no letter waits, then sends one more mail as a mark and waits for all that it causes.
    ///
    /// Mails are decided in the order of their arrival, so what was to come of earlier ones has come by then.
    pub fn settle(&self) {
        self.mark();
        until("every letter has left", || {
            self.outbox().is_empty().then_some(())
        });
    }

    /// As [`Stage::settle`], where letters to one address are withheld and stay.
    pub fn settle_but_for(&self, address: &str) {
        self.mark();
        until("every other letter has left", || {
            self.outbox()
                .iter()
                .all(|row| row["to"] == address || row["to"] == TEAM)
                .then_some(())
        });
    }

    fn mark(&self) {
        let id = format!("mark-{}@northwind.example", self.home.tickets().len());
        self.send(
            "mark@northwind.example",
            &[SUPPORT],
            &id,
            "Subject: Mark\n\nThe charts stay empty.\n",
        );
        until("the mark is acknowledged", || {
            self.letters("mark@northwind.example")
                .into_iter()
                .find(|letter| letter.answers(&id))
        });
    }

    /// Letters that wait.
    pub fn outbox(&self) -> Vec<Value> {
        let waiting = until("the outbox can be listed", || {
            self.home.ask(&["outbox", "list"])
        });
        waiting.as_array().cloned().expect("a list of letters")
    }

    /// A ticket and all that happened to it.
    pub fn ticket(&self, number: &str) -> Value {
        self.home
            .ask(&["ticket", "show", number])
            .expect("the ticket is shown")
    }
}

impl Letter {
    fn of(seen: &Seen) -> Self {
        let raw = String::from_utf8_lossy(&seen.raw).replace("\r\n", "\n");
        let head = raw
            .split("\n\n")
            .next()
            .unwrap_or_default()
            .replace("\n ", " ")
            .replace("\n\t", " ");
        let headers = head.lines().filter_map(|line| line.split_once(": "));
        Self {
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
            text: text_of(&seen.raw),
        }
    }

    /// A header's value, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// True if it answers the mail with this Message-ID.
    pub fn answers(&self, id: &str) -> bool {
        self.header("In-Reply-To") == format!("<{id}>")
    }
}

fn text_of(raw: &[u8]) -> String {
    let Some(message) = MessageParser::default().parse(raw) else {
        return String::new();
    };
    let parts = message.parts.iter().map(|part| {
        let name = part.attachment_name().unwrap_or_default();
        format!("{name}\n{}\n", String::from_utf8_lossy(part.contents()))
    });
    parts.collect()
}

/// A mail as a person's program writes it; `rest` is more headers, the subject among them, and the body.
pub fn mail(from: &str, to: &str, id: &str, rest: &str) -> String {
    format!(
        "From: {from}\nTo: {to}\nMessage-ID: <{id}>\nDate: Tue, 24 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n{rest}"
    )
}

/// The number of a ticket's row.
pub fn number(row: &Value) -> String {
    row["number"]
        .as_str()
        .expect("a row has its number")
        .to_owned()
}
