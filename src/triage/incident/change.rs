//! One thing that happened to an incident. Changes are what the journal keeps, so their names on disk stay for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Incident, IncidentId, KNOWN_BY_MAX, MEMBERS_MAX, Member, Signature, Standing, Surge, TRAIL_MAX,
    Word,
};
use crate::triage::report::Urgency;
use crate::triage::ticket::TicketId;

/// One thing that happened to an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentChange {
    /// It began. The first change of every incident.
    Opened(Incident),
    /// A further report joined it.
    Joined {
        /// The ticket.
        member: Member,
        /// What that is recognised by.
        signature: Signature,
    },
    /// More than chance after all.
    Confirmed {
        /// Why.
        surge: Surge,
        /// No ticket of it is less pressing.
        urgency: Urgency,
        /// No ticket of it is of a lower level.
        level: u8,
        /// Ladders that its lead climbs, with the rule that asked.
        ladders: Vec<(String, String)>,
        /// When.
        at: Timestamp,
    },
    /// The ticket of a member knows.
    Knows(TicketId),
    /// A person took a ticket out.
    Left {
        /// Which.
        ticket: TicketId,
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Another ticket leads.
    Leads(TicketId),
    /// Another incident was merged into it.
    TookOver(IncidentId),
    /// People of ours were told of it.
    Told(Vec<String>),
    /// A person said that it is over.
    Solved {
        /// Who.
        by: String,
        /// Its tickets are solved with it.
        with_tickets: bool,
        /// When.
        at: Timestamp,
    },
    /// A person said that it is none.
    Dismissed {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Nobody else has reported it.
    Lapsed {
        /// When.
        at: Timestamp,
    },
    /// It went on in another one.
    Merged {
        /// Which.
        into: IncidentId,
        /// Who ordered it.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// A report fits, though it is solved.
    SeenAgain {
        /// The ticket's number.
        number: String,
        /// When.
        at: Timestamp,
    },
    /// It is open again.
    Reopened {
        /// When.
        at: Timestamp,
    },
    /// Its people were told what it owed them.
    SaidSo {
        /// When.
        at: Timestamp,
    },
    /// Its people were asked whether it is over.
    AskedToClose {
        /// When.
        at: Timestamp,
    },
}

impl Incident {
    /// Applies one change. Total: a change that makes no sense here changes nothing but the version.
    pub fn apply(&mut self, change: &IncidentChange) {
        self.version += 1;
        match change {
            // An incident begins as it is written down.
            IncidentChange::Opened(_) => {}
            IncidentChange::Joined { member, signature } => self.join(member, signature),
            IncidentChange::Confirmed {
                surge,
                urgency,
                level,
                ladders,
                at,
            } => {
                self.standing = Standing::Open;
                self.surge = surge.clone();
                self.urgency = *urgency;
                self.level = *level;
                self.ladders.clone_from(ladders);
                self.nobody_knows();
                self.note(*at, format!("more than chance: {surge}"));
            }
            IncidentChange::Knows(ticket) => {
                for member in self
                    .members
                    .iter_mut()
                    .filter(|member| member.ticket == *ticket)
                {
                    member.knows = true;
                }
            }
            IncidentChange::Left { ticket, by, at } => self.leave(*ticket, by, *at),
            IncidentChange::Leads(ticket) => {
                self.lead = *ticket;
                for member in self
                    .members
                    .iter_mut()
                    .filter(|member| member.ticket == *ticket)
                {
                    member.knows = false;
                }
            }
            IncidentChange::TookOver(other) => self.took_over.push(*other),
            IncidentChange::Told(people) => {
                for one in people {
                    if !self.told.contains(one) {
                        self.told.push(one.clone());
                    }
                }
            }
            IncidentChange::Solved {
                by,
                with_tickets,
                at,
            } => {
                self.standing = Standing::Solved { at: *at };
                self.solved_by = with_tickets.then(|| by.clone());
                self.seen_again = 0;
                self.nobody_knows();
                self.note(*at, format!("solved by {by}"));
            }
            IncidentChange::Dismissed { by, at } => {
                self.standing = Standing::Dismissed { at: *at };
                self.nobody_knows();
                self.note(*at, format!("dismissed by {by}: it is no incident"));
            }
            IncidentChange::Lapsed { at } => {
                self.standing = Standing::Lapsed { at: *at };
                self.note(*at, "nobody else has reported it".to_owned());
            }
            IncidentChange::Merged { into, by, at } => {
                self.standing = Standing::Merged { into: *into };
                self.note(*at, format!("merged into {into} by {by}"));
            }
            IncidentChange::SeenAgain { number, at } => {
                self.seen_again = self.seen_again.saturating_add(1);
                self.note(*at, format!("{number} reports it again"));
            }
            IncidentChange::Reopened { at } => {
                self.standing = Standing::Open;
                self.owes = Some(Word::Back);
                self.asked_to_close = false;
                self.solved_by = None;
                self.last_report_at = self.last_report_at.max(*at);
                self.note(*at, "open again".to_owned());
            }
            IncidentChange::SaidSo { at } => {
                self.owes = None;
                self.note(*at, "its people were told that it is back".to_owned());
            }
            IncidentChange::AskedToClose { at } => {
                self.asked_to_close = true;
                self.note(*at, "its people were asked whether it is over".to_owned());
            }
        }
    }

    fn join(&mut self, member: &Member, signature: &Signature) {
        self.last_report_at = self.last_report_at.max(member.at);
        self.asked_to_close = false;
        if self.known_by.len() < KNOWN_BY_MAX {
            self.known_by.push(signature.clone());
        }
        self.note(member.at, format!("{} joined", member.number));
        if let Some(known) = self
            .members
            .iter_mut()
            .find(|known| known.ticket == member.ticket)
        {
            known.clone_from(member);
        } else if self.members.len() < MEMBERS_MAX {
            self.members.push(member.clone());
        }
    }

    /// Who leads goes on to the next one, should the leading ticket be taken out.
    fn leave(&mut self, ticket: TicketId, by: &str, at: Timestamp) {
        let Some(member) = self
            .members
            .iter_mut()
            .find(|member| member.ticket == ticket)
        else {
            return;
        };
        member.left = true;
        member.knows = false;
        let number = member.number.clone();
        self.note(at, format!("{number} was taken out by {by}"));
        let next = self.present().next().map(|member| member.ticket);
        if let Some(next) = next.filter(|_| self.lead == ticket) {
            self.lead = next;
            for member in self
                .members
                .iter_mut()
                .filter(|member| member.ticket == next)
            {
                member.knows = false;
            }
        }
    }

    fn nobody_knows(&mut self) {
        for member in self.members.iter_mut().filter(|member| !member.left) {
            member.knows = false;
        }
    }

    fn note(&mut self, at: Timestamp, what: String) {
        if self.trail.len() >= TRAIL_MAX {
            self.trail.remove(0);
        }
        self.trail.push((at, what));
    }
}
