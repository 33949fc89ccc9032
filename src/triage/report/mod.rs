//! What the writer means: client, urgency, steps, signals, topic, each with the words it came from.
//!
//! [`Report::of`] is total, like reading. Nothing is invented: what the mail does not say is `None`.

mod acknowledging;
mod asking;
mod client;
mod counted;
mod describe;
mod firms;
mod impact;
mod japanese;
mod labels;
mod language;
pub mod lexicon;
mod matcher;
mod modifiers;
mod name_words;
mod names;
mod normal;
mod reading;
mod sentences;
mod sign_offs;
mod signals;
mod since;
mod spelled;
mod stated;
mod step_prose;
mod step_words;
mod steps;
#[cfg(test)]
mod tests;
mod urgency;
mod whom;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::mail::{Kind, Mail, Part};
use impact::Impact;
use lexicon::Lexicon;
use normal::{Body, Source};
use reading::Reading;

/// How pressing it is. Ordered: Low < Medium < High < Critical.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum Urgency {
    /// Can wait.
    Low,
    /// The usual.
    #[default]
    Medium,
    /// Hurts today.
    High,
    /// Work stands still.
    Critical,
}

impl Urgency {
    /// All of them, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// As rule files and letters write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }
}

impl fmt::Display for Urgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Which text a piece of evidence lies in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// [`Mail::text`].
    #[default]
    Text,
    /// [`Mail::subject`].
    Subject,
    /// [`Forwarded::body`](super::mail::Forwarded::body) of a message that is attached, not written out in the text.
    Forwarded,
    /// A header other than the subject; `start` and `end` are then 0.
    Header,
}

/// The words that a conclusion came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The field it speaks for, such as `urgency` or `client`.
    pub field: String,
    /// The words themselves.
    pub text: String,
    /// First byte, into the text that `within` names.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Where `start` and `end` count.
    pub within: Within,
    /// What made these words count, such as `signal outage: words.service + words.dead`.
    pub because: String,
}

/// A value that was found, how sure we are, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found<T> {
    /// The value.
    pub value: T,
    /// 0 to 1; of those above 0.9 at least nine in ten are right.
    pub confidence: f32,
    /// Where it came from, strongest first.
    pub evidence: Vec<Evidence>,
}

/// How strong a signal is after negation, questions, past tense and hedges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// From 0.3 of the signal's score: a person should look.
    Possible,
    /// From 0.7.
    Likely,
    /// From 1.2.
    Certain,
}

/// A signal that the words give, such as `outage`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The signal's id in the lexicon.
    pub id: String,
    /// How strong it is.
    pub strength: Strength,
    /// The fraction of the signal's score that was reached.
    pub ratio: f32,
    /// The words, strongest first.
    pub evidence: Vec<Evidence>,
}

/// What a mail is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Topic {
    /// The component, such as `login`.
    pub component: Option<String>,
    /// What is wrong with it, such as `unavailable`.
    pub symptom: Option<String>,
}

/// One line of the urgency's sum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// How many.
    pub points: f32,
    /// What gave them, such as `signal outage`.
    pub because: String,
    /// The words.
    pub evidence: Option<Evidence>,
}

/// What a mail means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The client it is about.
    pub client: Option<Found<String>>,
    /// What the whole mail means: stated, implied, negated. `None` where nothing points either way.
    pub urgency: Option<Found<Urgency>>,
    /// What the sender states in so many words.
    pub stated_urgency: Option<Found<Urgency>>,
    /// The sum behind `urgency`, line by line.
    pub points: Vec<Points>,
    /// The key sentence or two.
    pub description: Option<Found<String>>,
    /// Steps to reproduce.
    pub steps: Option<Found<Vec<String>>>,
    /// Who is affected, as written.
    pub affected_users: Option<Found<String>>,
    /// Since when, as written.
    pub since: Option<Found<String>>,
    /// What it is about.
    pub topic: Topic,
    /// The words behind `topic`.
    pub topic_evidence: Vec<Evidence>,
    /// Every signal that is at least possible, strongest first.
    pub signals: Vec<Signal>,
    /// One trouble for several clients, by the words of this one mail.
    pub several_clients: Option<Found<bool>>,
    /// ISO 639-1 code of the writer's language, where it could be told.
    pub language: Option<String>,
    /// Bytes of quotation and of signature that were not looked at.
    pub not_looked_at: (usize, usize),
}

impl Report {
    /// Finds what a mail means. Never fails; costs time linear in the mail's size.
    #[must_use]
    pub fn of(mail: &Mail, lexicon: &Lexicon) -> Self {
        let body = Body::of(mail);
        let source = Source::of(mail, &body);
        let reading = Reading::of(source, lexicon);
        let labels = labels::labelled(&reading.source, &lexicon.labels);
        let mut signals = signals::signals(&reading);
        let (topic, topic_evidence) = signals::topic(&reading);
        let impact = Impact::of(&reading, &labels);
        let stated_urgency = stated::stated(&reading, &labels);
        let mut points = urgency::points(&reading, stated_urgency.as_ref(), &signals, &impact);
        if !is_written_by_a_person(mail.kind) {
            // "In urgent cases call …" of an absence note asks for nothing.
            points.clear();
        }
        let urgency = urgency::urgency(
            &mut points,
            &lexicon.words.thresholds,
            stated_urgency.as_ref(),
            mail.importance
                .filter(|_| is_written_by_a_person(mail.kind)),
        );
        let client = client::client(&reading, mail, &labels);
        let steps = steps::steps(&reading, &labels);
        signals.extend(asking::asking(&reading, &signals, steps.is_some()));
        let found = (client.as_ref(), steps.as_ref());
        let mut report = Self {
            description: describe::description(&reading, mail, &labels, found),
            client,
            steps,
            urgency,
            stated_urgency,
            points,
            since: since::since(&reading, &labels),
            affected_users: impact.affected,
            topic,
            topic_evidence,
            several_clients: signals::several_clients(&signals),
            signals,
            language: reading.language,
            not_looked_at: not_looked_at(mail),
        };
        report.evidence_mut().for_each(|piece| body.settle(piece));
        report
    }

    /// Every piece of evidence, each once, in the order of the conclusions.
    #[must_use]
    pub fn evidence(&self) -> Vec<&Evidence> {
        let texts = [
            &self.client,
            &self.description,
            &self.affected_users,
            &self.since,
        ];
        let urgencies = [&self.urgency, &self.stated_urgency];
        let mut seen: Vec<&Evidence> = Vec::new();
        for piece in texts
            .into_iter()
            .flatten()
            .flat_map(|found| &found.evidence)
            .chain(
                urgencies
                    .into_iter()
                    .flatten()
                    .flat_map(|found| &found.evidence),
            )
            .chain(self.steps.iter().flat_map(|found| &found.evidence))
            .chain(
                self.several_clients
                    .iter()
                    .flat_map(|found| &found.evidence),
            )
            .chain(self.signals.iter().flat_map(|signal| &signal.evidence))
            .chain(&self.topic_evidence)
        {
            if !seen.contains(&piece) {
                seen.push(piece);
            }
        }
        seen
    }

    fn evidence_mut(&mut self) -> impl Iterator<Item = &mut Evidence> {
        let texts = [
            &mut self.client,
            &mut self.description,
            &mut self.affected_users,
            &mut self.since,
        ];
        let urgencies = [&mut self.urgency, &mut self.stated_urgency];
        let points = self
            .points
            .iter_mut()
            .filter_map(|line| line.evidence.as_mut());
        texts
            .into_iter()
            .flatten()
            .flat_map(|found| &mut found.evidence)
            .chain(
                urgencies
                    .into_iter()
                    .flatten()
                    .flat_map(|found| &mut found.evidence),
            )
            .chain(self.steps.iter_mut().flat_map(|found| &mut found.evidence))
            .chain(
                self.several_clients
                    .iter_mut()
                    .flat_map(|found| &mut found.evidence),
            )
            .chain(
                self.signals
                    .iter_mut()
                    .flat_map(|signal| &mut signal.evidence),
            )
            .chain(&mut self.topic_evidence)
            .chain(points)
    }

    /// The strength of one signal, if it is there at all.
    #[must_use]
    pub fn signal(&self, id: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.id == id)
    }
}

fn is_written_by_a_person(kind: Kind) -> bool {
    match kind {
        Kind::Request | Kind::Reply | Kind::Unparsable => true,
        Kind::AutoReply | Kind::Bounce | Kind::List | Kind::Calendar => false,
    }
}

fn not_looked_at(mail: &Mail) -> (usize, usize) {
    let bytes = |wanted: Part| {
        let segments = mail.segments.iter();
        segments
            .filter(|segment| segment.part == wanted)
            .map(|segment| segment.range.len())
            .sum()
    };
    (bytes(Part::Quoted), bytes(Part::Signature))
}
