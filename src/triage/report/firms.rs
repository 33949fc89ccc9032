//! Names that look like a client's: by what stands before and behind them, what they are made of, and where they stand.
//!
//! Each of these gives points; a name is believed from [`ENOUGH`] on. A word for an organisation alone is not enough, and
//! neither is any single other sign: wrong is worse than missing. The writer's own firm and people are left out.

use std::ops::Range;

use super::Within;
use super::lexicon::Meaning;
use super::name_words::{NameWords, fold};
use super::names::{Cue, Name, begins_sentence, is_capital, letters, names, parts_words};
use super::reading::{Reading, overlap};
use super::sign_offs::{SignOffs, own_labels};
use crate::triage::mail::{Mail, Person};

/// A name, and how much it looks like a client's.
#[derive(Clone, Debug)]
pub(super) struct Firm<'m> {
    pub(super) name: Name<'m>,
    pub(super) score: f32,
    pub(super) because: String,
}

/// From here on a name is more likely a client than not.
const ENOUGH: f32 = 1.5;
/// Each further time that a name stands in a mail …
const AGAIN: f32 = 0.4;
/// … but no more often than this.
const AGAIN_MOST: usize = 3;

/// Who is named first is meant more often than who is named later.
const FIRST: f32 = 0.3;

/// How sure a name with this score is.
pub(super) fn confidence(score: f32) -> f32 {
    match score {
        score if score >= 3.5 => 0.88,
        score if score >= 2.4 => 0.8,
        _ => 0.65,
    }
}

/// The names that look like clients, the likeliest first.
pub(super) fn firms<'m>(reading: &'m Reading<'m>, mail: &Mail) -> Vec<Firm<'m>> {
    let looks = Looks::of(reading, mail);
    let names = names(&reading.source, looks.words, reading.language.as_deref());
    let mut firms: Vec<Firm<'m>> = Vec::new();
    for name in names {
        let name = looks.without_trouble(name);
        let Some((score, because)) = name.as_ref().and_then(|name| looks.score(name)) else {
            continue;
        };
        let Some(name) = name else { continue };
        firms.push(Firm {
            name,
            score,
            because,
        });
    }
    let mut firms = joined(firms);
    firms.retain(|firm| firm.score >= ENOUGH);
    // A stable sort: of equals the first one named.
    firms.sort_by(|one, other| other.score.total_cmp(&one.score));
    firms
}

/// One firm for all the places that name it; the longer name counts, unless a subject ran on before it.
fn joined(mut named: Vec<Firm<'_>>) -> Vec<Firm<'_>> {
    named.truncate(COMPARED);
    let mut firms: Vec<(String, usize, Firm<'_>)> = Vec::new();
    for firm in named {
        let own = letters(firm.name.value);
        let known = firms.iter_mut().find(|(known, ..)| {
            let (short, long) = if known.len() < own.len() {
                (known.as_str(), own.as_str())
            } else {
                (own.as_str(), known.as_str())
            };
            short.len() >= SAME_LETTERS && (long.starts_with(short) || long.ends_with(short))
        });
        let Some((known, times, first)) = known else {
            firms.push((own, 0, firm));
            continue;
        };
        *times += 1;
        let ran_on = first.name.within == Within::Subject && known.ends_with(own.as_str());
        let score = first.score.max(firm.score);
        if ran_on
            || own.len() > known.len() && own.starts_with(known.as_str())
            || own.len() == known.len() && firm.score > first.score
        {
            *known = own;
            *first = firm;
        }
        first.score = score;
    }
    let mut first = true;
    let firms = firms.into_iter().map(|(_, times, mut firm)| {
        firm.score += AGAIN * times.min(AGAIN_MOST) as f32;
        if firm.score >= ENOUGH - FIRST && std::mem::take(&mut first) {
            firm.score += FIRST;
        }
        firm
    });
    firms.collect()
}

/// So many names are compared with each other: a mail that names more is a list.
const COMPARED: usize = 200;
/// Fewer letters are the beginning of many names.
const SAME_LETTERS: usize = 4;

/// What is known of a mail while its names are looked at.
struct Looks<'m> {
    reading: &'m Reading<'m>,
    words: &'m NameWords,
    /// Words of the names of the people who wrote, folded.
    people: Vec<Vec<String>>,
    own: Vec<String>,
    sign_offs: SignOffs,
    trouble: (Vec<Range<usize>>, Vec<Range<usize>>),
    /// In German every noun has a capital.
    nouns_have_capitals: bool,
}

impl<'m> Looks<'m> {
    fn of(reading: &'m Reading<'m>, mail: &Mail) -> Self {
        let words = &reading.lexicon.names_of_clients;
        let forwarded = mail.forwarded.as_ref().and_then(|it| it.from.as_ref());
        let writers = mail.from.iter().chain(forwarded).chain(&mail.to);
        Self {
            reading,
            words,
            people: writers.filter_map(words_of_name).collect(),
            own: own_labels(mail, words),
            sign_offs: SignOffs::of(reading, mail),
            trouble: trouble(reading),
            nouns_have_capitals: reading.language.as_deref() == Some("de"),
        }
    }

    /// How much a name looks like a client's, and why; nothing for what is none.
    fn score(&self, name: &Name<'m>) -> Option<(f32, String)> {
        let text = match name.within {
            Within::Subject => self.reading.source.subject,
            Within::Text | Within::Forwarded | Within::Header => self.reading.source.text,
        };
        let around = Around { text, name };
        if self.is_somebody_else(&around) {
            return None;
        }
        let mut signs = Signs::default();
        match name.cue {
            Some(Cue::Client(cue)) if cue.contains(' ') => signs.add(2.4, &format!("\"{cue}\"")),
            Some(Cue::Client(cue)) => signs.add(1.7, &format!("\"{cue}\"")),
            Some(Cue::Preposition) => {
                let near = around
                    .before()
                    .take(2)
                    .any(|word| self.words.near.has_written(word));
                signs.add(if near { 1.2 } else { 0.7 }, "a preposition");
            }
            None => {}
        }
        let last = around.before().next().unwrap_or_default();
        if self.words.articles.has_written(last) {
            signs.add(0.4, "an article");
        }
        self.score_words(&around, &mut signs);
        self.score_place(&around, &mut signs);
        Some((signs.score, signs.because()))
    }

    /// What the name is made of.
    fn score_words(&self, around: &Around<'_, 'm>, signs: &mut Signs) {
        let name = around.name;
        let mut pieces = name.value.split(' ');
        let first = pieces.next().unwrap_or_default();
        let last = pieces.next_back().unwrap_or(first);
        let adjacent = name.value.split(' ').filter(|word| word.len() > 3).count() > 1
            && !name
                .value
                .split(' ')
                .skip(1)
                .any(|word| self.words.links.has_written(word));
        let several = name.capitals > 1 && (!self.nouns_have_capitals || adjacent);
        if several {
            signs.add(0.5, "several capitals");
        }
        let organisation = |word: &str| self.words.organisations.has_written(word);
        let hyphened = name.value.contains('-');
        let mut pieces = name.value.split([' ', '-']);
        let middle = pieces.any(|word| word.starts_with(char::is_uppercase) && organisation(word));
        if name.capitals > 1 && organisation(first) && organisation(last) {
            signs.add(1.6, "words for an organisation");
        } else if (name.capitals > 1 || hyphened) && middle
            || first.starts_with(char::is_lowercase) && organisation(first)
        {
            signs.add(1.2, "a word for an organisation");
        }
        if name.value.contains(" & ") || name.value.contains(" + ") {
            signs.add(0.5, "&");
        }
        if self.words.given.has_written(first) && !signs.is_organisation() {
            signs.add(-1.5, "a person's name");
        }
        if name.capitals == 1 && !hyphened && !is_acronym(name.value) {
            // One word with a capital may be anything: a place, a product, in German any noun.
            signs.add(
                if self.nouns_have_capitals { -1.2 } else { -0.6 },
                "one word",
            );
        }
        if name.capitals == 1 && is_acronym(name.value) {
            signs.add(0.3, "an abbreviation");
        }
    }

    /// What stands around it, and where it stands.
    fn score_place(&self, around: &Around<'_, 'm>, signs: &mut Signs) {
        let name = around.name;
        let behind = around.behind();
        if name.capitals > 1 && self.words.plurals.has_written(behind) {
            signs.add(1.0, "they do something");
        } else if self.words.predicates.has_written(behind) {
            signs.add(0.7, "it does something");
        }
        if name.within == Within::Subject {
            let whole = name.value.len() + 2 >= around.text.trim().len();
            match is_piece(around.text, name) {
                true if whole => {}
                true if self.nouns_have_capitals => signs.add(0.5, "a piece of the subject"),
                true => signs.add(1.0, "a piece of the subject"),
                false => signs.add(0.3, "the subject"),
            }
        } else {
            let begins = begins_sentence(around.text, name.at.start);
            let apart = around.tail().starts_with([':', '.']) || around.tail().starts_with(", ");
            if begins && apart {
                signs.add(0.7, "a line for itself");
            }
            if self.sign_offs.is_forwarded_writers(&name.at) {
                signs.add(1.6, "the forwarded writer's signature");
            }
        }
        if around.is_quoted() || around.is_path() {
            signs.add(-1.5, "in quotes");
        }
        if around
            .words_before(OTHER_WORDS)
            .any(|word| self.words.others.has(&word))
        {
            signs.add(-2.0, "another one");
        }
    }

    /// The writer's own firm, a person, or a shout.
    fn is_somebody_else(&self, around: &Around<'_, 'm>) -> bool {
        let name = around.name;
        let first = name.value.split(' ').next().unwrap_or_default();
        let own = letters(name.value);
        let is_own = self.own.iter().any(|label| own.starts_with(label.as_str()));
        let signed = name.within == Within::Text && self.sign_offs.is_writers(&name.at);
        let titled = self.words.people.has_written(first.trim_end_matches('.'))
            || around
                .before_on_line()
                .is_some_and(|last| self.words.people.has_written(last.trim_end_matches('.')));
        let digit = name.value.bytes().any(|byte| byte.is_ascii_digit());
        let shouted = name.capitals > 1 && name.value.chars().all(|c| !c.is_lowercase());
        let short = name.value.chars().nth(2).is_none();
        is_own || signed || titled || digit || shouted || short || self.is_person(name)
    }

    fn is_person(&self, name: &Name<'_>) -> bool {
        self.people.iter().any(|person| {
            let mut words = name.value.split([' ', '-']).map(fold);
            words.all(|word| person.contains(&word))
        })
    }

    /// "Login Problem Harbor Bank": words of the lexicon at the edges of a name are none of it.
    fn without_trouble(&self, name: Name<'m>) -> Option<Name<'m>> {
        let text = match name.within {
            Within::Subject => self.reading.source.subject,
            Within::Text | Within::Forwarded | Within::Header => self.reading.source.text,
        };
        let (mut at, mut capitals) = (name.at.clone(), name.capitals);
        while let Some(value) = text.get(at.clone()).filter(|value| !value.is_empty()) {
            let first = value.split_inclusive(' ').next().unwrap_or_default();
            let bare = first.trim_end();
            let word = at.start..at.start + bare.len();
            let link = !is_capital(bare) && at.start > name.at.start;
            if !link && !self.tells_trouble(&word, name.within) {
                break;
            }
            capitals -= usize::from(!link).min(capitals);
            at.start += first.len();
        }
        while let Some(value) = text.get(at.clone()).filter(|value| value.contains(' ')) {
            let begin = at.start + value.rfind(' ')? + 1;
            let last = text.get(begin..at.end)?;
            let link = !is_capital(last);
            if !link && !self.tells_trouble(&(begin..at.end), name.within) {
                break;
            }
            capitals -= usize::from(!link).min(capitals);
            at.end = begin - 1;
        }
        let value = text.get(at.clone()).filter(|value| !value.is_empty())?;
        Some(Name {
            value,
            at,
            capitals,
            ..name
        })
    }

    /// "Report", "Login": a word of the lexicon, and none for an organisation.
    fn tells_trouble(&self, word: &Range<usize>, within: Within) -> bool {
        let (trouble, text) = match within {
            Within::Subject => (&self.trouble.0, self.reading.source.subject),
            Within::Text | Within::Forwarded | Within::Header => {
                (&self.trouble.1, self.reading.source.text)
            }
        };
        let behind = trouble.partition_point(|hit| hit.start < word.end);
        let before = trouble.get(..behind).unwrap_or_default().iter().rev();
        let told = before.take(NEAR_HITS).any(|hit| overlap(hit, word));
        let written = text.get(word.clone()).unwrap_or_default();
        told && !self.words.organisations.has_written(written)
    }
}

/// So many words of the lexicon may begin within one.
const NEAR_HITS: usize = 4;

/// Where words of the lexicon stand that tell of trouble, in the subject and in the text, in order.
fn trouble(reading: &Reading<'_>) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (mut subject, mut text) = (Vec::new(), Vec::new());
    for hit in &reading.hits {
        let in_subject = reading.folded.subject_end > hit.at.start;
        let told = match reading.meaning(hit) {
            Meaning::Component(_) | Meaning::Symptom(_) => true,
            Meaning::Points(_) | Meaning::UrgencyLabel | Meaning::UrgencyName(_) => in_subject,
            Meaning::Group
            | Meaning::ClientName(_)
            | Meaning::ClientDomain(_)
            | Meaning::Modifier(_)
            | Meaning::Table(_) => false,
        };
        if told {
            match reading.folded.origin(&hit.at) {
                (Within::Subject, at) => subject.push(at),
                (_, at) => text.push(at),
            }
        }
    }
    text.sort_by_key(|at: &Range<usize>| at.start);
    (subject, text)
}

/// "Another client of ours, Harbor Bank": so many words lie between at most.
const OTHER_WORDS: usize = 4;

/// Points, and what gave them.
#[derive(Debug, Default)]
struct Signs {
    score: f32,
    because: Vec<String>,
}

impl Signs {
    fn add(&mut self, points: f32, because: &str) {
        self.score += points;
        self.because.push(because.to_owned());
    }

    fn is_organisation(&self) -> bool {
        self.because
            .iter()
            .any(|because| because.ends_with("organisation"))
    }

    fn because(&self) -> String {
        format!("a name with {}", self.because.join(", "))
    }
}

/// A name and the text around it.
struct Around<'n, 'm> {
    text: &'m str,
    name: &'n Name<'m>,
}

impl<'m> Around<'_, 'm> {
    fn head(&self) -> &'m str {
        let text = self.text;
        let begin = text.floor_char_boundary(self.name.at.start.saturating_sub(HEAD_BYTES));
        text.get(begin..self.name.at.start).unwrap_or_default()
    }

    fn tail(&self) -> &'m str {
        self.text.get(self.name.at.end..).unwrap_or_default()
    }

    /// The words right before the name, the last one first.
    fn before(&self) -> impl Iterator<Item = &'m str> {
        let words = self
            .head()
            .rsplit(|c: char| parts_words(c) || matches!(c, '\'' | '’'));
        words.filter(|word| !word.is_empty())
    }

    /// The word right before it, if it stands on the same line.
    fn before_on_line(&self) -> Option<&'m str> {
        let line = self.head().rsplit('\n').next()?;
        let mut words = line.rsplit(|c: char| parts_words(c) || c == ',');
        words.find(|word| !word.is_empty())
    }

    /// The words before it in its sentence, the last one first, folded.
    fn words_before(&self, count: usize) -> impl Iterator<Item = String> {
        let head = self.head();
        let sentence = head
            .rsplit(['.', '!', '?', '\n'])
            .next()
            .unwrap_or_default();
        let words = sentence.rsplit(|c: char| !c.is_alphanumeric());
        words.filter(|word| !word.is_empty()).take(count).map(fold)
    }

    /// The word right behind it, nothing if a mark stands between.
    fn behind(&self) -> &'m str {
        let Some(tail) = self.tail().strip_prefix(' ') else {
            return "";
        };
        let end = tail.find(|c: char| parts_words(c) || matches!(c, ',' | '.' | ':' | '?' | '!'));
        tail.get(..end.unwrap_or(tail.len())).unwrap_or_default()
    }

    fn is_quoted(&self) -> bool {
        self.head()
            .ends_with(['"', '«', '„', '“', '‘', '\'', '`', '['])
            && !self.head().ends_with("l'")
    }

    /// "Reports > Sales".
    fn is_path(&self) -> bool {
        let behind = self.tail().trim_start_matches(' ');
        let before = self.head().trim_end_matches(' ');
        let arrow = ['>', '→', '»'];
        behind.starts_with(arrow)
            || behind.starts_with("->")
            || before.ends_with('→')
            || before.ends_with(" >")
            || before.ends_with("->")
    }
}

/// No cue and no sentence that matters reaches back further.
const HEAD_BYTES: usize = 160;

/// "RNHT": three letters or more, all of them capitals.
fn is_acronym(value: &str) -> bool {
    (3..=6).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The words of a person's name, folded.
fn words_of_name(person: &Person) -> Option<Vec<String>> {
    let name = person.name.as_deref()?;
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '\'');
    Some(words.filter(|word| !word.is_empty()).map(fold).collect())
}

/// "Harbor Bank - no data": a name that stands between the marks of a subject for itself.
fn is_piece(subject: &str, name: &Name<'_>) -> bool {
    const MARKS: [char; 12] = ['-', '–', '—', ':', '|', ',', '/', '(', ')', '[', ']', '·'];
    let before = subject.get(..name.at.start).unwrap_or_default().trim_end();
    let behind = subject.get(name.at.end..).unwrap_or_default().trim_start();
    (before.is_empty() || before.ends_with(MARKS))
        && (behind.is_empty() || behind.starts_with(MARKS))
}
