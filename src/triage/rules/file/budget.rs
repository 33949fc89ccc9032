//! How long something may take, as people write it: `30 minutes`, `4 business hours`.

use crate::finding::typed::Said;
use crate::finding::{Finding, Mistakes};
use crate::triage::promise::Budget;

/// A length of time with its place.
pub(in crate::triage::rules) type BudgetSaid = Said<Budget>;

/// Longer budgets in a file are slips of a key: a year of business hours does not fit on any calendar's horizon of 400 days.
const SECONDS_MAX: u64 = 366 * 24 * 60 * 60;

/// Reads a length of time: `90 seconds`, `30 minutes`, `2 hours`, `14 days` run day and night, `30 business minutes`
/// and `4 business hours` on a calendar.
///
/// # Errors
/// One sentence that says what to write instead.
pub fn parse(text: &str) -> Result<Budget, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (number, business, unit) = match words.as_slice() {
        [number, unit] => (*number, false, *unit),
        [number, "business", unit] => (*number, true, *unit),
        [number] if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Err(format!(
                "\"{text}\" has no unit: write \"{text} minutes\" or \"{text} business hours\""
            ));
        }
        _ => {
            return Err(format!(
                "\"{text}\" is not a length of time: write \"30 minutes\" or \"4 business hours\""
            ));
        }
    };
    let Ok(number) = number.parse::<u64>() else {
        return Err(format!("\"{number}\" is not a whole number"));
    };
    let seconds = number
        .checked_mul(unit_seconds(unit, number, business)?)
        .ok_or_else(|| too_long(text))?;
    Ok(Budget { seconds, business })
}

fn too_long(text: &str) -> String {
    format!("\"{text}\" is more than a year")
}

fn unit_seconds(unit: &str, number: u64, business: bool) -> Result<u64, String> {
    match (unit, business) {
        ("second" | "seconds", _) => Ok(1),
        ("minute" | "minutes", _) => Ok(60),
        ("hour" | "hours", _) => Ok(60 * 60),
        ("day" | "days", false) => Ok(24 * 60 * 60),
        ("week" | "weeks", false) => Ok(7 * 24 * 60 * 60),
        ("day" | "days", true) => Err(format!(
            "a business day is as long as the calendar says: write hours, such as \"{} business hours\"",
            number.saturating_mul(8)
        )),
        ("week" | "weeks", true) => Err(format!(
            "a business week is as long as the calendar says: write hours, such as \"{} business hours\"",
            number.saturating_mul(40)
        )),
        _ => Err(format!(
            "\"{unit}\" is not a unit: seconds, minutes, hours, days, business minutes, business hours"
        )),
    }
}

/// The same with its place; E102 where it is none, or longer than any promise.
pub(in crate::triage::rules) fn read(
    said: &Said<String>,
    mistakes: &Mistakes,
) -> Option<BudgetSaid> {
    let parsed = parse(&said.value).and_then(|budget| {
        let fits = budget.seconds <= SECONDS_MAX;
        fits.then_some(budget).ok_or_else(|| too_long(&said.value))
    });
    match parsed {
        Ok(budget) => Some(said.with(budget)),
        Err(sentence) => {
            mistakes.note(Finding::error("E102", &said.at, sentence));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        let check = |text: &str, expected: Result<(u64, bool), &str>| match (parse(text), expected)
        {
            (Ok(found), Ok((seconds, business))) => {
                assert_eq!(
                    (found.seconds, found.business),
                    (seconds, business),
                    "{text}"
                );
            }
            (Err(found), Err(part)) => assert!(found.contains(part), "{text}: {found}"),
            (found, _) => panic!("{text}: {found:?}"),
        };
        check("90 seconds", Ok((90, false)));
        check("1 minute", Ok((60, false)));
        check("30 business minutes", Ok((1_800, true)));
        check(" 4  business hours ", Ok((14_400, true)));
        check("14 days", Ok((1_209_600, false)));
        check("0 minutes", Ok((0, false)));
        check("30", Err("no unit"));
        check("2 business days", Err("16 business hours"));
        check("two hours", Err("not a whole number"));
        check("-2 hours", Err("not a whole number"));
        check("2 fortnights", Err("not a unit"));
        check("soon", Err("not a length of time"));
        check("99999999999999999999 hours", Err("not a whole number"));
        check("9999999999999999999 hours", Err("more than a year"));
    }
}
