//! The local socket: people's questions and orders, one JSON line each way.
//!
//! Only the daemon touches its files, so every command on live data comes through here. The socket file carries
//! mode 0660: who may connect is its owner and group, and nobody else.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;

use super::stop::Stop;
use crate::triage::decide::Order;

pub mod answers;
pub mod incidents;
mod needs;
pub mod period;

use answers::Answerer;

/// What a person asks or orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ask", deny_unknown_fields)]
pub enum Request {
    /// How is everything?
    Status,
    /// The newest tickets.
    Tickets {
        /// Solved ones as well.
        all: bool,
        /// Only of this partner.
        partner: Option<String>,
        /// Only of this level.
        level: Option<u8>,
        /// At most so many.
        limit: usize,
    },
    /// One ticket and its timeline.
    Ticket {
        /// Its number, in any case.
        number: String,
    },
    /// The ticket is solved.
    Solve {
        /// Its number.
        number: String,
        /// Who says so.
        by: String,
    },
    /// The ticket is open again.
    Reopen {
        /// Its number.
        number: String,
        /// Who says so.
        by: String,
    },
    /// Anything else that a person may order about a ticket.
    Order {
        /// Its number.
        number: String,
        /// What.
        order: Order,
    },
    /// What was promised and kept in a stretch of time.
    Report(period::Wanted),
    /// Letters that wait.
    Letters {
        /// At most so many.
        limit: usize,
    },
    /// Try a letter now, also one that is held.
    RetryLetter {
        /// Its number.
        letter: u64,
        /// Who says so.
        by: String,
    },
    /// Never send a letter.
    DropLetter {
        /// Its number.
        letter: u64,
        /// Who says so.
        by: String,
    },
    /// Every mailbox and how it fares.
    Mailboxes,
    /// Log in again to a mailbox that was locked out.
    ResumeMailbox {
        /// Its address.
        address: String,
    },
    /// Something about incidents.
    Incident {
        /// What.
        about: IncidentRequest,
    },
    /// Read the rules again.
    Reload,
    /// The raw mail that opened a ticket, for `explain`.
    RawMail {
        /// The ticket's number.
        number: String,
    },
}

/// What a person asks or orders about incidents. They are named as people see them: `I-3`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum IncidentRequest {
    /// The newest ones.
    List {
        /// Solved and dismissed ones as well.
        all: bool,
        /// At most so many.
        limit: usize,
    },
    /// One of them.
    Show {
        /// Which.
        incident: String,
    },
    /// It is over.
    Solve {
        /// Which.
        incident: String,
        /// Its open tickets are solved with it.
        with_tickets: bool,
        /// Who says so.
        by: String,
    },
    /// It is none.
    Dismiss {
        /// Which.
        incident: String,
        /// Who says so.
        by: String,
    },
    /// These tickets have nothing to do with it.
    Split {
        /// Which.
        incident: String,
        /// Their numbers.
        tickets: Vec<String>,
        /// Who says so.
        by: String,
    },
    /// It goes on in another one.
    Merge {
        /// Which.
        incident: String,
        /// The other one.
        into: String,
        /// Who says so.
        by: String,
    },
    /// A ticket belongs to it.
    Add {
        /// Which.
        incident: String,
        /// The ticket's number.
        ticket: String,
        /// Who says so.
        by: String,
    },
}

/// What the daemon answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Answer {
    /// Done; what was asked for.
    Done {
        /// Its shape depends on the request.
        value: serde_json::Value,
    },
    /// There is no such ticket, letter or mailbox, or it cannot be done in its state: exit code 1.
    No {
        /// A sentence that says what to do.
        why: String,
    },
    /// The daemon could not: exit code 3.
    Failed {
        /// A sentence.
        why: String,
    },
}

/// A request is one line of at most this many bytes: there are no long questions.
const REQUEST_BYTES_MAX: u64 = 64 * 1024;

/// People at the socket at the same time; the next one waits.
const PEOPLE_MAX: usize = 32;

/// A caller who says nothing for so long is hung up on.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Binds the socket, so that only its owner and group may connect.
///
/// # Errors
/// The folder cannot be made or written.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Bound under another name, made private, then moved to its place: nobody can connect before the mode is right.
    let young = path.with_extension("new");
    remove_if_there(&young)?;
    let listener = UnixListener::bind(&young)?;
    std::fs::set_permissions(&young, std::fs::Permissions::from_mode(0o660))?;
    std::fs::rename(&young, path)?;
    Ok(listener)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Answers people until told to stop.
pub async fn serve(listener: UnixListener, path: PathBuf, answerer: Arc<Answerer>, stop: Stop) {
    let places = Arc::new(Semaphore::new(PEOPLE_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            break;
        };
        let stream = tokio::select! {
            () = stop.wait() => break,
            accepted = listener.accept() => accepted,
        };
        match stream {
            Ok((stream, _)) => {
                let answerer = Arc::clone(&answerer);
                tokio::spawn(async move {
                    if let Ok(Err(error)) =
                        tokio::time::timeout(SILENCE_MAX, converse(stream, &answerer)).await
                    {
                        tracing::debug!(%error, "A caller of the control socket went away.");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "The control socket could not take a caller.");
                stop.or_sleep(Duration::from_secs(1)).await;
            }
        }
    }
    if let Err(error) = remove_if_there(&path) {
        tracing::debug!(%error, "The control socket's file stays behind.");
    }
}

async fn converse(stream: UnixStream, answerer: &Answerer) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reader.take(REQUEST_BYTES_MAX))
        .read_line(&mut line)
        .await?;
    let answer = match serde_json::from_str::<Request>(&line) {
        Ok(request) => answerer.answer(request).await,
        Err(error) => Answer::Failed {
            why: format!(
                "the daemon does not understand this command ({error}); are both of the same version?"
            ),
        },
    };
    let mut text = serde_json::to_string(&answer).map_err(io::Error::other)?;
    text.push('\n');
    writer.write_all(text.as_bytes()).await?;
    writer.shutdown().await
}

/// Asks the running daemon.
///
/// # Errors
/// Nobody listens at the socket, or the conversation broke off.
pub async fn ask(socket: &Path, request: &Request) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket).await?;
    let mut text = serde_json::to_string(request).map_err(io::Error::other)?;
    text.push('\n');
    stream.write_all(text.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    serde_json::from_str(&answer).map_err(io::Error::other)
}
