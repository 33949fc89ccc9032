//! One connection to a relay, and what its answers mean. The only file that knows the SMTP client.
//!
//! The steps of a letter go out one by one, because only then it is known whether a lost connection may have taken the
//! letter along: before the final dot it has not, after it perhaps.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::{self, Tls};
use crate::daemon::tls::{self, Stream};
use crate::triage::letter::Letter;

#[cfg(test)]
mod tests;

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

/// A reply before STARTTLS is short; more is an attack or no mail server.
const REPLY_BYTES_MAX: usize = 8 * 1024;

/// An answer shown to people needs no more.
const ANSWER_CHARS_MAX: usize = 300;

/// Why a letter did not go out, sorted by what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SendError {
    /// The relay is down, silent, or asked for patience (4xx). Same letter, later.
    #[error("{0}")]
    TryLater(String),
    /// The connection was lost after the letter was handed over: it may have been sent. Same letter, later.
    #[error("the connection was lost after the letter was handed over: {0}")]
    Ambiguous(String),
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
        let hello = relay
            .helo
            .clone()
            .map_or_else(ClientId::default, ClientId::Domain);
        let line = private(relay, &hello, patience).await?;
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
        let from = address(&letter.envelope_from)?;
        let to = address(&letter.to)?;
        self.step("MAIL", line(Mail::new(Some(from), Vec::new())))
            .await?;
        self.step("RCPT", line(Rcpt::new(to, Vec::new()))).await?;
        self.step("DATA", line(Data)).await?;
        // The client below ends the last line itself, before the dot; a second line end would be an empty line more.
        let mime = letter.mime.strip_suffix("\r\n").unwrap_or(&letter.mime);
        match timeout(self.patience.dot, self.smtp.message(mime.as_bytes())).await {
            Ok(Ok(response)) => accepted(&response),
            // Only an answer of the relay says that it has not taken the letter.
            Ok(Err(error)) if error.status().is_some() => Err(sorted(&error)),
            Ok(Err(error)) => Err(SendError::Ambiguous(words(&error))),
            Err(_elapsed) => Err(SendError::Ambiguous("the relay is silent".to_owned())),
        }
    }

    /// Asks whether the relay would take a letter from this sender to this receiver, and takes it back.
    pub(super) async fn would_take(&mut self, from: &str, to: &str) -> Result<(), SendError> {
        let (from, to) = (address(from)?, address(to)?);
        self.step("MAIL", line(Mail::new(Some(from), Vec::new())))
            .await?;
        self.step("RCPT", line(Rcpt::new(to, Vec::new()))).await?;
        self.step("RSET", "RSET\r\n".to_owned()).await
    }

    /// What the relay calls itself and can do.
    pub(super) fn server(&self) -> String {
        self.smtp.server_info().to_string()
    }

    /// Says good-bye; a relay that does not answer is left all the same.
    pub(super) async fn quit(mut self) {
        let _left = timeout(Duration::from_secs(2), self.smtp.quit()).await;
    }

    async fn step(&mut self, name: &str, command: String) -> Result<(), SendError> {
        match timeout(self.patience.step, self.smtp.command(command)).await {
            Ok(Ok(_positive)) => Ok(()),
            Ok(Err(error)) => Err(sorted(&error)),
            Err(_elapsed) => Err(SendError::TryLater(format!(
                "the relay is silent after {name}"
            ))),
        }
    }
}

fn line(command: impl std::fmt::Display) -> String {
    command.to_string()
}

fn address(text: &str) -> Result<Address, SendError> {
    text.parse().map_err(|error| {
        SendError::Refused(format!("{text} is no address that a relay takes: {error}"))
    })
}

/// 250 and its like only: an intermediate answer to the final dot is no acceptance.
fn accepted(response: &Response) -> Result<String, SendError> {
    let words = shortened(&response.message().collect::<Vec<_>>().join(" "));
    if response.code().severity == Severity::PositiveCompletion {
        Ok(words)
    } else {
        Err(SendError::Ambiguous(format!("{} {words}", response.code())))
    }
}

/// 530 and 535 speak of us, not of the letter.
const WHO_ARE_YOU: [&str; 2] = ["530", "535"];

fn sorted(error: &Error) -> SendError {
    let words = words(error);
    let status = error.status().map(|code| code.to_string());
    if status.is_some_and(|status| WHO_ARE_YOU.contains(&status.as_str())) {
        return SendError::LockedOut(words);
    }
    if error.is_permanent() {
        SendError::Refused(words)
    } else {
        SendError::TryLater(words)
    }
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

/// The line to the relay, as private as the configuration wants it.
async fn private(
    relay: &config::Relay,
    hello: &ClientId,
    patience: Patience,
) -> Result<Line, SendError> {
    let unreachable = |error: tls::ConnectError| SendError::TryLater(error.to_string());
    let mut tcp = tls::connect(&relay.host, relay.port)
        .await
        .map_err(unreachable)?;
    if relay.tls == Tls::Plain {
        return Ok(Line {
            stream: Stream::Plain(tcp),
            early: b"",
        });
    }
    let config = tls::client_config(relay.ca_file.as_deref())
        .map_err(|error| SendError::TryLater(error.to_string()))?;
    let early: &'static [u8] = match relay.tls {
        Tls::StartTls => {
            timeout(patience.step, ask_for_tls(&mut tcp, hello))
                .await
                .map_err(|_| {
                    SendError::TryLater("the relay is silent before STARTTLS".to_owned())
                })??;
            GREETING_AFTER_STARTTLS
        }
        Tls::Implicit | Tls::Plain => b"",
    };
    let stream = tls::handshake(config, &relay.host, tcp)
        .await
        .map_err(unreachable)?;
    Ok(Line {
        stream: Stream::Tls(Box::new(stream)),
        early,
    })
}

/// After STARTTLS no server greets again (RFC 3207, 4.2), but the client below waits for a greeting.
const GREETING_AFTER_STARTTLS: &[u8] = b"220 private now\r\n";

/// Greeting, EHLO, STARTTLS, in the clear. Without STARTTLS nothing is sent at all.
async fn ask_for_tls(tcp: &mut TcpStream, hello: &ClientId) -> Result<(), SendError> {
    expect(tcp, "220").await?;
    say(tcp, &format!("EHLO {hello}\r\n")).await?;
    let offers = expect(tcp, "250").await?;
    if !offers.lines().any(|line| {
        line.get(4..)
            .is_some_and(|offer| offer.trim().eq_ignore_ascii_case("STARTTLS"))
    }) {
        return Err(SendError::LockedOut(
            "the relay offers no STARTTLS, and in the clear nothing is sent".to_owned(),
        ));
    }
    say(tcp, "STARTTLS\r\n").await?;
    expect(tcp, "220").await.map(|_ready| ())
}

async fn say(tcp: &mut TcpStream, line: &str) -> Result<(), SendError> {
    tcp.write_all(line.as_bytes())
        .await
        .map_err(|error| SendError::TryLater(error.to_string()))
}

/// Reads one reply byte by byte, so that nothing sent ahead of the handshake is ever taken for private.
async fn expect(tcp: &mut TcpStream, code: &str) -> Result<String, SendError> {
    let mut reply = String::new();
    loop {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            let byte = tcp
                .read_u8()
                .await
                .map_err(|error| SendError::TryLater(format!("the relay hung up: {error}")))?;
            line.push(byte);
            if reply.len() + line.len() > REPLY_BYTES_MAX {
                return Err(SendError::TryLater(
                    "the relay's reply has no end".to_owned(),
                ));
            }
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        let last = line.as_bytes().get(3) != Some(&b'-');
        reply.push_str(&line);
        if last {
            break;
        }
    }
    if reply.starts_with(code) {
        Ok(reply)
    } else {
        Err(SendError::TryLater(shortened(&reply)))
    }
}

/// The bytes to and from a relay, with what must be read first.
#[derive(Debug)]
struct Line {
    stream: Stream,
    early: &'static [u8],
}

impl AsyncTokioStream for Line {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.tcp().peer_addr()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.early.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let (now, later) = self
            .early
            .split_at(self.early.len().min(buffer.remaining()));
        buffer.put_slice(now);
        self.early = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
