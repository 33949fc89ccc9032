//! Conditions on what lies near a mail: how many clients report the same, and what has gathered between a client and us.

use jiff::SignedDuration;

use super::conditions::Conditions;
use crate::finding::Finding;
use crate::finding::typed::Said;
use crate::triage::incident::Same;
use crate::triage::rules::criterion::{Accumulated, Counted, Criterion};
use crate::triage::rules::file::budget;

const COUNTED: [(&str, Counted); 3] = [
    ("clients", Counted::Clients),
    ("partners", Counted::Partners),
    ("tickets", Counted::Tickets),
];

const SAME: [(&str, Same); 2] = [("topic", Same::Topic), ("error code", Same::ErrorCode)];

const TOPIC: [(&str, ()); 1] = [("topic", ())];

const ACCUMULATED: [(&str, Accumulated); 4] = [
    ("pressing tickets", Accumulated::PressingTickets),
    ("unanswered messages", Accumulated::Unanswered),
    ("again", Accumulated::Again),
    ("broken promises", Accumulated::BrokenPromises),
];

/// What is usual is asked for within this time, unless the rule names another.
const WITHIN_DEFAULT: SignedDuration = SignedDuration::from_mins(30);

/// Tickets are compared with those of two days.
const WITHIN_MAX: SignedDuration = SignedDuration::from_hours(48);

impl Conditions<'_, '_> {
    /// `count`, `unusual_for` and `accumulated`.
    pub(super) fn near(&mut self) {
        let counts = self.section.key_at("count").is_some();
        let count = self.section.one_of("count", &COUNTED);
        let unusual = self.section.one_of("unusual_for", &TOPIC);
        let within = self.section.text("within");
        let within = within.and_then(|said| self.within(&said));
        if let Some(count) = &count {
            self.count(count, within.as_ref());
        } else if counts {
            // What cannot be counted has been said; what goes with it is not looked at.
            for key in ["same", "at_least"] {
                let _ = self.section.leave(key);
            }
        } else {
            self.only_with("same", "count");
        }
        if let Some(unusual) = &unusual {
            self.unusual(unusual, within.as_ref());
        } else {
            self.only_with("chance_below", "unusual_for");
        }
        if let (false, None, Some(within)) = (counts, &unusual, &within) {
            self.goes_with(&within.with("within".to_owned()), "count");
        }
        let ways = self.listed("accumulated", &ACCUMULATED);
        if !ways.is_empty() {
            self.push(Criterion::Accumulated(ways));
        }
    }

    fn count(&mut self, count: &Said<Counted>, within: Option<&Said<SignedDuration>>) {
        let same = self.section.one_of("same", &SAME);
        let at_least = self.section.number("at_least");
        let is_missing = |key: &&str| self.section.key_at(key).is_none();
        let missing: Vec<&str> = ["same", "at_least", "within"]
            .into_iter()
            .filter(is_missing)
            .collect();
        if !missing.is_empty() {
            let sentence = format!("\"count\" needs {} as well", missing.join(" and "));
            let help =
                "count = \"clients\", same = \"topic\", at_least = 3, within = \"30 minutes\"";
            self.check
                .note(Finding::error("E107", &count.at, sentence).help(help));
        }
        // What is there and wrong has been said.
        let (Some(same), Some(at_least), Some(within)) = (same, at_least, within) else {
            return;
        };
        let number = u32::try_from(at_least.value)
            .ok()
            .filter(|number| (2..=1_000).contains(number));
        let Some(number) = number else {
            let sentence =
                "\"at_least\" of a count lies between 2 and 1000: the mail itself is counted";
            self.check
                .note(Finding::error("E105", &at_least.at, sentence));
            return;
        };
        self.push(Criterion::Count {
            what: count.value,
            same: same.value,
            at_least: number,
            within: within.value,
        });
    }

    fn unusual(&mut self, unusual: &Said<()>, within: Option<&Said<SignedDuration>>) {
        let Some(chance) = self.section.text("chance_below") else {
            let sentence = "\"unusual_for\" needs chance_below as well";
            self.check.note(
                Finding::error("E107", &unusual.at, sentence).help("chance_below = \"1 in 1000\""),
            );
            return;
        };
        let odds = chance.value.strip_prefix("1 in ");
        let odds = odds.and_then(|odds| odds.replace([',', '_'], "").trim().parse::<u32>().ok());
        let Some(in_so_many) = odds.filter(|odds| (2..=1_000_000).contains(odds)) else {
            let sentence = format!("\"{}\" is not a chance: write \"1 in 1000\"", chance.value);
            self.check
                .note(Finding::error("E102", &chance.at, sentence));
            return;
        };
        self.push(Criterion::Unusual {
            in_so_many,
            within: within.map_or(WITHIN_DEFAULT, |within| within.value),
        });
    }

    /// Windows run day and night: a wave does not wait for office hours.
    fn within(&self, said: &Said<String>) -> Option<Said<SignedDuration>> {
        let length = budget::read(said, self.check.mistakes)?;
        let seconds = i64::try_from(length.value.seconds).unwrap_or(i64::MAX);
        let within = SignedDuration::from_secs(seconds);
        if length.value.business || seconds == 0 || within > WITHIN_MAX {
            let sentence = format!(
                "\"{}\" is no window to count in: up to \"48 hours\", day and night",
                said.value
            );
            self.check.note(Finding::error("E119", &said.at, sentence));
            return None;
        }
        Some(said.with(within))
    }

    fn only_with(&mut self, key: &'static str, other: &str) {
        if let Some(at) = self.section.leave(key) {
            let sentence = format!("\"{key}\" goes with \"{other}\"");
            self.check.note(Finding::error("E101", &at, sentence));
        }
    }

    fn goes_with(&self, key: &Said<String>, other: &str) {
        let sentence = format!("\"{}\" goes with \"{other}\"", key.value);
        self.check.note(Finding::error("E101", &key.at, sentence));
    }
}
