//! It is the client's turn: clocks that may stand still do, until the client answers or a person ends the wait.
//!
//! A wait that lasts is shown to whoever is responsible, once, because nobody else sees a ticket in which nothing happens.

use jiff::{Timestamp, ToSpan};

use super::drafting::Drafting;
use super::facts::Case;
use super::reason::PromiseReason;
use super::regrading::ended;
use super::writing::ToStaff;
use super::{overdue, people, promising, telling};
use crate::triage::letter::Purpose;
use crate::triage::letter::escalation::trouble;
use crate::triage::letter::template::names;
use crate::triage::promise::Promise;
use crate::triage::promise::calendar::Calendar;
use crate::triage::promise::clock::Pause;
use crate::triage::rules::{Contact, Who};
use crate::triage::ticket::{Change, State};

/// A wait is shown to somebody after so many working days.
const SHOWN_AFTER_DAYS: usize = 5;

/// A calendar that does not open for so many days never does.
const DAYS_MAX: usize = 400;

/// The wait begins, if the ticket is open. No pause begins after a deadline, so what has passed by then is broken first.
pub(super) fn begin(drafting: &mut Drafting<'_>, case: &Case<'_>, since: Timestamp) {
    overdue::notice_until(drafting, case, since);
    drafting.change(Change::Waiting { since });
    drafting.change(Change::LookAgain {
        at: working_days_after(&case.calendar, since),
    });
    let Some(ticket) = drafting.ticket().cloned() else {
        return;
    };
    for older in &ticket.promises {
        if !older.is_running() || !case.rules.pauses_for_client(older.metric, ticket.urgency) {
            continue;
        }
        let mut promise = older.clone();
        promise.pauses.push(Pause {
            from: since,
            to: None,
        });
        let promise = promising::moved(case, promise, older, drafting.now());
        drafting.because(PromiseReason::StandsStill {
            metric: promise.metric,
        });
        drafting.change(Change::Promised(promise));
    }
}

/// The wait ends, if there is one; its clocks go on.
pub(super) fn end(drafting: &mut Drafting<'_>, case: &Case<'_>, at: Timestamp) {
    let Some(ticket) = drafting.ticket().cloned() else {
        return;
    };
    let State::Waiting { .. } = ticket.state else {
        return;
    };
    drafting.change(Change::Resumed { at });
    let stands = |promise: &&Promise| promise.pauses.iter().any(|pause| pause.to.is_none());
    for older in ticket.promises.iter().filter(stands) {
        let promise = Promise {
            pauses: ended(&older.pauses, at),
            ..older.clone()
        };
        let promise = promising::moved(case, promise, older, drafting.now());
        if promise.is_running() {
            drafting.promise(promise);
        } else {
            drafting.change(Change::Promised(promise));
        }
    }
}

/// Shows a wait that has lasted to whoever is responsible. True if it was time to.
pub(super) fn remind(drafting: &mut Drafting<'_>, case: &Case<'_>) -> bool {
    let now = drafting.now();
    let Some((State::Waiting { since }, number)) = drafting
        .ticket()
        .filter(|ticket| ticket.life.look_again.is_some_and(|at| at <= now))
        .map(|ticket| (ticket.state, ticket.number.clone()))
    else {
        return false;
    };
    drafting.change(Change::LookAgain { at: None });
    drafting.because(PromiseReason::WaitsLong { since });
    let what = format!("{number} has waited for the client since {since:.0}");
    let to_do = format!("Ask the client again, or `triaged ticket solve {number}`.");
    let Some(owner) = owner(drafting, case) else {
        drafting.alarm(what, None, &to_do);
        return true;
    };
    let mut values = telling::briefed(drafting, Vec::new(), None, case);
    values.trouble = trouble(what, None, &to_do, drafting.setting.instance);
    let letter = ToStaff {
        purpose: Purpose::Notice,
        template: names::ALARM,
        values,
        by: "a wait that lasts".to_owned(),
    };
    drafting.write_to_staff(&letter, owner, case);
    drafting.change(Change::Told(vec![owner.email.clone()]));
    true
}

/// Who is responsible for the ticket: the person it is assigned to, else its Partner Manager.
pub(super) fn owner<'a>(drafting: &Drafting<'_>, case: &Case<'a>) -> Option<&'a Contact> {
    let assigned = drafting
        .ticket()
        .and_then(|ticket| ticket.life.assigned.clone());
    assigned
        .and_then(|id| people::resolve(&Who::Contact(id), case, drafting.now()))
        .or_else(|| people::resolve(&Who::PartnerManager, case, drafting.now()))
}

/// The same time of day, as soon as the calendar is open, once so many of its open days have begun.
fn working_days_after(calendar: &Calendar, since: Timestamp) -> Option<Timestamp> {
    let from = since.to_zoned(calendar.zone.clone());
    let days = (1..=DAYS_MAX).filter_map(|day| {
        let day = from
            .date()
            .checked_add(i64::try_from(day).ok()?.days())
            .ok()?;
        Some(day).filter(|day| calendar.always || !calendar.windows(*day).is_empty())
    });
    let day = days.take(SHOWN_AFTER_DAYS).nth(SHOWN_AFTER_DAYS - 1)?;
    let at = day
        .to_datetime(from.time())
        .to_zoned(calendar.zone.clone())
        .ok()?;
    calendar.next_open(at.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::triage::promise::calendar::Window;

    #[test]
    fn five_working_days_are_five_open_days_and_not_five_dates() {
        let mut office = Calendar {
            always: false,
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            ..Calendar::always()
        };
        for day in [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ] {
            let day = usize::from(day.to_monday_zero_offset().unsigned_abs());
            office.week[day] = vec![Window {
                from: 9 * 60,
                to: 17 * 60,
            }];
        }
        let never = Calendar {
            always: false,
            ..Calendar::always()
        };
        let check = |calendar: &Calendar, since: &str, shown: Option<&str>| {
            let got = working_days_after(calendar, since.parse().unwrap());
            assert_eq!(got, shown.map(|at| at.parse().unwrap()), "{since}");
        };
        // Monday to Monday, over a weekend.
        check(
            &office,
            "2026-05-04T10:00:00+02:00",
            Some("2026-05-11T10:00:00+02:00"),
        );
        // On a Saturday nothing has begun yet; at half past three in the night nobody reads.
        check(
            &office,
            "2026-05-09T03:30:00+02:00",
            Some("2026-05-15T09:00:00+02:00"),
        );
        // After closing time: the next opening.
        check(
            &office,
            "2026-05-04T18:00:00+02:00",
            Some("2026-05-12T09:00:00+02:00"),
        );
        // Across the change of the clocks, ten stays ten.
        check(
            &office,
            "2026-03-27T10:00:00+01:00",
            Some("2026-04-03T10:00:00+02:00"),
        );
        check(
            &Calendar::always(),
            "2026-05-04T10:00:00Z",
            Some("2026-05-09T10:00:00Z"),
        );
        check(&never, "2026-05-04T10:00:00Z", None);
    }
}
