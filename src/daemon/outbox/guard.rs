//! The one loop guard: every letter of any kind passes here before it leaves. Two robots that answer each other stop
//! here even if neither of them says that it is a robot.
//!
//! Letters to the client's side beyond a cap are withheld; letters to our own people wait for a digest. The two are
//! counted apart, so that neither uses up the other's caps. A letter that is tried again counts once. Time is an
//! argument: nothing here waits.

mod counts;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use self::counts::{Count, Counts, LONG};
use crate::config::Limits;
use crate::daemon::store::SentRow;
use crate::triage::letter::{Letter, LetterId, Purpose};

/// Between two digests to the same contact, and the longest that a letter waits for one.
const DIGEST_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// Beyond each cap, a part of it more is kept for escalations, so that chatty notices cannot use it up.
const RESERVE_PART: u32 = 5;

/// A letter that came back so long after it was given up is a new one.
const REMEMBERED_AFTER_GIVING_UP: SignedDuration = SignedDuration::from_hours(24);

/// What the guard says of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may leave.
    Go,
    /// It is to the client's side and beyond a cap, or to somebody whom it must not reach: never.
    Withhold(String),
    /// It is to one of our own people and beyond a cap: kept for the digest due then.
    Fold {
        /// The cap, in words.
        why: String,
        /// When the digest is due.
        digest_at: Timestamp,
    },
}

/// The loop guard.
#[derive(Debug)]
pub(super) struct Guard {
    limits: Limits,
    own: HashSet<String>,
    /// What left to the client's side.
    to_clients: Counts,
    /// What left to our own people.
    to_ours: Counts,
    /// Letters that were let go and may come again, with the time when they first left.
    let_go: HashMap<LetterId, Timestamp>,
    /// When the latest digest to a contact left, or is due.
    digests: HashMap<String, Timestamp>,
    tidied: Timestamp,
}

impl Guard {
    /// A guard that remembers what has left lately, oldest first. `own` are all addresses that reach us.
    pub(super) fn new(limits: Limits, own: Vec<String>, sent: &[SentRow]) -> Self {
        let own = own.iter().map(|address| untagged(address)).collect();
        let mut guard = Self {
            limits,
            own,
            to_clients: Counts::default(),
            to_ours: Counts::default(),
            let_go: HashMap::new(),
            digests: HashMap::new(),
            tidied: Timestamp::MIN,
        };
        for row in sent {
            guard.count(row);
            if row.purpose == Purpose::Digest {
                guard.digests.insert(row.to.clone(), row.at);
            }
        }
        guard
    }

    /// May this letter leave now? If so, it is counted.
    pub(super) fn admit(&mut self, letter: &Letter, now: Timestamp) -> Verdict {
        if let Some(why) = self.never(letter) {
            return Verdict::Withhold(why);
        }
        if self.let_go.contains_key(&letter.id) {
            return Verdict::Go;
        }
        self.tidy(now);
        let leaving = leaving(letter, now);
        if letter.purpose == Purpose::Digest {
            self.digests.insert(letter.to.clone(), now);
        } else if let Some((why, room_at)) = self.beyond(&leaving, now) {
            if letter.purpose.is_to_the_client() {
                return Verdict::Withhold(why);
            }
            let digest_at = self.next_digest(&letter.to, room_at, now);
            return Verdict::Fold { why, digest_at };
        }
        self.count(&leaving);
        self.let_go.insert(letter.id, now);
        Verdict::Go
    }

    /// A letter has come to its end and will not come again.
    pub(super) fn ended(&mut self, id: LetterId) {
        self.let_go.remove(&id);
    }

    /// Whom no letter, or no letter of this kind, may ever reach.
    fn never(&self, letter: &Letter) -> Option<String> {
        if letter.to.is_empty() {
            return Some("there is nobody to write to: the sender was null".to_owned());
        }
        if self.own.contains(&untagged(&letter.to)) {
            return Some(format!("{} is an address of our own", letter.to));
        }
        (letter.purpose.is_to_the_client() && is_robot(&letter.to))
            .then(|| format!("a robot sits behind {}", letter.to))
    }

    fn count(&mut self, leaving: &SentRow) {
        let caps = caps(&self.limits, leaving);
        let counts = self.counts(leaving.purpose);
        for (count, _cap) in caps {
            counts.add(count, leaving.at);
        }
    }

    fn counts(&mut self, purpose: Purpose) -> &mut Counts {
        if purpose.is_to_the_client() {
            &mut self.to_clients
        } else {
            &mut self.to_ours
        }
    }

    /// The first cap that this letter would break, in words, and when there is room again.
    fn beyond(&mut self, leaving: &SentRow, now: Timestamp) -> Option<(String, Timestamp)> {
        let reserve_of = |cap: u32| {
            if is_urgent(leaving.purpose) {
                cap / RESERVE_PART
            } else {
                0
            }
        };
        let caps = caps(&self.limits, leaving);
        let counts = self.counts(leaving.purpose);
        caps.into_iter().find_map(|(count, cap)| {
            let allowed = cap.saturating_add(reserve_of(cap));
            let room_at =
                counts.full_until(&count, usize::try_from(allowed).unwrap_or(usize::MAX), now)?;
            let (what, minutes) = (count.words(), count.window().as_mins());
            let why = format!("more than {allowed} letters {what} in {minutes} minutes");
            Some((why, room_at))
        })
    }

    /// When the digest is due that a letter joins: the next one there is, else a new one, not too soon after the last.
    fn next_digest(&mut self, to: &str, room_at: Timestamp, now: Timestamp) -> Timestamp {
        let pause = |at: Timestamp| at.checked_add(DIGEST_EVERY).unwrap_or(at);
        let usual = room_at.min(pause(now));
        let due = match self.digests.get(to) {
            Some(latest) if *latest > now => *latest,
            Some(latest) => usual.max(pause(*latest)),
            None => usual,
        };
        self.digests.insert(to.to_owned(), due);
        due
    }

    /// Forgets what no longer matters, once an hour at most.
    fn tidy(&mut self, now: Timestamp) {
        if now.duration_since(self.tidied) < LONG {
            return;
        }
        self.tidied = now;
        let give_up = SignedDuration::try_from(self.limits.give_up_after);
        let remembered = give_up
            .unwrap_or(SignedDuration::MAX)
            .saturating_add(REMEMBERED_AFTER_GIVING_UP);
        self.let_go
            .retain(|_, at| now.duration_since(*at) < remembered);
        self.digests
            .retain(|_, at| now.duration_since(*at) < DIGEST_EVERY);
    }
}

/// A letter about to leave, as it will be remembered.
fn leaving(letter: &Letter, now: Timestamp) -> SentRow {
    SentRow {
        at: now,
        letter: letter.id,
        ticket: letter.ticket,
        to: letter.to.clone(),
        brand: letter.brand.clone(),
        purpose: letter.purpose,
    }
}

/// Where a letter counts, and how many may.
fn caps(limits: &Limits, row: &SentRow) -> Vec<(Count, u32)> {
    let domain = row.to.rsplit_once('@').map_or("", |(_, domain)| domain);
    // People who talk about a ticket are no robots that answer each other: the other caps are enough for them.
    let ticket = row
        .ticket
        .filter(|_| !row.purpose.is_of_a_person())
        .map(|ticket| (Count::Ticket(ticket), limits.letters_per_ticket));
    let others = [
        (Count::Address(row.to.clone()), limits.letters_per_address),
        (Count::Domain(domain.to_owned()), limits.letters_per_domain),
        (Count::Brand(row.brand.clone()), limits.letters_per_brand),
        (Count::All, limits.letters_in_all),
    ];
    ticket.into_iter().chain(others).collect()
}

/// May this letter use the reserve?
fn is_urgent(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Escalation | Purpose::Broken => true,
        Purpose::Acknowledgement
        | Purpose::HandBack
        | Purpose::Answer
        | Purpose::Notice
        | Purpose::Digest
        | Purpose::Alarm => false,
    }
}

/// Local parts that mail systems use for themselves (RFC 5321, 4.5.1 and custom), cut at the first tag.
const SYSTEMS: [&str; 4] = ["mailer-daemon", "postmaster", "bounce", "bounces"];

/// What the local parts of robots begin or end with, once the marks between the words are gone.
const STEMS: [&str; 3] = ["noreply", "donotreply", "mailerdaemon"];

fn is_robot(address: &str) -> bool {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    let untagged = local.split(['+', '=']).next().unwrap_or(local);
    // Bounce addresses carry what they are about: `bounce-4711@`, `bounces-news@`.
    let system = SYSTEMS.iter().any(|system| {
        untagged
            .strip_prefix(system)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    let words = untagged.replace(['-', '_', '.'], "");
    system
        || STEMS
            .iter()
            .any(|stem| words.starts_with(stem) || words.ends_with(stem))
}

/// `Support+T-12@Brand.example` reaches whom `support@brand.example` reaches.
fn untagged(address: &str) -> String {
    let address = address.to_lowercase();
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let base = local.split('+').next().unwrap_or(local);
            format!("{base}@{domain}")
        }
        None => address,
    }
}
