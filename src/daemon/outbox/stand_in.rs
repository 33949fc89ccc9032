//! A relay that follows a script: for tests of what we do when relays misbehave.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::config::{Relay, Tls};
use crate::triage::letter::{Letter, LetterId, Purpose};
use crate::triage::ticket::TicketId;

/// What the relay does at one step instead of being friendly.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    /// Answers with these words.
    Says(&'static str),
    /// Says nothing, and keeps the connection.
    IsSilent,
    /// Hangs up.
    HangsUp,
    /// Says this again and again, as long as anybody listens.
    Floods(&'static str),
}

/// Where it happens: `greeting`, the beginning of a command, or `.` for the final dot.
pub(super) type Script = Vec<(&'static str, Does)>;

/// A running relay.
pub(super) struct StandIn {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl StandIn {
    /// Friendly but for what the script says.
    pub(super) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let script = script.clone();
                let seen = Arc::clone(&noted);
                tokio::spawn(async move { converse(stream, &script, &seen).await });
            }
        });
        Self { port, seen }
    }

    /// Every line that came in, and `connection` for each connection.
    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How a configuration names it.
    pub(super) fn relay(&self, tls: Tls) -> Relay {
        Relay {
            name: "default".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: self.port,
            tls,
            ca_file: None,
            login: None,
            helo: Some("support.example".to_owned()),
            connections: 1,
        }
    }
}

async fn converse(stream: TcpStream, script: &Script, seen: &Mutex<Vec<String>>) {
    seen.lock().unwrap().push("connection".to_owned());
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut step = "greeting".to_owned();
    let mut in_data = false;
    loop {
        let does = script.iter().find(|(at, _)| step.starts_with(at));
        let answer = match does.map(|(_, does)| *does) {
            Some(Does::HangsUp) => return,
            Some(Does::IsSilent) => std::future::pending().await,
            Some(Does::Floods(words)) => {
                let words = words.repeat(1_000);
                while writer.write_all(words.as_bytes()).await.is_ok() {}
                return;
            }
            Some(Does::Says(words)) => words,
            None => friendly(&step),
        };
        in_data |= answer.starts_with("354");
        let answer = format!("{}\r\n", answer.replace('\n', "\r\n"));
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        step = loop {
            let Ok(Some(line)) = lines.next_line().await else {
                return;
            };
            seen.lock().unwrap().push(line.clone());
            if !in_data {
                break line;
            }
            if line == "." {
                in_data = false;
                break line;
            }
        };
    }
}

fn friendly(step: &str) -> &'static str {
    match step.split([' ', ':']).next().unwrap_or_default() {
        "greeting" => "220 relay.example ESMTP",
        "EHLO" => "250-relay.example\n250-AUTH PLAIN LOGIN\n250 8BITMIME",
        "AUTH" => "235 2.7.0 welcome",
        "DATA" => "354 go on",
        "." => "250 2.0.0 queued as 4F2",
        "QUIT" => "221 bye",
        _ => "250 2.1.0 ok",
    }
}

/// A letter with a line that begins with a dot.
pub(super) fn letter(id: u64) -> Letter {
    Letter {
        id: LetterId(id),
        ticket: Some(TicketId(1)),
        purpose: Purpose::Acknowledgement,
        brand: "company".to_owned(),
        relay: "default".to_owned(),
        envelope_from: "support@company.example".to_owned(),
        to: "anna@northwind.example".to_owned(),
        message_id: format!("{id}@company.example"),
        subject: "Hello".to_owned(),
        mime: format!("Message-ID: <{id}@company.example>\r\n\r\n.dots\r\nend\r\n").into(),
        written_at: jiff::Timestamp::from_second(1_780_000_000).unwrap(),
        held: None,
    }
}
