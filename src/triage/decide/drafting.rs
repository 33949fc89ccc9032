//! A decision in the making: changes are applied to a copy of the ticket as they are noted, so that each letter
//! shows the ticket as it will be, and letters are numbered as they are written.

use jiff::Timestamp;

use super::reason::PromiseReason;
use super::{Decision, Reason, Setting};
use crate::triage::incident::{IncidentChange, IncidentId, Sighting, Signature};
use crate::triage::letter::{Letter, LetterId};
use crate::triage::mail::thread::Clue;
use crate::triage::promise::{Metric, Promise};
use crate::triage::rules::Rules;
use crate::triage::ticket::{Change, Ticket, TicketId};

/// The decision so far.
#[derive(Debug)]
pub(super) struct Drafting<'a> {
    pub(super) setting: &'a Setting<'a>,
    ticket: Option<Ticket>,
    decision: Decision,
    next_letter: LetterId,
}

impl<'a> Drafting<'a> {
    pub(super) fn new(ticket: Option<&Ticket>, setting: &'a Setting<'a>) -> Self {
        Self {
            setting,
            ticket: ticket.cloned(),
            decision: Decision::default(),
            next_letter: setting.next_letter,
        }
    }

    /// Something happens to an incident.
    pub(super) fn incident(&mut self, id: IncidentId, change: IncidentChange) {
        self.decision.incidents.push((id, change));
    }

    /// What the mail is recognised by.
    pub(super) fn signature(&self) -> Signature {
        let sighting = self.decision.sighting.as_ref();
        sighting
            .map(|sighting| sighting.signature.clone())
            .unwrap_or_default()
    }

    /// The ticket is recognised by this from now on.
    pub(super) fn sighted(&mut self, sighting: Sighting) {
        self.decision.sighting = Some(sighting);
    }

    pub(super) fn finish(self) -> Decision {
        self.decision
    }

    pub(super) fn rules(&self) -> &'a Rules {
        self.setting.rules
    }

    pub(super) fn now(&self) -> Timestamp {
        self.setting.now
    }

    /// The ticket with all changes so far.
    pub(super) fn ticket(&self) -> Option<&Ticket> {
        self.ticket.as_ref()
    }

    /// A new ticket begins.
    pub(super) fn open(&mut self, ticket: Ticket) {
        self.clue(Clue::Number(ticket.number.clone()));
        self.ticket = Some(ticket.clone());
        self.decision.changes.push(Change::Opened(ticket));
    }

    pub(super) fn change(&mut self, change: Change) {
        if let Some(ticket) = &mut self.ticket {
            ticket.apply(&change);
            self.decision.changes.push(change);
        }
    }

    /// What changes on another ticket.
    pub(super) fn elsewhere(&mut self, ticket: TicketId, changes: Vec<Change>) {
        if !changes.is_empty() {
            self.decision.elsewhere.push((ticket, changes));
        }
    }

    pub(super) fn because(&mut self, reason: impl Into<Reason>) {
        self.decision.because.push(reason.into());
    }

    /// Something that leads to the ticket from now on.
    pub(super) fn clue(&mut self, clue: Clue) {
        self.decision.clues.push(clue);
    }

    /// A new promise, or an earlier time for one.
    pub(super) fn promise(&mut self, promise: Promise) {
        self.because(PromiseReason::Made {
            metric: promise.metric,
            due: promise.due,
            origin: promise.origin.clone(),
        });
        self.change(Change::Promised(promise));
    }

    /// A promise is kept, if it is still open.
    pub(super) fn keep(&mut self, metric: Metric, at: Timestamp, by: &str) {
        let open = self
            .ticket()
            .and_then(|ticket| ticket.promise_of(metric))
            .is_some_and(|promise| promise.kept.is_none());
        if open {
            self.because(PromiseReason::Kept {
                metric,
                by: by.to_owned(),
            });
            self.change(Change::Kept { metric, at });
        }
    }

    /// The reasons so far that a reader of ours acts on; the ticket has all of them.
    pub(super) fn reasons(&self) -> Vec<String> {
        let telling = self
            .decision
            .because
            .iter()
            .filter(|reason| reason.is_for_letters());
        telling.map(ToString::to_string).collect()
    }

    /// True if this decision writes to that address already.
    pub(super) fn writes_to(&self, address: &str) -> bool {
        self.decision
            .letters
            .iter()
            .any(|letter| letter.to == address)
    }

    /// A letter that this decision has written.
    pub(super) fn written(&self, id: LetterId) -> Option<&Letter> {
        self.decision.letters.iter().find(|letter| letter.id == id)
    }

    /// True if this decision answers the sender.
    pub(super) fn answers_sender(&self) -> bool {
        self.decision
            .letters
            .iter()
            .any(|letter| letter.purpose.is_to_the_client())
    }

    /// True if this decision opens the ticket.
    pub(super) fn opens(&self) -> bool {
        self.decision.opens().is_some()
    }

    /// True if this decision writes to nobody so far.
    pub(super) fn writes_nothing(&self) -> bool {
        self.decision.letters.is_empty()
    }

    /// The number that the next letter bears.
    pub(super) fn next_letter(&self) -> LetterId {
        self.next_letter
    }

    /// A letter that bears the next number.
    pub(super) fn letter(&mut self, letter: Letter) {
        self.next_letter = LetterId(self.next_letter.0.saturating_add(1));
        self.decision.letters.push(letter);
    }
}
