//! Something is wrong with triaged's own work: the operators are told, in the words of what to do next.

use jiff::SignedDuration;

use super::drafting::Drafting;
use super::{Decision, Setting, Trouble};

/// Decides whom to tell what.
pub(super) fn tell(trouble: &Trouble, setting: &Setting<'_>) -> Decision {
    let mut drafting = Drafting::new(None, setting);
    let (what, why, to_do) = in_words(trouble);
    drafting.alarm(what.clone(), why.clone(), &to_do);
    if let Trouble::RulesRefused { to, .. } = trouble {
        let admins: Vec<String> = to
            .iter()
            .map(|address| address.to_lowercase())
            .filter(|address| !drafting.writes_to(address))
            .collect();
        drafting.alarm_to(&admins, what, why, &to_do);
    }
    drafting.finish()
}

/// What happened, what the other side said, and what to do.
fn in_words(trouble: &Trouble) -> (String, Option<String>, String) {
    match trouble {
        Trouble::MailboxLockedOut { mailbox, why } => (
            format!("The mail server refuses our log-in for {mailbox}, and this mailbox stands still"),
            Some(why.clone()),
            format!("Correct the password, then `triaged mailbox resume {mailbox}`. Other mailboxes go on."),
        ),
        Trouble::MailboxLost { mailbox, why } => (
            format!("{mailbox} has not been reached for a long time"),
            Some(why.clone()),
            format!("`triaged mailbox probe {mailbox}` shows how far it gets. Nothing is lost: its mail waits there."),
        ),
        Trouble::RelayLockedOut { relay, why } => (
            format!("The relay {relay} does not accept us, and letters wait"),
            Some(why.clone()),
            "Correct the log-in in triaged.toml or at the relay. Letters go out by themselves then.".to_owned(),
        ),
        Trouble::LettersLate { relay, since, why } => (
            format!("Letters have waited for the relay {relay} since {since:.0}"),
            Some(why.clone()),
            "`triaged mailbox probe` asks the relay, `triaged outbox list` shows the letters. They go out by themselves when it takes them.".to_owned(),
        ),
        Trouble::RulesRefused { findings, .. } => (
            "New rules were refused; the old ones stay in force".to_owned(),
            Some(findings.clone()),
            "`triaged check` shows the same. Corrected files are taken by themselves.".to_owned(),
        ),
        Trouble::ClockJumped { by_seconds } => {
            let by = SignedDuration::from_secs(by_seconds.saturating_abs());
            let (way, what_now) = if *by_seconds < 0 {
                ("back", "Until it has caught up, time stands still for triaged, and nothing falls due.")
            } else {
                ("forward", "What fell due in between happens now, once.")
            };
            (
                format!("The wall clock of this machine went {way} by {by:#}: it was set, or the machine slept"),
                None,
                format!("Look at the machine's time service (`timedatectl`). {what_now}"),
            )
        }
        Trouble::StoreRebuilt { why } => (
            "The store was set aside and rebuilt from the journal; nothing is lost".to_owned(),
            Some(why.clone()),
            "Look at the disk. `triaged store verify` reads all of the store; triaged must be stopped for it.".to_owned(),
        ),
        Trouble::Other { what } => (what.clone(), None, String::new()),
    }
}
