//! Takes mails from the server to the desk, in the order of their UIDs, without a gap.
//!
//! While the desk decides one batch, the next one is read and the one behind it fetched, and no more than that: the
//! mail server is a better queue than our memory.

use tokio::sync::mpsc;

use super::intake::Intake;
use super::piece::Piece;
use super::session::Session;
use super::stumble::How;
use super::{Inbox, VisitError, long, stand_in};
use crate::daemon::desk::{Arrived, Raw};
use crate::daemon::stop::Stop;
use crate::daemon::store::Place;

/// Mails in one FETCH. Over TLS a hundred at once travel five times faster than one by one; more gain little.
const MAILS_PER_BATCH_MAX: usize = 100;

/// A batch that holds this much goes to the desk, although it could take more mails.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Before a mail that is longer than this is fetched to its end, the ones before it go to the desk: they need not wait.
const LONG_BYTES: u64 = 1024 * 1024;

/// One folder, between SELECT and the end of the connection.
pub(super) struct Round<'a, D> {
    pub(super) inbox: &'a Inbox<D>,
    pub(super) uid_validity: u32,
    pub(super) stop: &'a Stop,
}

/// What is to be taken in.
pub(super) enum Work {
    /// Mails with these UIDs, ascending.
    Listed(Vec<u32>),
    /// Mails that came while we waited; their beginnings are here already.
    Fresh(Vec<Piece>),
}

/// Fetches mails and hands them to the desk. Tells which are settled now, whatever went wrong afterwards; ends early
/// when the daemon stops.
pub(super) async fn take_in<D: Intake>(
    session: &mut Session,
    round: &Round<'_, D>,
    work: Work,
) -> (Vec<u32>, Result<(), VisitError>) {
    let (ready, arriving) = mpsc::channel(1);
    let tray = Tray {
        ready,
        mails: Vec::new(),
        bytes: 0,
    };
    let fetching = async {
        match work {
            Work::Listed(uids) => fetch(session, round, &uids, tray).await,
            Work::Fresh(pieces) => serve(session, round, pieces, tray).await,
        }
    };
    let (fetched, (settled, taken)) = tokio::join!(fetching, hand_over(round, arriving));
    // What the desk has to say comes first: when it takes nothing any more, fetching ends without a word.
    (settled, taken.and(fetched))
}

async fn hand_over<D: Intake>(
    round: &Round<'_, D>,
    arriving: mpsc::Receiver<Vec<Arrived>>,
) -> (Vec<u32>, Result<(), VisitError>) {
    let (ready, reading) = mpsc::channel(1);
    let (read, (settled, decided)) =
        tokio::join!(read(round, arriving, ready), decide(round, reading));
    (settled, decided.and(read))
}

/// A batch that has been read.
struct ReadBatch<R> {
    uids: Vec<u32>,
    newest: Option<jiff::Timestamp>,
    mails: R,
}

/// Ends when the desk takes nothing any more.
async fn read<D: Intake>(
    round: &Round<'_, D>,
    mut arriving: mpsc::Receiver<Vec<Arrived>>,
    ready: mpsc::Sender<ReadBatch<D::Read>>,
) -> Result<(), VisitError> {
    while let Some(mails) = arriving.recv().await {
        let batch = ReadBatch {
            uids: mails.iter().map(|mail| mail.place.uid).collect(),
            newest: mails.iter().map(|mail| mail.received_at).max(),
            mails: round.inbox.desk.read(mails).await?,
        };
        if ready.send(batch).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn decide<D: Intake>(
    round: &Round<'_, D>,
    mut reading: mpsc::Receiver<ReadBatch<D::Read>>,
) -> (Vec<u32>, Result<(), VisitError>) {
    let mut settled = Vec::new();
    while let Some(batch) = reading.recv().await {
        if let Err(error) = round.inbox.desk.arrive(batch.mails).await {
            return (settled, Err(error.into()));
        }
        round.inbox.board.change(|status| {
            status.taken += batch.uids.len() as u64;
            status.last_mail = batch.newest.max(status.last_mail);
            if let (Some(cursor), Some(last)) = (&mut status.cursor, batch.uids.last()) {
                cursor.uid = *last;
            }
        });
        settled.extend(batch.uids);
    }
    (settled, Ok(()))
}

async fn fetch<D: Intake>(
    session: &mut Session,
    round: &Round<'_, D>,
    uids: &[u32],
    mut tray: Tray,
) -> Result<(), VisitError> {
    let stumbles = &round.inbox.stumbles;
    let mut rest = uids;
    while let Some(first) = rest.first()
        && !round.stop.is_set()
        && tray.has_room().await
    {
        let count = stumbles.batch(*first, MAILS_PER_BATCH_MAX).min(rest.len());
        let (batch, later) = rest.split_at(count);
        stumbles.fetching(*first, batch.last().copied().unwrap_or(*first));
        match (batch, stumbles.how(*first)) {
            ([uid], How::HeaderOnly(words)) => {
                let header = session.header(*uid).await?;
                put_stand_in(round, *uid, header, &words, &mut tray).await?;
            }
            ([uid], How::NotAtAll(words)) => {
                put_stand_in(round, *uid, None, &words, &mut tray).await?;
            }
            (batch, How::Whole | How::HeaderOnly(_) | How::NotAtAll(_)) => {
                let pieces = beginnings(session, batch).await?;
                put_all(session, round, pieces, &mut tray).await?;
            }
        }
        stumbles.fetched();
        tray.flush().await;
        rest = later;
    }
    Ok(())
}

async fn serve<D: Intake>(
    session: &mut Session,
    round: &Round<'_, D>,
    pieces: Vec<Piece>,
    mut tray: Tray,
) -> Result<(), VisitError> {
    put_all(session, round, pieces, &mut tray).await?;
    round.inbox.stumbles.fetched();
    tray.flush().await;
    Ok(())
}

/// The beginnings of listed mails. One that the server leaves out is asked for again, unless it has gone: a human may
/// move or delete mail at any time.
async fn beginnings(session: &mut Session, uids: &[u32]) -> Result<Vec<Piece>, VisitError> {
    let (Some(first), Some(last)) = (uids.first(), uids.last()) else {
        return Ok(Vec::new());
    };
    let mut pieces = session.pieces(*first, &last.to_string()).await?;
    if pieces.len() >= uids.len() {
        return Ok(pieces);
    }
    for uid in session.uids(*first, &last.to_string()).await? {
        let Err(at) = pieces.binary_search_by_key(&uid, |piece| piece.uid) else {
            continue;
        };
        let Some(piece) = session.pieces(uid, &uid.to_string()).await?.pop() else {
            return Err(VisitError::Refused {
                command: "UID FETCH",
                words: format!("the server lists UID {uid}, but gives no body"),
            });
        };
        pieces.insert(at, piece);
    }
    let gone = uids.len().saturating_sub(pieces.len());
    tracing::debug!(
        gone,
        "Mails have gone from the folder before they were fetched."
    );
    Ok(pieces)
}

async fn put_all<D: Intake>(
    session: &mut Session,
    round: &Round<'_, D>,
    pieces: Vec<Piece>,
    tray: &mut Tray,
) -> Result<(), VisitError> {
    for piece in pieces {
        let (uid, received_at) = (piece.uid, piece.received_at);
        let raw = if piece.whole {
            Some(Raw::Whole(piece.bytes))
        } else {
            round.inbox.stumbles.fetching(uid, uid);
            if piece.claimed_bytes > LONG_BYTES && !(tray.flush().await && tray.has_room().await) {
                return Ok(());
            }
            long::complete(session, round, piece).await?
        };
        let Some(raw) = raw else {
            if round.stop.is_set() {
                return Ok(());
            }
            continue;
        };
        if !tray.put(arrived(round, uid, received_at, raw)).await {
            return Ok(());
        }
    }
    Ok(())
}

async fn put_stand_in<D: Intake>(
    round: &Round<'_, D>,
    uid: u32,
    header: Option<Piece>,
    words: &str,
    tray: &mut Tray,
) -> Result<(), VisitError> {
    let what = stand_in::told(&round.inbox.mailbox, uid, words);
    tracing::error!(mailbox = %round.inbox.mailbox.address, uid, words, "A mail cannot be fetched; a stand-in takes its place.");
    round.inbox.tell(what).await?;
    let received_at = header.as_ref().and_then(|piece| piece.received_at);
    let header = header.map(|piece| piece.bytes).unwrap_or_default();
    let bytes = stand_in::written(&round.inbox.mailbox, uid, &header, words);
    tray.put(arrived(round, uid, received_at, Raw::Whole(bytes)))
        .await;
    Ok(())
}

fn arrived<D: Intake>(
    round: &Round<'_, D>,
    uid: u32,
    received_at: Option<jiff::Timestamp>,
    raw: Raw,
) -> Arrived {
    Arrived {
        place: Place {
            mailbox: round.inbox.mailbox.address.clone(),
            uid_validity: round.uid_validity,
            uid,
        },
        // A date that cannot be read is replaced by ours: better a little late than never.
        received_at: received_at.unwrap_or_else(|| round.inbox.clock.now()),
        raw,
    }
}

/// Mails on their way to the desk. Its answers are `false` once the desk takes nothing any more.
struct Tray {
    ready: mpsc::Sender<Vec<Arrived>>,
    mails: Vec<Arrived>,
    bytes: usize,
}

impl Tray {
    async fn put(&mut self, mail: Arrived) -> bool {
        self.bytes += match &mail.raw {
            Raw::Whole(bytes) => bytes.len(),
            Raw::Large { beginning, .. } => beginning.len(),
        };
        self.mails.push(mail);
        self.bytes < BATCH_BYTES_MAX || self.flush().await
    }

    async fn flush(&mut self) -> bool {
        self.bytes = 0;
        let mails = std::mem::take(&mut self.mails);
        mails.is_empty() || self.ready.send(mails).await.is_ok()
    }

    /// Waits until the desk has taken the batch before this one into its hands.
    async fn has_room(&self) -> bool {
        self.ready.reserve().await.is_ok()
    }
}
