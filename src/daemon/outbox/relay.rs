//! One connection to a relay, and what its answers mean. The only file that knows the SMTP client.
//!
//! The steps of a letter go out one by one, because only then it is known whether a lost connection may have taken the
//! letter along: before the final dot it has not, after it perhaps.

mod line;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use self::line::Line;
use crate::config;
use crate::triage::letter::Letter;

/// How long a relay may be silent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Greeting, EHLO, MAIL, RCPT and DATA each.
    step: Duration,
    /// The answer to the final dot, during which a relay may scan the letter.
    dot: Duration,
}

/// A step: RFC 5321, 4.5.3.2 allows five minutes; no live relay needs them. The dot: 4.5.3.2.6 asks for ten minutes.
pub(super) const PATIENCE: Patience = Patience {
    step: Duration::from_secs(60),
    dot: Duration::from_secs(10 * 60),
};

/// Shorter runs of letters in a certificate come about by chance.
const WORD_BYTES_MIN: usize = 4;

/// An answer shown to people needs no more.
const ANSWER_CHARS_MAX: usize = 300;

/// Why a letter did not go out, sorted by what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SendError {
    /// The relay is down or asked for patience (4xx). Same letter, later.
    #[error("{0}")]
    TryLater(String),
    /// The connection was lost or fell silent before the letter was handed over. If it had been quiet for a while that
    /// says nothing: same letter at once on a new connection, else later.
    #[error("{0}")]
    Lost(String),
    /// The connection was lost after the letter was handed over: it may have been sent. Same letter, later.
    #[error("the connection was lost after the letter was handed over: {0}")]
    Ambiguous(String),
    /// The relay does not let us send as this sender. Same letter, later; an operator must look. Other senders go on.
    #[error("{0}")]
    SenderDenied(String),
    /// This letter will never go out (5xx).
    #[error("{0}")]
    Refused(String),
    /// The relay does not accept us. Nothing more goes to it for now; an operator must look.
    #[error("{0}")]
    LockedOut(String),
}

/// A connection, logged in and ready.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    patience: Patience,
}

impl Connection {
    /// Connects, makes the connection private, logs in.
    pub(super) async fn open(relay: &config::Relay, patience: Patience) -> Result<Self, SendError> {
        let hello = ClientId::Domain(hello(relay));
        let line = Line::open(relay, &hello.to_string(), patience).await?;
        let connecting = AsyncSmtpConnection::connect_with_transport(Box::new(line), &hello);
        let smtp = within(patience.step, "the greeting", connecting).await?;
        let mut connection = Self { smtp, patience };
        connection.log_in(relay).await?;
        Ok(connection)
    }

    async fn log_in(&mut self, relay: &config::Relay) -> Result<(), SendError> {
        let Some((user, secret)) = &relay.login else {
            return Ok(());
        };
        let secret = secret.read().map_err(SendError::LockedOut)?;
        let credentials = Credentials::new(user.clone(), secret.expose_secret().to_owned());
        let log_in = self
            .smtp
            .auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        match timeout(self.patience.step, log_in).await {
            Ok(Ok(_welcome)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() || error.is_client() => {
                Err(SendError::LockedOut(words(&error)))
            }
            Ok(Err(error)) => Err(SendError::TryLater(words(&error))),
            Err(_elapsed) => Err(SendError::TryLater(
                "the relay is silent at the log-in".to_owned(),
            )),
        }
    }

    /// Sends a letter; the relay's words come back. After an error the connection must be dropped.
    pub(super) async fn send(&mut self, letter: &Letter) -> Result<String, SendError> {
        self.envelope(&letter.envelope_from, &letter.to).await?;
        self.step(Step::Data, Data.to_string()).await?;
        // The client below ends the last line itself, before the dot; a second line end would be an empty line more.
        let mime = letter.mime.strip_suffix("\r\n").unwrap_or(&letter.mime);
        match timeout(self.patience.dot, self.smtp.message(mime.as_bytes())).await {
            Ok(Ok(response)) => accepted(&response),
            Ok(Err(error)) => Err(sorted(&error, Step::Dot)),
            Err(_elapsed) => Err(SendError::Ambiguous("the relay is silent".to_owned())),
        }
    }

    /// Asks whether the relay would take a letter from this sender to this receiver, and takes it back.
    pub(super) async fn would_take(&mut self, from: &str, to: &str) -> Result<(), SendError> {
        self.envelope(from, to).await?;
        self.step(Step::Reset, "RSET\r\n".to_owned()).await
    }

    async fn envelope(&mut self, from: &str, to: &str) -> Result<(), SendError> {
        let (from, to) = (address(from)?, address(to)?);
        let mut parameters = Vec::new();
        if ![&from, &to].iter().all(|address| address.user().is_ascii()) {
            let server = self.smtp.server_info();
            if !server.supports_feature(Extension::SmtpUtfEight) {
                let why = format!("the relay does not take addresses like {to} (no SMTPUTF8)");
                return Err(SendError::Refused(why));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        self.step(Step::Mail, Mail::new(Some(from), parameters).to_string())
            .await?;
        self.step(Step::Rcpt, Rcpt::new(to, Vec::new()).to_string())
            .await
    }

    /// What the relay calls itself.
    pub(super) fn server(&self) -> String {
        shortened(self.smtp.server_info().name())
    }

    /// Says good-bye; a relay that does not answer is left all the same.
    pub(super) async fn quit(mut self) {
        let _left = timeout(Duration::from_secs(2), self.smtp.quit()).await;
    }

    async fn step(&mut self, step: Step, command: String) -> Result<(), SendError> {
        match timeout(self.patience.step, self.smtp.command(command)).await {
            Ok(Ok(response)) if response.code().severity == step.wants() => Ok(()),
            // Out of step: whatever is sent now would be taken for something else.
            Ok(Ok(response)) => Err(SendError::TryLater(format!(
                "the relay answers {} to {step}",
                spoken(&response)
            ))),
            Ok(Err(error)) => Err(sorted(&error, step)),
            Err(_elapsed) => Err(SendError::Lost(format!("the relay is silent after {step}"))),
        }
    }
}

/// What we call ourselves in EHLO.
pub(super) fn hello(relay: &config::Relay) -> String {
    let usual = || ClientId::default().to_string();
    relay.helo.clone().unwrap_or_else(usual)
}

/// What a relay shows of itself to whoever connects: its greeting, and the words in its certificate.
pub(super) async fn introduction(
    relay: &config::Relay,
    patience: Patience,
) -> Result<(String, String), SendError> {
    let line = Line::open(relay, &hello(relay), patience).await?;
    let (greeting, certificate) = line.introduction(patience).await?;
    Ok((
        shortened(&greeting),
        printable(&certificate.unwrap_or_default()),
    ))
}

/// The words in a binary text, without its numbers and keys.
fn printable(bytes: &[u8]) -> String {
    let runs = bytes.split(|byte| !matches!(byte, b' '..=b'~'));
    let words: Vec<_> = runs
        .filter(|run| run.len() >= WORD_BYTES_MIN)
        .map(String::from_utf8_lossy)
        .collect();
    words.join("\n")
}

/// Where in a letter's delivery we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Mail,
    Rcpt,
    Data,
    Dot,
    Reset,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Dot => "the final dot",
            Self::Reset => "RSET",
        })
    }
}

impl Step {
    /// The kind of answer that lets us go on.
    fn wants(self) -> Severity {
        match self {
            Self::Data => Severity::PositiveIntermediate,
            Self::Mail | Self::Rcpt | Self::Dot | Self::Reset => Severity::PositiveCompletion,
        }
    }
}

/// An address as it goes over the wire: a domain of other letters travels in its ASCII form (RFC 5890).
fn address(text: &str) -> Result<Address, SendError> {
    let no_address =
        |why: String| SendError::Refused(format!("{text} is no address that a relay takes: {why}"));
    let domain = text
        .rsplit_once('@')
        .filter(|(_, domain)| !domain.is_ascii());
    let Some((local, domain)) = domain else {
        return text.parse().map_err(|error| no_address(format!("{error}")));
    };
    let domain = idna::domain_to_ascii(domain).map_err(|error| no_address(error.to_string()))?;
    Address::new(local, domain).map_err(|error| no_address(error.to_string()))
}

/// 250 and its like only: an intermediate answer to the final dot is no acceptance.
fn accepted(response: &Response) -> Result<String, SendError> {
    if response.code().severity == Step::Dot.wants() {
        Ok(shortened(&response.message().collect::<Vec<_>>().join(" ")))
    } else {
        Err(SendError::Ambiguous(spoken(response)))
    }
}

fn spoken(response: &Response) -> String {
    let words = response.message().collect::<Vec<_>>().join(" ");
    shortened(&format!("{} {words}", response.code()))
}

fn sorted(error: &Error, step: Step) -> SendError {
    let words = words(error);
    // Only an answer of the relay says that it has not taken the letter.
    let Some(code) = error.status().map(|code| code.to_string()) else {
        return match step {
            Step::Dot => SendError::Ambiguous(words),
            Step::Mail | Step::Rcpt | Step::Data | Step::Reset => SendError::Lost(words),
        };
    };
    match code.as_str() {
        // The relay closes the connection, such as one that was quiet for long (RFC 5321, 3.8).
        "421" => SendError::Lost(words),
        // These speak of us, not of the letter: log in first, wrong password.
        "530" | "535" => SendError::LockedOut(words),
        _ if !error.is_permanent() => SendError::TryLater(words),
        _ if is_about_the_sender(step, &words) => SendError::SenderDenied(words),
        _ => SendError::Refused(words),
    }
}

/// Enhanced codes that speak of the sender at any step: RFC 3463, 3.2 (bad sender address), and those of Exchange for
/// "may not send as" and "may not relay".
const ABOUT_THE_SENDER: [&str; 5] = ["5.1.7", "5.1.8", "5.7.54", "5.7.60", "5.7.64"];

/// What a relay says of receivers that it would not take from us, whoever they are: "relay access denied", "sender
/// address not owned by user". After the dot the same code speaks of the letter's words.
const NOT_FROM_US: &str = "5.7.1";

/// A refusal that a mended relay or configuration would turn into an acceptance; the letter must not be lost over it.
fn is_about_the_sender(step: Step, words: &str) -> bool {
    // Relays that know the sender only when they know the receiver say at RCPT what they mean of MAIL.
    let code = enhanced(words);
    match step {
        Step::Mail => true,
        Step::Rcpt if code == Some(NOT_FROM_US) => true,
        Step::Rcpt | Step::Data | Step::Dot | Step::Reset => {
            code.is_some_and(|code| ABOUT_THE_SENDER.contains(&code))
        }
    }
}

/// The enhanced status code of a refusal (RFC 3463), wherever in its words it stands.
fn enhanced(words: &str) -> Option<&str> {
    words
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .find(|word| word.starts_with("5.") && word.split('.').count() == 3)
}

fn words(error: &Error) -> String {
    let source = std::error::Error::source(error)
        .map(|source| format!(": {source}"))
        .unwrap_or_default();
    let mut words = error.to_string();
    if !words.contains(source.trim_start_matches(": ")) {
        words.push_str(&source);
    }
    shortened(&words)
}

fn shortened(words: &str) -> String {
    words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(ANSWER_CHARS_MAX)
        .collect()
}

async fn within<T>(
    limit: Duration,
    what: &str,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, SendError> {
    match timeout(limit, work).await {
        Ok(Ok(done)) => Ok(done),
        // A relay that will not even greet us says nothing about a letter.
        Ok(Err(error)) => Err(SendError::TryLater(words(&error))),
        Err(_elapsed) => Err(SendError::TryLater(format!(
            "the relay is silent: {what} did not come"
        ))),
    }
}

impl AsyncTokioStream for Line {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp().peer_addr()
    }
}
