//! The lexicon as rule files give it: plain lists of words, with all references between them known to exist.

use std::collections::BTreeMap;

use super::super::Urgency;
use super::Table;

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
    /// So many words apart the words of one hit may stand; `None`: twelve.
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

impl Words {
    /// The words of a table; none where the files have no such table.
    pub(in super::super) fn table(&self, table: Table) -> impl Iterator<Item = &str> {
        let words = self.tables.get(&table).into_iter().flatten();
        words.map(|word| word.text.as_str())
    }
}
