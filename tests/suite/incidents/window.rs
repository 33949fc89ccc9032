//! What the store does for incidents, in memory: tickets of two days, counts by topic, incidents.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use triaged::triage::incident::{
    Counts, Incident, IncidentChange, IncidentId, JOINS_FOR, Nearby, Outlook, Same, Sighting,
    Signature, Standing, USUAL_WITHIN,
};
use triaged::triage::report::Urgency;
use triaged::triage::ticket::TicketId;

/// What the desk knows.
#[derive(Default)]
pub(super) struct Window {
    sightings: Vec<Sighting>,
    counts: HashMap<String, Counts>,
    incidents: Vec<Incident>,
    since: Option<Timestamp>,
    tickets: u64,
}

/// What became of one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    Nothing,
    Joined(IncidentId),
    Opened(IncidentId),
}

/// As the rules ask for it.
const CLIENTS_MIN: u32 = 3;
const IN_SO_MANY: u32 = 1_000;

impl Window {
    /// One mail of a client comes.
    pub(super) fn take(&mut self, client: &str, at: Timestamp, signature: &Signature) -> Became {
        self.tickets += 1;
        let me = Sighting {
            ticket: TicketId(self.tickets),
            number: format!("EC-{}", self.tickets),
            client: client.to_owned(),
            who: client.to_owned(),
            partner: None,
            at,
            signature: signature.clone(),
        };
        self.sightings
            .retain(|sighting| at.duration_since(sighting.at) <= JOINS_FOR);
        self.incidents.retain(|incident| incident.matters(at));
        let nearby = Nearby {
            signature: signature.clone(),
            sightings: self
                .sightings
                .iter()
                .filter(|other| shares(&other.signature, signature))
                .cloned()
                .collect(),
            incidents: self.incidents.clone(),
            counts: self
                .counts
                .get(&signature.topic())
                .cloned()
                .unwrap_or_default(),
            since: self.since,
            ..Nearby::default()
        };
        let became = Outlook::of(&nearby, me.clone())
            .map_or(Became::Nothing, |outlook| self.judge(&outlook));
        if signature.tells_of_trouble() {
            self.since.get_or_insert(at);
            self.counts.entry(signature.topic()).or_default().add(at);
            self.sightings.push(me);
        }
        became
    }

    fn judge(&mut self, outlook: &Outlook<'_>) -> Became {
        if let Some((incident, link)) = outlook.to_join() {
            let (id, member) = (incident.id, outlook.member(link.in_words()));
            let signature = outlook.me().signature.clone();
            let known = self
                .incidents
                .iter_mut()
                .find(|known| known.id == id)
                .unwrap();
            known.apply(&IncidentChange::Joined { member, signature });
            return Became::Joined(id);
        }
        let (clients, _, _) = outlook.counted(USUAL_WITHIN, Same::Topic);
        if clients < CLIENTS_MIN || !outlook.is_unusual(USUAL_WITHIN, IN_SO_MANY) {
            return Became::Nothing;
        }
        let near = outlook.near(USUAL_WITHIN, Same::Topic);
        let id = IncidentId(self.tickets);
        let me = outlook.me();
        self.incidents.push(Incident {
            id,
            version: 1,
            standing: Standing::Open,
            topic: me.signature.topic(),
            about: me.signature.topic_in_words(),
            known_by: near
                .iter()
                .map(|(other, _)| other.signature.clone())
                .chain([me.signature.clone()])
                .collect(),
            members: near
                .iter()
                .map(|(other, link)| other.member(link.in_words()))
                .collect(),
            lead: me.ticket,
            opened_at: me.at,
            last_report_at: me.at,
            urgency: Urgency::Critical,
            level: 3,
            ladders: Vec::new(),
            surge: outlook.surge(USUAL_WITHIN),
            took_over: Vec::new(),
            told: Vec::new(),
            seen_again: 0,
            solved_by: None,
            owes: None,
            asked_to_close: false,
            trail: Vec::new(),
        });
        Became::Opened(id)
    }

    /// The tickets of the last half hour that this one is linked with: by the order in which they came.
    pub(super) fn members(&self, id: IncidentId) -> Vec<u64> {
        let incident = self.incidents.iter().find(|incident| incident.id == id);
        incident
            .map(|incident| {
                incident
                    .members
                    .iter()
                    .map(|member| member.ticket.0)
                    .collect()
            })
            .unwrap_or_default()
    }

    /// People solve what is open for a while: the desk's night.
    pub(super) fn solve_after(&mut self, hours: i64, now: Timestamp) {
        self.incidents.retain(|incident| {
            now.duration_since(incident.last_report_at) <= SignedDuration::from_hours(hours)
        });
    }
}

/// As the store finds tickets: by one thing that both have.
fn shares(one: &Signature, other: &Signature) -> bool {
    let component = one.component.as_ref().zip(other.component.as_ref());
    component.is_some_and(|(one, other)| one.key == other.key)
        || one.outage.is_some() && other.outage.is_some()
        || one
            .codes
            .iter()
            .any(|code| other.codes.iter().any(|their| their.key == code.key))
        || one
            .names
            .iter()
            .any(|name| other.names.iter().any(|their| their.key == name.key))
}
