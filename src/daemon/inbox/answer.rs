//! What an answer of the server means: the end of a command, an error, or something that only our logs may see in part.

use std::io;
use std::time::Duration;

use imap_proto::{Response, Status};
use tokio::time::timeout;

use super::VisitError;

/// A server that says nothing for so long, although it owes us something, is gone. The longest single answer that
/// we ask for is a mebibyte, which even a slow line carries in that time.
pub(super) const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The bytes of a line that cannot be read which are shown to the operator.
const SHOWN_CHARS_MAX: usize = 80;

/// Waits for one answer. Its type has no public name, hence `T`.
pub(super) async fn in_time<T>(
    read: impl Future<Output = io::Result<Option<T>>>,
) -> Result<T, VisitError> {
    match timeout(SILENCE_MAX, read).await {
        Ok(answer) => there(answer),
        Err(_elapsed) => Err(VisitError::Lost("the server is silent".to_owned())),
    }
}

/// The end of the stream is never an answer.
pub(super) fn there<T>(answer: io::Result<Option<T>>) -> Result<T, VisitError> {
    match answer {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(VisitError::Lost("the server hung up".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::Other => Err(unreadable(&error)),
        Err(error) => Err(lost(&error)),
    }
}

/// What a tagged answer means for the command with that tag; `None` for all others.
pub(super) fn end_of(
    response: &Response<'_>,
    tag: &str,
    name: &'static str,
) -> Option<Result<(), VisitError>> {
    let Response::Done {
        tag: theirs,
        status,
        outcome,
    } = response
    else {
        return None;
    };
    if theirs.0 != tag {
        return Some(Err(unexpected(name)));
    }
    if matches!(status, Status::Ok) {
        return Some(Ok(()));
    }
    let words = outcome.information.clone().unwrap_or_default().into_owned();
    Some(Err(VisitError::Refused {
        command: name,
        words,
    }))
}

/// The name of a command, without its arguments: those may be secret.
pub(super) fn name_of(line: &str) -> &'static str {
    const NAMES: [&str; 18] = [
        "UID FETCH",
        "UID STORE",
        "UID MOVE",
        "UID COPY",
        "UID EXPUNGE",
        "UID SEARCH",
        "SELECT",
        "EXAMINE",
        "CREATE",
        "LOGIN",
        "AUTHENTICATE",
        "CAPABILITY",
        "STARTTLS",
        "STATUS",
        "NOOP",
        "IDLE",
        "ID",
        "LOGOUT",
    ];
    NAMES
        .into_iter()
        .find(|name| line.starts_with(name))
        .unwrap_or("the command")
}

pub(super) fn lost(error: &io::Error) -> VisitError {
    VisitError::Lost(format!("the connection broke: {error}"))
}

pub(super) fn unexpected(name: &'static str) -> VisitError {
    VisitError::Unreadable(format!("the server answers {name} with something else"))
}

/// async-imap's error quotes everything that it had in its hands, mail bodies included. Only the beginning of the
/// line is for other eyes.
fn unreadable(error: &io::Error) -> VisitError {
    let text = error.to_string();
    let quoted = text
        .split_once("during parsing of \"")
        .map_or("", |(_, quoted)| quoted);
    let line = quoted.split("\\r\\n").next().unwrap_or_default();
    let shown: String = if line.starts_with("* ") {
        line.chars().take(SHOWN_CHARS_MAX).collect()
    } else {
        // Perhaps the middle of a mail.
        "not shown here".to_owned()
    };
    VisitError::Unreadable(format!("the server says what is no IMAP: {shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(buffer: &str, expected: &str) {
        let error = io::Error::other(format!("Error(..) during parsing of {buffer:?}"));
        assert_eq!(
            unreadable(&error).to_string(),
            format!("the server says what is no IMAP: {expected}")
        );
    }

    #[test]
    fn a_strange_line_is_shown_and_a_mail_is_not() {
        check("* XYZZY what\r\n* 1 FETCH", "* XYZZY what");
        check("Dear support,\r\nour password is", "not shown here");
        check(
            &format!("* {}", "x".repeat(500)),
            &format!("* {}", "x".repeat(SHOWN_CHARS_MAX - 2)),
        );
    }

    #[test]
    fn arguments_are_not_named() {
        assert_eq!(name_of("LOGIN \"support\" \"secret\""), "LOGIN");
        assert_eq!(name_of("UID FETCH 1:* (UID)"), "UID FETCH");
        assert_eq!(name_of("XYZZY secret"), "the command");
    }
}
