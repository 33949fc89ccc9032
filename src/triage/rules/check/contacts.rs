//! Contacts and on-call lists: everybody can be reached, and stand-ins do not point in a circle.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::Check;
use super::company::values;
use super::known::Kind;
use crate::finding::Finding;
use crate::finding::typed::{Said, choose};
use crate::triage::rules::file::{ContactFile, OnCallFile};
use crate::triage::rules::{Away, Contact, OnCall};

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Check<'_> {
    pub(super) fn contacts(&self) -> BTreeMap<String, Contact> {
        self.said
            .contacts
            .iter()
            .map(|said| (said.id.value.clone(), self.contact(said)))
            .collect()
    }

    fn contact(&self, said: &ContactFile) -> Contact {
        let name = said.name.as_ref().unwrap_or(&said.id).value.clone();
        Contact {
            id: said.id.value.clone(),
            name,
            email: self.email(said).unwrap_or_default(),
            languages: values(&said.languages),
            members: self.members(said),
            away: self.away(said),
        }
    }

    fn email(&self, said: &ContactFile) -> Option<String> {
        let Some(email) = &said.email else {
            let sentence = format!("contact \"{}\" has no address", said.id.value);
            self.note(Finding::error("E202", &said.id.at, sentence).help("write email = \"…\""));
            return None;
        };
        let polled = self
            .said
            .addresses
            .iter()
            .find(|own| own.address.value == email.value);
        if let Some(polled) = polled {
            let sentence = format!("{} is one of our own addresses", email.value);
            self.note(
                Finding::error("E203", &email.at, sentence)
                    .also(&polled.address.at, "clients write to it")
                    .help("a notice sent there would come back as a new mail; give an address that nobody polls"),
            );
        }
        Some(email.value.clone())
    }

    /// E201: a team's members are contacts.
    fn members(&self, said: &ContactFile) -> Vec<String> {
        let known = said.members.iter();
        let known = known.filter(|member| self.follow(Kind::Contact, member));
        known.map(|member| member.value.clone()).collect()
    }

    fn away(&self, said: &ContactFile) -> Vec<Away> {
        let mut away = Vec::new();
        for entry in &said.away {
            if entry.to.value < entry.from.value {
                self.note(
                    Finding::error("E303", &entry.to.at, "this ends before it begins")
                        .also(&entry.from.at, ""),
                );
            }
            match &entry.instead {
                Some(instead) if self.follow(Kind::Contact, instead) => {
                    self.no_circle(&said.id.value, instead, entry.from.value);
                }
                Some(_) => {}
                None if entry.to.value >= self.at => {
                    let sentence = format!("nobody stands in for \"{}\"", said.id.value);
                    self.note(
                        Finding::warning("W113", &entry.from.at, sentence).help(
                            "write instead = \"…\"; until then letters go to whoever is away",
                        ),
                    );
                }
                None => {}
            }
            away.push(Away {
                from: entry.from.value,
                to: entry.to.value,
                instead: entry.instead.as_ref().map(|said| said.value.clone()),
            });
        }
        away
    }

    /// E308: on one and the same day stand-ins must lead to somebody who is there.
    fn no_circle(&self, id: &str, instead: &Said<String>, day: Date) {
        let mut seen = vec![id];
        let mut next = Some(instead.value.as_str());
        while let Some(current) = next {
            if seen.contains(&current) {
                let sentence = format!(
                    "stand-ins point in a circle: {} -> {current}",
                    seen.join(" -> ")
                );
                self.note(Finding::error("E308", &instead.at, sentence));
                return;
            }
            seen.push(current);
            next = self
                .said
                .contacts
                .iter()
                .filter(|contact| contact.id.value == current)
                .flat_map(|contact| &contact.away)
                .find(|away| away.from.value <= day && day <= away.to.value)
                .and_then(|away| away.instead.as_ref())
                .map(|instead| instead.value.as_str());
        }
    }

    pub(super) fn on_call(&self) -> BTreeMap<String, OnCall> {
        self.said
            .on_call
            .iter()
            .map(|said| (said.id.value.clone(), self.on_call_list(said)))
            .collect()
    }

    fn on_call_list(&self, said: &OnCallFile) -> OnCall {
        if said.turns.is_empty() {
            let sentence = format!("on-call list \"{}\" has nobody in it", said.id.value);
            self.note(
                Finding::error("E202", &said.id.at, sentence).help("write turns = [\"…\", \"…\"]"),
            );
        }
        for turn in &said.turns {
            self.follow(Kind::Contact, turn);
        }
        let zone = said
            .zone
            .as_ref()
            .and_then(|zone| self.zone(zone))
            .unwrap_or(TimeZone::UTC);
        let change = said.change.as_ref().and_then(|change| self.change(change));
        OnCall {
            id: said.id.value.clone(),
            turns: values(&said.turns),
            zone,
            change: change.unwrap_or((Weekday::Monday, Time::midnight())),
            starts: said.starts.as_ref().map_or(self.at, |starts| starts.value),
        }
    }

    /// `monday 09:00`
    fn change(&self, said: &Said<String>) -> Option<(Weekday, Time)> {
        let lower = said.value.to_lowercase();
        let (day, time) = lower.split_once(' ').unwrap_or((&lower, ""));
        let weekday = choose(
            &said.with(day.to_owned()),
            "the day of \"change\"",
            &WEEKDAYS,
            self.mistakes,
        )?;
        let time = time.trim().parse::<Time>().ok();
        if time.is_none() {
            let sentence = format!("\"{}\" has no time of day", said.value);
            self.note(
                Finding::error("E102", &said.at, sentence).help("write it as \"monday 09:00\""),
            );
        }
        Some((weekday, time?))
    }
}
