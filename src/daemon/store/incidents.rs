//! Incidents in the state: what each record does to them, and what lies near a mail that comes.
//!
//! Tickets are found by what they share, never by looking at all of them: each component, code and name leads to the
//! newest tickets that have it. Nothing here is kept for ever but the incidents themselves.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::batch::Batch;
use super::key::{self, Kind};
use super::view::View;
use super::{Record, Store, StoreError};
use crate::triage::decide::client_key;
use crate::triage::incident::{
    COMES_BACK_WITHIN, COOLDOWN, Counts, Incident, IncidentChange, IncidentId, JOINS_FOR, Nearby,
    Sighting, Signature, Standing,
};
use crate::triage::report::Urgency;
use crate::triage::ticket::{Ticket, TicketId};

/// The newest tickets that are looked at for one thing that they share.
const NEAR_MAX: usize = 60;

/// Of those, tickets of one client: a client that writes a hundred times hides nobody.
const OF_ONE_CLIENT_MAX: usize = 3;

/// Tickets that one mail is compared with.
const COMPARED_MAX: usize = 60;

/// Old rows that one record clears away: more than it adds, so that nothing gathers.
const CLEARED_MAX: usize = 4;

/// High and Critical tickets of a client count for so long.
const PRESSING_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Broken promises of a client count for so long.
const BROKEN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a record does to incidents, and to what later mails are compared with.
pub(super) fn apply(record: &Record, view: &mut View) -> Result<(), StoreError> {
    for (id, change) in &record.decision.incidents {
        change_one(*id, change, view)?;
    }
    if let Some(sighting) = &record.decision.sighting {
        sighted(sighting, view)?;
        clear_old(record.at, view)?;
    }
    Ok(())
}

fn change_one(id: IncidentId, change: &IncidentChange, view: &mut View) -> Result<(), StoreError> {
    let row = key::numbered(Kind::Incident, id.0);
    let old: Option<Incident> = view.json(&row)?;
    let mut incident = match (change, &old) {
        (IncidentChange::Opened(incident), None) => incident.clone(),
        (_, Some(old)) => old.clone(),
        (_, None) => return Err(StoreError::State(format!("incident {id} is not in it"))),
    };
    incident.apply(change);
    view.meta.next_incident = view.meta.next_incident.max(id.0 + 1);
    let alarm = |incident: &Incident| {
        let at = incident.next_alarm()?;
        Some(key::timed(Kind::IncidentAlarm, at, id.0))
    };
    let (before, after) = (old.as_ref().and_then(alarm), alarm(&incident));
    if before != after {
        if let Some(key) = before {
            view.remove(key);
        }
        if let Some(key) = after {
            view.put(key, b"");
        }
    }
    let standing = key::numbered(Kind::IncidentNear, id.0);
    match matters_until(&incident) {
        Some(until) => view.put(standing, &until.as_second().to_be_bytes()),
        None => view.remove(standing),
    }
    view.put_json(row, &incident)
}

/// How long further reports may have to do with it; `None`: no more.
fn matters_until(incident: &Incident) -> Option<Timestamp> {
    match incident.standing {
        Standing::Maybe | Standing::Open => Some(incident.last_report_at + JOINS_FOR),
        Standing::Solved { at } => Some(at + COMES_BACK_WITHIN),
        Standing::Dismissed { at } => Some(at + COOLDOWN),
        Standing::Lapsed { .. } | Standing::Merged { .. } => None,
    }
}

/// A ticket is recognised by something: later mails find it by each part of that.
fn sighted(sighting: &Sighting, view: &mut View) -> Result<(), StoreError> {
    let row = key::ticket(Kind::Sighting, sighting.ticket);
    let earlier: Option<Sighting> = view.json(&row)?;
    match &earlier {
        Some(earlier) => unlead(earlier, view),
        None => count(sighting, view)?,
    }
    for name in leads(&sighting.signature) {
        let key = key::near(&name, sighting.at, sighting.ticket);
        view.put(key, sighting.who.as_bytes());
    }
    view.put(
        key::timed(Kind::SightedAt, sighting.at, sighting.ticket.0),
        b"",
    );
    view.put_json(row, sighting)
}

fn count(sighting: &Sighting, view: &mut View) -> Result<(), StoreError> {
    view.meta.counting_since.get_or_insert(sighting.at);
    let topic = sighting.signature.topic();
    let (hour, week) = Counts::place(sighting.at);
    let (oldest_hour, oldest_week) = Counts::oldest(sighting.at);
    for (kind, place, oldest) in [
        (Kind::CountHour, hour, oldest_hour),
        (Kind::CountWeek, week, oldest_week),
    ] {
        let key = key::counted(kind, &topic, place);
        let count = view
            .get(&key)?
            .as_deref()
            .and_then(key::number)
            .unwrap_or_default();
        view.put(key, &(count + 1).to_be_bytes());
        for old in view.keys(kind, &key::counted_for(kind, &topic), CLEARED_MAX)? {
            if key::counted_place(&old).is_some_and(|place| place < oldest) {
                view.remove(old);
            }
        }
    }
    Ok(())
}

fn clear_old(now: Timestamp, view: &mut View) -> Result<(), StoreError> {
    let before = now - JOINS_FOR;
    for key in view.keys(Kind::SightedAt, &[Kind::SightedAt as u8], CLEARED_MAX)? {
        let Some((at, rest)) = key::time_and_rest(&key) else {
            continue;
        };
        let Some(ticket) = key::number(rest).filter(|_| at < before) else {
            break;
        };
        let row = key::ticket(Kind::Sighting, TicketId(ticket));
        if let Some(sighting) = view
            .json::<Sighting>(&row)?
            .filter(|sighting| sighting.at == at)
        {
            unlead(&sighting, view);
            view.remove(row);
        }
        view.remove(key);
    }
    Ok(())
}

fn unlead(sighting: &Sighting, view: &mut View) {
    for name in leads(&sighting.signature) {
        view.remove(key::near(&name, sighting.at, sighting.ticket));
    }
    view.remove(key::timed(Kind::SightedAt, sighting.at, sighting.ticket.0));
}

/// What leads from one mail to another.
fn leads(signature: &Signature) -> Vec<String> {
    let component = signature
        .component
        .iter()
        .map(|mark| format!("component {}", mark.key));
    let outage = signature.outage.iter().map(|_| "outage".to_owned());
    let codes = signature
        .codes
        .iter()
        .map(|mark| format!("code {}", mark.key));
    let names = signature
        .names
        .iter()
        .map(|mark| format!("name {}", mark.key));
    component.chain(outage).chain(codes).chain(names).collect()
}

/// What gathers between a client and us: pressing tickets, broken promises.
pub(super) fn gather(old: Option<&Ticket>, new: &Ticket, view: &mut View) {
    let Some(client) = &new.client else { return };
    let who = client_key(new.partner.as_deref(), client);
    let is_pressing = |ticket: &Ticket| ticket.urgency >= Urgency::High && ticket.client.is_some();
    if is_pressing(new) && !old.is_some_and(is_pressing) {
        view.put(
            key::of_client(Kind::Pressing, &who, new.opened_at, new.id.0),
            b"",
        );
    }
    let known = old.map_or(0, |old| old.life.breaches.len());
    for (place, breach) in new.life.breaches.iter().enumerate().skip(known) {
        let number = new.id.0.wrapping_mul(1_000).wrapping_add(place as u64);
        view.put(key::of_client(Kind::Breached, &who, breach.at, number), b"");
    }
}

impl Batch {
    /// What lies near a mail that is recognised so, and came then.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn nearby(&self, signature: &Signature, at: Timestamp) -> Result<Nearby, StoreError> {
        let view = &self.view;
        let mut nearby = Nearby {
            signature: signature.clone(),
            since: view.meta.counting_since,
            next_incident: view.meta.next_incident,
            ..Nearby::default()
        };
        if !signature.tells_of_trouble() {
            return Ok(nearby);
        }
        let mut tickets: BTreeSet<TicketId> = BTreeSet::new();
        for name in leads(signature) {
            let mut of_client: std::collections::HashMap<Vec<u8>, usize> =
                std::collections::HashMap::new();
            for (key, who) in view.newest(
                &key::near_for(&name),
                &key::near(&name, at - JOINS_FOR, TicketId(0)),
                NEAR_MAX,
            )? {
                let known = of_client.entry(who).or_default();
                *known += 1;
                if *known <= OF_ONE_CLIENT_MAX && tickets.len() < COMPARED_MAX {
                    tickets.extend(key::number(&key).map(TicketId));
                }
            }
        }
        for ticket in tickets {
            nearby
                .sightings
                .extend(view.json::<Sighting>(&key::ticket(Kind::Sighting, ticket))?);
        }
        let topic = signature.topic();
        let (hours, weeks) = Counts::asked(at);
        for (kind, places, into) in [
            (Kind::CountHour, hours, &mut nearby.counts.hours),
            (Kind::CountWeek, weeks, &mut nearby.counts.weeks),
        ] {
            for place in places {
                let count = view.get(&key::counted(kind, &topic, place))?;
                if let Some(count) = count.as_deref().and_then(key::number) {
                    into.insert(place, u32::try_from(count).unwrap_or(u32::MAX));
                }
            }
        }
        nearby.incidents = self.incidents_near(at)?;
        Ok(nearby)
    }

    /// Adds what has gathered between that client and us.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn gathered(
        &self,
        who: &str,
        now: Timestamp,
        nearby: &mut Nearby,
    ) -> Result<(), StoreError> {
        let rows = |kind: Kind, since: Timestamp| {
            let from = key::of_client(kind, who, since, 0);
            self.view
                .newest(&key::of_client_for(kind, who), &from, NEAR_MAX)
        };
        let pressing = rows(Kind::Pressing, now - PRESSING_FOR)?;
        nearby.pressing = pressing
            .iter()
            .filter_map(|(key, _)| key::number(key).map(TicketId))
            .collect();
        let broken = rows(Kind::Breached, now - BROKEN_FOR)?.len();
        nearby.broken_promises = u32::try_from(broken).unwrap_or(u32::MAX);
        Ok(())
    }

    fn incidents_near(&self, at: Timestamp) -> Result<Vec<Incident>, StoreError> {
        let mut near = Vec::new();
        for key in self
            .view
            .keys(Kind::IncidentNear, &[Kind::IncidentNear as u8], NEAR_MAX)?
        {
            let until = self
                .view
                .get(&key)?
                .as_deref()
                .and_then(key::number)
                .unwrap_or_default();
            let over = i64::try_from(until).unwrap_or(i64::MAX) < at.as_second();
            let Some(id) = key::number(&key).filter(|_| !over) else {
                continue;
            };
            near.extend(self.incident(IncidentId(id))?);
        }
        Ok(near)
    }

    /// One incident.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StoreError> {
        self.view.json(&key::numbered(Kind::Incident, id.0))
    }
}

impl Store {
    /// One incident.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StoreError> {
        self.state.json(&key::numbered(Kind::Incident, id.0))
    }

    /// Incidents, newest first; only those that take reports, unless all are asked for.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn incidents(&self, all: bool, most: usize) -> Result<Vec<Incident>, StoreError> {
        let mut incidents = Vec::new();
        for row in self.state.all(Kind::Incident).rev() {
            let incident: Incident = self.state.parsed(&row?.1)?;
            if all || incident.standing.takes_reports() {
                incidents.push(incident);
            }
            if incidents.len() >= most {
                break;
            }
        }
        Ok(incidents)
    }

    /// Incidents whose alarm is due, at most so many.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn incidents_due(
        &self,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<(Timestamp, IncidentId)>, StoreError> {
        let rows = self.state.range(
            Kind::IncidentAlarm,
            vec![Kind::IncidentAlarm as u8],
            Some(key::timed(Kind::IncidentAlarm, now, u64::MAX)),
        );
        let due = rows.take(most).map(|row| {
            Ok(key::time_and_rest(&row?.0)
                .and_then(|(at, id)| Some((at, IncidentId(key::number(id)?)))))
        });
        due.filter_map(Result::transpose).collect()
    }
}
