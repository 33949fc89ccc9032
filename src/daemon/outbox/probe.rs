//! May we send as each brand? Asks the relay up to RCPT and takes everything back; sends nothing.

use std::fmt;

use serde::Serialize;

use super::relay::{Connection, PATIENCE};
use crate::config::Relay;

/// What a relay says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probed {
    /// Its name in the configuration.
    pub relay: String,
    /// Its server.
    pub host: String,
    /// What it calls itself; this stands in the trace lines of letters, also of white-label ones.
    pub server: Option<String>,
    /// Why it does not let us in, if it does not.
    pub refused: Option<String>,
    /// Each address that we send as, and why not, if not.
    pub senders: Vec<(String, Option<String>)>,
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
        if let Some(why) = &self.refused {
            write!(f, "\n  {:<13}{:<6}{why}", "log-in", "BAD")?;
        }
        if let Some(server) = &self.server {
            write!(
                f,
                "\n  {:<13}{:<6}{server} (this stands in the trace lines of every letter)",
                "calls itself", ""
            )?;
        }
        for (sender, why) in &self.senders {
            match why {
                None => write!(f, "\n  {:<13}{:<6}{sender}", "send as", "good")?,
                Some(why) => write!(f, "\n  {:<13}{:<6}{sender}: {why}", "send as", "BAD")?,
            }
        }
        Ok(())
    }
}

/// Probes a relay with every address that we send as, each writing to itself.
pub async fn probe(relay: &Relay, senders: &[String]) -> Probed {
    let mut probed = Probed {
        relay: relay.name.clone(),
        host: relay.host.clone(),
        server: None,
        refused: None,
        senders: Vec::new(),
    };
    for sender in senders {
        // After a refusal a connection is not used again, so each sender gets its own.
        let mut connection = match Connection::open(relay, PATIENCE).await {
            Ok(connection) => connection,
            Err(error) => {
                probed.refused = Some(error.to_string());
                return probed;
            }
        };
        probed.server = Some(connection.server());
        let taken = connection.would_take(sender, sender).await;
        probed
            .senders
            .push((sender.clone(), taken.err().map(|error| error.to_string())));
        connection.quit().await;
    }
    probed
}
