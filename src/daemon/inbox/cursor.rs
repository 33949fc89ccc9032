//! Where to begin: the cursor of a mailbox, at the first contact and when the server has renumbered its mails.
//!
//! Every UID up to the cursor is settled or lies before what triaged was asked to take in; `\Seen` means nothing.

use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};

use super::folder::Selected;
use super::intake::Intake;
use super::session::Session;
use super::{Inbox, VisitError};
use crate::daemon::store::Cursor;

/// The mail server's clock may go so much before or after ours without a new mail being taken for one that lay there at
/// the first contact, or the other way round.
const CLOCKS_APART_MAX: SignedDuration = SignedDuration::from_mins(5);

/// The cursor that the desk keeps, or a new one if the folder is new to us. Durable on return.
pub(super) async fn agree<D: Intake>(
    inbox: &Inbox<D>,
    session: &mut Session,
    selected: &Selected,
) -> Result<Cursor, VisitError> {
    let address = &inbox.mailbox.address;
    let cursor = match inbox.desk.cursor(address).await? {
        Some(known) if known.uid_validity == selected.uid_validity => {
            check_order(&known, selected)?;
            return Ok(known);
        }
        Some(old) => renumbered(inbox, session, selected, old).await?,
        None => first_contact(inbox, session, selected).await?,
    };
    inbox.desk.begin_mailbox(address, cursor).await?;
    Ok(cursor)
}

/// A folder that was put back from a backup under its old UIDVALIDITY gives old UIDs to new mails. They could not be
/// told from those we know, so we stop, loudly, rather than pass over them in silence.
fn check_order(known: &Cursor, selected: &Selected) -> Result<(), VisitError> {
    match selected.uid_next {
        Some(next) if next <= known.uid => Err(VisitError::Unfit(format!(
            "the folder's next UID is {next}, but UID {} is settled already under the same UIDVALIDITY {}: it was \
             restored without a new UIDVALIDITY, and must be given one",
            known.uid, known.uid_validity
        ))),
        Some(_) | None => Ok(()),
    }
}

/// What was there before is not answered, and not even taken in unless it is younger than the configuration says.
async fn first_contact<D: Intake>(
    inbox: &Inbox<D>,
    session: &mut Session,
    selected: &Selected,
) -> Result<Cursor, VisitError> {
    let mailbox = &inbox.mailbox.address;
    let Some(since) = inbox.mailbox.answer_mail_since else {
        tracing::info!(
            mailbox,
            left_alone = selected.exists,
            "First contact: the mails that are there already are left alone."
        );
        let now = inbox.clock.now();
        let uid = last_uid(session, selected).await?;
        let answer_since = now.checked_sub(CLOCKS_APART_MAX).unwrap_or(now);
        let latest = now.checked_add(CLOCKS_APART_MAX).unwrap_or(now);
        return Ok(Cursor {
            uid_validity: selected.uid_validity,
            uid,
            answer_since,
            left_alone_until: youngest(session, uid, answer_since..=latest).await?,
        });
    };
    let (uid, found) = before_mail_since(session, selected, since).await?;
    tracing::info!(
        mailbox,
        %since,
        taken_in = found,
        left_alone = selected.exists.saturating_sub(found),
        "First contact: mails since then are taken in and answered, older ones left alone."
    );
    Ok(Cursor {
        uid_validity: selected.uid_validity,
        uid,
        answer_since: since,
        left_alone_until: None,
    })
}

/// INTERNALDATE of the youngest mail up to a UID, of those within some time. A date beyond it was made up, and says
/// nothing about when later mails will be dated.
async fn youngest(
    session: &mut Session,
    last_uid: u32,
    within: RangeInclusive<Timestamp>,
) -> Result<Option<Timestamp>, VisitError> {
    let Some(first) = session.uids_since(*within.start()).await?.first().copied() else {
        return Ok(None);
    };
    let dated = session.dates(first).await?.into_iter();
    let those = dated.filter(|(uid, _)| *uid <= last_uid);
    Ok(those
        .filter_map(|(_, received_at)| received_at)
        .filter(|received_at| within.contains(received_at))
        .max())
}

/// Everything since the first contact is fetched again; the desk knows by Message-ID and content what it has decided.
/// What lay there at the first contact it does not know, so that is left out: whole seconds, as INTERNALDATE has them.
async fn renumbered<D: Intake>(
    inbox: &Inbox<D>,
    session: &mut Session,
    selected: &Selected,
    old: Cursor,
) -> Result<Cursor, VisitError> {
    inbox.stumbles.forget();
    let after_those = old
        .left_alone_until
        .and_then(|at| at.checked_add(SignedDuration::from_secs(1)).ok());
    let answer_since = after_those.map_or(old.answer_since, |after| after.max(old.answer_since));
    let (uid, again) = before_mail_since(session, selected, answer_since).await?;
    tracing::warn!(
        mailbox = %inbox.mailbox.address,
        old = old.uid_validity,
        new = selected.uid_validity,
        again,
        "The server has renumbered the folder; its mails are looked at again, and none is answered twice."
    );
    Ok(Cursor {
        uid_validity: selected.uid_validity,
        uid,
        answer_since,
        left_alone_until: None,
    })
}

/// The UID before the first mail that is young enough, and how many follow.
async fn before_mail_since(
    session: &mut Session,
    selected: &Selected,
    since: Timestamp,
) -> Result<(u32, u32), VisitError> {
    let candidates = session.uids_since(since).await?;
    if let Some(first) = candidates.first() {
        let dated = session.dates(*first).await?;
        if dated.is_empty() {
            // Gone since, or the server keeps them back. They are young as far as we know.
            return Ok((first.saturating_sub(1), count_of(candidates.len())));
        }
        let old = dated
            .iter()
            .take_while(|(_, received_at)| {
                received_at.is_some_and(|received_at| received_at < since)
            })
            .count();
        if let Some((young, _)) = dated.get(old) {
            return Ok((young.saturating_sub(1), count_of(dated.len() - old)));
        }
    }
    Ok((last_uid(session, selected).await?, 0))
}

fn count_of(mails: usize) -> u32 {
    u32::try_from(mails).unwrap_or(u32::MAX)
}

/// The highest UID that the folder has given so far.
async fn last_uid(session: &mut Session, selected: &Selected) -> Result<u32, VisitError> {
    if let Some(next) = selected.uid_next {
        return Ok(next.saturating_sub(1));
    }
    // UIDNEXT is optional in SELECT's answer. An empty folder has no last mail; its first one will be new.
    let uids = session.uids(1, "*").await?;
    Ok(uids.last().copied().unwrap_or(0))
}
