//! The one loop guard: counts every letter of any kind before it leaves. Two robots that answer each other stop here
//! even if neither of them says that it is a robot.
//!
//! Letters to the client's side beyond a cap are withheld; letters to our own people are kept for a digest. A letter
//! that is tried again counts once.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::config::Limits;
use crate::daemon::store::SentRow;
use crate::triage::letter::{Letter, LetterId, Purpose};

/// The window of the caps on tickets and addresses.
const SHORT: SignedDuration = SignedDuration::from_mins(10);

/// The window of the caps on domains, brands and the whole.
const LONG: SignedDuration = SignedDuration::from_hours(1);

/// Between two digests to the same contact.
const DIGEST_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Of each cap, one letter in so many is kept for escalations: neither chatty notices nor a flood of acknowledgements
/// can use it up.
const RESERVE_PART: usize = 5;

/// Local parts of addresses behind which a robot sits.
const ROBOTS: [&str; 8] = [
    "mailer-daemon",
    "postmaster",
    "no-reply",
    "noreply",
    "no_reply",
    "do-not-reply",
    "donotreply",
    "bounce",
];

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

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Count {
    Ticket(u64),
    Address(String),
    Domain(String),
    Brand(String),
    All,
}

/// The loop guard.
#[derive(Debug)]
pub(super) struct Guard {
    limits: Limits,
    own: HashSet<String>,
    windows: HashMap<Count, VecDeque<Timestamp>>,
    /// Letters that were let go and may come again.
    counted: HashMap<LetterId, Timestamp>,
    last_digest: HashMap<String, Timestamp>,
}

impl Guard {
    /// A guard that remembers what has left lately. `own` are all addresses that reach us.
    pub(super) fn new(limits: Limits, own: Vec<String>, sent: &[SentRow]) -> Self {
        let own = own
            .into_iter()
            .map(|address| address.to_lowercase())
            .collect();
        let mut guard = Self {
            limits,
            own,
            windows: HashMap::new(),
            counted: HashMap::new(),
            last_digest: HashMap::new(),
        };
        for row in sent {
            guard.count(
                row.ticket.map(|ticket| ticket.0),
                &row.to,
                &row.brand,
                row.at,
            );
            if row.purpose == Purpose::Digest {
                guard.last_digest.insert(row.to.clone(), row.at);
            }
        }
        guard
    }

    /// May this letter leave now? If so, it is counted.
    pub(super) fn admit(&mut self, letter: &Letter, now: Timestamp) -> Verdict {
        if let Some(why) = self.never(letter) {
            return Verdict::Withhold(why);
        }
        if self.counted.contains_key(&letter.id) {
            return Verdict::Go;
        }
        self.forget(now);
        if letter.purpose == Purpose::Digest {
            self.last_digest.insert(letter.to.clone(), now);
        } else if let Some((why, free_at)) = self.beyond(letter, now) {
            if letter.purpose.is_to_the_client() {
                return Verdict::Withhold(why);
            }
            let earliest = self
                .last_digest
                .get(&letter.to)
                .and_then(|last| last.checked_add(DIGEST_PAUSE).ok())
                .unwrap_or(now);
            return Verdict::Fold {
                why,
                digest_at: free_at.max(earliest),
            };
        }
        self.count(
            letter.ticket.map(|ticket| ticket.0),
            &letter.to,
            &letter.brand,
            now,
        );
        self.counted.insert(letter.id, now);
        Verdict::Go
    }

    /// Whom no letter, or no letter of this kind, may ever reach.
    fn never(&self, letter: &Letter) -> Option<String> {
        let local = letter.to.split('@').next().unwrap_or_default();
        if letter.to.is_empty() {
            return Some("there is nobody to write to: the sender was null".to_owned());
        }
        if self.own.contains(&without_tag(&letter.to)) {
            return Some(format!("{} is an address of our own", letter.to));
        }
        let robot = ROBOTS
            .iter()
            .find(|robot| local.starts_with(*robot))
            .filter(|_| letter.purpose.is_to_the_client());
        robot.map(|_| format!("a robot sits behind {}", letter.to))
    }

    /// The first cap that this letter would break, in words, and when there is room again.
    fn beyond(&self, letter: &Letter, now: Timestamp) -> Option<(String, Timestamp)> {
        let urgent = match letter.purpose {
            Purpose::Escalation | Purpose::Broken | Purpose::Alarm => true,
            Purpose::Acknowledgement | Purpose::HandBack | Purpose::Notice | Purpose::Digest => {
                false
            }
        };
        let ticket = letter.ticket.map(|ticket| ticket.0);
        for (count, cap, window, what) in self.caps(ticket, &letter.to, &letter.brand) {
            // The caps on the client's address and domain are the client's alone: escalations go elsewhere.
            let is_shared = match count {
                Count::Brand(_) | Count::All => true,
                Count::Ticket(_) | Count::Address(_) | Count::Domain(_) => {
                    !letter.purpose.is_to_the_client()
                }
            };
            let cap = cap as usize;
            let allowed = if is_shared && !urgent {
                cap - cap / RESERVE_PART
            } else {
                cap
            };
            let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
            let Some(times) = self.windows.get(&count) else {
                continue;
            };
            let recent = times.iter().filter(|at| **at > since);
            if recent.clone().count() < allowed {
                continue;
            }
            let oldest = recent.min().copied().unwrap_or(now);
            let free_at = oldest.checked_add(window).unwrap_or(now);
            return Some((
                format!(
                    "more than {allowed} letters {what} in {} minutes",
                    window.as_mins()
                ),
                free_at,
            ));
        }
        None
    }

    fn caps(
        &self,
        ticket: Option<u64>,
        to: &str,
        brand: &str,
    ) -> Vec<(Count, u32, SignedDuration, String)> {
        let limits = &self.limits;
        let domain = domain(to);
        let mut caps = vec![
            (
                Count::Address(to.to_owned()),
                limits.letters_per_address,
                SHORT,
                format!("to {to}"),
            ),
            (
                Count::Domain(domain.clone()),
                limits.letters_per_domain,
                LONG,
                format!("to {domain}"),
            ),
            (
                Count::Brand(brand.to_owned()),
                limits.letters_per_brand,
                LONG,
                format!("of the brand {brand}"),
            ),
            (Count::All, limits.letters_in_all, LONG, "in all".to_owned()),
        ];
        if let Some(ticket) = ticket {
            caps.insert(
                0,
                (
                    Count::Ticket(ticket),
                    limits.letters_per_ticket,
                    SHORT,
                    "about one ticket".to_owned(),
                ),
            );
        }
        caps
    }

    fn count(&mut self, ticket: Option<u64>, to: &str, brand: &str, at: Timestamp) {
        for (count, cap, ..) in self.caps(ticket, to, brand) {
            let times = self.windows.entry(count).or_default();
            times.push_back(at);
            // More than the cap need not be remembered: the oldest of them no longer decides anything.
            if times.len() > cap as usize + 1 {
                times.pop_front();
            }
        }
    }

    /// Forgets what lies behind the longest window, so that memory does not grow with the mail of years.
    fn forget(&mut self, now: Timestamp) {
        let since = now.checked_sub(LONG).unwrap_or(Timestamp::MIN);
        let Some(all) = self.windows.get(&Count::All) else {
            return;
        };
        // Looked at only when the oldest has run out: most letters cost nothing here.
        if all.front().is_none_or(|oldest| *oldest > since) {
            return;
        }
        self.windows.retain(|_, times| {
            times.retain(|at| *at > since);
            !times.is_empty()
        });
        let days = now
            .checked_sub(SignedDuration::from_hours(24 * 6))
            .unwrap_or(Timestamp::MIN);
        self.counted.retain(|_, at| *at > days);
        self.last_digest.retain(|_, at| *at > since);
    }

    /// A letter has come to its end and will not come again.
    pub(super) fn ended(&mut self, id: LetterId) {
        self.counted.remove(&id);
    }
}

/// `support+t42@company.example` reaches whoever `support@company.example` reaches.
fn without_tag(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return address.to_owned();
    };
    let name = local.split_once('+').map_or(local, |(name, _)| name);
    format!("{name}@{domain}")
}

fn domain(address: &str) -> String {
    address
        .rsplit_once('@')
        .map_or_else(String::new, |(_, domain)| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::ticket::TicketId;

    fn letter(id: u64, purpose: Purpose, ticket: u64, to: &str) -> Letter {
        Letter {
            id: LetterId(id),
            ticket: Some(TicketId(ticket)),
            purpose,
            brand: "company".to_owned(),
            relay: "default".to_owned(),
            envelope_from: "support@everythingcloud.com".to_owned(),
            to: to.to_owned(),
            message_id: format!("{id}@everythingcloud.com"),
            subject: String::new(),
            mime: String::new(),
            written_at: at(0),
            held: None,
        }
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + minute * 60).unwrap()
    }

    fn guard() -> Guard {
        Guard::new(
            Limits::default(),
            vec!["support@everythingcloud.com".to_owned()],
            &[],
        )
    }

    #[test]
    fn two_robots_answering_each_other_stop_at_the_cap_of_the_ticket() {
        let mut guard = guard();
        let verdicts: Vec<bool> = (0..40)
            .map(|n| {
                guard.admit(
                    &letter(n, Purpose::Acknowledgement, 1, "bot@northwind.example"),
                    at(0),
                ) == Verdict::Go
            })
            .collect();
        assert_eq!(verdicts.iter().filter(|go| **go).count(), 10);
    }

    #[test]
    fn robots_that_open_a_new_ticket_each_time_stop_at_the_cap_of_the_address() {
        let mut guard = guard();
        let gone = (0..100)
            .filter(|n| {
                guard.admit(
                    &letter(*n, Purpose::Acknowledgement, *n, "bot@northwind.example"),
                    at(0),
                ) == Verdict::Go
            })
            .count();
        assert_eq!(gone, 30);
    }

    #[test]
    fn senders_that_change_their_address_stop_at_the_cap_of_the_domain() {
        let mut guard = guard();
        let gone = (0..1000)
            .filter(|n| {
                guard.admit(
                    &letter(
                        *n,
                        Purpose::Acknowledgement,
                        *n,
                        &format!("bot{n}@northwind.example"),
                    ),
                    at(0),
                ) == Verdict::Go
            })
            .count();
        assert_eq!(gone, 300);
    }

    #[test]
    fn a_cap_opens_again_with_time() {
        let mut guard = guard();
        for n in 0..10 {
            assert_eq!(
                guard.admit(
                    &letter(n, Purpose::Acknowledgement, 1, "a@northwind.example"),
                    at(0)
                ),
                Verdict::Go
            );
        }
        assert!(matches!(
            guard.admit(
                &letter(10, Purpose::Acknowledgement, 1, "a@northwind.example"),
                at(9)
            ),
            Verdict::Withhold(_)
        ));
        assert_eq!(
            guard.admit(
                &letter(11, Purpose::Acknowledgement, 1, "a@northwind.example"),
                at(10)
            ),
            Verdict::Go
        );
    }

    #[test]
    fn a_letter_tried_again_counts_once() {
        let mut guard = guard();
        for _ in 0..50 {
            assert_eq!(
                guard.admit(
                    &letter(1, Purpose::Acknowledgement, 1, "a@northwind.example"),
                    at(0)
                ),
                Verdict::Go
            );
        }
        assert_eq!(
            guard.admit(
                &letter(2, Purpose::Acknowledgement, 1, "a@northwind.example"),
                at(0)
            ),
            Verdict::Go
        );
    }

    #[test]
    fn notices_are_folded_never_dropped_and_leave_room_for_escalations() {
        let mut guard = guard();
        let team = "support-team@everythingcloud.com";
        let gone = (0..60)
            .filter(|n| guard.admit(&letter(*n, Purpose::Notice, *n, team), at(0)) == Verdict::Go)
            .count();
        assert_eq!(gone, 24);
        let Verdict::Fold { digest_at, .. } =
            guard.admit(&letter(60, Purpose::Notice, 60, team), at(1))
        else {
            panic!("a notice beyond the cap is folded")
        };
        assert_eq!(digest_at, at(10));
        assert_eq!(
            guard.admit(&letter(61, Purpose::Escalation, 61, team), at(1)),
            Verdict::Go
        );
        assert_eq!(
            guard.admit(&letter(62, Purpose::Digest, 62, team), at(10)),
            Verdict::Go
        );
    }

    #[test]
    fn a_flood_of_acknowledgements_leaves_room_for_escalations() {
        let mut guard = guard();
        let gone = (0..2000)
            .filter(|n| {
                let to = format!("bot@northwind{n}.example");
                guard.admit(&letter(*n, Purpose::Acknowledgement, *n, &to), at(0)) == Verdict::Go
            })
            .count();
        assert_eq!(gone, 800);
        let pm = "pm@everythingcloud.com";
        assert_eq!(
            guard.admit(&letter(3000, Purpose::Escalation, 3000, pm), at(1)),
            Verdict::Go
        );
        assert!(matches!(
            guard.admit(&letter(3001, Purpose::Notice, 3001, pm), at(1)),
            Verdict::Fold { .. }
        ));
    }

    #[test]
    fn a_digest_waits_ten_minutes_after_the_last_one() {
        let mut guard = guard();
        let team = "support-team@everythingcloud.com";
        for n in 0..24 {
            guard.admit(&letter(n, Purpose::Notice, n, team), at(0));
        }
        guard.admit(&letter(24, Purpose::Digest, 24, team), at(9));
        let verdict = guard.admit(&letter(25, Purpose::Notice, 25, team), at(9));
        let Verdict::Fold { digest_at, .. } = verdict else {
            panic!("a notice beyond the cap is folded: {verdict:?}")
        };
        assert_eq!(digest_at, at(19));
    }

    #[test]
    fn nothing_goes_to_ourselves_and_no_answer_to_robots_or_nobody() {
        for (purpose, to) in [
            (Purpose::Acknowledgement, "support@everythingcloud.com"),
            (Purpose::Alarm, "support@everythingcloud.com"),
            (Purpose::Notice, "support+t42@everythingcloud.com"),
            (Purpose::Acknowledgement, ""),
            (Purpose::Acknowledgement, "mailer-daemon@northwind.example"),
            (Purpose::HandBack, "no-reply@northwind.example"),
        ] {
            assert!(
                matches!(
                    guard().admit(&letter(1, purpose, 1, to), at(0)),
                    Verdict::Withhold(_)
                ),
                "{purpose} to {to:?}"
            );
        }
    }

    #[test]
    fn what_left_before_a_restart_still_counts() {
        let sent: Vec<SentRow> = (0..10)
            .map(|n| SentRow {
                at: at(0),
                letter: LetterId(n),
                ticket: Some(TicketId(1)),
                to: "a@northwind.example".to_owned(),
                brand: "company".to_owned(),
                purpose: Purpose::Acknowledgement,
            })
            .collect();
        let mut guard = Guard::new(Limits::default(), Vec::new(), &sent);
        assert!(matches!(
            guard.admit(
                &letter(10, Purpose::Acknowledgement, 1, "a@northwind.example"),
                at(5)
            ),
            Verdict::Withhold(_)
        ));
    }
}
