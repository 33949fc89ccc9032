//! What one mail is recognised by when another client writes of the same trouble.
//!
//! Nothing of it depends on the language: component and symptom are word groups of all languages, and error codes,
//! paths and quoted names are the same in each. Two clients never write the same sentences, so those are not compared,
//! except to see that a mail is the same report once more.

use serde::{Deserialize, Serialize};

use super::marks;
use super::sketch::Sketch;
use crate::triage::mail::Mail;
use crate::triage::report::{Evidence, Report, Strength, Within};

/// Something in a mail that another mail can share, with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What is compared, such as `login` or `err_export_17`.
    pub key: String,
    /// The words as they stand in the mail.
    pub text: String,
    /// First byte, into the text that `within` names.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Where `start` and `end` count.
    pub within: Within,
}

/// What one mail is recognised by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signature {
    /// The component, such as `login`.
    pub component: Option<Mark>,
    /// What is wrong with it, such as `unavailable`.
    pub symptom: Option<Mark>,
    /// Words that tell of an outage, where that is at least likely.
    pub outage: Option<Mark>,
    /// Error codes, exception names, and HTTP statuses.
    pub codes: Vec<Mark>,
    /// Paths, file names, identifiers, quoted names and messages.
    pub names: Vec<Mark>,
    /// The whole text, small: to see that a mail is the same report once more.
    pub sketch: Sketch,
    /// It asks how something is done, or for help with one account.
    pub asks: bool,
}

/// Signals that say what somebody wants to know, not what is broken.
const QUESTIONS: [&str; 3] = ["how-to", "asks-how", "account-help"];

/// Signals that say that something is broken.
const TROUBLES: [&str; 3] = ["outage", "fault", "fault-between-lines"];

impl Signature {
    /// What that mail is recognised by. `prefixes` are those of ticket numbers: they are ours, and name no trouble.
    #[must_use]
    pub fn of(mail: &Mail, report: &Report, prefixes: &[&str]) -> Self {
        let likely = |id: &&&str| {
            report
                .signal(id)
                .is_some_and(|signal| signal.strength >= Strength::Likely)
        };
        let outage = report
            .signal("outage")
            .filter(|signal| signal.strength >= Strength::Likely);
        let found = marks::marks(mail, prefixes);
        Self {
            component: topic(report.topic.component.as_deref(), "component", report),
            symptom: topic(report.topic.symptom.as_deref(), "symptom", report)
                .or_else(|| fault(report)),
            outage: outage
                .and_then(|signal| signal.evidence.first())
                .map(|evidence| Mark::of("outage", evidence)),
            codes: found.codes,
            names: found.names,
            sketch: Sketch::of(&mail.new_text()),
            asks: QUESTIONS.iter().any(|id| likely(&id)) && !TROUBLES.iter().any(|id| likely(&id)),
        }
    }

    /// True where the mail tells of a trouble that others may have as well. A question never does.
    #[must_use]
    pub fn tells_of_trouble(&self) -> bool {
        let told = self.symptom.is_some() || self.outage.is_some() || !self.codes.is_empty();
        told && !self.asks
    }

    /// The name under which its topic is counted: `login/broken`. Symptoms that one trouble can show are counted as one;
    /// `?` stands for what is not known.
    #[must_use]
    pub fn topic(&self) -> String {
        let component = self.component.as_ref().map_or("?", |mark| &mark.key);
        let symptom = self.symptom.as_ref().map(|mark| mark.key.as_str());
        let symptom = match symptom {
            Some(symptom) if is_broken(symptom) => "broken",
            None if self.outage.is_some() => "broken",
            Some(other) => other,
            None => "?",
        };
        format!("{component}/{symptom}")
    }

    /// The same for people: `login unavailable`.
    #[must_use]
    pub fn topic_in_words(&self) -> String {
        let named: Vec<&str> = [&self.component, &self.symptom, &self.outage]
            .into_iter()
            .flatten()
            .map(|mark| mark.key.as_str())
            .take(2)
            .collect();
        match (named.as_slice(), self.codes.first()) {
            ([], Some(code)) => code.key.clone(),
            ([], None) => "an unknown trouble".to_owned(),
            (named, _) => named.join(" "),
        }
    }
}

impl Mark {
    /// As evidence of a rule.
    #[must_use]
    pub fn evidence(&self, because: &str) -> Evidence {
        Evidence {
            field: "incident".to_owned(),
            text: self.text.clone(),
            start: self.start,
            end: self.end,
            within: self.within,
            because: because.to_owned(),
        }
    }

    pub(super) fn of(key: &str, evidence: &Evidence) -> Self {
        Self {
            key: key.to_owned(),
            text: evidence.text.clone(),
            start: evidence.start,
            end: evidence.end,
            within: evidence.within,
        }
    }
}

/// Symptoms that one trouble shows to different people: what is slow for one fails for the other.
const BROKEN: [&str; 4] = ["unavailable", "error", "slow", "missing"];

pub(super) fn is_broken(symptom: &str) -> bool {
    BROKEN.contains(&symptom)
}

/// Where no symptom is named, words that tell of a fault are one: "it works no more" is an error.
fn fault(report: &Report) -> Option<Mark> {
    let signal = report
        .signal("fault")
        .filter(|signal| signal.strength >= Strength::Likely)?;
    signal
        .evidence
        .first()
        .map(|evidence| Mark::of("error", evidence))
}

/// The report names component and symptom in that order, each with the word that made it.
fn topic(name: Option<&str>, what: &str, report: &Report) -> Option<Mark> {
    let name = name?;
    let because = format!("{what} {name}");
    let said = report
        .topic_evidence
        .iter()
        .find(|evidence| evidence.because == because);
    Some(said.map_or_else(
        || Mark {
            key: name.to_owned(),
            text: String::new(),
            start: 0,
            end: 0,
            within: Within::Text,
        },
        |evidence| Mark::of(name, evidence),
    ))
}
