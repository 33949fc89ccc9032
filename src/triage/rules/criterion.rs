//! One function for each condition a rule can name, each answering with its evidence.

use serde::{Deserialize, Serialize};

use super::super::mail::{Kind, Mail};
use super::super::report::{Evidence, Report, Urgency};

/// What a clock or a ticket's life says, for rules with `event = …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockEvent {
    /// `promise broken`.
    PromiseBroken,
    /// `reopened`.
    Reopened,
    /// `client replied`.
    ClientReplied,
}

/// Everything that conditions may ask about: computed first, then frozen.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The mail.
    pub mail: &'a Mail,
    /// What it means.
    pub report: &'a Report,
    /// What kind of mail, behind configured forwarders.
    pub kind: Kind,
    /// The partner's id.
    pub partner: Option<&'a str>,
    /// The client, from this mail or the ticket.
    pub client: Option<&'a str>,
    /// The client is one of the partner's key clients.
    pub key_client: bool,
    /// Our address that was written to.
    pub address: &'a str,
    /// That address answers as white label.
    pub white_label: bool,
    /// Nothing came before in this thread.
    pub first_message: bool,
    /// A solved ticket was opened again by this mail.
    pub reopened: bool,
    /// Handed back to the partner's team before.
    pub handed_back: bool,
    /// `office hours` on the partner's calendar at arrival.
    pub office_hours: bool,
    /// The clock event, for rules that wait for one.
    pub event: Option<ClockEvent>,
    /// When our server took the mail over, in the partner's zone.
    pub at: jiff::Zoned,
    /// Known from round two on.
    pub urgency: Option<Urgency>,
    /// Known in round three.
    pub level: Option<u8>,
}

/// A tree of conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// All hold.
    All(Vec<When>),
    /// At least one holds.
    Any(Vec<When>),
    /// None holds.
    None(Vec<When>),
    /// One condition.
    Is(Criterion),
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// Replaced by the rules engineer with the full vocabulary of the language.
    Placeholder,
}

impl When {
    /// The evidence that makes it hold, or nothing.
    #[must_use]
    pub fn holds(&self, facts: &Facts<'_>) -> Option<Vec<Evidence>> {
        let _ = facts;
        todo!()
    }
}
