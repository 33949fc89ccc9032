//! Raises urgency and level of a ticket, and tightens its promises. They never fall by an event: that is a person's
//! word to speak.

use jiff::Timestamp;

use super::Reason;
use super::drafting::Drafting;
use super::facts::Case;
use super::regrading;
use crate::triage::rules::combine::Judgement;
use crate::triage::ticket::{Change, Ticket};

/// Raises what the judgement raises. `points` are the lines of the urgency's sum; new promises run from `from`, and
/// none are made without it.
pub(super) fn raise(
    drafting: &mut Drafting<'_>,
    judgement: &Judgement,
    case: &Case<'_>,
    (points, from): (Vec<String>, Option<Timestamp>),
) {
    let Some(before) = drafting.ticket().cloned() else {
        return;
    };
    if judgement.urgency > before.urgency {
        drafting.because(Reason::UrgencyIs {
            urgency: judgement.urgency,
            computed: judgement.urgency_computed,
            points,
        });
        drafting.change(Change::Urgency(judgement.urgency));
    }
    if judgement.level > before.level {
        drafting.because(Reason::LevelIs {
            level: judgement.level,
            third_line_reason: judgement.third_line_reason,
        });
        drafting.change(Change::Level {
            level: judgement.level,
            reason: judgement.third_line_reason,
        });
    }
    mark(drafting, judgement, &before);
    if let Some(from) = from {
        regrading::follow(drafting, &before, case, from);
    }
}

/// Labels, the wish for a look, and the rules that said so.
fn mark(drafting: &mut Drafting<'_>, judgement: &Judgement, before: &Ticket) {
    let is_new = |label: &&String| !before.labels.contains(label);
    let labels: Vec<String> = judgement.labels.iter().filter(is_new).cloned().collect();
    if !labels.is_empty() {
        drafting.change(Change::Labelled(labels));
    }
    if judgement.review && !before.review {
        drafting.change(Change::Review(true));
    }
    if before.rules_version != drafting.rules().version {
        drafting.change(Change::Rules(drafting.rules().version.clone()));
    }
}
