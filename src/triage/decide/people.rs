//! Who is told: names in rules made into people with an address, on the day on which they are needed.
//!
//! Whoever is away is stood in for, and whose turn it is changes in civil time of the list's own zone.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::facts::Case;
use crate::finding::guess::{did_you_mean, known_are};
use crate::triage::rules::{Contact, OnCall, Rules, Who};

/// Stand-ins may be away themselves; a ring of them ends here.
const STAND_INS_MAX: usize = 8;

/// The contact that a name in a rule means now. `None` only where the rules name nobody at all.
pub(super) fn resolve<'a>(who: &Who, case: &Case<'a>, now: Timestamp) -> Option<&'a Contact> {
    let id = match who {
        Who::OnCall(list) => turn(case.rules.on_call.get(list)?, now)?,
        Who::Contact(_) | Who::PartnerManager | Who::EscalationContact => named_by(who, case)?,
    };
    present(case.rules, id, case.at(now).date())
}

/// The contact itself, away or not; nobody for an on-call list, which names another one every week.
pub(super) fn in_person<'a>(who: &Who, case: &Case<'a>) -> Option<&'a Contact> {
    case.rules.contacts.get(named_by(who, case)?)
}

fn named_by<'w>(who: &'w Who, case: &Case<'w>) -> Option<&'w String> {
    match who {
        Who::Contact(id) => Some(id),
        Who::PartnerManager => Some(manager(case)),
        Who::EscalationContact => case
            .partner
            .and_then(|partner| partner.escalation_contact.as_ref())
            .or_else(|| Some(manager(case))),
        Who::OnCall(_) => None,
    }
}

/// The contact that a person of ours names: by id, address or name, in any case of letters. What stands in brackets
/// behind a name says what somebody does, and need not be typed.
///
/// # Errors
/// There is none, as a sentence.
pub(super) fn named<'a>(name: &str, rules: &'a Rules) -> Result<&'a Contact, String> {
    let said = name.to_lowercase();
    let is_meant = |contact: &&Contact| {
        let bare = contact.name.split(" (").next().unwrap_or_default();
        let names = [&contact.id, &contact.email, &contact.name, bare];
        names.iter().any(|known| known.to_lowercase() == said)
    };
    let found = rules.contacts.values().find(is_meant);
    found.ok_or_else(|| {
        let known = || rules.contacts.keys().map(String::as_str);
        let meant = match did_you_mean(name, known()) {
            meant if meant.is_empty() => known_are(known()),
            meant => meant,
        };
        format!("\"{name}\" is no contact of contacts.toml; {meant}")
    })
}

/// As a rule writes it, for sentences and keys.
pub(super) fn name(who: &Who) -> String {
    match who {
        Who::Contact(id) => id.clone(),
        Who::PartnerManager => "partner manager".to_owned(),
        Who::EscalationContact => "escalation contact".to_owned(),
        Who::OnCall(list) => format!("on call: {list}"),
    }
}

fn manager<'a>(case: &Case<'a>) -> &'a String {
    case.partner
        .map_or(&case.rules.company.default_manager, |partner| {
            &partner.manager
        })
}

/// The contact, or whoever stands in on that day.
fn present<'a>(rules: &'a Rules, id: &str, day: Date) -> Option<&'a Contact> {
    let mut contact = rules.contacts.get(id)?;
    for _ in 0..STAND_INS_MAX {
        let stand_in = contact
            .away
            .iter()
            .find(|away| away.from <= day && day <= away.to)
            .and_then(|away| rules.contacts.get(away.instead.as_ref()?));
        match stand_in {
            Some(other) => contact = other,
            None => break,
        }
    }
    Some(contact)
}

/// Whose turn it is: turns of one week, counted from the change in the week of `starts`.
fn turn(list: &OnCall, now: Timestamp) -> Option<&String> {
    let first = last_change_day(list, list.starts)?;
    let today = now.to_zoned(list.zone.clone()).date();
    let mut change = last_change_day(list, today)?;
    // In a gap of the clocks the change comes right after it, in a fold at the first of the two.
    if now
        < change
            .to_datetime(list.change.1)
            .to_zoned(list.zone.clone())
            .ok()?
            .timestamp()
    {
        change = change.checked_sub(7.days()).ok()?;
    }
    let weeks = first.until(change).ok()?.get_days().div_euclid(7);
    let turns = i32::try_from(list.turns.len())
        .ok()
        .filter(|turns| *turns > 0)?;
    list.turns
        .get(usize::try_from(weeks.rem_euclid(turns)).ok()?)
}

/// The newest day up to and including `day` on which turns change.
fn last_change_day(list: &OnCall, day: Date) -> Option<Date> {
    let back = day.weekday().since(list.change.0);
    day.checked_sub(i64::from(back).days()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date, time};
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn turns_change_in_civil_time_of_their_zone() {
        let list = OnCall {
            id: "support".to_owned(),
            turns: vec!["anna".to_owned(), "ben".to_owned(), "cleo".to_owned()],
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            change: (Weekday::Monday, time(9, 0, 0, 0)),
            starts: date(2026, 1, 5),
        };
        let check = |at: &str, who: &str| {
            let got = turn(&list, at.parse().unwrap()).map(String::as_str);
            assert_eq!(got, Some(who), "{at}");
        };
        check("2026-01-05T09:00:00+01:00", "anna");
        check("2026-01-12T08:59:59+01:00", "anna");
        check("2026-01-12T09:00:00+01:00", "ben");
        check("2026-01-19T12:00:00+01:00", "cleo");
        check("2026-01-26T12:00:00+01:00", "anna");
        // Across the change of the clocks, nine in the morning stays nine in the morning.
        check("2026-03-30T08:59:59+02:00", "cleo");
        check("2026-03-30T09:00:00+02:00", "anna");
        // Before the first turn the ring runs backwards.
        check("2026-01-05T08:00:00+01:00", "cleo");
    }
}
