//! One matter that was written down twice: a ticket goes on in another.
//!
//! Whoever wrote on the one becomes a participant of the other, so what is merged must be of one partner and one brand:
//! otherwise the one partner's people would read what the other's wrote.

use super::closing;
use super::drafting::Drafting;
use super::facts::Case;
use crate::triage::rules::Rules;
use crate::triage::ticket::{Change, Ticket};

/// Why the ticket cannot go on in the other; `None` if it can.
pub(super) fn refused(ticket: &Ticket, other: &Ticket, rules: &Rules) -> Option<String> {
    let (one, two) = (&ticket.number, &other.number);
    if ticket.id == other.id {
        return Some(format!("{one} is that ticket itself"));
    }
    if ticket.life.merged_into.is_some() {
        return Some(format!("{one} goes on in another ticket already"));
    }
    if other.life.merged_into.is_some() {
        return Some(format!(
            "{two} goes on in another ticket itself; name that one"
        ));
    }
    if !other.is_open() {
        return Some(format!(
            "{two} is solved; `triaged ticket reopen {two}` first"
        ));
    }
    if !is_of_the_same_house(ticket, other, rules) {
        return Some(format!(
            "{one} and {two} are of different partners or brands, who must not read each other's mail"
        ));
    }
    None
}

/// The ticket is solved and goes on in the other, which hears of it in the same transaction.
pub(super) fn merge(drafting: &mut Drafting<'_>, ticket: &Ticket, other: &Ticket) {
    drafting.change(Change::Merged { into: other.id });
    closing::rest(drafting, &Case::of_ticket(ticket, drafting.rules()));
    drafting.change(Change::Note(format!("It goes on in {}.", other.number)));
    let people = std::iter::once(&ticket.requester.address)
        .chain(&ticket.participants)
        .filter(|address| !other.has_participant(address));
    let people: Vec<String> = people.cloned().collect();
    drafting.elsewhere(
        other.id,
        vec![
            Change::Participants(people),
            Change::Told(ticket.told.clone()),
            Change::Note(format!("{} goes on here.", ticket.number)),
        ],
    );
}

/// The same partner under the same brand; of senders whom nobody knows, those who write from one domain.
fn is_of_the_same_house(ticket: &Ticket, other: &Ticket, rules: &Rules) -> bool {
    let domain = |ticket: &Ticket| {
        let address = ticket.requester.address.rsplit_once('@');
        address.map(|(_, domain)| domain.to_owned())
    };
    let brand = |ticket: &Ticket| Case::of_ticket(ticket, rules).brand().id.clone();
    ticket.partner == other.partner
        && brand(ticket) == brand(other)
        && (ticket.partner.is_some() || domain(ticket) == domain(other))
}
