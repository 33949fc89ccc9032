//! The tables of words that the reading itself goes by: `[grammar.negation]`, `[names.cue]`, `[people.noun]`, …
//!
//! Their names are fixed, because each means something to the code; their words are the admin's. Word groups,
//! signals and topics are not among them: those an admin may name as he likes.

/// A table with a fixed name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// `[grammar.*]`: how another word is meant, and where sentences and clauses end.
    Grammar(Grammar),
    /// `[names.*]`: how the name of a client is known.
    Names(Names),
    /// `[steps.*]`: how steps to reproduce are known.
    Steps(Steps),
    /// `[people.*]`: who is affected.
    People(People),
    /// `[since.*]`: since when.
    Since(Since),
    /// `[staff.*]`: words of our own people.
    Staff(Staff),
    /// `[number.*]`: words for a number; `None` for "many".
    Number(Option<u32>),
}

/// `[grammar.*]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grammar {
    /// "not": takes away what stands behind it in its clause.
    Negation,
    /// "nicht": takes away what stands before it as well.
    NegationAnywhere,
    /// "not only": no negation at all.
    NoNegation,
    /// "if".
    Hypothetical,
    /// "yesterday".
    Past,
    /// "planned".
    Planned,
    /// "again".
    Lasting,
    /// "our VPN".
    OtherSystem,
    /// "for me".
    OnePerson,
    /// "maybe".
    Hedge,
    /// "but": begins a clause.
    Clause,
    /// "that": goes on with a clause behind a comma.
    GoesOn,
    /// "でしょうか": a sentence that ends so asks, with or without a question mark.
    AsksAtEnd,
    /// "Could you": a sentence that asks so asks for work, not how something is used.
    AsksOfYou,
    /// "approx": its dot ends no sentence.
    Abbreviation,
    /// "Hello": begins a sentence that says nothing about the trouble.
    Idle,
}

/// `[names.*]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Names {
    /// "our client".
    Cue,
    /// "at": a weak cue.
    Preposition,
    /// "bei": the strongest of them.
    Near,
    /// "Ltd", "Bank": says that a name is an organisation's.
    Organisation,
    /// "of": stands inside a name.
    Link,
    /// "the": stands between cue and name.
    Article,
    /// "your": begins no name.
    NotFirst,
    /// "unknown": names nobody.
    Nobody,
    /// "gmail".
    MailProvider,
    /// "Mr": stands before the name of a person.
    Person,
    /// "Maria": begins the name of a person.
    Given,
    /// "cannot": stands behind the name of a client that suffers something.
    Predicate,
    /// "have": the plural of those.
    Plural,
    /// "another": before a name that is not meant.
    Other,
    /// "data": of a firm that looks after others.
    Agency,
    /// "Excel": a name that everybody knows.
    Product,
    /// `様`: stands behind the name of a client.
    Honorific,
    /// `の`: joins a firm and the writer's own name.
    Of,
    /// `です`: ends a sentence in which a writer says who he is.
    Presenting,
    /// `である`: behind it a name begins.
    Before,
    /// `株式会社`: begins or ends the name of a firm.
    Firm,
    /// `担当`: makes an address of a name.
    Addressed,
}

/// `[steps.*]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Steps {
    /// "click": one does it in an application.
    Doing,
    /// "What I did": announces steps.
    Cue,
    /// "It": begins what happened by itself.
    ByItself,
    /// "And then": joins two of them.
    Joint,
    /// "When": begins what was done before something happened.
    When,
    /// "Please": what is asked for is no step.
    Request,
    /// "Expected": what comes of the steps.
    Outcome,
    /// "none": a field that was not filled in.
    None,
}

/// `[people.*]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum People {
    /// "users".
    Noun,
    /// "*ists": a word that ends so names people where a number stands before it.
    Ending,
    /// "lists": a word that ends so, and names none.
    Thing,
    /// "branches": where people are.
    Premises,
    /// "team": many in one word.
    Crowd,
    /// "the whole": in front of them.
    Whole,
    /// "the": in front of people or of a word before them.
    Article,
    /// "is the only one": behind the people of whom it is said.
    Alone,
    /// "only": in front of people.
    Only,
    /// "cannot": behind people who are hit.
    Suffers,
    /// "vom": joins a number and where those people belong.
    From,
    /// "shows": behind it a number is a figure of a report.
    Figure,
    /// "all": in front of people.
    All,
    /// "everybody": all of them by itself.
    Everybody,
    /// "in": where everybody is.
    Place,
    /// "we are": in front of a number of people.
    We,
    /// "only me".
    One,
    /// "about": in front of a number.
    Around,
    /// "of": between two numbers.
    Of,
    /// "our": between a number and the rest.
    Between,
    /// `の`: joins a department and the number of its people.
    Group,
}

/// `[staff.*]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Staff {
    /// "I'm on it": takes the matter of a ladder.
    Ack,
}

/// `[since.*]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Since {
    /// "since".
    Cue,
    /// "last": between cue and time.
    Between,
    /// "Monday": names a time.
    Time,
    /// "at", "pm": belongs to the time in which it stands.
    Joint,
}

/// What may stand in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Words and phrases with stars, found anywhere in a text.
    Phrases,
    /// One word each, with a star at its end or its beginning.
    Words,
    /// Words and phrases, compared as a whole: no stars.
    Whole,
}

/// The value of `[number.many]`, which has none.
const MANY: &str = "many";

/// Every fixed name: the kind of table, its name, what it is.
const NAMED: [(&str, &str, Table); 72] = [
    ("grammar", "negation", Table::Grammar(Grammar::Negation)),
    (
        "grammar",
        "negation-anywhere",
        Table::Grammar(Grammar::NegationAnywhere),
    ),
    (
        "grammar",
        "no-negation",
        Table::Grammar(Grammar::NoNegation),
    ),
    (
        "grammar",
        "hypothetical",
        Table::Grammar(Grammar::Hypothetical),
    ),
    ("grammar", "past", Table::Grammar(Grammar::Past)),
    ("grammar", "planned", Table::Grammar(Grammar::Planned)),
    ("grammar", "lasting", Table::Grammar(Grammar::Lasting)),
    (
        "grammar",
        "other-system",
        Table::Grammar(Grammar::OtherSystem),
    ),
    ("grammar", "one-person", Table::Grammar(Grammar::OnePerson)),
    ("grammar", "hedge", Table::Grammar(Grammar::Hedge)),
    ("grammar", "clause", Table::Grammar(Grammar::Clause)),
    ("grammar", "goes-on", Table::Grammar(Grammar::GoesOn)),
    ("grammar", "asks-at-end", Table::Grammar(Grammar::AsksAtEnd)),
    ("grammar", "asks-of-you", Table::Grammar(Grammar::AsksOfYou)),
    (
        "grammar",
        "abbreviation",
        Table::Grammar(Grammar::Abbreviation),
    ),
    ("grammar", "idle", Table::Grammar(Grammar::Idle)),
    ("names", "cue", Table::Names(Names::Cue)),
    ("names", "preposition", Table::Names(Names::Preposition)),
    ("names", "near", Table::Names(Names::Near)),
    ("names", "organisation", Table::Names(Names::Organisation)),
    ("names", "link", Table::Names(Names::Link)),
    ("names", "article", Table::Names(Names::Article)),
    ("names", "not-first", Table::Names(Names::NotFirst)),
    ("names", "nobody", Table::Names(Names::Nobody)),
    ("names", "mail-provider", Table::Names(Names::MailProvider)),
    ("names", "person", Table::Names(Names::Person)),
    ("names", "given", Table::Names(Names::Given)),
    ("names", "predicate", Table::Names(Names::Predicate)),
    ("names", "plural", Table::Names(Names::Plural)),
    ("names", "other", Table::Names(Names::Other)),
    ("names", "agency", Table::Names(Names::Agency)),
    ("names", "product", Table::Names(Names::Product)),
    ("names", "honorific", Table::Names(Names::Honorific)),
    ("names", "of", Table::Names(Names::Of)),
    ("names", "presenting", Table::Names(Names::Presenting)),
    ("names", "before", Table::Names(Names::Before)),
    ("names", "firm", Table::Names(Names::Firm)),
    ("names", "addressed", Table::Names(Names::Addressed)),
    ("steps", "doing", Table::Steps(Steps::Doing)),
    ("steps", "cue", Table::Steps(Steps::Cue)),
    ("steps", "by-itself", Table::Steps(Steps::ByItself)),
    ("steps", "joint", Table::Steps(Steps::Joint)),
    ("steps", "when", Table::Steps(Steps::When)),
    ("steps", "request", Table::Steps(Steps::Request)),
    ("steps", "outcome", Table::Steps(Steps::Outcome)),
    ("steps", "none", Table::Steps(Steps::None)),
    ("people", "noun", Table::People(People::Noun)),
    ("people", "ending", Table::People(People::Ending)),
    ("people", "thing", Table::People(People::Thing)),
    ("people", "premises", Table::People(People::Premises)),
    ("people", "crowd", Table::People(People::Crowd)),
    ("people", "whole", Table::People(People::Whole)),
    ("people", "only", Table::People(People::Only)),
    ("people", "suffers", Table::People(People::Suffers)),
    ("people", "article", Table::People(People::Article)),
    ("people", "alone", Table::People(People::Alone)),
    ("people", "from", Table::People(People::From)),
    ("people", "figure", Table::People(People::Figure)),
    ("people", "all", Table::People(People::All)),
    ("people", "everybody", Table::People(People::Everybody)),
    ("people", "place", Table::People(People::Place)),
    ("people", "we", Table::People(People::We)),
    ("people", "one", Table::People(People::One)),
    ("people", "around", Table::People(People::Around)),
    ("people", "of", Table::People(People::Of)),
    ("people", "between", Table::People(People::Between)),
    ("people", "group", Table::People(People::Group)),
    ("since", "cue", Table::Since(Since::Cue)),
    ("since", "between", Table::Since(Since::Between)),
    ("since", "time", Table::Since(Since::Time)),
    ("since", "joint", Table::Since(Since::Joint)),
    ("staff", "ack", Table::Staff(Staff::Ack)),
];

impl Table {
    /// The kinds of tables, as files name them.
    pub const KINDS: [&str; 7] = [
        "grammar", "names", "steps", "people", "since", "staff", "number",
    ];

    /// The tables of a kind by name; [`Table::Number`] has too many.
    pub fn of_kind(kind: &str) -> impl Iterator<Item = (&'static str, Self)> {
        NAMED
            .into_iter()
            .filter(move |(own, ..)| *own == kind)
            .map(|(_, name, table)| (name, table))
    }

    /// The table of `[number.NAME]`.
    #[must_use]
    pub fn number(name: &str) -> Option<Self> {
        if name == MANY {
            return Some(Self::Number(None));
        }
        let number = name.parse().ok()?;
        Some(Self::Number(Some(number)))
    }

    /// As files write it, such as `grammar.negation`.
    #[must_use]
    pub fn name(self) -> String {
        if let Self::Number(number) = self {
            let name = number.map_or(MANY.to_owned(), |number| number.to_string());
            return format!("number.{name}");
        }
        let named = NAMED.iter().find(|(.., table)| *table == self);
        named.map_or(String::new(), |(kind, name, _)| format!("{kind}.{name}"))
    }

    /// True if its words of a language are read in mails of that language only, where the language can be told.
    #[must_use]
    pub fn is_read_in_own_language_only(self, language: &str) -> bool {
        match self {
            // English words stand on the screens of every country.
            Self::Steps(_) => language != "en",
            // "*ores" are people in Spanish, and scores in English; "onze" is eleven in French, and ours in Dutch.
            Self::People(People::Ending | People::Thing | People::Only | People::Article)
            | Self::Number(_) => true,
            Self::Grammar(_)
            | Self::Names(_)
            | Self::Staff(_)
            | Self::People(_)
            | Self::Since(_) => false,
        }
    }

    /// What may stand in it.
    #[must_use]
    pub fn takes(self) -> Takes {
        match self {
            Self::Grammar(Grammar::Abbreviation)
            | Self::Steps(Steps::Outcome | Steps::None)
            | Self::Staff(_) => Takes::Whole,
            Self::Grammar(_)
            | Self::Steps(
                Steps::Doing
                | Steps::Cue
                | Steps::ByItself
                | Steps::Joint
                | Steps::When
                | Steps::Request,
            )
            | Self::People(_)
            | Self::Since(_)
            | Self::Number(_) => Takes::Phrases,
            Self::Names(name) => name.takes(),
        }
    }
}

impl Names {
    fn takes(self) -> Takes {
        match self {
            Self::Preposition
            | Self::Near
            | Self::Organisation
            | Self::Link
            | Self::Article
            | Self::NotFirst
            | Self::Nobody
            | Self::MailProvider
            | Self::Person
            | Self::Predicate
            | Self::Plural
            | Self::Given
            | Self::Other
            | Self::Agency
            | Self::Product => Takes::Words,
            Self::Cue
            | Self::Honorific
            | Self::Of
            | Self::Presenting
            | Self::Before
            | Self::Firm
            | Self::Addressed => Takes::Whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_its_name() {
        for (kind, name, table) in NAMED {
            assert_eq!(table.name(), format!("{kind}.{name}"));
            assert!(Table::KINDS.contains(&kind), "{kind}");
        }
        assert_eq!(
            Table::number("12").map(Table::name),
            Some("number.12".to_owned())
        );
        assert_eq!(
            Table::number("many").map(Table::name),
            Some("number.many".to_owned())
        );
        assert_eq!(Table::number("some"), None);
    }
}
