//! The bytes to and from a relay, as private as the configuration wants them, and no more of them than a reply needs.
//!
//! STARTTLS happens here, below the SMTP client, because the client's own TLS would not be the one we configure.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Patience, SendError, shortened};
use crate::config::{self, Tls};
use crate::daemon::tls::{self, Stream};

/// A reply before STARTTLS is short; more is an attack or no mail server.
const REPLY_BYTES_MAX: usize = 8 * 1024;

/// What a relay may say without being asked again: the longest real replies have some hundred bytes. The SMTP client
/// looks at the length of a line only when it has ended, and reads all lines again with each further one.
const UNASKED_BYTES_MAX: usize = 16 * 1024;

/// After STARTTLS no server greets again (RFC 3207, 4.2), but the client above waits for a greeting.
const GREETING_AFTER_STARTTLS: &[u8] = b"220 private now\r\n";

/// The bytes to and from a relay.
#[derive(Debug)]
pub(super) struct Line {
    stream: Stream,
    /// What must be read first.
    early: &'static [u8],
    /// What the relay said before STARTTLS.
    greeting: Option<String>,
    /// Read since something was written.
    unasked: usize,
}

impl Line {
    /// Connects, and makes the connection private before anything else is said.
    pub(super) async fn open(
        relay: &config::Relay,
        hello: &str,
        patience: Patience,
    ) -> Result<Self, SendError> {
        let unreachable = |error: tls::ConnectError| SendError::TryLater(error.to_string());
        let mut tcp = tls::connect(&relay.host, relay.port)
            .await
            .map_err(unreachable)?;
        let greeting = match relay.tls {
            Tls::Plain => return Ok(Self::new(Stream::Plain(tcp), None)),
            Tls::Implicit => None,
            Tls::StartTls => {
                let asking = timeout(patience.step, ask_for_tls(&mut tcp, hello));
                Some(asking.await.map_err(|_elapsed| {
                    SendError::TryLater("the relay is silent before STARTTLS".to_owned())
                })??)
            }
        };
        let config = tls::client_config(relay.ca_file.as_deref())
            .map_err(|error| SendError::TryLater(error.to_string()))?;
        let stream = tls::handshake(config, &relay.host, tcp)
            .await
            .map_err(unreachable)?;
        Ok(Self::new(Stream::Tls(Box::new(stream)), greeting))
    }

    fn new(stream: Stream, greeting: Option<String>) -> Self {
        let early: &[u8] = match greeting {
            Some(_) => GREETING_AFTER_STARTTLS,
            None => b"",
        };
        Self {
            stream,
            early,
            greeting,
            unasked: 0,
        }
    }

    /// What the relay says to whoever connects, and its certificate, DER. The line is of no further use.
    pub(super) async fn introduction(
        mut self,
        patience: Patience,
    ) -> Result<(String, Option<Vec<u8>>), SendError> {
        let certificate = self.stream.certificate();
        let certificate = certificate.map(|(certificate, _)| certificate.to_vec());
        if let Some(greeting) = self.greeting {
            return Ok((greeting, certificate));
        }
        let greeting = timeout(patience.step, expect(&mut self, "220")).await;
        let silent = |_elapsed| SendError::TryLater("the relay does not greet".to_owned());
        Ok((greeting.map_err(silent)??, certificate))
    }

    /// The TCP connection below.
    pub(super) fn tcp(&self) -> &TcpStream {
        self.stream.tcp()
    }
}

/// Greeting, EHLO, STARTTLS, in the clear; the greeting comes back. Without STARTTLS nothing is sent at all.
async fn ask_for_tls(tcp: &mut TcpStream, hello: &str) -> Result<String, SendError> {
    let greeting = expect(tcp, "220").await?;
    say(tcp, &format!("EHLO {hello}\r\n")).await?;
    let offers = expect(tcp, "250").await?;
    let offered = offers.lines().filter_map(|line| line.get(4..));
    if !offered
        .into_iter()
        .any(|offer| offer.trim().eq_ignore_ascii_case("STARTTLS"))
    {
        return Err(SendError::LockedOut(
            "the relay offers no STARTTLS, and in the clear nothing is sent".to_owned(),
        ));
    }
    say(tcp, "STARTTLS\r\n").await?;
    expect(tcp, "220").await.map(|_ready| greeting)
}

async fn say(tcp: &mut TcpStream, line: &str) -> Result<(), SendError> {
    tcp.write_all(line.as_bytes())
        .await
        .map_err(|error| SendError::TryLater(error.to_string()))
}

/// Reads one reply byte by byte, so that nothing sent ahead of the handshake is ever taken for private.
async fn expect(from: &mut (impl AsyncRead + Unpin), code: &str) -> Result<String, SendError> {
    let mut reply = String::new();
    loop {
        let line = read_line(from, REPLY_BYTES_MAX.saturating_sub(reply.len())).await?;
        reply.push_str(&line);
        if line.as_bytes().get(3) != Some(&b'-') {
            break;
        }
    }
    if reply.starts_with(code) {
        Ok(reply)
    } else {
        Err(SendError::TryLater(shortened(&reply)))
    }
}

async fn read_line(
    from: &mut (impl AsyncRead + Unpin),
    bytes_max: usize,
) -> Result<String, SendError> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        if line.len() >= bytes_max {
            return Err(SendError::TryLater(
                "the relay's reply has no end".to_owned(),
            ));
        }
        let byte = from
            .read_u8()
            .await
            .map_err(|error| SendError::TryLater(format!("the relay hung up: {error}")))?;
        line.push(byte);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.early.is_empty() {
            let (now, later) = self
                .early
                .split_at(self.early.len().min(buffer.remaining()));
            buffer.put_slice(now);
            self.early = later;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.unasked += buffer.filled().len() - before;
        if self.unasked > UNASKED_BYTES_MAX {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the relay's reply has no end",
            )));
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unasked = 0;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
