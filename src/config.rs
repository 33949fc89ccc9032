//! `triaged.toml`: mailboxes, relays, paths, limits. Read once, checked whole.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

/// Everything `triaged.toml` says, checked. What is written here can be worked with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name of this instance in loop headers and alarms; the host's name if not given.
    pub instance: String,
    /// Mailboxes to poll, at least one.
    pub mailboxes: Vec<Mailbox>,
    /// Relays by name; `default` is always there.
    pub relays: BTreeMap<String, Relay>,
    /// Journal, state and archive live here.
    pub store: PathBuf,
    /// The folder of rules.
    pub rules: PathBuf,
    /// The local socket for commands.
    pub control_socket: PathBuf,
    /// The operators.
    pub alarms_to: Vec<String>,
    /// The file with the key of our tokens; made at first start.
    pub token_key: PathBuf,
    /// Every limit.
    pub limits: Limits,
}

/// One mailbox to poll.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Its address, lower case: its name in logs, tables and cursors.
    pub address: String,
    /// Server name, also the name that its certificate must bear.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is made safe.
    pub tls: Tls,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Log-in name.
    pub user: String,
    /// Where the password comes from.
    pub secret: Secret,
    /// The folder to poll; `INBOX`.
    pub folder: String,
    /// What happens to a mail after its decision is on disk.
    pub after: After,
    /// Mail that was there before triaged first looked is answered from this instant on; `None`: from the first contact.
    pub answer_mail_since: Option<Timestamp>,
    /// How often to look even if the server says nothing.
    pub poll: Duration,
}

/// How a connection is made safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, required.
    StartTls,
    /// None at all: only for loopback, and only when asked for.
    Plain,
}

/// What happens to a mail after its decision is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// It stays, with the keyword `$Triaged`.
    Keep,
    /// It is moved to that folder, which is made if need be.
    Move(String),
}

/// Where a password comes from. Never on the command line, never in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A systemd credential: a file of `$CREDENTIALS_DIRECTORY`.
    Credential(String),
}

impl Secret {
    /// Reads it anew, so that a changed password needs no restart.
    ///
    /// # Errors
    /// A sentence that names the file or variable and what to do.
    pub fn read(&self) -> Result<SecretString, String> {
        todo!()
    }
}

/// A mail server that takes our letters.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Its name in the rules.
    pub name: String,
    /// Server name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is made safe.
    pub tls: Tls,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Log-in name and password, where the relay wants them.
    pub login: Option<(String, Secret)>,
    /// What we call ourselves in EHLO; the host's name if not given.
    pub helo: Option<String>,
    /// Connections at the same time, 1 to 8; 4.
    pub connections: usize,
}

/// Every limit, with its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A mail over this many bytes is streamed to the archive and read only at its beginning; 25 MB.
    pub mail_bytes: u64,
    /// Letters about one ticket in 10 minutes; 10.
    pub letters_per_ticket: u32,
    /// Letters to one address in 10 minutes; 30.
    pub letters_per_address: u32,
    /// Letters to one domain in an hour; 300.
    pub letters_per_domain: u32,
    /// Letters of one brand in an hour; 1,000.
    pub letters_per_brand: u32,
    /// Letters in all in an hour; 3,000.
    pub letters_in_all: u32,
    /// How long a letter is tried before it is given up; 5 days.
    pub give_up_after: Duration,
}
