//! Every name that rule files give, and the one way to follow a name: found, or a mistake with a guess.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::Check;
use crate::finding::guess::{did_you_mean, known_are};
use crate::finding::typed::Said;
use crate::finding::{At, Finding};
use crate::triage::rules::Who;
use crate::triage::rules::file::RuleFiles;

/// What a name can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Address,
    Calendar,
    Component,
    Contact,
    Group,
    Ladder,
    OnCall,
    Partner,
    Plan,
    Rule,
    Signal,
    Template,
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::Address,
        Self::Calendar,
        Self::Component,
        Self::Contact,
        Self::Group,
        Self::Ladder,
        Self::OnCall,
        Self::Partner,
        Self::Plan,
        Self::Rule,
        Self::Signal,
        Self::Template,
    ];

    fn code_and_noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Address => ("E105", "address of ours"),
            Self::Calendar => ("E205", "calendar"),
            Self::Component => ("E207", "topic"),
            Self::Contact => ("E201", "contact"),
            Self::Group => ("E207", "word group"),
            Self::Ladder => ("E201", "ladder"),
            Self::OnCall => ("E201", "on-call list"),
            Self::Partner => ("E209", "partner"),
            Self::Plan => ("E209", "SLA plan"),
            Self::Rule => ("E208", "rule"),
            Self::Signal => ("E207", "signal"),
            Self::Template => ("E206", "template"),
        }
    }
}

/// Every name by kind.
#[derive(Debug, Default)]
pub(super) struct Known {
    names: BTreeMap<Kind, BTreeSet<String>>,
    /// Kinds of which nothing is known at all, and of which that has been said.
    told_empty: RefCell<BTreeSet<Kind>>,
}

impl Known {
    pub(super) fn of(said: &RuleFiles) -> Self {
        let names = Kind::ALL.into_iter().map(|kind| (kind, given(said, kind)));
        Self {
            names: names.collect(),
            told_empty: RefCell::default(),
        }
    }

    pub(super) fn has(&self, kind: Kind, name: &str) -> bool {
        self.names
            .get(&kind)
            .is_some_and(|names| names.contains(name))
    }

    fn has_none(&self, kind: Kind) -> bool {
        self.names(kind).next().is_none()
    }

    /// True the first time.
    fn tell_once(&self, kind: Kind) -> bool {
        self.told_empty.borrow_mut().insert(kind)
    }

    fn names(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.names
            .get(&kind)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// The names that the files give for one kind of thing.
fn given(said: &RuleFiles, kind: Kind) -> BTreeSet<String> {
    let lexicon = &said.lexicon;
    match kind {
        Kind::Address => names(&said.addresses, |entry| &entry.address),
        Kind::Calendar => names(&said.calendars, |entry| &entry.name),
        Kind::Component => names(&lexicon.components, |entry| &entry.name),
        Kind::Contact => names(&said.contacts, |entry| &entry.id),
        Kind::Group => names(&lexicon.groups, |entry| &entry.name),
        Kind::Ladder => names(&said.ladders, |entry| &entry.id),
        Kind::OnCall => names(&said.on_call, |entry| &entry.id),
        Kind::Partner => names(&said.partners, |entry| &entry.id),
        Kind::Plan => {
            let partners = said.partners.iter().flat_map(|partner| &partner.plans);
            names(said.plans.iter().chain(partners), |entry| &entry.name)
        }
        Kind::Rule => names(&said.rules, |entry| &entry.id),
        Kind::Signal => names(&lexicon.signals, |entry| &entry.id),
        Kind::Template => said
            .templates
            .keys()
            .map(|path| template_name(path).to_owned())
            .collect(),
    }
}

fn names<'a, T: 'a>(
    entries: impl IntoIterator<Item = &'a T>,
    name: impl Fn(&'a T) -> &'a Said<String>,
) -> BTreeSet<String> {
    entries
        .into_iter()
        .map(|entry| name(entry).value.clone())
        .collect()
}

/// `ack` of `brightdesk/ack.de.txt`.
fn template_name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split('.').next().unwrap_or(file)
}

impl Check<'_> {
    /// Follows a name. True where it leads somewhere.
    pub(super) fn follow(&self, kind: Kind, said: &Said<String>) -> bool {
        if self.known.has(kind, &said.value) {
            return true;
        }
        if self.known.has_none(kind) && !self.known.tell_once(kind) {
            // Where a whole file is missing, one sentence is enough.
            return false;
        }
        let (code, noun) = kind.code_and_noun();
        let sentence = format!("there is no {noun} \"{}\"", said.value);
        self.note(
            Finding::error(code, &said.at, sentence)
                .label(did_you_mean(&said.value, self.known.names(kind)))
                .help(known_are(self.known.names(kind))),
        );
        false
    }

    /// Somebody to tell: a contact, or one of the words for the partner's own.
    pub(super) fn who(&self, said: &Said<String>) -> Option<Who> {
        match said.value.as_str() {
            "partner manager" => return Some(Who::PartnerManager),
            "escalation contact" => return Some(Who::EscalationContact),
            _ => {}
        }
        if let Some(list) = said.value.strip_prefix("on call:") {
            let list = said.with(list.trim().to_owned());
            return self
                .follow(Kind::OnCall, &list)
                .then_some(Who::OnCall(list.value));
        }
        if self.known.has(Kind::Contact, &said.value) {
            return Some(Who::Contact(said.value.clone()));
        }
        if self.known.has_none(Kind::Contact) && !self.known.tell_once(Kind::Contact) {
            return None;
        }
        let words = ["partner manager", "escalation contact"];
        let known = || self.known.names(Kind::Contact).chain(words);
        let sentence = format!("there is no contact \"{}\"", said.value);
        self.note(
            Finding::error("E201", &said.at, sentence)
                .label(did_you_mean(&said.value, known()))
                .help(known_are(known()))
                .help("whose turn it is: \"on call: LIST\""),
        );
        None
    }

    /// Notes names that are given twice.
    pub(super) fn no_twice<'s>(&self, noun: &str, names: impl Iterator<Item = &'s Said<String>>) {
        let mut first: BTreeMap<&str, &At> = BTreeMap::new();
        for name in names {
            let Some(before) = first.insert(&name.value, &name.at) else {
                continue;
            };
            let sentence = format!("{noun} \"{}\" is given twice", name.value);
            self.note(
                Finding::error("E104", &name.at, sentence)
                    .label("again here")
                    .also(before, "first here"),
            );
        }
    }

    /// Every language that letters or partners use.
    pub(super) fn languages_in_use(&self) -> BTreeSet<&str> {
        let company = self
            .said
            .company
            .iter()
            .flat_map(|company| &company.languages);
        let partners = self
            .said
            .partners
            .iter()
            .flat_map(|partner| &partner.languages);
        company
            .chain(partners)
            .map(|language| language.value.as_str())
            .collect()
    }
}
