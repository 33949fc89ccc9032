//! What sets a ladder off, and what joins one that is being climbed already.
//!
//! There is one ladder a ticket. Two alarms about one matter wake twice as many people and move nobody faster; only a
//! matter of a higher level brings its own people.

use super::super::Reason;
use super::super::drafting::Drafting;
use super::super::facts::Case;
use super::super::reason::LadderReason;
use super::{Brief, climbing, running};
use crate::triage::promise::calendar::Calendar;
use crate::triage::promise::ladder;
use crate::triage::rules::combine::Judgement;
use crate::triage::rules::{Ladder, Rules};
use crate::triage::ticket::{Change, Climb, Course, Rung};

/// The level of a ladder whose rule sets none: ours.
const SECOND_LINE: u8 = 2;

/// What joined a ladder; more of it says nothing new.
const BECAUSE_MAX: usize = 20;

/// A rule that wants a ladder.
struct Trigger<'r> {
    ladder: &'r Ladder,
    rule: String,
    say: String,
    level: u8,
}

/// Begins or joins the ladders that rules ask for, and writes the notices whose time has come. True if a ladder is being
/// climbed then, so that somebody hears of the ticket, if only when the ladder's hours begin.
pub(in super::super) fn begin(
    drafting: &mut Drafting<'_>,
    judgement: &Judgement,
    brief: Brief<'_>,
    case: &Case<'_>,
) -> bool {
    let reasons =
        |drafting: &Drafting<'_>| running(drafting).map_or(0, |climb| climb.because.len());
    let before = reasons(drafting);
    let mut begun = false;
    for trigger in triggers(judgement, case.rules) {
        begun |= set_off(drafting, &trigger, case);
    }
    if begun {
        climbing::climb_on(drafting, brief, case);
    } else if reasons(drafting) > before {
        climbing::tell_holder(drafting, brief, case);
    }
    running(drafting).is_some()
}

/// The highest level first, so that lower ones join it.
fn triggers<'r>(judgement: &Judgement, rules: &'r Rules) -> Vec<Trigger<'r>> {
    let wanted = judgement.ladders.iter().filter_map(|(ladder, id)| {
        let rule = rules.rules.iter().find(|rule| rule.id == *id);
        Some(Trigger {
            ladder: rules.ladders.get(ladder)?,
            rule: id.clone(),
            say: rule
                .map(|rule| rule.say.clone())
                .filter(|say| !say.is_empty())
                .unwrap_or_else(|| id.clone()),
            level: rule.and_then(|rule| rule.then.level).unwrap_or(SECOND_LINE),
        })
    });
    let mut triggers: Vec<Trigger<'r>> = wanted.collect();
    triggers.sort_by_key(|trigger| std::cmp::Reverse(trigger.level));
    triggers
}

/// True if a ladder begins.
fn set_off(drafting: &mut Drafting<'_>, trigger: &Trigger<'_>, case: &Case<'_>) -> bool {
    let effect = format!("{}/ladder/{}", trigger.rule, trigger.ladder.id);
    let done = drafting
        .ticket()
        .is_some_and(|ticket| ticket.done.contains(&effect));
    let climbed = running(drafting).cloned();
    if let Some(climb) = climbed {
        if done {
            drafting.because(Reason::DoneBefore { effect });
            return false;
        }
        drafting.change(Change::Did(effect));
        if climb.level >= trigger.level || climb.ladder == trigger.ladder.id {
            return join(drafting, trigger, climb, case);
        }
        drafting.because(LadderReason::TookOver {
            ladder: trigger.ladder.id.clone(),
            from: climb.ladder.clone(),
            level: trigger.level,
        });
        let because = climb.because.clone();
        return start(drafting, trigger, because, case);
    }
    if !done {
        drafting.change(Change::Did(effect));
    }
    start(drafting, trigger, Vec::new(), case)
}

/// One more reason for a ladder that is being climbed. Where everybody has been told in vain, it begins again.
fn join(drafting: &mut Drafting<'_>, trigger: &Trigger<'_>, climb: Climb, case: &Case<'_>) -> bool {
    drafting.because(LadderReason::Joined {
        ladder: climb.ladder.clone(),
        say: trigger.say.clone(),
    });
    let because = with(climb.because.clone(), &trigger.say);
    let joined = Climb {
        because,
        level: climb.level.max(trigger.level),
        ..climb
    };
    let in_vain = joined.acknowledged.is_none() && joined.next().is_none();
    if in_vain {
        let now = drafting.now();
        return again(drafting, joined, now, case);
    }
    drafting.change(Change::Climbed(joined));
    false
}

fn start(
    drafting: &mut Drafting<'_>,
    trigger: &Trigger<'_>,
    because: Vec<String>,
    case: &Case<'_>,
) -> bool {
    let ladder = trigger.ladder;
    let before = drafting
        .ticket()
        .and_then(|ticket| ticket.life.climb.as_ref());
    let climb = Climb {
        ladder: ladder.id.clone(),
        say: ladder.say.clone(),
        started_at: drafting.now(),
        // Cycles are counted through, so that an address which takes one ladder never takes a later one.
        cycle: before.map_or(0, |before| before.cycle.saturating_add(1)),
        because: with(because, &trigger.say),
        rungs: Vec::new(),
        done: 0,
        acknowledged: None,
        ack_holds_for: ladder.ack_holds_for,
        if_all_fails: ladder.if_all_fails.clone(),
        level: trigger.level,
        course: Course {
            calendar: ladder.calendar.clone(),
            steps: ladder.steps.clone(),
            repeat_last: ladder.repeat_last,
        },
        notified: before.map_or_else(Vec::new, |before| before.notified.clone()),
        lapsed: None,
        ended_at: None,
    };
    let climb = laid(climb, case);
    if climb.rungs.is_empty() {
        drafting.alarm(
            format!("The ladder {} tells nobody", ladder.id),
            Some("Its calendar does not open within 400 days.".to_owned()),
            "Correct calendars.toml, and look at the ticket yourself.",
        );
        return false;
    }
    drafting.because(LadderReason::Began {
        ladder: ladder.id.clone(),
        rule: trigger.rule.clone(),
        first: climb.rungs.first().map(|rung| rung.at),
    });
    drafting.change(Change::Climbed(climb));
    true
}

/// The next cycle, from the first step on. True, because it begins.
pub(super) fn again(
    drafting: &mut Drafting<'_>,
    climb: Climb,
    from: jiff::Timestamp,
    case: &Case<'_>,
) -> bool {
    let climb = Climb {
        started_at: from,
        cycle: climb.cycle.saturating_add(1),
        rungs: Vec::new(),
        done: 0,
        ..climb
    };
    let climb = laid(climb, case);
    drafting.because(LadderReason::Again {
        ladder: climb.ladder.clone(),
        cycle: climb.cycle,
        after: climb.acknowledged.as_ref().map(|ack| ack.by.clone()),
    });
    drafting.change(Change::Climbed(Climb {
        lapsed: climb.acknowledged.as_ref().map(|ack| ack.by.clone()),
        acknowledged: None,
        ..climb
    }));
    true
}

/// The climb with its notices laid out in time.
fn laid(climb: Climb, case: &Case<'_>) -> Climb {
    let calendar = calendar(&climb, case);
    let course = &climb.course;
    let after: Vec<_> = course.steps.iter().map(|step| step.after).collect();
    let times = ladder::Climb {
        calendar: &calendar,
        steps: &after,
        repeat_last: course.repeat_last,
        ack_holds_for: None,
    };
    let rungs = times
        .notices(climb.started_at, &[])
        .filter_map(|notice| {
            let step = course.steps.get(notice.step)?;
            Some(Rung {
                at: notice.at,
                step: u32::try_from(notice.step).ok()?,
                repeat: notice.repeat,
                notify: step.notify.clone(),
            })
        })
        .collect();
    Climb { rungs, ..climb }
}

/// Within whose hours the ladder tells people: its own, or the partner's. A calendar that has left the rules holds
/// nobody up.
pub(super) fn calendar(climb: &Climb, case: &Case<'_>) -> Calendar {
    match &climb.course.calendar {
        Some(name) => case
            .rules
            .calendars
            .get(name)
            .cloned()
            .unwrap_or_else(Calendar::always),
        None => case.calendar.clone().into_owned(),
    }
}

fn with(mut because: Vec<String>, say: &str) -> Vec<String> {
    if because.len() < BECAUSE_MAX && !because.iter().any(|known| known == say) {
        because.push(say.to_owned());
    }
    because
}
