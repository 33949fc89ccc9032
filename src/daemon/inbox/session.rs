//! One connection to an IMAP server, one command at a time, every answer looked at.
//!
//! async-imap gives us its codec alone. Its own commands take a refusal of FETCH, SEARCH or NOOP, and the end of the
//! stream, for an empty success; here a tagged NO or BAD, a BYE, silence and the end of the stream are errors, always.

use std::time::Duration;

use async_imap::Client;
use imap_proto::{MailboxDatum, Response, ResponseCode, Status};
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout};

use super::VisitError;
use super::answer::{SILENCE_MAX, end_of, in_time, lost, name_of, there, unexpected};
use crate::config::{Mailbox, Tls};
use crate::daemon::tls::{self, Stream};

/// No command takes longer than this, however much the server has to say meanwhile.
const COMMAND_MAX: Duration = Duration::from_secs(600);

/// A server that does not say good-bye in that time is left without.
const FAREWELL_MAX: Duration = Duration::from_secs(2);

/// A connection. After an error it is of no use any more: answers may be left in the pipe. Drop it.
pub(crate) struct Session {
    client: Client<Stream>,
    last_tag: u32,
    exists: u32,
    arrivals: u64,
}

/// What the server said first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Greeting {
    /// It knows us already (PREAUTH): there is nothing to log in to.
    pub(crate) logged_in: bool,
    /// Its words.
    pub(crate) words: String,
    /// Its capabilities, where the greeting names them and they may be believed: never from before STARTTLS.
    pub(crate) capabilities: Option<super::login::Capabilities>,
}

impl Session {
    /// Connects as the configuration says and reads the greeting.
    ///
    /// # Errors
    /// [`VisitError::Lost`] or [`VisitError::Unfit`].
    pub(crate) async fn open(mailbox: &Mailbox) -> Result<(Self, Greeting), VisitError> {
        let tcp = tls::connect(&mailbox.host, mailbox.port).await?;
        match mailbox.tls {
            Tls::Implicit => {
                let config = tls::client_config(mailbox.ca_file.as_deref())?;
                let stream = tls::handshake(config, &mailbox.host, tcp).await?;
                Self::greet(Stream::Tls(Box::new(stream))).await
            }
            Tls::StartTls => Self::start_tls(mailbox, Stream::Plain(tcp)).await,
            Tls::Plain => {
                // The configuration says loopback, but names can be made to mean anything.
                if !tcp.peer_addr().is_ok_and(|peer| peer.ip().is_loopback()) {
                    return Err(VisitError::Unfit(format!(
                        "{} is not on this machine, and a password never travels in the clear",
                        mailbox.host
                    )));
                }
                Self::greet(Stream::Plain(tcp)).await
            }
        }
    }

    /// Runs one command. `each` sees every answer, untagged ones and the last, tagged one.
    ///
    /// # Errors
    /// [`VisitError::Refused`] for a tagged NO or BAD, after which the connection is still good; all others end it.
    pub(crate) async fn command(
        &mut self,
        line: &str,
        each: impl FnMut(&Response<'_>),
    ) -> Result<(), VisitError> {
        let tag = self.send(line).await?;
        timeout(COMMAND_MAX, self.answers(&tag, name_of(line), each))
            .await
            .map_err(|_elapsed| VisitError::Lost(format!("{} takes too long", name_of(line))))?
    }

    /// Sends a command that the server shall ask to go on with, and then each part of `rest`, with
    /// the same question before it. They may be secrets or literals.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub(crate) async fn command_in_parts(
        &mut self,
        line: &str,
        rest: &[String],
        each: impl FnMut(&Response<'_>),
    ) -> Result<(), VisitError> {
        let tag = self.send(line).await?;
        for part in rest {
            self.go_ahead(&tag, name_of(line)).await?;
            self.write(&format!("{part}\r\n")).await?;
        }
        self.answers(&tag, name_of(line), each).await
    }

    /// Begins to idle; `None` if the server refuses, which it may at any time.
    ///
    /// # Errors
    /// [`VisitError::Lost`] or [`VisitError::Unreadable`].
    pub(crate) async fn begin_idle(&mut self) -> Result<Option<Idle>, VisitError> {
        let tag = self.send("IDLE").await?;
        match self.go_ahead(&tag, "IDLE").await {
            Ok(()) => Ok(Some(Idle { tag })),
            Err(VisitError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits until more than `known` mails have arrived (`true`), or until the deadline (`false`). Words such as
    /// `* OK Still here` neither wake us nor move the deadline. May be dropped at any time.
    ///
    /// # Errors
    /// [`VisitError::Lost`] or [`VisitError::Unreadable`].
    pub(crate) async fn wait_for_mail(
        &mut self,
        known: u64,
        deadline: Instant,
    ) -> Result<bool, VisitError> {
        while self.arrivals <= known {
            let read = tokio::time::timeout_at(deadline, self.client.read_response()).await;
            let Ok(answer) = read else {
                return Ok(false);
            };
            let answer = there(answer)?;
            self.note(answer.parsed())?;
        }
        Ok(true)
    }

    /// Ends idling.
    ///
    /// # Errors
    /// As [`Session::command`]: a dead connection is noticed here at the latest.
    pub(crate) async fn end_idle(&mut self, idle: Idle) -> Result<(), VisitError> {
        self.write("DONE\r\n").await?;
        self.answers(&idle.tag, "IDLE", |_| ()).await
    }

    /// Says good-bye. A courtesy: the answer is the server's own good-bye, and matters no more.
    pub(crate) async fn farewell(mut self) {
        let _left = timeout(FAREWELL_MAX, self.command("LOGOUT", |_| ())).await;
    }

    /// How many mails the folder holds, by the server's latest word.
    pub(crate) fn exists(&self) -> u32 {
        self.exists
    }

    /// How many mails have been announced on this connection. Unlike their number it never falls, so that one mail
    /// that comes while another goes is not overlooked.
    pub(crate) fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// The connection below, for those who want to look at its certificate.
    pub(crate) fn stream(&self) -> &Stream {
        self.client.get_ref()
    }

    async fn start_tls(mailbox: &Mailbox, stream: Stream) -> Result<(Self, Greeting), VisitError> {
        let (mut session, greeting) = Self::greet(stream).await?;
        if greeting.logged_in {
            return Err(VisitError::Unfit(format!(
                "{} greets with PREAUTH, after which STARTTLS is impossible",
                mailbox.host
            )));
        }
        session.command("STARTTLS", |_| ()).await?;
        // What the server may have said after its OK was in the clear: dropped together with the codec (RFC 3501, 6.2.1).
        let Stream::Plain(tcp) = session.client.into_inner() else {
            return Err(VisitError::Unfit("TLS within TLS".to_owned()));
        };
        let config = tls::client_config(mailbox.ca_file.as_deref())?;
        let stream = tls::handshake(config, &mailbox.host, tcp).await?;
        let session = Self::on(Stream::Tls(Box::new(stream)));
        Ok((
            session,
            Greeting {
                words: greeting.words,
                ..Greeting::default()
            },
        ))
    }

    async fn greet(stream: Stream) -> Result<(Self, Greeting), VisitError> {
        let mut session = Self::on(stream);
        let answer = in_time(session.client.read_response()).await?;
        let Response::Data { status, outcome } = answer.parsed() else {
            return Err(VisitError::Unreadable(
                "the server does not greet as an IMAP server does".to_owned(),
            ));
        };
        let words = outcome.information.clone().unwrap_or_default().into_owned();
        if !matches!(status, Status::Ok | Status::PreAuth) {
            return Err(VisitError::Lost(format!(
                "the server turns us away: {words}"
            )));
        }
        let greeting = Greeting {
            logged_in: matches!(status, Status::PreAuth),
            words,
            capabilities: super::login::capabilities_in(answer.parsed()),
        };
        Ok((session, greeting))
    }

    fn on(stream: Stream) -> Self {
        Self {
            client: Client::new(stream),
            last_tag: 0,
            exists: 0,
            arrivals: 0,
        }
    }

    async fn send(&mut self, line: &str) -> Result<String, VisitError> {
        self.last_tag = self.last_tag.wrapping_add(1);
        let tag = format!("T{}", self.last_tag);
        self.write(&format!("{tag} {line}\r\n")).await?;
        Ok(tag)
    }

    /// One write for the whole line: one TLS record, one packet. Past async-imap, which would log the line at trace level.
    async fn write(&mut self, text: &str) -> Result<(), VisitError> {
        let stream = self.client.get_mut();
        let written = timeout(SILENCE_MAX, async {
            stream.write_all(text.as_bytes()).await?;
            stream.flush().await
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(lost(&error)),
            Err(_elapsed) => Err(VisitError::Lost("the server takes no command".to_owned())),
        }
    }

    async fn answers(
        &mut self,
        tag: &str,
        name: &'static str,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<(), VisitError> {
        loop {
            let answer = in_time(self.client.read_response()).await?;
            let response = answer.parsed();
            self.note(response)?;
            each(response);
            if matches!(response, Response::Continue(_)) {
                return Err(unexpected(name));
            }
            if let Some(end) = end_of(response, tag, name) {
                return end;
            }
        }
    }

    /// Waits for `+`. Other answers may come before it (RFC 3501, 7.5 forbids nothing of the kind).
    async fn go_ahead(&mut self, tag: &str, name: &'static str) -> Result<(), VisitError> {
        loop {
            let answer = in_time(self.client.read_response()).await?;
            let response = answer.parsed();
            self.note(response)?;
            if matches!(response, Response::Continue(_)) {
                return Ok(());
            }
            if let Some(end) = end_of(response, tag, name) {
                return end.and(Err(unexpected(name)));
            }
        }
    }

    /// Keeps the books that every answer may change, and hears a farewell wherever it comes.
    fn note(&mut self, response: &Response<'_>) -> Result<(), VisitError> {
        if let Response::MailboxData(MailboxDatum::Exists(count)) = response {
            self.arrivals += u64::from(count.saturating_sub(self.exists));
            self.exists = *count;
        }
        if let Response::Expunge(_) = response {
            self.exists = self.exists.saturating_sub(1);
        }
        if let Response::Data { status, outcome } = response {
            let words = outcome.information.as_deref().unwrap_or_default();
            if matches!(status, Status::Bye) {
                return Err(VisitError::Lost(format!(
                    "the server says good-bye: {words}"
                )));
            }
            if matches!(outcome.code, Some(ResponseCode::Alert)) {
                // RFC 3501, 7.1: an alert must be shown to a person.
                tracing::warn!(words, "The mail server has an alert for a person.");
            }
        }
        Ok(())
    }
}

/// Idling: ended by [`Session::end_idle`] only.
#[must_use]
pub(crate) struct Idle {
    tag: String,
}
