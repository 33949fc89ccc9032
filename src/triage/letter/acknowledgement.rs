//! Letters to the sender: the acknowledgement and the hand-back, with what was understood and what is missing.
//!
//! A letter asks only for what the mail does not say, and a ticket is asked about once: whoever answered a
//! question does not want to read it again.

use super::echo::{self, Said, View};
use super::template::{BrandValues, PartnerValues, Values};
use crate::triage::ticket::Ticket;

/// What the letter needs besides the ticket and the mail.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Under which name the letter leaves; pointers only where they help with this topic.
    pub brand: BrandValues,
    /// The sender's partner, by name.
    pub partner: Option<String>,
    /// The paragraph that asks for missing details, if a rule wants one.
    pub ask: Option<String>,
}

/// The values of a letter to the sender.
#[must_use]
pub fn values(ticket: &Ticket, said: &Said<'_>, answer: Answer, view: &View<'_>) -> Values {
    let missing = missing(ticket, said);
    Values {
        // Nothing is missing: then there is nothing to ask, whatever the rule says.
        ask: answer.ask.filter(|_| !missing.is_empty() && !ticket.asked),
        missing,
        partner: PartnerValues {
            name: answer.partner.map(|name| view.words(&name)),
        },
        brand: answer.brand,
        ..echo::values(ticket, Some(said), view)
    }
}

/// What neither the mail nor the ticket says, in the order in which a person would ask.
#[must_use]
pub fn missing(ticket: &Ticket, said: &Said<'_>) -> Vec<String> {
    [
        ("client", ticket.client.is_none()),
        ("description", ticket.summary.trim().is_empty()),
        ("steps", ticket.steps.is_empty()),
        ("urgency", said.report.urgency.is_none()),
    ]
    .into_iter()
    .filter(|(_, is_missing)| *is_missing)
    .map(|(name, _)| name.to_owned())
    .collect()
}

/// The language of letters to the sender: the writer's own if we offer it, else the first that fits the partner,
/// else the company's.
#[must_use]
pub fn language(written: Option<&str>, offered: &[String], default: &str) -> String {
    let own = written.filter(|written| offered.iter().any(|offered| offered == written));
    own.or(offered.first().map(String::as_str))
        .unwrap_or(default)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_written_in_the_writers_language_where_we_offer_it() {
        let check = |written: Option<&str>, offered: &[&str], expected: &str| {
            let offered: Vec<String> = offered.iter().map(|&code| code.to_owned()).collect();
            assert_eq!(
                language(written, &offered, "en"),
                expected,
                "{written:?} of {offered:?}"
            );
        };
        check(Some("de"), &["en", "de"], "de");
        check(Some("fr"), &["de", "en"], "de");
        check(None, &["de", "en"], "de");
        check(Some("fr"), &[], "en");
    }
}
