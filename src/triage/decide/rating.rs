//! What a client says when a ticket is solved: a number of stars, or thanks. Neither opens it again.
//!
//! Only a mail that says nothing else stays out of everybody's way. Whoever adds that something still fails is heard as
//! ever, rating or not.

use super::Arrival;
use super::drafting::Drafting;
use super::reason::ThreadReason;
use crate::triage::ticket::{Change, State, Ticket};

/// Signals of a mail that asks for nothing more, and of one that reports something.
const ALL_CLEAR: &str = "all-clear";
const FAULTS: [&str; 2] = ["fault", "fault-between-lines"];

/// Takes a rating and thanks on a solved ticket. True if that was all, and the ticket stays solved.
pub(super) fn rests(drafting: &mut Drafting<'_>, ticket: &Ticket, arrival: &Arrival<'_>) -> bool {
    match ticket.state {
        State::Solved { .. } | State::Closed { .. } => {}
        State::Open | State::Waiting { .. } => return false,
    }
    let text = arrival.mail.new_text();
    let (stars, rest) = rating(&text);
    if let Some(stars) = stars {
        drafting.because(ThreadReason::Rated { stars });
        drafting.change(Change::Rated {
            stars,
            at: Some(arrival.received_at),
        });
    }
    if stars.is_some() && is_only_signed(rest, arrival) {
        return true;
    }
    let thanks = says(arrival, ALL_CLEAR) && !FAULTS.iter().any(|fault| says(arrival, fault));
    if thanks {
        drafting.because(ThreadReason::Thanked);
        drafting.change(Change::Note("The client says that all is well.".to_owned()));
    }
    thanks
}

/// Nothing stands there but the writer's own name.
fn is_only_signed(rest: &str, arrival: &Arrival<'_>) -> bool {
    let writer = arrival.mail.from.as_ref();
    let name = writer.and_then(|writer| writer.name.as_deref());
    let name = name.unwrap_or_default().to_lowercase();
    let mut words = rest.split_whitespace().map(|word| {
        let bare = word.trim_matches(|one: char| !one.is_alphanumeric());
        bare.to_lowercase()
    });
    words.all(|word| word.is_empty() || name.split_whitespace().any(|own| own == word))
}

fn says(arrival: &Arrival<'_>, signal: &str) -> bool {
    arrival
        .report
        .signals
        .iter()
        .any(|found| found.id == signal)
}

/// The stars of a first line that is a rating alone, and what stands below it: `4`, `4/5`, `★★★★☆`.
fn rating(text: &str) -> (Option<u8>, &str) {
    let text = text.trim_start();
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    match stars(line.trim().trim_end_matches(['.', '!'])) {
        Some(stars) => (Some(stars), rest),
        None => (None, text),
    }
}

fn stars(line: &str) -> Option<u8> {
    // An emoji star may bring a variation selector, which nobody sees.
    let drawn = line.chars().filter(|one| !matches!(one, ' ' | '\u{fe0f}'));
    let drawn: Vec<char> = drawn.collect();
    let full = |one: &&char| matches!(one, '★' | '⭐' | '*');
    let is_drawn = drawn.iter().all(|one| full(&one) || *one == '☆');
    let number = if is_drawn {
        drawn.iter().filter(full).count()
    } else {
        let bare = line.strip_suffix("/5").or(line.strip_suffix("/ 5"));
        bare.unwrap_or(line).trim().parse().ok()?
    };
    u8::try_from(number)
        .ok()
        .filter(|number| (1..=5).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_that_is_a_rating_alone() {
        let check =
            |text: &str, expected: Option<u8>| assert_eq!(rating(text).0, expected, "{text}");
        check("5", Some(5));
        check("  4 / 5\n\nJane", Some(4));
        check("3/5!", Some(3));
        check("★★★★", Some(4));
        check("★★☆☆☆", Some(2));
        check("⭐\u{fe0f}⭐\u{fe0f}", Some(2));
        check("***", Some(3));
        check("0", None);
        check("6", None);
        check("☆☆☆☆☆", None);
        check("5 users cannot log in", None);
        check("555", None);
        check("", None);
        check("Thanks\n5", None);
    }
}
