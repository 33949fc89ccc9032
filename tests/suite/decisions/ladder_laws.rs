//! What must be true of every ladder, tried on the real `decide`: steps, repeats, acknowledgements and outages by chance.
//!
//! The ladder is put on a ticket of the shipped rules, whose promises are taken away so that only the ladder rings.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use triaged::triage::decide::{Decision, Event, Order, Setting, decide};
use triaged::triage::letter::{LetterId, Purpose};
use triaged::triage::mail::thread::TokenKey;
use triaged::triage::promise::calendar::Calendar;
use triaged::triage::promise::ladder::{self, Repeat, Step};
use triaged::triage::promise::{Budget, Who};
use triaged::triage::rules::Rules;
use triaged::triage::ticket::{Change, Climb, Course, Rung, Ticket, TicketId};

use super::OUTAGE;
use super::desk::Desk;

/// Half past four on a Friday in Berlin.
const START: &str = "2026-05-08T16:30:00+02:00";

const PEOPLE: [&str; 5] = ["dana", "anna", "ben", "tech-leads", "executives"];

/// A ladder by chance.
#[derive(Clone, Debug)]
struct Drawn {
    /// Minutes between its steps.
    gaps: Vec<u64>,
    business: bool,
    repeats: Option<(u64, u32)>,
    holds: Option<u64>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let gaps = prop::collection::vec(1..90_u64, 1..5);
    let repeats = prop::option::of((1..60_u64, 1..6_u32));
    let holds = prop::option::of(10..300_u64);
    (gaps, any::<bool>(), repeats, holds).prop_map(|(gaps, business, repeats, holds)| Drawn {
        gaps,
        business,
        repeats,
        holds,
    })
}

/// What one run told: when, which turn of the ladder, which rungs, whom.
#[derive(Clone, Debug)]
struct Told {
    at: Timestamp,
    cycle: u32,
    rungs: std::ops::Range<usize>,
    people: BTreeSet<String>,
}

/// A ticket on a ladder, and the clock.
struct Run {
    ticket: Ticket,
    key: TokenKey,
    now: Timestamp,
    letters: u64,
    told: Vec<Told>,
}

impl Run {
    fn of(drawn: &Drawn) -> Self {
        let now: Timestamp = START.parse().unwrap();
        let mut ticket = opened();
        ticket.promises.clear();
        let budget = |minutes: u64| Budget {
            seconds: minutes * 60,
            business: drawn.business,
        };
        let steps: Vec<Step> = drawn
            .gaps
            .iter()
            .scan(0, |after, gap| {
                let step = *after;
                *after += gap;
                Some(step)
            })
            .zip(PEOPLE)
            .map(|(after, who)| Step {
                after: budget(after),
                notify: vec![Who::Contact(who.to_owned())],
            })
            .collect();
        let course = Course {
            calendar: Some(
                if drawn.business {
                    "de-office"
                } else {
                    "always"
                }
                .to_owned(),
            ),
            repeat_last: drawn.repeats.map(|(every, at_most)| Repeat {
                every: budget(every),
                at_most,
            }),
            steps,
        };
        ticket.apply(&Change::Climbed(Climb {
            ladder: "drawn".to_owned(),
            say: String::new(),
            started_at: now,
            cycle: 0,
            because: vec!["by chance".to_owned()],
            rungs: rungs(&course, now),
            done: 0,
            acknowledged: None,
            ack_holds_for: drawn.holds.map(budget),
            if_all_fails: None,
            level: 3,
            course,
            notified: Vec::new(),
            lapsed: None,
            ended_at: None,
        }));
        Self {
            ticket,
            key: TokenKey([5; 32]),
            now,
            letters: 100,
            told: Vec::new(),
        }
    }

    fn decide(&mut self, event: &Event<'_>) {
        let setting = Setting {
            nearby: None,
            rules: Rules::shipped(),
            key: &self.key,
            next_ticket: TicketId(99),
            next_letter: LetterId(self.letters),
            alarms_to: &[],
            instance: "laws",
            now: self.now,
        };
        let decision = decide(Some(&self.ticket), event, &setting);
        self.keep(&decision);
    }

    fn keep(&mut self, decision: &Decision) {
        let before = self.climb();
        for change in &decision.changes {
            self.ticket.apply(change);
        }
        self.letters += decision.letters.len() as u64;
        let notices = decision
            .letters
            .iter()
            .filter(|letter| letter.purpose == Purpose::Escalation);
        let people: BTreeSet<String> = notices.map(|letter| letter.to.clone()).collect();
        let climb = self.climb();
        if !people.is_empty() {
            let from = if climb.cycle == before.cycle {
                before.done
            } else {
                0
            };
            self.told.push(Told {
                at: self.now,
                cycle: climb.cycle,
                rungs: from..climb.done,
                people,
            });
        }
    }

    fn climb(&self) -> Climb {
        self.ticket.life.climb.clone().unwrap()
    }

    /// Rings every alarm until that instant, each at its time, or at `back` where triaged is down until then.
    fn ring_until(&mut self, until: Timestamp, down: &[(Timestamp, Timestamp)]) {
        for _ in 0..500 {
            let Some(next) = self.ticket.next_alarm().filter(|next| *next <= until) else {
                return;
            };
            let awake = down
                .iter()
                .find(|(from, back)| *from <= next && next < *back)
                .map_or(next, |(_, back)| *back);
            if awake > until {
                return;
            }
            self.now = self.now.max(awake);
            self.decide(&Event::AlarmRang);
        }
        panic!("the alarm rings for ever: {:?}", self.climb());
    }

    fn acknowledge(&mut self, at: Timestamp) {
        self.now = at;
        let by = "ben.arlt@everythingcloud.com".to_owned();
        let order = Order::Acknowledge { by };
        self.decide(&Event::Ordered {
            order: &order,
            other: None,
        });
    }
}

fn opened() -> Ticket {
    thread_local! {
        static OPENED: Ticket = {
            let mut desk = Desk::open();
            desk.mail(OUTAGE);
            desk.sent(1);
            desk.ticket("EC-1").clone()
        };
    }
    OPENED.with(Clone::clone)
}

fn calendar(course: &Course) -> Calendar {
    let name = course.calendar.as_ref().unwrap();
    Rules::shipped().calendars[name].clone()
}

fn rungs(course: &Course, from: Timestamp) -> Vec<Rung> {
    let after: Vec<Budget> = course.steps.iter().map(|step| step.after).collect();
    let calendar = calendar(course);
    let times = ladder::Climb {
        calendar: &calendar,
        steps: &after,
        repeat_last: course.repeat_last,
        ack_holds_for: None,
    };
    times
        .notices(from, &[])
        .map(|notice| Rung {
            at: notice.at,
            step: u32::try_from(notice.step).unwrap(),
            repeat: notice.repeat,
            notify: course.steps[notice.step].notify.clone(),
        })
        .collect()
}

fn later(minutes: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// Everything has happened by then.
const LAST: i64 = 7 * 24 * 60;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Instants never go back, nothing goes out while somebody has the matter, a turn has no more notices than steps and
    /// repeats, and within hours nobody is told outside them.
    #[test]
    fn a_ladder_goes_one_way_and_stops_when_it_is_told(
        ladder in drawn(),
        mut acks in prop::collection::vec(0..LAST, 0..4),
    ) {
        acks.sort_unstable();
        let mut run = Run::of(&ladder);
        let mut holds = Vec::new();
        for minutes in acks {
            let at = later(minutes);
            // In the same second the acknowledgement wins.
            let before = at - SignedDuration::from_secs(1);
            run.ring_until(before, &[]);
            run.acknowledge(at);
            holds.push((at, run.climb().acknowledged.unwrap().until));
        }
        run.ring_until(later(LAST), &[]);
        let hours = calendar(&run.climb().course);
        let most = ladder.gaps.len() + ladder.repeats.map_or(0, |(_, times)| times as usize);
        for (told, next) in run.told.iter().zip(run.told.iter().skip(1)) {
            prop_assert!(told.at <= next.at);
        }
        for told in &run.told {
            prop_assert!(told.rungs.end <= most, "{told:?}");
            let held = holds.iter().any(|(from, until)| {
                *from <= told.at && until.is_none_or(|until| told.at < until)
            });
            prop_assert!(!held, "{told:?} {holds:?}");
            // A notice goes out in the second after its own.
            let own = told.at - SignedDuration::from_secs(1);
            prop_assert!(hours.open_at(own) || hours.open_at(told.at), "{told:?}");
        }
        let cycles: BTreeSet<u32> = run.told.iter().map(|told| told.cycle).collect();
        for cycle in cycles {
            let notices = run.told.iter().filter(|told| told.cycle == cycle).count();
            prop_assert!(notices <= most);
        }
    }

    /// Whenever triaged is down, in the end the same steps have told the same people, each step once.
    #[test]
    fn an_outage_changes_when_people_are_told_and_nothing_else(
        ladder in drawn(),
        down in prop::collection::vec((0..LAST, 1..2_000_i64), 0..6),
    ) {
        let down: Vec<(Timestamp, Timestamp)> = down
            .iter()
            .map(|(from, long)| (later(*from), later((from + long).min(LAST))))
            .collect();
        let mut steady = Run::of(&ladder);
        steady.ring_until(later(LAST), &[]);
        let mut broken = Run::of(&ladder);
        broken.ring_until(later(LAST), &down);
        // Stretches may overlap, so what is left rings at the end.
        broken.now = later(LAST);
        broken.decide(&Event::AlarmRang);
        let rungs = |run: &Run| -> Vec<usize> {
            run.told.iter().flat_map(|told| told.rungs.clone()).collect()
        };
        let people = |run: &Run| -> BTreeSet<String> {
            run.told.iter().flat_map(|told| told.people.clone()).collect()
        };
        prop_assert_eq!(rungs(&steady), rungs(&broken));
        prop_assert_eq!(people(&steady), people(&broken));
        prop_assert!(broken.told.len() <= steady.told.len());
    }
}
