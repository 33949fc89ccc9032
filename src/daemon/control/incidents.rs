//! What the daemon tells people of incidents, and the orders that it takes about them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answers::{Answerer, ROWS_MAX, done, failed, refused, request_id};
use super::{Answer, IncidentRequest};
use crate::daemon::desk::{Ordered, With};
use crate::triage::decide::IncidentOrder;
use crate::triage::incident::{Incident, IncidentId};
use crate::triage::ticket::TicketId;

/// One row of `incident list`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// Its number, such as `I-3`.
    pub number: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// `maybe`, `open`, `solved`, `dismissed`, `lapsed` or `merged`.
    pub state: String,
    /// What it is about.
    pub about: String,
    /// Distinct clients that it hits.
    pub clients: u32,
    /// Its tickets.
    pub tickets: u32,
    /// When its last report came.
    pub last_report_at: Timestamp,
}

/// `incident show`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentView {
    /// In short.
    pub row: IncidentRow,
    /// Why it is one, as a sentence.
    pub because: String,
    /// The number of the ticket whose ladder is climbed.
    pub lead: Option<String>,
    /// All that is known of it.
    pub incident: Incident,
}

impl Answerer {
    /// Answers a question about incidents, or hands an order to the desk.
    pub(super) async fn incident(&self, request: IncidentRequest) -> Result<Answer, Answer> {
        match request {
            IncidentRequest::List { all, limit } => {
                let incidents = self
                    .store
                    .incidents(all, limit.min(ROWS_MAX))
                    .map_err(failed)?;
                done(incidents.iter().map(row).collect::<Vec<_>>())
            }
            IncidentRequest::Show { incident } => {
                let incident = self.known(&incident)?;
                let lead = incident
                    .member(incident.lead)
                    .map(|member| member.number.clone());
                done(IncidentView {
                    row: row(&incident),
                    because: incident.surge.to_string(),
                    lead,
                    incident,
                })
            }
            IncidentRequest::Solve {
                incident,
                with_tickets,
                by,
            } => {
                self.obey(
                    &incident,
                    IncidentOrder::Solve { with_tickets, by },
                    With::Nothing,
                )
                .await
            }
            IncidentRequest::Dismiss { incident, by } => {
                self.obey(&incident, IncidentOrder::Dismiss { by }, With::Nothing)
                    .await
            }
            IncidentRequest::Split {
                incident,
                tickets,
                by,
            } => {
                let numbers = tickets.iter().map(|number| Ok(self.named(number)?.id));
                let tickets: Vec<TicketId> = numbers.collect::<Result<_, Answer>>()?;
                self.obey(
                    &incident,
                    IncidentOrder::Split { tickets, by },
                    With::Nothing,
                )
                .await
            }
            IncidentRequest::Merge { incident, into, by } => {
                let into = self.known(&into)?.id;
                self.obey(&incident, IncidentOrder::Merge { by }, With::Incident(into))
                    .await
            }
            IncidentRequest::Add {
                incident,
                ticket,
                by,
            } => {
                let ticket = self.named(&ticket)?.id;
                self.obey(&incident, IncidentOrder::Add { by }, With::Ticket(ticket))
                    .await
            }
        }
    }

    fn known(&self, number: &str) -> Result<Incident, Answer> {
        let id = IncidentId::parse(number);
        let found = id
            .map_or(Ok(None), |id| self.store.incident(id))
            .map_err(failed)?;
        found.ok_or_else(|| Answer::No {
            why: format!("there is no incident {number}; `triaged incident list --all` names them"),
        })
    }

    async fn obey(&self, number: &str, order: IncidentOrder, with: With) -> Result<Answer, Answer> {
        let ordered = Ordered {
            id: request_id(),
            incident: self.known(number)?.id,
            order,
            with,
        };
        done(self.desk.incident_order(ordered).await.map_err(refused)?)
    }
}

fn row(incident: &Incident) -> IncidentRow {
    IncidentRow {
        number: incident.id.to_string(),
        opened_at: incident.opened_at,
        state: incident.standing.name().to_owned(),
        about: incident.about.clone(),
        clients: incident.clients(),
        tickets: u32::try_from(incident.present().count()).unwrap_or(u32::MAX),
        last_report_at: incident.last_report_at,
    }
}
