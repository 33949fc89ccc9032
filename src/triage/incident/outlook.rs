//! What lies near a mail when it comes: tickets of the last hours that speak of the same, what is usual, an incident.
//!
//! Clients are counted, not mails: a client that writes five times is one, and so is a report that is sent twice. A client
//! that nobody named counts by the domain that wrote.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::history::Counts;
use super::link::{Link, link};
use super::surge::{Surge, chance_of};
use super::{Incident, Member, Signature, Standing};
use crate::triage::report::Evidence;
use crate::triage::ticket::TicketId;

/// A ticket as it is recognised: kept for 48 hours, to be compared with what comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// Which ticket.
    pub ticket: TicketId,
    /// What people call it.
    pub number: String,
    /// The client's name, or the domain that wrote.
    pub client: String,
    /// What clients are told apart by.
    pub who: String,
    /// The partner's id.
    pub partner: Option<String>,
    /// When it was reported.
    pub at: Timestamp,
    /// What it is recognised by.
    pub signature: Signature,
}

/// What the store knows that may have to do with a mail.
#[derive(Clone, Debug, Default)]
pub struct Nearby {
    /// What the mail is recognised by.
    pub signature: Signature,
    /// Tickets of the last 48 hours that share something with it, newest first.
    pub sightings: Vec<Sighting>,
    /// Incidents that matter now.
    pub incidents: Vec<Incident>,
    /// How often its topic was written about.
    pub counts: Counts,
    /// When the first mail of all was counted.
    pub since: Option<Timestamp>,
    /// Tickets of High urgency and above of the client, opened within seven days.
    pub pressing: Vec<TicketId>,
    /// Promises broken for the client within thirty days.
    pub broken_promises: u32,
    /// The number of the next incident.
    pub next_incident: u64,
}

/// What must be the same for two tickets to be counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// They are linked.
    Topic,
    /// They name the same error code.
    ErrorCode,
}

/// From this score on a report joins an incident that stands. Less than a link, because that there is one is known.
const JOINS: f32 = 3.0;

/// Mails of a batch are decided one after another, not always in the order in which they came: so much later ones count.
const OUT_OF_ORDER: SignedDuration = SignedDuration::from_mins(30);

/// What lies near one mail.
#[derive(Clone, Debug)]
pub struct Outlook<'n> {
    nearby: &'n Nearby,
    me: Sighting,
    linked: Vec<(&'n Sighting, Link)>,
}

impl<'n> Outlook<'n> {
    /// Looks at what is near. `None` for a mail that tells of no trouble: it is neither counted nor compared.
    #[must_use]
    pub fn of(nearby: &'n Nearby, me: Sighting) -> Option<Self> {
        if !me.signature.tells_of_trouble() {
            return None;
        }
        let others = nearby
            .sightings
            .iter()
            .filter(|other| other.ticket != me.ticket && other.at <= me.at + OUT_OF_ORDER);
        let linked = others
            .map(|other| (other, link(&me.signature, &other.signature)))
            .filter(|(_, link)| link.holds() || link.same_report)
            .collect();
        Some(Self { nearby, me, linked })
    }

    /// This mail's ticket.
    #[must_use]
    pub fn me(&self) -> &Sighting {
        &self.me
    }

    /// The number that the next incident bears.
    #[must_use]
    pub fn next_incident(&self) -> super::IncidentId {
        super::IncidentId(self.nearby.next_incident.max(1))
    }

    /// Tickets that came within that time and share it, with what they share, oldest first; this one is not among them.
    #[must_use]
    pub fn near(&self, within: SignedDuration, same: Same) -> Vec<(&'n Sighting, &Link)> {
        let since = self.me.at - within;
        let mut near: Vec<(&Sighting, &Link)> = self
            .linked
            .iter()
            .filter(|(other, link)| {
                other.at >= since && (link.same_report || self.shares(other, link, same))
            })
            .map(|(other, link)| (*other, link))
            .collect();
        near.sort_by_key(|(other, _)| (other.at, other.ticket));
        near
    }

    fn shares(&self, other: &Sighting, link: &Link, same: Same) -> bool {
        match same {
            Same::Topic => link.holds(),
            Same::ErrorCode => {
                let mut mine = self.me.signature.codes.iter();
                link.holds()
                    && mine.any(|code| {
                        other
                            .signature
                            .codes
                            .iter()
                            .any(|their| their.key == code.key)
                    })
            }
        }
    }

    /// The words of this mail that the others share.
    #[must_use]
    pub fn evidence(&self, within: SignedDuration, same: Same) -> Vec<Evidence> {
        let mut evidence: Vec<Evidence> = Vec::new();
        for (other, link) in self.near(within, same) {
            for shared in link.shared.iter().filter(|shared| shared.points > 0.0) {
                let Some(mark) = shared.here.as_ref().filter(|mark| !mark.text.is_empty()) else {
                    continue;
                };
                if !evidence
                    .iter()
                    .any(|known| known.start == mark.start && known.within == mark.within)
                {
                    evidence.push(mark.evidence(&format!(
                        "{} of {} has {}",
                        other.number, other.client, shared.what
                    )));
                }
            }
        }
        evidence
    }

    /// How many clients, partners and tickets there are within that time, this one included.
    #[must_use]
    pub fn counted(&self, within: SignedDuration, same: Same) -> (u32, u32, u32) {
        let near = self.near(within, same);
        let mut clients: BTreeMap<&str, &Sighting> =
            BTreeMap::from([(self.me.who.as_str(), &self.me)]);
        let mut partners: BTreeSet<&str> = self.me.partner.as_deref().into_iter().collect();
        for (other, link) in &near {
            let again = link.same_report
                || clients
                    .values()
                    .any(|known| known.signature.sketch.same(&other.signature.sketch));
            if !again {
                clients.insert(other.who.as_str(), other);
                partners.extend(other.partner.as_deref());
            }
        }
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (
            number(clients.len()),
            number(partners.len()),
            number(near.len() + 1),
        )
    }

    /// How unusual so many are.
    #[must_use]
    pub fn surge(&self, within: SignedDuration) -> Surge {
        let (clients, partners, _) = self.counted(within, Same::Topic);
        let hours = within.as_secs_f64() / 3_600.0;
        let usual = hours
            * self
                .nearby
                .counts
                .usual_an_hour(self.me.at, self.nearby.since);
        let first = self
            .near(within, Same::Topic)
            .first()
            .map_or(self.me.at, |(first, _)| first.at);
        let minutes =
            |time: SignedDuration| u32::try_from(time.as_mins().max(0)).unwrap_or(u32::MAX);
        Surge {
            topic: self.me.signature.topic_in_words(),
            clients,
            partners,
            minutes: minutes(self.me.at.duration_since(first)),
            window_minutes: minutes(within),
            usual,
            chance: chance_of(clients, usual),
        }
    }

    /// True where so many are less probable than one in `in_so_many`, and nobody has said of late that they are usual.
    #[must_use]
    pub fn is_unusual(&self, within: SignedDuration, in_so_many: u32) -> bool {
        let surge = self.surge(within);
        surge.is_unusual(in_so_many) && self.cooling(surge.clients).is_none()
    }

    /// The incident of this topic that people have dismissed of late, where not twice as many report it now.
    #[must_use]
    pub fn cooling(&self, clients: u32) -> Option<&'n Incident> {
        self.nearby.incidents.iter().find(|incident| {
            let Standing::Dismissed { at } = incident.standing else {
                return false;
            };
            let recent = self.me.at.duration_since(at) <= super::COOLDOWN;
            recent
                && clients < incident.surge.clients.saturating_mul(2)
                && incident.link(&self.me.signature).holds()
        })
    }

    /// The incident that this report joins, with what it shares: the one that takes reports and shares most.
    #[must_use]
    pub fn to_join(&self) -> Option<(&'n Incident, Link)> {
        self.best(|incident| incident.standing.takes_reports())
    }

    /// The solved incident that this report says is back.
    #[must_use]
    pub fn back(&self) -> Option<(&'n Incident, Link)> {
        let solved = |incident: &Incident| matches!(incident.standing, Standing::Solved { .. });
        self.best(solved).filter(|(_, link)| link.holds())
    }

    fn best(&self, takes: impl Fn(&Incident) -> bool) -> Option<(&'n Incident, Link)> {
        let fitting = self
            .nearby
            .incidents
            .iter()
            .filter(|incident| takes(incident) && incident.matters(self.me.at))
            .map(|incident| (incident, incident.link(&self.me.signature)));
        fitting
            .filter(|(_, link)| link.score >= JOINS)
            .max_by(|(_, one), (_, two)| one.score.total_cmp(&two.score))
    }

    /// This ticket as a member.
    #[must_use]
    pub fn member(&self, because: Vec<String>) -> Member {
        self.me.member(because)
    }
}

impl Sighting {
    /// As a member of an incident.
    #[must_use]
    pub fn member(&self, because: Vec<String>) -> Member {
        Member {
            ticket: self.ticket,
            number: self.number.clone(),
            client: self.client.clone(),
            who: self.who.clone(),
            partner: self.partner.clone(),
            at: self.at,
            because,
            left: false,
            knows: false,
        }
    }
}
