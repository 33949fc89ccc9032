//! The words an admin can edit, made ready for one pass over a text.
//!
//! Rule files give a [`Words`]: plain lists. [`Lexicon::new`] compiles them; it refuses nothing, because the
//! rule check has already named every mistake.

mod tables;

use std::collections::{BTreeMap, HashMap};

pub use tables::{Grammar, Names, People, Since, Steps, Table, Takes};

use super::Urgency;
use super::matcher::{GroupId, Hit, Matcher};
use super::modifiers::Modifier;
use super::name_words::NameWords;
use super::normal::Folded;
use super::step_words::StepWords;

/// A client that partner files name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownClient {
    /// The partner that it belongs to.
    pub partner: String,
    /// Its name, as letters write it.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Its mail domains, lower case.
    pub domains: Vec<String>,
}

/// One signal: every list of groups in `any_of` must stand together in one sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalWords {
    /// Its id, such as `outage`.
    pub id: String,
    /// What it means, for people.
    pub say: String,
    /// Names of word groups.
    pub any_of: Vec<Vec<String>>,
    /// As `any_of`, but only in a sentence that asks.
    pub if_asked: Vec<Vec<String>>,
    /// Each of these lists is half a hit, once in a mail: two different ones make a whole.
    pub clues: Vec<Vec<String>>,
    /// So many words apart the words of one hit may stand; `None`: [`TOGETHER_WORDS`].
    pub within: Option<usize>,
    /// A word of these groups in a sentence takes the sentence's hit away.
    pub unless: Vec<String>,
    /// The score of one full hit.
    pub score: f32,
    /// "IF this is not fixed we will cancel" counts in full.
    pub keep_if_conditional: bool,
}

/// What gives points towards an urgency.
#[derive(Clone, Debug, PartialEq)]
pub enum PointsFor {
    /// The first of these signals that is likely.
    Signals(Vec<String>),
    /// Any of these words.
    Words(Vec<String>),
}

/// A component or a symptom: found by its words, or by word groups that stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicWords {
    /// Words in every language.
    pub words: Vec<String>,
    /// Names of word groups that must stand together in one sentence.
    pub any_of: Vec<Vec<String>>,
}

/// A word or phrase, and when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As the file writes it, with its stars.
    pub text: String,
    /// The language of mails that it is read in (two small letters); `None`: in all of them.
    pub only_in: Option<String>,
}

/// The lexicon as rule files give it: plain lists, all references known to exist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// Word groups by name.
    pub groups: BTreeMap<String, Vec<Word>>,
    /// The tables that the reading itself goes by.
    pub tables: BTreeMap<Table, Vec<Word>>,
    /// Signals in the order of the file.
    pub signals: Vec<SignalWords>,
    /// Components by name.
    pub components: BTreeMap<String, TopicWords>,
    /// Symptoms by name.
    pub symptoms: BTreeMap<String, TopicWords>,
    /// From how many points on an urgency holds.
    pub thresholds: Vec<(Urgency, f32)>,
    /// Points for what the sender states.
    pub stated: Vec<(Urgency, f32)>,
    /// Points for signals and words.
    pub points: Vec<(PointsFor, f32)>,
    /// Words that a label line of a field may begin with, by field (`client`, `urgency`, `steps`, …).
    pub labels: BTreeMap<String, Vec<String>>,
    /// Words that state an urgency after its label, such as `hoch` for High.
    pub urgency_names: Vec<(String, Urgency)>,
    /// Clients that partner files name.
    pub clients: Vec<KnownClient>,
}

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

impl Words {
    /// The words of a table; none where the files have no such table.
    pub(super) fn table(&self, table: Table) -> impl Iterator<Item = &str> {
        let words = self.tables.get(&table).into_iter().flatten();
        words.map(|word| word.text.as_str())
    }
}

impl Lexicon {
    pub(super) fn meaning(&self, hit: &Hit) -> Meaning {
        let meaning = self.meanings.get(hit.group);
        meaning.copied().unwrap_or(Meaning::Group)
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
        Table::Names(_) | Table::Steps(_) => None,
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
