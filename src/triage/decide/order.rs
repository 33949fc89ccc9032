//! A person's order. The reasons of the decision are the answer that the person reads.

use super::drafting::Drafting;
use super::facts::Case;
use super::{Decision, Order, Reason, Setting, overdue, reopening};
use crate::triage::letter::LetterId;
use crate::triage::promise::Metric;
use crate::triage::ticket::{Change, State, Ticket};

/// Obeys, or says why there is nothing to do.
pub(super) fn obey(ticket: Option<&Ticket>, order: &Order, setting: &Setting<'_>) -> Decision {
    let mut drafting = Drafting::new(ticket, setting);
    match (order, ticket) {
        (Order::Solve { by }, Some(ticket)) => solve(&mut drafting, ticket, by),
        (Order::Reopen { by }, Some(ticket)) => reopen(&mut drafting, ticket, by),
        (Order::Solve { .. } | Order::Reopen { .. }, None) => {
            nothing(&mut drafting, "there is no such ticket".to_owned());
        }
        (Order::RetryLetter { letter, by }, _) => letter_goes(&mut drafting, *letter, by),
        (Order::DropLetter { letter, by }, _) => letter_stays(&mut drafting, *letter, by),
    }
    drafting.finish()
}

/// Solved: what was promised is done, unless its time had passed before.
fn solve(drafting: &mut Drafting<'_>, ticket: &Ticket, by: &str) {
    if let State::Solved { at } | State::Closed { solved_at: at } = ticket.state {
        return nothing(
            drafting,
            format!("{} has been solved since {at:.0}", ticket.number),
        );
    }
    ordered(drafting, by, format!("{} is solved", ticket.number));
    let case = Case::of_ticket(ticket, drafting.rules());
    overdue::notice_all(drafting, &case);
    drafting.change(Change::Solved { at: drafting.now() });
    drafting.keep(
        Metric::FirstResponse,
        drafting.now(),
        &format!("the word of {by}"),
    );
    drafting.keep(Metric::Solve, drafting.now(), &format!("the word of {by}"));
    if ticket.review {
        drafting.change(Change::Review(false));
    }
}

fn reopen(drafting: &mut Drafting<'_>, ticket: &Ticket, by: &str) {
    match ticket.state {
        State::Open | State::Waiting { .. } => {
            nothing(drafting, format!("{} is open", ticket.number));
        }
        State::Solved { .. } | State::Closed { .. } => {
            ordered(drafting, by, format!("{} is open again", ticket.number));
            let case = Case::of_ticket(ticket, drafting.rules());
            reopening::reopen(drafting, &case, drafting.now());
        }
    }
}

fn letter_goes(drafting: &mut Drafting<'_>, letter: LetterId, by: &str) {
    drafting.change(Change::Note(format!(
        "Letter {} was released by {by}.",
        letter.0
    )));
    ordered(drafting, by, format!("letter {} goes out now", letter.0));
}

fn letter_stays(drafting: &mut Drafting<'_>, letter: LetterId, by: &str) {
    drafting.change(Change::Note(format!(
        "Letter {} was dropped by {by}.",
        letter.0
    )));
    ordered(
        drafting,
        by,
        format!("letter {} will not be sent", letter.0),
    );
}

fn ordered(drafting: &mut Drafting<'_>, by: &str, what: String) {
    drafting.because(Reason::Ordered {
        by: by.to_owned(),
        what,
    });
}

fn nothing(drafting: &mut Drafting<'_>, because: String) {
    drafting.because(Reason::Nothing { because });
}
