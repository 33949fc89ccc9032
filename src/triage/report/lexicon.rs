//! The words an admin can edit, made ready for one pass over a text.
//!
//! Rule files give a [`Words`]: plain lists. [`Lexicon::new`] compiles them; it refuses nothing, because the
//! rule check has already named every mistake.

use std::collections::BTreeMap;

use super::Urgency;

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
    /// The score of one full hit.
    pub score: f32,
    /// "IF this is not fixed we will cancel" counts in full.
    pub keep_if_conditional: bool,
}

/// What gives points towards an urgency.
#[derive(Clone, Debug, PartialEq)]
pub enum PointsFor {
    /// A signal, from likely.
    Signal(String),
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

/// The lexicon as rule files give it: plain lists, all references known to exist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// Word groups by name; each word with the language it stands under.
    pub groups: BTreeMap<String, Vec<(String, String)>>,
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
    /// Languages that a reply may be written in, ISO 639-1.
    pub languages: Vec<String>,
}

/// A lexicon ready for use.
#[derive(Debug)]
pub struct Lexicon {
    /// What it was made from.
    pub words: Words,
}

impl Lexicon {
    /// Compiles the lists.
    #[must_use]
    pub fn new(words: Words) -> Self {
        Self { words }
    }
}
