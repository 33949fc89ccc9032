//! What an incident means for tickets other than the one at hand: told to each of them, in the batch that changed it.
//!
//! Should the machine stop between two of these records, the incident still knows which tickets have not heard; its alarm
//! is due then, and the rest hears at the next look.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::DeskError;
use super::clerk::{Sheet, in_a_sentence, refused};
use crate::daemon::store::{Cause, Record, StoreError};
use crate::triage::decide::{self, Decision, Event, IncidentOrder, IncidentOther, Reason};
use crate::triage::incident::IncidentId;
use crate::triage::ticket::TicketId;

/// A person's order about an incident.
#[derive(Debug)]
pub struct Ordered {
    /// The request's random id.
    pub id: String,
    /// The incident.
    pub incident: IncidentId,
    /// What.
    pub order: IncidentOrder,
    /// What else it is about.
    pub with: With,
}

/// What an order is about besides its incident.
#[derive(Clone, Copy, Debug)]
pub enum With {
    /// Nothing.
    Nothing,
    /// Another incident.
    Incident(IncidentId),
    /// A ticket.
    Ticket(TicketId),
}

/// The incidents that a decision changes.
pub(super) fn changed(decision: &Decision) -> BTreeSet<IncidentId> {
    decision.incidents.iter().map(|(id, _)| *id).collect()
}

impl Sheet<'_> {
    /// Every ticket of these incidents that has not heard is told, one after another; what that changes on incidents is
    /// told as well.
    pub(super) fn spread(&mut self, mut incidents: BTreeSet<IncidentId>) -> Result<(), StoreError> {
        while let Some(id) = incidents.first().copied() {
            match self.unknowing(id)? {
                Some(record) => {
                    incidents.extend(changed(&record.decision));
                    self.push_one(record)?;
                }
                None => {
                    incidents.remove(&id);
                }
            }
        }
        Ok(())
    }

    /// What tells one ticket of the incident, if there is one that has not heard.
    fn unknowing(&self, id: IncidentId) -> Result<Option<Record>, StoreError> {
        let Some(incident) = self.batch.incident(id)? else {
            return Ok(None);
        };
        let Some(member) = incident.members.iter().find(|member| !member.knows) else {
            return Ok(None);
        };
        let cause = Cause::Incident(id, member.ticket, incident.version);
        let ticket = self.batch.ticket(member.ticket)?;
        let event = Event::IncidentReaches {
            incident: &incident,
            member,
        };
        let decision = decide::decide(ticket.as_ref(), &event, &self.setting(None));
        Ok(Some(self.record(cause, ticket.as_ref(), decision)))
    }

    /// An incident's alarm is a hint, as a ticket's is.
    pub(super) fn incident_alarm(
        &mut self,
        at: Timestamp,
        id: IncidentId,
    ) -> Result<(), StoreError> {
        let incident = self.batch.incident(id)?;
        let (lead, decision) = match &incident {
            Some(incident) => {
                let lead = self.batch.ticket(incident.lead)?;
                let event = Event::IncidentRang(incident);
                let decision = decide::decide(lead.as_ref(), &event, &self.setting(None));
                (lead, decision)
            }
            None => (None, Decision::default()),
        };
        let record = self.record(Cause::IncidentAlarm(id, at), lead.as_ref(), decision);
        self.push(record)?;
        self.spread(BTreeSet::from([id]))
    }

    /// Obeys, or says why not; the reasons are the answer.
    pub(super) fn incident_order(&mut self, ordered: Ordered) -> Result<String, DeskError> {
        let Some(incident) = self.batch.incident(ordered.incident).map_err(refused)? else {
            let why = format!("there is no incident {}", ordered.incident);
            return Err(DeskError::Refused(why));
        };
        let (into, ticket) = match ordered.with {
            With::Nothing => (None, None),
            With::Incident(id) => (self.batch.incident(id).map_err(refused)?, None),
            With::Ticket(id) => (None, self.batch.ticket(id).map_err(refused)?),
        };
        let other = match (&into, &ticket) {
            (Some(into), _) => IncidentOther::Incident(into),
            (None, Some(ticket)) => IncidentOther::Ticket(ticket),
            (None, None) => IncidentOther::Nothing,
        };
        let event = Event::IncidentOrdered {
            incident: &incident,
            order: &ordered.order,
            other,
        };
        let decision = decide::decide(None, &event, &self.setting(None));
        if let Some(why) = decision.because.iter().find_map(Reason::refused) {
            return Err(DeskError::Refused(why.to_owned()));
        }
        let answer = in_a_sentence(&decision.because);
        let record = self.record(Cause::Order(ordered.id), None, decision);
        self.push(record).map_err(refused)?;
        Ok(answer)
    }
}
