//! The steps of a ladder, as their time comes: by an alarm, or at once where a notice could not be delivered.
//!
//! What fell due while triaged was down is one notice to each person, which says how many it stands for. Writing the same
//! thing five times at once helps nobody to wake up.

use jiff::SignedDuration;

use super::super::drafting::Drafting;
use super::super::facts::Case;
use super::super::people;
use super::super::reason::LadderReason;
use super::notice::{Notice, write};
use super::{Brief, beginning, running};
use crate::triage::letter::LetterId;
use crate::triage::promise::clock::second_of;
use crate::triage::rules::{Contact, Who};
use crate::triage::ticket::{Change, Climb, Notified, Rung};

/// A notice that is later than this fell into an outage: the alarm sleeps half a minute at most.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// Some notices that go out together.
#[derive(Clone, Debug, Default)]
struct Round {
    /// How many of those to come they stand for.
    rungs: usize,
    /// Why it goes out before its time: what happened to the step before.
    failed: Option<String>,
    /// Whom that could not be delivered to.
    except: Option<String>,
}

/// Answers an alarm. True if there was something to do.
pub(in super::super) fn ring(drafting: &mut Drafting<'_>, case: &Case<'_>) -> bool {
    let Some(climb) = running(drafting).cloned() else {
        return false;
    };
    let lapses = climb.acknowledged.as_ref().and_then(|ack| ack.until);
    if let Some(lapsed_at) = lapses.filter(|until| *until <= drafting.now()) {
        beginning::again(drafting, climb, lapsed_at, case);
        climb_on(drafting, Brief::default(), case);
        return true;
    }
    // In the second of a notice an acknowledgement still wins, so the notice goes out one second later.
    let second = second_of(drafting.now());
    let rungs = count(&climb, |rung| rung.at < second);
    let round = Round {
        rungs,
        ..Round::default()
    };
    if rungs > 0 {
        go(drafting, round, Brief::default(), case);
    }
    rungs > 0
}

/// Writes every notice whose time has come, that of this second included: at the beginning nobody can have acknowledged.
pub(super) fn climb_on(drafting: &mut Drafting<'_>, brief: Brief<'_>, case: &Case<'_>) {
    let now = drafting.now();
    let rungs = running(drafting).map_or(0, |climb| count(climb, |rung| rung.at <= now));
    if rungs > 0 {
        let round = Round {
            rungs,
            ..Round::default()
        };
        go(drafting, round, brief, case);
    }
}

/// One more reason for a matter that somebody has: nobody is called for it, but whoever has it must know.
pub(super) fn tell_holder(drafting: &mut Drafting<'_>, brief: Brief<'_>, case: &Case<'_>) {
    let Some(climb) = running(drafting).cloned() else {
        return;
    };
    let by = climb.acknowledged.as_ref().map(|ack| ack.by.clone());
    let holder = case
        .rules
        .contacts
        .values()
        .find(|contact| Some(&contact.email) == by.as_ref());
    let Some(holder) = holder.filter(|holder| !drafting.writes_to(&holder.email)) else {
        return;
    };
    let notice = Notice {
        climb: &climb,
        readers: &[holder],
        failed: None,
        missed: None,
    };
    let notified = write(drafting, &notice, brief, case);
    drafting.change(Change::Climbed(climb.clone().with_notified(notified)));
}

/// A notice of a ladder was refused or came back: the next step goes out at once, and the last hope is told.
pub(in super::super) fn undelivered(
    drafting: &mut Drafting<'_>,
    (letter, why): (Option<LetterId>, &str),
    case: &Case<'_>,
) {
    let Some(climb) = running(drafting).filter(|climb| climb.acknowledged.is_none()) else {
        return;
    };
    let is_it =
        |notified: &&Notified| Some(notified.letter) == letter && notified.cycle == climb.cycle;
    let Some(failed) = climb.notified.iter().find(is_it).cloned() else {
        return;
    };
    let ladder = climb.ladder.clone();
    // Of several notices of one step that fail, the first has brought the next step already.
    let newest = usize::try_from(failed.rung).is_ok_and(|rung| rung + 1 == climb.done);
    let goes_on = newest && climb.next().is_some();
    let why = why.trim().trim_matches(['(', ')', '.']);
    let why = match why {
        "" => format!("the notice to {} did not arrive", failed.to),
        why => format!("the notice to {} did not arrive: {why}", failed.to),
    };
    drafting.because(LadderReason::Undelivered {
        ladder,
        to: failed.to.clone(),
    });
    let round = Round {
        rungs: usize::from(goes_on),
        failed: Some(why),
        except: Some(failed.to),
    };
    go(drafting, round, Brief::default(), case);
}

/// How many of the notices that are still to come are due, without a gap.
fn count(climb: &Climb, is_due: impl Fn(&Rung) -> bool) -> usize {
    if climb.acknowledged.is_some() {
        return 0;
    }
    let left = climb.rungs.iter().skip(climb.done);
    left.take_while(|rung| is_due(rung)).count()
}

/// Writes a round, and further ones as long as nobody is reached.
fn go(drafting: &mut Drafting<'_>, round: Round, brief: Brief<'_>, case: &Case<'_>) {
    let mut round = Some(round);
    while let Some(current) = round.take() {
        let only_fails = current.rungs == 0;
        if write_round(drafting, &current, brief, case) || only_fails {
            return;
        }
        let Some(climb) = running(drafting).cloned() else {
            return;
        };
        let step = climb.rungs.get(climb.done.saturating_sub(1));
        let step = step.map_or(0, |rung| rung.step.saturating_add(1));
        let failed = format!("nobody could be found for step {step}");
        if climb.next().is_some() {
            round = Some(Round {
                rungs: 1,
                failed: Some(failed),
                ..current
            });
        } else {
            drafting.alarm(
                format!("Nobody on the ladder {} can be told", climb.ladder),
                Some(format!("In the end {failed}.")),
                "Correct contacts.toml, and look at the ticket yourself.",
            );
        }
    }
}

/// True if somebody was written to.
fn write_round(
    drafting: &mut Drafting<'_>,
    round: &Round,
    brief: Brief<'_>,
    case: &Case<'_>,
) -> bool {
    let Some(climb) = running(drafting).cloned() else {
        return false;
    };
    let behind = climb
        .done
        .saturating_add(round.rungs)
        .min(climb.rungs.len());
    let due = climb.rungs.get(climb.done..behind).unwrap_or_default();
    let now = drafting.now();
    let late = |rung: &&Rung| now.duration_since(rung.at) > LATE;
    let missed = due.iter().filter(late).count();
    let mut readers = found(due.iter().flat_map(|rung| &rung.notify), case, drafting);
    if round.failed.is_some() {
        let hope = last_hope(drafting, &climb);
        for contact in found(hope.iter(), case, drafting) {
            if !readers.iter().any(|known| known.email == contact.email) {
                readers.push(contact);
            }
        }
    }
    readers.retain(|contact| Some(&contact.email) != round.except.as_ref());
    let after = Climb {
        done: behind,
        ..climb.clone()
    };
    let notice = Notice {
        climb: &after,
        readers: &readers,
        failed: round.failed.clone(),
        missed: due
            .first()
            .filter(|_| missed > 0)
            .map(|rung| (missed, rung.at)),
    };
    if let Some(rung) = due.last() {
        drafting.because(LadderReason::Step {
            ladder: climb.ladder.clone(),
            step: rung.step.saturating_add(1),
            of: u32::try_from(climb.course.steps.len()).unwrap_or(u32::MAX),
            repeat: rung.repeat,
            missed: u32::try_from(missed).unwrap_or(u32::MAX),
        });
    }
    let notified = write(drafting, &notice, brief, case);
    let reached = !notified.is_empty();
    let told = notified.iter().map(|one| one.to.clone()).collect();
    drafting.change(Change::Climbed(after.with_notified(notified)));
    drafting.change(Change::Told(told));
    reached
}

/// The people behind the names, as of now, nobody twice.
fn found<'a, 'w>(
    notify: impl Iterator<Item = &'w Who>,
    case: &Case<'a>,
    drafting: &Drafting<'_>,
) -> Vec<&'a Contact> {
    let mut readers: Vec<&Contact> = Vec::new();
    for contact in notify.filter_map(|who| people::resolve(who, case, drafting.now())) {
        if !readers.iter().any(|known| known.email == contact.email) {
            readers.push(contact);
        }
    }
    readers
}

/// Who is told when a notice fails, once in a cycle.
fn last_hope(drafting: &mut Drafting<'_>, climb: &Climb) -> Option<Who> {
    let hope = climb.if_all_fails.clone()?;
    let effect = format!("ladder {}/failed/{}", climb.cycle, people::name(&hope));
    let told = drafting
        .ticket()
        .is_some_and(|ticket| ticket.done.contains(&effect));
    if told {
        return None;
    }
    drafting.change(Change::Did(effect));
    Some(hope)
}
