//! From a fresh connection to a session in which we are known.
//!
//! The secret is read anew each time, so a changed password needs no restart. A refusal is counted by the caller; a
//! server that says it cannot look up passwords at present has refused nothing.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imap_proto::{Capability, Response, ResponseCode};
use secrecy::{ExposeSecret, SecretString};

use super::VisitError;
use super::session::{Greeting, Session};
use crate::config::Mailbox;

/// Response codes (RFC 5530, 3) with which a server says that the fault is its own.
const NOT_OUR_FAULT: [&str; 4] = ["[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[LIMIT]"];

/// Who we are (RFC 2971). Some providers refuse SELECT to clients that do not say.
const ID: &str = concat!(
    r#"ID ("name" "triaged" "version" ""#,
    env!("CARGO_PKG_VERSION"),
    r#"")"#
);

/// What a server can do: its capabilities in capitals, such as `IDLE` or `AUTH=PLAIN`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capabilities(HashSet<String>);

impl Capabilities {
    /// True if the server says so.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// All of them, sorted, for people.
    pub(crate) fn listed(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.iter().cloned().collect();
        names.sort();
        names
    }
}

impl FromIterator<String> for Capabilities {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

/// Connects, logs in, and says who we are.
///
/// # Errors
/// [`VisitError::LoginRefused`] if the server does not want our name and password; others as [`Session::command`].
pub(crate) async fn enter(mailbox: &Mailbox) -> Result<(Session, Capabilities), VisitError> {
    let (mut session, greeting) = Session::open(mailbox).await?;
    let capabilities = log_in(&mut session, mailbox, greeting).await?;
    if capabilities.has("ID") {
        match session.command(ID, |_| ()).await {
            // Nobody needs its answer.
            Ok(()) | Err(VisitError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((session, capabilities))
}

/// Logs in where the greeting does not say that this is done already. Tells what the server can do afterwards.
///
/// # Errors
/// As [`enter`].
pub(crate) async fn log_in(
    session: &mut Session,
    mailbox: &Mailbox,
    greeting: Greeting,
) -> Result<Capabilities, VisitError> {
    let before = match greeting.capabilities {
        Some(capabilities) => capabilities,
        None => ask(session).await?,
    };
    if greeting.logged_in {
        return Ok(before);
    }
    let secret = mailbox.secret.read().map_err(VisitError::Unfit)?;
    let mut after = None;
    authenticate(session, &before, &mailbox.user, &secret, &mut after)
        .await
        .map_err(sort_refusal)?;
    match after {
        Some(capabilities) => Ok(capabilities),
        None => ask(session).await,
    }
}

/// The capabilities that an answer names, in a line of its own or in brackets.
pub(crate) fn capabilities_in(response: &Response<'_>) -> Option<Capabilities> {
    let named = |capabilities: &Vec<Capability<'_>>| capabilities.iter().map(name).collect();
    if let Response::Capabilities(capabilities) = response {
        return Some(named(capabilities));
    }
    if let Response::Data { outcome, .. } | Response::Done { outcome, .. } = response
        && let Some(ResponseCode::Capabilities(capabilities)) = &outcome.code
    {
        return Some(named(capabilities));
    }
    None
}

async fn ask(session: &mut Session) -> Result<Capabilities, VisitError> {
    let mut found = None;
    session
        .command("CAPABILITY", |response| {
            found = capabilities_in(response).or_else(|| found.take());
        })
        .await?;
    found.ok_or_else(|| VisitError::Unreadable("the server names no capabilities".to_owned()))
}

/// PLAIN where the server offers it, because it carries any password; else LOGIN.
async fn authenticate(
    session: &mut Session,
    capabilities: &Capabilities,
    user: &str,
    secret: &SecretString,
    after: &mut Option<Capabilities>,
) -> Result<(), VisitError> {
    let secret = secret.expose_secret();
    let note = |response: &Response<'_>| {
        if let Some(capabilities) = capabilities_in(response) {
            *after = Some(capabilities);
        }
    };
    if capabilities.has("AUTH=PLAIN") {
        // RFC 4616: authorization identity, authentication identity, password.
        let plain = STANDARD.encode(format!("\0{user}\0{secret}"));
        if capabilities.has("SASL-IR") {
            return session
                .command(&format!("AUTHENTICATE PLAIN {plain}"), note)
                .await;
        }
        return session
            .command_in_parts("AUTHENTICATE PLAIN", &[plain], note)
            .await;
    }
    if capabilities.has("LOGINDISABLED") {
        return Err(VisitError::Unfit(
            "the server takes no password here: neither AUTH=PLAIN nor LOGIN is offered".to_owned(),
        ));
    }
    if let (Some(user), Some(secret)) = (quoted(user), quoted(secret)) {
        return session
            .command(&format!("LOGIN {user} {secret}"), note)
            .await;
    }
    let first = format!("LOGIN {{{}}}", user.len());
    let second = format!("{user} {{{}}}", secret.len());
    session
        .command_in_parts(&first, &[second, secret.to_owned()], note)
        .await
}

/// A quoted string (RFC 3501, 4.3); `None` for text that needs a literal.
pub(crate) fn quoted(text: &str) -> Option<String> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_control());
    plain.then(|| format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\"")))
}

fn sort_refusal(error: VisitError) -> VisitError {
    match error {
        VisitError::Refused { words, .. } => {
            let in_capitals = words.to_ascii_uppercase();
            if NOT_OUR_FAULT
                .iter()
                .any(|code| in_capitals.starts_with(code))
            {
                VisitError::Lost(format!("the server cannot log anybody in now: {words}"))
            } else {
                VisitError::LoginRefused(words)
            }
        }
        other @ (VisitError::Lost(_)
        | VisitError::Unreadable(_)
        | VisitError::LoginRefused(_)
        | VisitError::Unfit(_)
        | VisitError::Desk(_)) => other,
    }
}

fn name(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        Capability::Auth(how) => format!("AUTH={}", how.to_ascii_uppercase()),
        Capability::Atom(name) => name.to_ascii_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_or_needs_a_literal() {
        assert_eq!(quoted("secret").unwrap(), r#""secret""#);
        assert_eq!(quoted(r#"a"b\c"#).unwrap(), r#""a\"b\\c""#);
        assert_eq!(quoted("schlüssel"), None);
        assert_eq!(quoted("two\r\nlines"), None);
    }
}
