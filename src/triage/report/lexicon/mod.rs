//! The words an admin can edit, made ready for one pass over a text.
//!
//! Rule files give a [`Words`]: plain lists. [`Lexicon::new`] compiles them; it refuses nothing, because the
//! rule check has already named every mistake.

mod tables;
mod words;

use std::collections::{BTreeMap, HashMap};

pub use tables::{Grammar, Names, People, Since, Staff, Steps, Table, Takes};
pub use words::{KnownClient, PointsFor, SignalWords, TopicWords, Word, Words};

use super::Urgency;
use super::matcher::{GroupId, Hit, Matcher};
use super::modifiers::Modifier;
use super::name_words::NameWords;
use super::normal::Folded;
use super::step_words::StepWords;

/// What a list of words stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A group of `words.toml`; signals and topics ask for it by its place.
    Group,
    /// A component, by its place in [`Lexicon::components`].
    Component(usize),
    /// A symptom, by its place in [`Lexicon::symptoms`].
    Symptom(usize),
    /// Points towards an urgency, by their place in [`Words::points`].
    Points(usize),
    /// A name of a client, by its place in [`Words::clients`].
    ClientName(usize),
    /// A mail domain of a client.
    ClientDomain(usize),
    /// A word that announces an urgency, such as `priority`.
    UrgencyLabel,
    /// A word that states one.
    UrgencyName(Urgency),
    /// What weakens or strengthens a hit beside it.
    Modifier(Modifier),
    /// A word of a table that the code asks for by name.
    Table(Table),
}

/// Lists of groups that must stand together, by the places of the groups.
pub(super) type Slots = Vec<Vec<GroupId>>;

/// What makes a signal, by the places of the groups.
#[derive(Clone, Debug)]
pub(super) struct Sought {
    pub(super) any_of: Slots,
    pub(super) if_asked: Slots,
    pub(super) clues: Slots,
    pub(super) within: usize,
    pub(super) unless: Vec<GroupId>,
    /// It says what the matter is, not only how pressing it is.
    pub(super) tells: bool,
}

/// A lexicon ready for use.
#[derive(Debug)]
pub struct Lexicon {
    /// What it was made from.
    pub words: Words,
    pub(super) matcher: Matcher,
    /// By [`GroupId`].
    pub(super) meanings: Vec<Meaning>,
    /// The name of each list, for people.
    pub(super) names: Vec<String>,
    /// Beside [`Words::signals`].
    pub(super) signals: Vec<Sought>,
    /// By [`GroupId`]: whether a telling signal is made of it.
    telling: Vec<bool>,
    /// In the order of their names.
    pub(super) components: Vec<(String, Slots)>,
    /// In the order of their names.
    pub(super) symptoms: Vec<(String, Slots)>,
    /// Labels, folded, with their field.
    pub(super) labels: Vec<(String, String)>,
    /// Names and aliases of clients, folded, with their place in [`Words::clients`].
    pub(super) client_names: HashMap<String, usize>,
    /// Words that state an urgency, folded, the longest first.
    pub(super) urgency_names: Vec<(String, Urgency)>,
    /// What names of clients are known by.
    pub(super) names_of_clients: NameWords,
    /// What steps are known by.
    pub(super) steps: StepWords,
}

impl Lexicon {
    pub(super) fn meaning(&self, hit: &Hit) -> Meaning {
        let meaning = self.meanings.get(hit.group);
        meaning.copied().unwrap_or(Meaning::Group)
    }

    /// The urgency that these very words name, in any language, whatever their case and accents.
    #[must_use]
    pub fn urgency_named(&self, words: &str) -> Option<Urgency> {
        let said = Folded::words(words);
        let found = self.urgency_names.iter().find(|(name, _)| *name == said);
        found.map(|(_, urgency)| *urgency)
    }

    /// Compiles the lists.
    #[must_use]
    pub fn new(words: Words) -> Self {
        let mut lists = Lists::default();
        let groups: HashMap<&str, GroupId> = words
            .groups
            .iter()
            .map(|(name, list)| {
                let id = lists.add(Meaning::Group, format!("words.{name}"), list.clone());
                (name.as_str(), id)
            })
            .collect();
        let signals: Vec<Sought> = words
            .signals
            .iter()
            .map(|signal| sought(signal, &groups))
            .collect();
        let components = topics(&words.components, &groups, &mut lists, Meaning::Component);
        let symptoms = topics(&words.symptoms, &groups, &mut lists, Meaning::Symptom);
        for (place, (what, _)) in words.points.iter().enumerate() {
            if let PointsFor::Words(list) = what {
                lists.add(
                    Meaning::Points(place),
                    "urgency.points".to_owned(),
                    anywhere(list),
                );
            }
        }
        for (place, client) in words.clients.iter().enumerate() {
            let names = std::iter::once(&client.name).chain(&client.aliases);
            let name = format!("client {}", client.name);
            lists.add(Meaning::ClientName(place), name.clone(), anywhere(names));
            lists.add(
                Meaning::ClientDomain(place),
                name,
                anywhere(&client.domains),
            );
        }
        let urgency_labels: Vec<String> = ["urgency", "urgency_said"]
            .iter()
            .filter_map(|field| words.labels.get(*field))
            .flatten()
            .cloned()
            .collect();
        lists.add(
            Meaning::UrgencyLabel,
            "label.urgency".to_owned(),
            anywhere(&urgency_labels),
        );
        for urgency in Urgency::ALL {
            let named = words.urgency_names.iter();
            let named = named.filter(|(_, stated)| *stated == urgency);
            lists.add(
                Meaning::UrgencyName(urgency),
                format!("urgency_name.{urgency}"),
                anywhere(named.map(|(word, _)| word)),
            );
        }
        for (table, list) in &words.tables {
            if let Some(meaning) = meaning_in_text(*table) {
                lists.add(meaning, table.name(), list.clone());
            }
        }
        Self {
            telling: telling(&signals, lists.meanings.len()),
            matcher: lists.matcher(),
            meanings: lists.meanings,
            names: lists.names,
            signals,
            components,
            symptoms,
            labels: labels(&words),
            client_names: client_names(&words),
            urgency_names: urgency_names(&words),
            names_of_clients: NameWords::of(&words),
            steps: StepWords::of(&words),
            words,
        }
    }
}

/// What a table's words mean where they stand in a text; `None`: they are compared elsewhere.
fn meaning_in_text(table: Table) -> Option<Meaning> {
    match table {
        Table::Grammar(grammar) => {
            Some(Modifier::of(grammar).map_or(Meaning::Table(table), Meaning::Modifier))
        }
        Table::People(_) | Table::Since(_) | Table::Number(_) => Some(Meaning::Table(table)),
        Table::Names(_) | Table::Steps(_) | Table::Staff(_) => None,
    }
}

/// Words that are read in mails of every language.
fn anywhere<'w>(words: impl IntoIterator<Item = &'w String>) -> Vec<Word> {
    let words = words.into_iter().map(|text| Word {
        text: text.clone(),
        only_in: None,
    });
    words.collect()
}

impl Lexicon {
    /// True for a signal that says what the matter is.
    pub(super) fn is_telling(&self, id: &str) -> bool {
        let mut signals = self.words.signals.iter().zip(&self.signals);
        signals.any(|(words, sought)| words.id == id && sought.tells)
    }

    /// True for a group whose words tell what the matter is.
    pub(super) fn tells(&self, group: GroupId) -> bool {
        self.telling.get(group).is_some_and(|tells| *tells)
    }
}

/// Lists of words while they are gathered.
#[derive(Default)]
struct Lists {
    meanings: Vec<Meaning>,
    names: Vec<String>,
    words: Vec<(GroupId, Word)>,
}

impl Lists {
    fn add(&mut self, meaning: Meaning, name: String, words: Vec<Word>) -> GroupId {
        let id = self.meanings.len();
        self.meanings.push(meaning);
        self.names.push(name);
        self.words.extend(words.into_iter().map(|word| (id, word)));
        id
    }

    fn matcher(&self) -> Matcher {
        Matcher::new(self.words.iter().map(|(id, word)| (*id, word)))
    }
}

/// Words of one hit stand at most so many words apart.
pub(super) const TOGETHER_WORDS: usize = 12;

impl Sought {
    /// Only these lists, wherever they stand.
    pub(super) fn plain(any_of: Slots) -> Self {
        Self {
            any_of,
            if_asked: Slots::new(),
            clues: Slots::new(),
            within: TOGETHER_WORDS,
            unless: Vec::new(),
            tells: false,
        }
    }
}

/// From this score on a signal says what the matter is.
const TELLING: f32 = 4.0;

fn telling(signals: &[Sought], lists: usize) -> Vec<bool> {
    let mut telling = vec![false; lists];
    let told = signals.iter().filter(|sought| sought.tells);
    for group in told.flat_map(|sought| sought.any_of.iter().flatten()) {
        if let Some(tells) = telling.get_mut(*group) {
            *tells = true;
        }
    }
    telling
}

fn sought(signal: &SignalWords, groups: &HashMap<&str, GroupId>) -> Sought {
    let unless = signal.unless.iter();
    Sought {
        tells: signal.score >= TELLING,
        any_of: slots(&signal.any_of, groups),
        if_asked: slots(&signal.if_asked, groups),
        clues: slots(&signal.clues, groups),
        within: signal.within.unwrap_or(TOGETHER_WORDS),
        unless: unless
            .filter_map(|name| groups.get(name.as_str()).copied())
            .collect(),
    }
}

/// A list that names an unknown group can never hold and is left out.
fn slots(any_of: &[Vec<String>], groups: &HashMap<&str, GroupId>) -> Slots {
    any_of
        .iter()
        .filter_map(|list| {
            let ids = list.iter().map(|name| groups.get(name.as_str()).copied());
            ids.collect::<Option<Vec<GroupId>>>()
        })
        .filter(|list| !list.is_empty())
        .collect()
}

fn topics(
    topics: &BTreeMap<String, TopicWords>,
    groups: &HashMap<&str, GroupId>,
    lists: &mut Lists,
    meaning: impl Fn(usize) -> Meaning,
) -> Vec<(String, Slots)> {
    topics
        .iter()
        .enumerate()
        .map(|(place, (name, topic))| {
            lists.add(meaning(place), name.clone(), anywhere(&topic.words));
            (name.clone(), slots(&topic.any_of, groups))
        })
        .collect()
}

fn labels(words: &Words) -> Vec<(String, String)> {
    let labels = words.labels.iter();
    labels
        .flat_map(|(field, list)| {
            list.iter()
                .map(move |word| (Folded::words(word), field.clone()))
        })
        .collect()
}

/// Of two clients with one name the first counts, as it stands in the files.
fn client_names(words: &Words) -> HashMap<String, usize> {
    let mut names = HashMap::new();
    for (place, client) in words.clients.iter().enumerate() {
        for name in std::iter::once(&client.name).chain(&client.aliases) {
            names.entry(Folded::words(name)).or_insert(place);
        }
    }
    names
}

fn urgency_names(words: &Words) -> Vec<(String, Urgency)> {
    let mut names: Vec<(String, Urgency)> = words
        .urgency_names
        .iter()
        .map(|(word, urgency)| (Folded::words(word), *urgency))
        .collect();
    names.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    names
}
