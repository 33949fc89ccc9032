//! The lexicon: references between groups, signals and points, and signals that a language cannot give.
//!
//! What single words may look like is [`super::words`]' matter.

use std::collections::BTreeMap;

use super::Check;
use super::company::values;
use super::known::Kind;
use super::words::languages;
use crate::finding::Finding;
use crate::finding::typed::{Said, choose};
use crate::triage::report::Urgency;
use crate::triage::report::lexicon::{
    KnownClient, PointsFor, SignalWords, Table, Takes, TopicWords, Word, Words,
};
use crate::triage::rules::file::{GroupFile, SignalFile, TopicFile, URGENCIES};

impl Check<'_> {
    pub(super) fn words(&self) -> Words {
        let said = &self.said.lexicon;
        self.no_twice("word group", said.groups.iter().map(|group| &group.name));
        self.no_twice("signal", said.signals.iter().map(|signal| &signal.id));
        self.no_twice("component", said.components.iter().map(|topic| &topic.name));
        self.no_twice("symptom", said.symptoms.iter().map(|topic| &topic.name));
        Words {
            groups: said.groups.iter().map(|said| self.group(said)).collect(),
            tables: self.tables(),
            signals: said
                .signals
                .iter()
                .map(|signal| self.signal(signal))
                .collect(),
            components: said
                .components
                .iter()
                .map(|topic| self.topic(topic))
                .collect(),
            symptoms: said
                .symptoms
                .iter()
                .map(|topic| self.topic(topic))
                .collect(),
            thresholds: self.thresholds(),
            stated: numbers(&said.stated),
            points: self.points(),
            labels: self.labels(&said.labels),
            urgency_names: self.urgency_names(),
            clients: self.clients(),
        }
    }

    fn group(&self, said: &GroupFile) -> (String, Vec<Word>) {
        (said.name.value.clone(), self.words_of(said, Takes::Phrases))
    }

    /// One table in two files is one table.
    fn tables(&self) -> BTreeMap<Table, Vec<Word>> {
        let mut tables: BTreeMap<Table, Vec<Word>> = BTreeMap::new();
        for (table, said) in &self.said.lexicon.tables {
            let mut words = self.words_of(said, table.takes());
            for (word, language) in words.iter_mut().zip(languages(said)) {
                if table.is_read_in_own_language_only(language) {
                    word.only_in = Some(language.to_owned());
                }
            }
            tables.entry(*table).or_default().extend(words);
        }
        tables
    }

    /// The same field in two files is one field.
    fn labels(&self, said: &[GroupFile]) -> BTreeMap<String, Vec<String>> {
        let mut labels: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for group in said {
            let words = self.words_of(group, Takes::Whole).into_iter();
            let field = labels.entry(group.name.value.clone()).or_default();
            field.extend(words.map(|word| word.text));
        }
        labels
    }

    fn signal(&self, said: &SignalFile) -> SignalWords {
        for lists in [&said.any_of, &said.if_asked, &said.clues] {
            self.groups_exist(lists);
        }
        self.groups_exist(std::slice::from_ref(&said.unless));
        self.can_be_said(said);
        let score = said.score.as_ref();
        if let Some(score) = score.filter(|score| !score.value.is_finite() || score.value <= 0.0) {
            let sentence = format!(
                "the score of signal \"{}\" must be more than 0",
                said.id.value
            );
            self.note(Finding::error("E105", &score.at, sentence));
        }
        SignalWords {
            id: said.id.value.clone(),
            say: said.say.clone(),
            any_of: said.any_of.iter().map(|list| values(list)).collect(),
            if_asked: said.if_asked.iter().map(|list| values(list)).collect(),
            clues: said.clues.iter().map(|list| values(list)).collect(),
            within: self.within(said),
            unless: values(&said.unless),
            score: score.map_or(1.0, |score| narrow(score.value)),
            keep_if_conditional: said.keep_if_conditional,
        }
    }

    fn within(&self, said: &SignalFile) -> Option<usize> {
        let within = said.within.as_ref()?;
        let words = usize::try_from(within.value)
            .ok()
            .filter(|words| *words > 0);
        if words.is_none() {
            let sentence = "words stand at least one word apart";
            self.note(Finding::error("E105", &within.at, sentence));
        }
        words
    }

    fn topic(&self, said: &TopicFile) -> (String, TopicWords) {
        self.groups_exist(&said.any_of);
        for word in said.words.iter().flat_map(|(_, words)| words) {
            self.fits(word, Takes::Phrases, &said.name.value);
        }
        let topic = TopicWords {
            words: said
                .words
                .iter()
                .flat_map(|(_, words)| values(words))
                .collect(),
            any_of: said.any_of.iter().map(|list| values(list)).collect(),
        };
        (said.name.value.clone(), topic)
    }

    fn groups_exist(&self, any_of: &[Vec<Said<String>>]) {
        for name in any_of.iter().flatten() {
            self.follow(Kind::Group, name);
        }
    }

    /// W107: a language in use in which no list of groups is complete.
    fn can_be_said(&self, said: &SignalFile) {
        let has = |name: &Said<String>, language: &str| {
            let group = self
                .said
                .lexicon
                .groups
                .iter()
                .find(|group| group.name.value == name.value);
            group.is_none_or(|group| {
                group
                    .words
                    .iter()
                    .any(|(lang, words)| lang.value == language && !words.is_empty())
            })
        };
        for language in self.languages_in_use() {
            let sayable = said
                .any_of
                .iter()
                .any(|list| list.iter().all(|name| has(name, language)));
            if !sayable && !said.any_of.is_empty() {
                let sentence = format!(
                    "signal \"{}\" cannot be recognised in language \"{language}\"",
                    said.id.value
                );
                self.note(
                    Finding::warning("W107", &said.id.at, sentence)
                        .help("each of its lists has a word group without words in that language"),
                );
            }
        }
    }

    /// From how many points on an urgency holds; must rise.
    fn thresholds(&self) -> Vec<(Urgency, f32)> {
        let mut said: Vec<&(Said<Urgency>, f64)> = self.said.lexicon.thresholds.iter().collect();
        said.sort_by_key(|(urgency, _)| urgency.value);
        for (lower, higher) in said.iter().zip(said.iter().skip(1)) {
            if higher.1 <= lower.1 {
                let sentence = format!(
                    "{} begins at no more points than {}",
                    higher.0.value, lower.0.value
                );
                self.note(
                    Finding::error("E303", &higher.0.at, sentence)
                        .also(&lower.0.at, "the lower one"),
                );
            }
        }
        said.into_iter()
            .map(|(urgency, points)| (urgency.value, narrow(*points)))
            .collect()
    }

    fn points(&self) -> Vec<(PointsFor, f32)> {
        let mut points = Vec::new();
        for said in &self.said.lexicon.points {
            let what = match (said.signals.is_empty(), said.words.is_empty()) {
                (false, true) => {
                    for signal in &said.signals {
                        self.follow(Kind::Signal, signal);
                    }
                    PointsFor::Signals(values(&said.signals))
                }
                (true, false) => {
                    for word in &said.words {
                        self.fits(word, Takes::Phrases, "[[urgency.points]]");
                    }
                    PointsFor::Words(values(&said.words))
                }
                (false, false) | (true, true) => {
                    let sentence = "points are given for a signal or for words: one of the two";
                    self.note(Finding::error("E107", &said.at, sentence));
                    continue;
                }
            };
            points.push((what, narrow(said.points.value)));
        }
        points
    }

    fn urgency_names(&self) -> Vec<(String, Urgency)> {
        let mut names = Vec::new();
        for group in &self.said.lexicon.urgency_names {
            let Some(urgency) = choose(&group.name, "an urgency", &URGENCIES, self.mistakes) else {
                continue;
            };
            let words = self.words_of(group, Takes::Whole).into_iter();
            names.extend(words.map(|word| (word.text, urgency)));
        }
        names
    }

    fn clients(&self) -> Vec<KnownClient> {
        let mut clients = Vec::new();
        for partner in &self.said.partners {
            self.no_twice("client", partner.clients.iter().map(|client| &client.name));
            clients.extend(partner.clients.iter().map(|client| KnownClient {
                partner: partner.id.value.clone(),
                name: client.name.value.clone(),
                aliases: values(&client.aliases),
                domains: values(&client.domains),
            }));
            let listed = |name: &str| {
                partner
                    .clients
                    .iter()
                    .any(|client| client.name.value == name)
            };
            let key_clients = partner
                .key_clients
                .iter()
                .filter(|name| !listed(&name.value));
            // A key client is a client even if nobody has listed its other names.
            clients.extend(key_clients.map(|name| KnownClient {
                partner: partner.id.value.clone(),
                name: name.value.clone(),
                aliases: Vec::new(),
                domains: Vec::new(),
            }));
        }
        clients
    }
}

fn numbers(said: &[(Said<Urgency>, f64)]) -> Vec<(Urgency, f32)> {
    said.iter()
        .map(|(urgency, points)| (urgency.value, narrow(*points)))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "points and scores are small"
)]
fn narrow(number: f64) -> f32 {
    number as f32
}
