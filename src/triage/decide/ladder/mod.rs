//! Ladders on tickets: who is told, and who next while nobody says that they have it.
//!
//! A ladder is climbed by its own words: its steps are those of the rules at its beginning, and everything that happens
//! later (a step's time, an acknowledgement that has run out, a notice that came back) is derived from the ticket.

mod beginning;
mod climbing;
mod notice;
mod taking;

use super::drafting::Drafting;
use crate::triage::report::Evidence;
use crate::triage::ticket::Climb;

pub(super) use beginning::begin;
pub(super) use climbing::{ring, undelivered};
pub(super) use taking::{said_by_mail, take};

/// What notices tell besides the ladder itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brief<'b> {
    /// The words that decided.
    pub(super) evidence: &'b [Evidence],
    /// The mail that set it off, if one did.
    pub(super) arrival: Option<&'b super::Arrival<'b>>,
}

/// The ladder that is being climbed on the ticket.
fn running<'d>(drafting: &'d Drafting<'_>) -> Option<&'d Climb> {
    drafting.ticket().and_then(|ticket| ticket.climb())
}
