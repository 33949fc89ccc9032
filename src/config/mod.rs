//! `triaged.toml`: mailboxes, relays, paths, limits. Read once, checked whole; secrets are read when they are used.

mod file;
#[cfg(test)]
mod tests;
mod units;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::finding::Finding;

/// Reads the text of a configuration file: the configuration where nothing is wrong with it, and every finding. `file` is
/// its path for findings; relative paths in it count from `base`.
#[must_use]
pub fn read(file: &str, text: &str, base: &Path) -> (Option<Config>, Vec<Finding>) {
    file::read(file, text, base)
}

/// The text of a configuration file as findings may show it: a password that somebody wrote into it is starred out, so
/// that it reaches no terminal and no log.
#[must_use]
pub fn without_passwords(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let key = line.trim_start();
        if !["secret", "password", "pass"]
            .iter()
            .any(|word| key.starts_with(word))
        {
            return line.to_owned();
        }
        let mut quoted = None;
        let star = |c: char| match quoted {
            // Stars of the same width in bytes keep every place of a finding where it was.
            Some(quote) if c != quote && c != '\n' => "*".repeat(c.len_utf8()),
            Some(_) => {
                quoted = None;
                c.to_string()
            }
            None => {
                quoted = Some(c).filter(|c| matches!(c, '"' | '\''));
                c.to_string()
            }
        };
        line.chars().map(star).collect()
    });
    lines.collect()
}

/// Everything `triaged.toml` says, checked. What is written here can be worked with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name of this instance in alarms and in the loop headers of letters to our own people; `triaged` if not given.
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
        match self {
            Self::File(path) => first_line(path),
            Self::Env(name) => std::env::var(name)
                .map(SecretString::from)
                .map_err(|_| format!("the environment variable {name} is not set")),
            Self::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    format!("the credential {name} comes from systemd: set LoadCredential={name}:FILE in the unit; by hand, CREDENTIALS_DIRECTORY names the folder of such files")
                })?;
                first_line(&Path::new(&folder).join(name))
            }
        }
    }
}

/// A password is short; whatever is longer is another file.
const SECRET_BYTES_MAX: u64 = 4096;

fn first_line(path: &Path) -> Result<SecretString, String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(SECRET_BYTES_MAX).read_to_string(&mut text));
    read.map_err(|error| format!("the secret in {} cannot be read: {error}", path.display()))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(format!(
            "{} holds no secret in its first line",
            path.display()
        ));
    }
    Ok(SecretString::from(line.to_owned()))
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

/// Every limit, with its default. Letters to the client's side and letters to our own people are counted apart; for
/// escalations each cap is a fifth higher.
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
    /// Letters that have waited so long for a relay are told to the operators; 15 minutes.
    pub alarm_after: Duration,
    /// How long a letter is tried before it is given up; 5 days.
    pub give_up_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mail_bytes: 25 * 1024 * 1024,
            letters_per_ticket: 10,
            letters_per_address: 30,
            letters_per_domain: 300,
            letters_per_brand: 1_000,
            letters_in_all: 3_000,
            alarm_after: Duration::from_secs(15 * 60),
            give_up_after: Duration::from_secs(5 * 24 * 60 * 60),
        }
    }
}
