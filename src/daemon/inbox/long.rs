//! The rest of a mail whose beginning did not hold it: part by part, into memory, or past the size limit into the archive.
//!
//! What the server claims about the size is only a hint; the end is where it has no more to give.

use std::io;

use super::VisitError;
use super::drain::Round;
use super::folder::PART_BYTES;
use super::intake::{Intake, Large};
use super::piece::Piece;
use super::session::Session;
use crate::daemon::desk::{DeskError, Raw};

/// Of a mail over the limit, header and so many bytes are read.
const BEGINNING_BYTES: usize = 1024 * 1024;

/// All of a mail, or `None` if it has gone or the daemon stops meanwhile.
pub(super) async fn complete<D: Intake>(
    session: &mut Session,
    round: &Round<'_, D>,
    piece: Piece,
) -> Result<Option<Raw>, VisitError> {
    let limit = round.inbox.mail_bytes_max;
    if piece.claimed_bytes > limit {
        return stream(session, round, piece).await;
    }
    let (uid, claimed_bytes) = (piece.uid, piece.claimed_bytes);
    let mut bytes = piece.bytes;
    // The claim is at most the limit here, so it may be believed as far as memory goes.
    let to_come = usize::try_from(claimed_bytes).unwrap_or(0);
    bytes.reserve_exact(to_come.saturating_sub(bytes.len()));
    loop {
        if round.stop.is_set() {
            return Ok(None);
        }
        let part = session.part(uid, bytes.len() as u64).await?;
        bytes.extend_from_slice(&part);
        if part.len() < PART_BYTES as usize {
            break;
        }
        if bytes.len() as u64 > limit {
            // Larger than it seemed.
            let piece = Piece {
                uid,
                received_at: None,
                claimed_bytes,
                bytes,
                whole: false,
            };
            return stream(session, round, piece).await;
        }
    }
    let all_there = bytes.len() as u64 >= claimed_bytes || is_there(session, uid).await?;
    Ok(all_there.then_some(Raw::Whole(bytes)))
}

async fn stream<D: Intake>(
    session: &mut Session,
    round: &Round<'_, D>,
    piece: Piece,
) -> Result<Option<Raw>, VisitError> {
    let mut writer = round.inbox.desk.large_mail()?;
    let mut beginning = Vec::with_capacity(BEGINNING_BYTES);
    let mut part = piece.bytes;
    let mut written = 0_u64;
    loop {
        let length = part.len();
        let wanted = BEGINNING_BYTES.saturating_sub(beginning.len()).min(length);
        beginning.extend_from_slice(part.get(..wanted).unwrap_or_default());
        writer = on_disk(move || writer.write(&part).map(|()| writer)).await?;
        let is_last = written > 0 && length < PART_BYTES as usize;
        written += length as u64;
        if is_last {
            break;
        }
        if round.stop.is_set() {
            return Ok(None);
        }
        part = session.part(piece.uid, written).await?;
    }
    if written < piece.claimed_bytes && !is_there(session, piece.uid).await? {
        return Ok(None);
    }
    let archived = on_disk(move || writer.finish()).await?;
    Ok(Some(Raw::Large {
        archived,
        beginning,
    }))
}

/// A mail that is shorter than claimed may have been deleted while we read it, or the server estimates sizes.
async fn is_there(session: &mut Session, uid: u32) -> Result<bool, VisitError> {
    let found = session.uids(uid, &uid.to_string()).await?;
    Ok(!found.is_empty())
}

/// A megabyte may take a while to write; other mailboxes need not wait for it.
async fn on_disk<T: Send + 'static>(
    write: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, VisitError> {
    match tokio::task::spawn_blocking(write).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(DeskError::TryLater(error.to_string()).into()),
        Err(_ended) => Err(DeskError::Closed.into()),
    }
}
