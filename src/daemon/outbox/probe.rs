//! May we send as each brand? Asks the relay up to RCPT and takes everything back; sends nothing.
//!
//! What a relay writes into the trace lines of letters and shows to whoever looks it up is its own affair, but a
//! white-label brand's partner may read it, so the probe says beforehand where it names the vendor.

use std::fmt;

use serde::Serialize;

use super::relay::{self, Connection, PATIENCE, SendError};
use crate::config::Relay;
use crate::triage::letter::leak;

/// An address that letters leave as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// MAIL FROM.
    pub address: String,
    /// What its letters must not name: the vendor's words if its brand is white label, else nothing.
    pub never_mention: Vec<String>,
}

/// What a relay says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probed {
    /// Its name in the configuration.
    pub relay: String,
    /// Its server.
    pub host: String,
    /// What we call ourselves.
    pub hello: String,
    /// What it calls itself. Both names stand in the trace lines of letters, also of white-label ones.
    pub server: Option<String>,
    /// Why it does not let us in, if it does not.
    pub refused: Option<String>,
    /// Each address that we send as by this relay, and why not, if not.
    pub senders: Vec<(String, Option<String>)>,
    /// Where it names the vendor although letters of white-label brands leave by it, in sentences.
    pub reveals: Vec<String>,
}

impl Probed {
    /// True if letters of every sender can leave.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.refused.is_none() && self.senders.iter().all(|(_, why)| why.is_none())
    }
}

impl fmt::Display for Probed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "relay {} ({})", self.relay, self.host)?;
        let mut row = |what: &str, verdict: &str, words: fmt::Arguments<'_>| {
            write!(f, "\n  {what:<13}{verdict:<6}{words}")
        };
        if let Some(why) = &self.refused {
            row("connection", "BAD", format_args!("{why}"))?;
        }
        if let Some(server) = &self.server {
            let hello = &self.hello;
            row(
                "connection",
                "good",
                format_args!(
                    "it calls itself {server}, we call ourselves {hello} (both stand in trace lines)"
                ),
            )?;
        }
        for (sender, why) in &self.senders {
            match why {
                None => row("send as", "good", format_args!("{sender}"))?,
                Some(why) => row("send as", "BAD", format_args!("{sender}: {why}"))?,
            }
        }
        for sentence in &self.reveals {
            row("brand", "poor", format_args!("{sentence}"))?;
        }
        Ok(())
    }
}

/// Probes a relay with every address that we send as by it, each writing to itself.
pub async fn probe(relay: &Relay, senders: &[Sender]) -> Probed {
    let mut probed = Probed {
        relay: relay.name.clone(),
        host: relay.host.clone(),
        hello: relay::hello(relay),
        server: None,
        refused: None,
        senders: Vec::new(),
        reveals: Vec::new(),
    };
    if let Err(error) = ask(relay, senders, &mut probed).await {
        probed.refused = Some(error.to_string());
    }
    probed
}

async fn ask(relay: &Relay, senders: &[Sender], probed: &mut Probed) -> Result<(), SendError> {
    let (greeting, certificate) = relay::introduction(relay, PATIENCE).await?;
    let mut connection = Connection::open(relay, PATIENCE).await?;
    let server = connection.server();
    let shown = [
        ("what we call ourselves", &probed.hello),
        ("what it calls itself", &server),
        ("its greeting", &greeting),
        ("its certificate", &certificate),
    ];
    probed.reveals = shown
        .into_iter()
        .filter_map(|(what, words)| reveals(what, words, senders))
        .collect();
    probed.server = Some(server);
    for sender in senders {
        let taken = connection
            .would_take(&sender.address, &sender.address)
            .await;
        let why = taken.err().map(|error| error.to_string());
        let was_refused = why.is_some();
        probed.senders.push((sender.address.clone(), why));
        // After a refusal a connection is not used again.
        if was_refused {
            connection.quit().await;
            connection = Connection::open(relay, PATIENCE).await?;
        }
    }
    connection.quit().await;
    Ok(())
}

/// A sentence if these words name the vendor.
fn reveals(what: &str, words: &str, senders: &[Sender]) -> Option<String> {
    let mut named = None;
    let mut brands = Vec::new();
    for sender in senders {
        if let Some((_, word)) = leak::places(words, &sender.never_mention).first() {
            named.get_or_insert(*word);
            brands.push(sender.address.as_str());
        }
    }
    let (word, brands) = (named?, brands.join(", "));
    Some(format!(
        "{what} names `{word}`, which white-label letters from {brands} must not"
    ))
}
