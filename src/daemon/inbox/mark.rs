//! Marks mails on the server once they are settled: with a keyword, or by moving them.
//!
//! The mark is for people who look into the folder; the cursor alone decides what is fetched. So marks may come late
//! and in large sets, and a server that refuses them stops nothing.

use std::collections::VecDeque;

use super::VisitError;
use super::drain::Round;
use super::folder::{KEYWORD, Leave, Selected};
use super::intake::Intake;
use super::login::Capabilities;
use super::session::Session;
use crate::config::After;
use crate::daemon::store::Place;

/// Mails marked by one command. A new mail waits that long at most: a tenth of a second.
const MARKED_AT_ONCE: usize = 500;

/// Removing a mail costs a server time that grows with the folder, for each command anew.
const MOVED_AT_ONCE: usize = 1000;

/// How far one look for unmarked mails reaches, so that its answer stays a line of moderate length.
const UIDS_PER_LOOK: u32 = 5000;

/// Mails that are settled, but not marked yet.
pub(super) struct Marks {
    waiting: VecDeque<u32>,
    refused: bool,
    how: Option<Way>,
}

enum Way {
    Keyword,
    Folder(String, Leave),
}

impl Marks {
    pub(super) fn new(after: &After, selected: &Selected, capabilities: &Capabilities) -> Self {
        let way = match after {
            After::Keep => selected.takes_keyword.then_some(Way::Keyword),
            After::Move(folder) => Some(Way::Folder(folder.clone(), Leave::best(capabilities))),
        };
        let how = way.filter(|_| !selected.read_only);
        if how.is_none() {
            tracing::warn!(
                "The server lets us change nothing in the folder: its mails are taken in, but not marked."
            );
        }
        Self {
            waiting: VecDeque::new(),
            refused: false,
            how,
        }
    }

    /// These are settled. Ascending.
    pub(super) fn add(&mut self, uids: Vec<u32>) {
        if self.how.is_some() {
            self.waiting.extend(uids);
        }
    }

    /// Marks what waits, until something new arrives.
    pub(super) async fn set(
        &mut self,
        session: &mut Session,
        known_arrivals: u64,
    ) -> Result<(), VisitError> {
        while let Some(how) = &self.how
            && let Some((count, range)) = self.next_set(how)
            && session.arrivals() == known_arrivals
        {
            let done = match how {
                Way::Keyword => session.mark(range.0, range.1).await,
                Way::Folder(folder, leave) => session.put_away(range, folder, *leave).await,
            };
            match done {
                Ok(()) => {
                    self.refused = false;
                    drop(self.waiting.drain(..count));
                }
                Err(VisitError::Refused { command, words }) => {
                    if !std::mem::replace(&mut self.refused, true) {
                        let waiting = self.waiting.len();
                        tracing::warn!(
                            command,
                            words,
                            waiting,
                            "The server refuses to mark mails; it is asked again after each wait."
                        );
                    }
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Finds mails that were settled before, and then something came between: a crash, a lost connection. They are only
    /// marked. Mails from before the first contact were never settled, and are left alone.
    pub(super) async fn find_forgotten<D: Intake>(
        &mut self,
        session: &mut Session,
        round: &Round<'_, D>,
        cursor_uid: u32,
    ) -> Result<(), VisitError> {
        let Some(how) = &self.how else {
            return Ok(());
        };
        let unmarked = match how {
            Way::Keyword => format!("UNKEYWORD {KEYWORD}"),
            // What is flagged has been copied away, and waits for somebody to expunge it.
            Way::Folder(..) => "UNDELETED".to_owned(),
        };
        let mut upper = cursor_uid;
        while upper > 0 && !round.stop.is_set() {
            let lower = upper.saturating_sub(UIDS_PER_LOOK).saturating_add(1);
            let found = session
                .search(&format!("UID {lower}:{upper} {unmarked}"))
                .await?;
            let settled = round.inbox.desk.settled(&places(round, &found)).await?;
            // Down to the first mail that is not ours: what lies below was seen to before, or was never ours.
            let newest_first = found.iter().zip(&settled).rev();
            for (uid, _) in newest_first.take_while(|(_, settled)| **settled) {
                self.waiting.push_front(*uid);
            }
            if found.is_empty() || settled.contains(&false) {
                break;
            }
            upper = lower.saturating_sub(1);
        }
        Ok(())
    }

    /// The next mails to mark, as a range: no mail that is not settled can lie in it.
    fn next_set(&self, how: &Way) -> Option<(usize, (u32, u32))> {
        let most = match how {
            Way::Keyword => MARKED_AT_ONCE,
            Way::Folder(..) => MOVED_AT_ONCE,
        };
        let count = self.waiting.len().min(most);
        let first = self.waiting.front()?;
        let last = self.waiting.get(count.checked_sub(1)?)?;
        Some((count, (*first, *last)))
    }
}

fn places<D: Intake>(round: &Round<'_, D>, uids: &[u32]) -> Vec<Place> {
    let place = |uid: &u32| Place {
        mailbox: round.inbox.mailbox.address.clone(),
        uid_validity: round.uid_validity,
        uid: *uid,
    };
    uids.iter().map(place).collect()
}
