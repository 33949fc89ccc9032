//! Lives of a ticket made up by chance: what must be true of its clocks after every step, whatever came before.

use proptest::prelude::*;
use triaged::triage::decide::Order;
use triaged::triage::promise::cadence::cadence;
use triaged::triage::promise::calendar::Calendar;
use triaged::triage::promise::clock::Pause;
use triaged::triage::promise::{Metric, Promise};
use triaged::triage::report::Urgency;
use triaged::triage::ticket::{State, Ticket};

use super::desk::Desk;
use super::{EXPORT_FAILS, OUTAGE, reply};

/// One step of a life.
#[derive(Clone, Debug)]
enum Step {
    /// Time passes; alarms ring so many minutes after they are due.
    Pass {
        minutes: u32,
        late: u32,
    },
    /// The relay takes the acknowledgement.
    Sent,
    /// The client writes, or the client's robot does.
    Writes {
        by_robot: bool,
    },
    /// One of us answers the client.
    Answer,
    Wait,
    Solve,
    Reopen,
    Grade(Urgency),
    /// Rules are loaded that promise everything much sooner: nothing that is promised hears of it.
    Reload,
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1_u32..4_000, 0_u32..600).prop_map(|(minutes, late)| Step::Pass { minutes, late }),
        1 => Just(Step::Sent),
        2 => any::<bool>().prop_map(|by_robot| Step::Writes { by_robot }),
        2 => Just(Step::Answer),
        2 => Just(Step::Wait),
        1 => Just(Step::Solve),
        1 => Just(Step::Reopen),
        2 => prop::sample::select(Urgency::ALL.to_vec()).prop_map(Step::Grade),
        1 => Just(Step::Reload),
    ]
}

/// A desk with one ticket, and what a test must know of its life.
struct Life {
    desk: Desk,
    calendar: Calendar,
    mails: usize,
    sent: bool,
    /// When the ticket was solved, and opened again.
    rests: Vec<Pause>,
}

impl Life {
    fn begin(mail: &str) -> Self {
        let mut desk = Desk::open();
        desk.mail(mail);
        let calendar = desk.rules.partners["northwind"].calendar.clone();
        Self {
            calendar: desk.rules.calendars[&calendar].clone(),
            desk,
            mails: 0,
            sent: false,
            rests: Vec::new(),
        }
    }

    fn ticket(&self) -> Ticket {
        self.desk.ticket("EC-1").clone()
    }

    fn order(&mut self, order: fn(String) -> Order) {
        self.desk.order("EC-1", order("anna".to_owned()));
    }

    /// A mail on the ticket that was never written before.
    fn writes(&mut self, letter: u64, from: &str, header: &str) {
        self.mails += 1;
        let mail = reply(
            &self.desk,
            letter,
            from,
            &format!("This is mail {}.", self.mails),
        );
        let mail = mail.replace("<reply-", &format!("<life-{}-", self.mails));
        self.desk
            .mail(&mail.replace("Subject:", &format!("{header}Subject:")));
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Pass { minutes, late } => self.pass(*minutes, *late),
            Step::Sent if self.sent => {}
            Step::Sent => {
                self.sent = true;
                self.desk.sent(1);
            }
            Step::Writes { by_robot } => {
                let robot = "Auto-Submitted: auto-replied\n";
                self.writes(
                    1,
                    "jane@northwind.example",
                    if *by_robot { robot } else { "" },
                );
            }
            Step::Answer => {
                let told = self.desk.letter(2).to.clone();
                self.writes(2, &told, "Cc: jane@northwind.example\n");
            }
            Step::Wait => self.order(|by| Order::Wait { by }),
            Step::Solve => self.order(|by| Order::Solve { by }),
            Step::Reopen => self.order(|by| Order::Reopen { by }),
            Step::Grade(urgency) => {
                let (urgency, by) = (*urgency, "anna".to_owned());
                self.desk.order("EC-1", Order::Urgency { urgency, by });
            }
            Step::Reload => self.desk.hurry(),
        }
    }

    /// Time passes. Each alarm has something to do, does it once, and is over then.
    fn pass(&mut self, minutes: u32, late: u32) {
        let end = self.desk.now + jiff::SignedDuration::from_mins(i64::from(minutes));
        while let Some(at) = self.ticket().next_alarm().filter(|at| *at <= end) {
            let rings = at + jiff::SignedDuration::from_mins(i64::from(late));
            self.desk.now = rings.clamp(self.desk.now, end);
            let told = self.desk.alarm("EC-1", "PT0S");
            assert!(
                !told.lines.is_empty() || self.moved_on(),
                "{:?}",
                told.reasons
            );
            assert!(
                self.moved_on(),
                "it would ring for ever: {:?}",
                told.reasons
            );
            let again = self.desk.alarm("EC-1", "PT0S");
            assert!(
                again.lines.is_empty(),
                "rung twice, done twice: {:?}",
                again.lines
            );
        }
        self.desk.now = self.desk.now.max(end);
    }

    fn moved_on(&self) -> bool {
        self.ticket()
            .next_alarm()
            .is_none_or(|next| next > self.desk.now)
    }

    /// What must hold between the ticket as it was and as it is.
    fn check(&mut self, step: &Step, before: &Ticket) {
        let after = self.ticket();
        let now = self.desk.now;
        breaches_stay(before, &after);
        for promise in &after.promises {
            follows_from_itself(promise, &self.calendar);
            let older = before.promise_of(promise.metric);
            let Some(older) = older.filter(|older| older.cycle == promise.cycle) else {
                continue;
            };
            assert_eq!(
                older.first_due, promise.first_due,
                "{step:?} {}",
                promise.metric
            );
            match step {
                Step::Pass { .. } | Step::Reload | Step::Writes { by_robot: true } => {
                    assert_eq!(older.due, promise.due, "{step:?} moves {}", promise.metric);
                }
                Step::Grade(_) => graded(older, promise, (before, &after), now),
                Step::Sent
                | Step::Writes { by_robot: false }
                | Step::Answer
                | Step::Wait
                | Step::Solve
                | Step::Reopen => {}
            }
        }
        if let Step::Pass { .. } = step {
            let owed = |promise: &&Promise| after.still_owed(promise.metric);
            for promise in after.promises.iter().filter(owed) {
                let late = promise.is_overdue(now) && promise.broken_noticed.is_none();
                assert!(!late, "nobody noticed {promise:?} at {now}");
            }
        }
        self.rested(before, &after);
    }

    /// The time in which the ticket was solved is a pause of `solve`, unless that was broken by then.
    fn rested(&mut self, before: &Ticket, after: &Ticket) {
        let (State::Solved { at: from } | State::Closed { solved_at: from }, true) =
            (before.state, after.is_open())
        else {
            return;
        };
        let to = Some(self.desk.now);
        self.rests.push(Pause { from, to });
        let broken = before
            .life
            .breaches
            .iter()
            .any(|breach| breach.metric == Metric::Solve);
        let Some(solve) = after.promise_of(Metric::Solve).filter(|_| !broken) else {
            return;
        };
        for rest in &self.rests {
            assert!(solve.pauses.contains(rest), "{rest:?} counts: {solve:?}");
        }
    }
}

/// A breach, once recorded, stays as it is; there is one for each metric and cycle, and none before its deadline.
fn breaches_stay(before: &Ticket, after: &Ticket) {
    let (older, newer) = (&before.life.breaches, &after.life.breaches);
    assert!(newer.starts_with(older), "{older:?} became {newer:?}");
    for (n, breach) in newer.iter().enumerate() {
        assert!(breach.at < breach.noticed_at, "{breach:?}");
        let same = |other: &triaged::triage::ticket::Breach| {
            (other.metric, other.cycle) == (breach.metric, breach.cycle)
        };
        assert!(!newer[..n].iter().any(same), "twice: {breach:?}");
    }
}

/// A promise's time follows from its own start, budget and pauses.
fn follows_from_itself(promise: &Promise, calendar: &Calendar) {
    if promise.is_running() {
        let clock = promise.clock(calendar).unwrap();
        assert_eq!(clock.due(), promise.due, "{promise:?}");
    }
}

/// More urgent: earlier, but not in the past. Less urgent: not earlier. Broken or kept: as before.
fn graded(
    older: &Promise,
    newer: &Promise,
    (before, after): (&Ticket, &Ticket),
    now: jiff::Timestamp,
) {
    if !older.is_running() || newer.broken_noticed.is_some() {
        assert_eq!(older.due, newer.due);
        return;
    }
    let (Some(old), Some(new)) = (older.due, newer.due) else {
        return;
    };
    if after.urgency > before.urgency {
        assert!(new <= old && now <= new, "{older:?} {newer:?}");
    } else {
        assert!(old <= new, "{older:?} {newer:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn clocks_keep_their_word_in_every_life(
        urgent in any::<bool>(),
        day in prop::collection::vec(steps(), 1..30),
    ) {
        let mut life = Life::begin(if urgent { OUTAGE } else { EXPORT_FAILS });
        for step in &day {
            let before = life.ticket();
            life.step(step);
            life.check(step, &before);
        }
    }

    #[test]
    fn each_silence_that_is_too_long_is_one_miss(
        late in 0_u32..600,
        pauses in prop::collection::vec(1_u32..700, 0..20),
    ) {
        let mut life = Life::begin(OUTAGE);
        life.step(&Step::Sent);
        let first = life.ticket().promise_of(Metric::UpdateEvery).unwrap().clone();
        let mut updates = Vec::new();
        for minutes in pauses {
            life.pass(minutes, late);
            updates.push(life.desk.now);
            life.step(&Step::Answer);
        }
        life.pass(1, 0);
        let kept = cadence(&first.clock(&life.calendar).unwrap(), &updates, life.desk.now);
        let ticket = life.ticket();
        let breaches = ticket.life.breaches.iter();
        let missed: Vec<jiff::Timestamp> = breaches
            .filter(|breach| breach.metric == Metric::UpdateEvery)
            .map(|breach| breach.at)
            .collect();
        prop_assert_eq!(&missed, &kept.missed);
        prop_assert!(missed.is_sorted_by(|one, other| one < other));
        prop_assert_eq!(ticket.promise_of(Metric::UpdateEvery).unwrap().due, kept.pending);
    }

    #[test]
    fn an_acknowledgement_counts_when_it_is_accepted(minutes in 0_u32..60) {
        let mut life = Life::begin(OUTAGE);
        life.pass(minutes, 0);
        life.step(&Step::Sent);
        let ticket = life.ticket();
        let promise = ticket.promise_of(Metric::Acknowledge).unwrap();
        prop_assert_eq!(promise.kept, Some(life.desk.now));
        prop_assert_eq!(promise.broken_noticed.is_some(), minutes > 15);
    }
}
