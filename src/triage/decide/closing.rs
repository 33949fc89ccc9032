//! A solution that nobody objects to: solved tickets are closed by silence.
//!
//! The instant is noted when the ticket is solved and looked at again by the rules of the day on which it comes, so a
//! longer time that was given since holds.

use jiff::Timestamp;

use super::drafting::Drafting;
use super::facts::Case;
use super::reason::ThreadReason;
use super::{overdue, reopening, waiting};
use crate::triage::promise::Metric;
use crate::triage::ticket::{Change, State};

/// Solved: what was promised is done, unless its time had passed before.
pub(super) fn solve(drafting: &mut Drafting<'_>, case: &Case<'_>, by: &str) {
    let now = drafting.now();
    rest(drafting, case);
    for metric in [
        Metric::FirstResponse,
        Metric::NextResponse,
        Metric::UpdateEvery,
        Metric::Solve,
    ] {
        drafting.keep(metric, now, by);
    }
}

/// Nothing is to be done on it any more, whatever became of its promises.
pub(super) fn rest(drafting: &mut Drafting<'_>, case: &Case<'_>) {
    let now = drafting.now();
    waiting::end(drafting, case, now);
    overdue::notice_until(drafting, case, now);
    drafting.change(Change::Solved { at: now });
    drafting.change(Change::LookAgain {
        at: over_at(now, case),
    });
}

/// Closes a ticket that was solved so long ago that a reply begins a new one. True if it was time to look.
pub(super) fn close(drafting: &mut Drafting<'_>, case: &Case<'_>) -> bool {
    let now = drafting.now();
    let solved = drafting
        .ticket()
        .filter(|ticket| ticket.life.look_again.is_some_and(|at| at <= now))
        .map(|ticket| ticket.state);
    let Some(State::Solved { at: solved_at }) = solved else {
        return false;
    };
    if reopening::is_in_time(solved_at, now, case.rules) {
        drafting.change(Change::LookAgain {
            at: over_at(solved_at, case),
        });
        return false;
    }
    drafting.because(ThreadReason::Closing { solved_at });
    drafting.change(Change::Closed { at: now });
    true
}

/// The first second in which a reply would come too late.
fn over_at(solved_at: Timestamp, case: &Case<'_>) -> Option<Timestamp> {
    let last = reopening::in_time_until(solved_at, case.rules)?;
    Timestamp::from_second(last.as_second().checked_add(1)?).ok()
}
