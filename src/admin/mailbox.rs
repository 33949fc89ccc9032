//! `triaged mailbox probe`: would this mailbox work? Everything that the daemon will need of it is tried, step by step.
//!
//! Nothing is changed on the server. The probe ends at the first step that fails, because the next ones need it.

use serde::Serialize;

use super::certificate;
use crate::config::{After, Mailbox, Tls};
use crate::daemon::inbox::VisitError;
use crate::daemon::inbox::folder::{KEYWORD, Leave, Selected};
use crate::daemon::inbox::login::{self, Capabilities};
use crate::daemon::inbox::session::{Greeting, Session};

/// What was found at a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// Its address.
    pub mailbox: String,
    /// Step by step.
    pub steps: Vec<Step>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Such as `certificate` or `folder`.
    pub what: &'static str,
    /// Whether triaged can work with it.
    pub verdict: Verdict,
    /// What was found, and what to do where that is not good.
    pub words: String,
}

/// Whether triaged can work with what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, but not as well as it could.
    Poor,
    /// The mailbox cannot be watched.
    Bad,
}

impl Verdict {
    /// In a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Poor => "poor",
            Self::Bad => "BAD",
        }
    }
}

impl Probe {
    /// True if the mailbox can be watched.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|step| step.verdict != Verdict::Bad)
    }

    fn good(&mut self, what: &'static str, words: String) {
        self.add(what, Verdict::Good, words);
    }

    fn add(&mut self, what: &'static str, verdict: Verdict, words: String) {
        self.steps.push(Step {
            what,
            verdict,
            words,
        });
    }
}

/// Probes a mailbox over IMAP.
pub async fn probe_imap(mailbox: &Mailbox) -> Probe {
    let mut probe = Probe {
        mailbox: mailbox.address.clone(),
        steps: Vec::new(),
    };
    if let Err((what, error)) = walk(mailbox, &mut probe).await {
        probe.add(what, Verdict::Bad, error.to_string());
    }
    probe
}

async fn walk(mailbox: &Mailbox, probe: &mut Probe) -> Result<(), (&'static str, VisitError)> {
    let (mut session, greeting) = Session::open(mailbox)
        .await
        .map_err(|error| ("connection", error))?;
    connection(mailbox, &session, &greeting, probe);
    let capabilities = login::log_in(&mut session, mailbox, greeting)
        .await
        .map_err(|error| ("log-in", error))?;
    probe.good("log-in", format!("as {}", mailbox.user));
    abilities(&capabilities, probe);
    let selected = session
        .select("SELECT", &mailbox.folder)
        .await
        .map_err(|error| ("folder", error))?;
    folder(mailbox, &selected, probe);
    counts(mailbox, &mut session, &selected, probe)
        .await
        .map_err(|error| ("mails", error))?;
    marks(mailbox, &mut session, &selected, &capabilities, probe)
        .await
        .map_err(|error| ("marks", error))?;
    notices(&mut session, &capabilities, probe)
        .await
        .map_err(|error| ("notices", error))?;
    session.farewell().await;
    Ok(())
}

fn connection(mailbox: &Mailbox, session: &Session, greeting: &Greeting, probe: &mut Probe) {
    let place = match session.stream().tcp().peer_addr() {
        Ok(address) => format!("{} ({address})", mailbox.host),
        Err(_gone) => mailbox.host.clone(),
    };
    probe.good("connection", format!("{place}: {}", greeting.words));
    let Some((certificate, protocol)) = session.stream().certificate() else {
        let words = "none: everything travels in the clear, on this machine only".to_owned();
        return probe.add("certificate", Verdict::Poor, words);
    };
    let how = match mailbox.tls {
        Tls::Implicit | Tls::Plain => protocol.to_owned(),
        Tls::StartTls => format!("{protocol} after STARTTLS"),
    };
    let until = match certificate::valid_until(certificate) {
        Some(until) => format!(", valid until {until}"),
        None => String::new(),
    };
    let words = format!("accepted for {}{until}; {how}", mailbox.host);
    probe.good("certificate", words);
}

fn abilities(capabilities: &Capabilities, probe: &mut Probe) {
    probe.good("capabilities", capabilities.listed().join(" "));
}

fn folder(mailbox: &Mailbox, selected: &Selected, probe: &mut Probe) {
    let words = format!(
        "{} opens, UIDVALIDITY {}",
        mailbox.folder, selected.uid_validity
    );
    probe.good("folder", words);
}

async fn counts(
    mailbox: &Mailbox,
    session: &mut Session,
    selected: &Selected,
    probe: &mut Probe,
) -> Result<(), VisitError> {
    let there = selected.exists;
    let words = match mailbox.answer_mail_since {
        None => format!("{there} are there; at the first contact they are left alone"),
        Some(since) => {
            let young = session.uids_since(since).await?.len();
            format!(
                "{there} are there, about {young} of them since {since}: these are answered at the first contact"
            )
        }
    };
    probe.good("mails", words);
    Ok(())
}

async fn marks(
    mailbox: &Mailbox,
    session: &mut Session,
    selected: &Selected,
    capabilities: &Capabilities,
    probe: &mut Probe,
) -> Result<(), VisitError> {
    if selected.read_only {
        let words = "the folder is read-only for us: mails are taken in, but not marked";
        probe.add("marks", Verdict::Poor, words.to_owned());
        return Ok(());
    }
    let (verdict, words) = match &mailbox.after {
        After::Keep if selected.takes_keyword => {
            (Verdict::Good, format!("the keyword {KEYWORD} can be set"))
        }
        After::Keep => (
            Verdict::Poor,
            format!("the server does not let us set {KEYWORD}: mails are taken in, but not marked"),
        ),
        After::Move(target) => moving(session, target, capabilities).await?,
    };
    probe.add("marks", verdict, words);
    Ok(())
}

async fn moving(
    session: &mut Session,
    target: &str,
    capabilities: &Capabilities,
) -> Result<(Verdict, String), VisitError> {
    let there = match session.count(target).await {
        Ok(count) => format!("{target} holds {count} mails"),
        Err(VisitError::Refused { words, .. }) => {
            format!("{target} will be made ({words})")
        }
        Err(error) => return Err(error),
    };
    Ok(match Leave::best(capabilities) {
        Leave::Move => (Verdict::Good, format!("{there}; mails are moved at once")),
        Leave::CopyAndExpunge => (
            Verdict::Good,
            format!("{there}; mails are copied, then expunged"),
        ),
        Leave::CopyAndFlag => (
            Verdict::Poor,
            format!(
                "{there}; mails are copied and flagged as deleted, but the server offers no safe way to expunge them"
            ),
        ),
    })
}

async fn notices(
    session: &mut Session,
    capabilities: &Capabilities,
    probe: &mut Probe,
) -> Result<(), VisitError> {
    let idles = if capabilities.has("IDLE") {
        match session.begin_idle().await? {
            Some(idle) => {
                session.end_idle(idle).await?;
                true
            }
            None => false,
        }
    } else {
        false
    };
    if idles {
        probe.good("notices", "the server tells of new mail at once".to_owned());
    } else {
        let words =
            "the server does not offer IDLE: it is asked for new mail at intervals (`poll`)";
        probe.add("notices", Verdict::Poor, words.to_owned());
    }
    Ok(())
}
