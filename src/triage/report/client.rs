//! The client that a mail is about: a labelled line, a known name or domain, the forwarded writer, "our client X".
//!
//! Several ways that agree make sure; two that disagree make unsure, and then the surer one is shown.

use std::ops::Range;

use super::labels::Labelled;
use super::lexicon::Meaning;
use super::name_words::{CUES, FREE_MAIL, LINKS, NAME_ENDINGS, WEAK_CUES};
use super::normal::Folded;
use super::reading::Reading;
use super::{Evidence, Found, Within};
use crate::triage::mail::{Mail, Person};

/// One way to a name.
#[derive(Clone, Debug)]
struct Candidate {
    name: String,
    confidence: f32,
    evidence: Evidence,
}

/// A name has at most so many words.
const NAME_WORDS: usize = 6;

/// The client, with every way that led to it.
pub(super) fn client(
    reading: &Reading<'_>,
    mail: &Mail,
    labels: &[Labelled],
) -> Option<Found<String>> {
    let mut candidates = by_label(reading, labels);
    candidates.extend(by_known_name(reading));
    candidates.extend(by_domain(reading, mail));
    candidates.extend(by_forwarded_writer(reading, mail));
    candidates.extend(by_cue(reading, mail));
    candidates.extend(by_preposition(reading, mail));
    candidates.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
    let best = candidates.first()?.clone();
    let agree = |candidate: &Candidate| same_name(&candidate.name, &best.name);
    let others = candidates.iter().skip(1);
    let rival = others
        .clone()
        .filter(|candidate| !agree(candidate))
        .map(|candidate| candidate.confidence);
    let support = others.filter(|candidate| agree(candidate)).count();
    let confidence = match rival.reduce(f32::max) {
        Some(rival) if rival >= DISAGREEING && best.confidence < CERTAIN => 0.5,
        Some(_) | None if support > 0 => (best.confidence + 0.05).min(0.97),
        Some(_) | None => best.confidence,
    };
    Some(Found {
        value: best.name.clone(),
        confidence,
        evidence: candidates
            .into_iter()
            .map(|candidate| candidate.evidence)
            .take(4)
            .collect(),
    })
}

/// A weaker rival than this is no reason to doubt.
const DISAGREEING: f32 = 0.7;
/// A labelled line is not doubted.
const CERTAIN: f32 = 0.95;

fn by_label(reading: &Reading<'_>, labels: &[Labelled]) -> Vec<Candidate> {
    labels
        .iter()
        .filter(|label| label.field == "client" && !label.value.is_empty())
        .filter_map(|label| {
            let value = reading.source.text.get(label.value.clone())?;
            let name = value.split(['(', ';', '/', '|', '\t', '<']).next()?;
            let name = name
                .split(" - ")
                .next()?
                .trim()
                .trim_end_matches([',', '.']);
            let known = known(reading, name);
            (!name.is_empty() && name.split_whitespace().count() <= 8).then(|| Candidate {
                name: known.unwrap_or_else(|| name.to_owned()),
                confidence: 0.96,
                evidence: reading
                    .source
                    .evidence("client", &label.value, "labelled line"),
            })
        })
        .collect()
}

/// The partner file's own spelling of a name.
fn known(reading: &Reading<'_>, name: &str) -> Option<String> {
    let folded = Folded::words(name);
    reading
        .lexicon
        .words
        .clients
        .iter()
        .find(|client| {
            std::iter::once(&client.name)
                .chain(&client.aliases)
                .any(|known| Folded::words(known) == folded)
        })
        .map(|client| client.name.clone())
}

/// Known names and aliases in the text; a name within a longer one does not count.
fn by_known_name(reading: &Reading<'_>) -> Vec<Candidate> {
    let named = |hit: &super::matcher::Hit| match reading.meaning(hit) {
        Meaning::ClientName(place) => Some((place, 0.92, "known name")),
        Meaning::ClientDomain(place) => Some((place, 0.85, "known domain")),
        Meaning::Group
        | Meaning::Component(_)
        | Meaning::Symptom(_)
        | Meaning::Points(_)
        | Meaning::Modifier(..) => None,
    };
    let hits: Vec<_> = reading
        .hits
        .iter()
        .filter_map(|hit| Some((named(hit)?, &hit.at)))
        .collect();
    let mut candidates = Vec::new();
    let mut covered = 0;
    for ((place, confidence, because), at) in &hits {
        let longer = hits.iter().any(|(_, other)| {
            other.start <= at.start && at.end <= other.end && other.len() > at.len()
        });
        if longer || at.start < covered {
            continue;
        }
        covered = at.end;
        if let Some(client) = reading.lexicon.words.clients.get(*place) {
            candidates.push(Candidate {
                name: client.name.clone(),
                confidence: *confidence,
                evidence: reading.evidence(at, "client", because),
            });
        }
        if candidates.len() >= KNOWN_SHOWN {
            break;
        }
    }
    candidates
}

/// More known names than these make no client surer.
const KNOWN_SHOWN: usize = 16;

/// The writer, or the forwarded writer, writes from a known client's domain.
fn by_domain(reading: &Reading<'_>, mail: &Mail) -> Vec<Candidate> {
    let forwarded = mail
        .forwarded
        .as_ref()
        .and_then(|message| message.from.as_ref());
    [forwarded, mail.from.as_ref()]
        .into_iter()
        .flatten()
        .filter_map(|person| {
            let client = reading.lexicon.words.clients.iter().find(|client| {
                client.domains.iter().any(|own| {
                    let domain = person.domain();
                    let below = domain
                        .strip_suffix(own.as_str())
                        .is_some_and(|rest| rest.ends_with('.'));
                    domain == own || below
                })
            })?;
            Some(Candidate {
                name: client.name.clone(),
                confidence: 0.9,
                evidence: by_header(&person.address, "a known client's domain"),
            })
        })
        .collect()
}

fn by_header(text: &str, because: &str) -> Evidence {
    Evidence {
        field: "client".to_owned(),
        text: text.to_owned(),
        start: 0,
        end: 0,
        within: Within::Header,
        because: because.to_owned(),
    }
}

/// The forwarded writer's domain, spelled out where the mail spells it: `stodwells` is "St. Odwell's College".
fn by_forwarded_writer(reading: &Reading<'_>, mail: &Mail) -> Option<Candidate> {
    let person = mail.forwarded.as_ref()?.from.as_ref()?;
    let label = domain_label(person)?;
    let own = mail.from.as_ref().and_then(domain_label);
    if own.as_deref() == Some(label.as_str()) {
        return None;
    }
    let at = spelled(reading.source.text, &label)?;
    let name = reading.source.text.get(at.clone())?.to_owned();
    Some(Candidate {
        name,
        confidence: 0.85,
        evidence: reading
            .source
            .evidence("client", &at, "the forwarded writer's domain"),
    })
}

/// The first label of a domain, letters only; nothing for a mail provider's.
fn domain_label(person: &Person) -> Option<String> {
    let labels: Vec<&str> = person.domain().split('.').collect();
    let label = labels
        .iter()
        .rev()
        .nth(1)
        .filter(|label| label.len() > 3)
        .or(labels.first())?;
    let letters: String = label.chars().filter(|c| c.is_alphanumeric()).collect();
    (letters.len() >= 3 && !FREE_MAIL.contains(&letters.as_str())).then_some(letters)
}

/// Capitalised words whose letters together begin as `label` does, with the capitalised words that follow.
fn spelled(text: &str, label: &str) -> Option<Range<usize>> {
    let mut best: Option<(usize, Range<usize>)> = None;
    for (start, word) in words(text).take(SEARCHED_WORDS) {
        if !word.starts_with(char::is_uppercase) || word.contains('@') {
            continue;
        }
        let Some(name) = name_at(text, start) else {
            continue;
        };
        let letters = letters(text.get(name.clone()).unwrap_or_default());
        let common = letters
            .bytes()
            .zip(label.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        let whole = common == label.len() || common == letters.len();
        let enough = common >= 4 && common * 3 >= label.len() * 2 && (whole || common >= 6);
        let longer = best.as_ref().is_none_or(|(known, range)| {
            common > *known || (common == *known && name.len() > range.len())
        });
        if enough && longer {
            best = Some((common, name));
        }
    }
    best.map(|(_, name)| name)
}

/// A signature stands within so many words, or nobody would read it.
const SEARCHED_WORDS: usize = 3_000;

fn letters(text: &str) -> String {
    Folded::words(text)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let base = text.as_ptr() as usize;
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"' | '|' | '«' | '»' | '„' | '“')
    })
    .filter(|word| !word.is_empty())
    .map(move |word| (word.as_ptr() as usize - base, word))
}

/// A name that begins at `start`: capitalised words on one line, with links between them.
fn name_at(text: &str, start: usize) -> Option<Range<usize>> {
    let tail = text.get(start..)?;
    let line = tail.get(
        ..tail
            .find([
                '\n', '(', '<', '"', '|', '\t', '«', '»', '“', '”', ':', ';', '/', '!', '?',
            ])
            .unwrap_or(tail.len()),
    )?;
    let mut end = 0;
    let mut at = 0;
    for word in line.split_inclusive(' ').take(NAME_WORDS + 2) {
        let bare = word.trim_end();
        let core = bare.trim_end_matches([',', '.', '\'', '’']);
        let core = core
            .strip_suffix("'s")
            .or_else(|| core.strip_suffix("’s"))
            .filter(|_| end > 0 || bare.ends_with(['s']))
            .map_or(core, |stem| {
                if is_last_name_word(line, at + word.len()) {
                    stem
                } else {
                    core
                }
            });
        let capital = core.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        if capital {
            end = at + core.len();
        } else if !LINKS.contains(&core) || end == 0 {
            break;
        }
        let ended = bare.len() > core.len() && !is_short(core);
        if capital && ended {
            break;
        }
        at += word.len();
    }
    (end > 1).then_some(start..start + end)
}

/// "St." and "J." go on.
fn is_short(word: &str) -> bool {
    word.chars().count() <= 2
}

/// True where no capitalised word follows: `Acme's dashboards`, not `Odwell's College`.
fn is_last_name_word(line: &str, at: usize) -> bool {
    let next = line.get(at..).unwrap_or_default();
    !next.starts_with(char::is_uppercase)
}

/// "our client X", "bei unserem Kunden X", "chez notre client X", "nuestro cliente X".
fn by_cue(reading: &Reading<'_>, mail: &Mail) -> Vec<Candidate> {
    let own = mail.from.as_ref().and_then(domain_label);
    let mut candidates = Vec::new();
    let subject = reading.source.subject;
    for (text, at, within) in std::iter::once((subject, 0..subject.len(), Within::Subject)).chain(
        reading
            .source
            .ranges()
            .map(|range| (reading.source.text, range.clone(), Within::Text)),
    ) {
        for (cue, name) in cued(text, &at) {
            let value = text.get(name.clone()).unwrap_or_default();
            let is_own = own
                .as_ref()
                .is_some_and(|own| letters(value).starts_with(own.as_str()));
            if is_own || value.chars().count() < 3 {
                continue;
            }
            let generic = cue.split(' ').count() < 2;
            candidates.push(Candidate {
                name: known(reading, value).unwrap_or_else(|| value.to_owned()),
                confidence: if generic { 0.65 } else { 0.8 },
                evidence: Evidence {
                    field: "client".to_owned(),
                    text: value.to_owned(),
                    start: name.start,
                    end: name.end,
                    within,
                    because: format!("\"{cue}\""),
                },
            });
        }
    }
    candidates.truncate(KNOWN_SHOWN);
    candidates
}

/// "at Dapplemere Cosmetics", "bei Hallermann Versand": the name that most speaks for.
fn by_preposition(reading: &Reading<'_>, mail: &Mail) -> Option<Candidate> {
    let own: Vec<String> = mail
        .from
        .iter()
        .chain(&mail.to)
        .filter_map(domain_label)
        .collect();
    let subject = (
        reading.source.subject,
        0..reading.source.subject.len(),
        Within::Subject,
    );
    let texts = reading
        .source
        .ranges()
        .map(|range| (reading.source.text, range.clone(), Within::Text));
    let mut names: Vec<(f32, &str, Range<usize>, Within)> = Vec::new();
    for (text, at, within) in std::iter::once(subject).chain(texts) {
        let mut before = String::new();
        for (place, word) in words(text.get(at.clone()).unwrap_or_default()).take(SEARCHED_WORDS) {
            let start = at.start + place;
            let weak = WEAK_CUES.contains(&before.as_str());
            before = Folded::words(word);
            let capital = word.starts_with(char::is_uppercase);
            let Some(name) = capital.then(|| name_at(text, start)).flatten() else {
                continue;
            };
            let value = text.get(name.clone()).unwrap_or_default();
            if names.len() < NAMES
                && !own
                    .iter()
                    .any(|own| letters(value).starts_with(own.as_str()))
            {
                names.push((likeness(value, weak, within), value, name, within));
            }
        }
    }
    let total = |value: &str, own: f32| {
        let again = names
            .iter()
            .filter(|(_, other, ..)| *other == value)
            .count();
        own + 0.5 * again.saturating_sub(1).min(3) as f32
    };
    let (score, value, at, within) = names
        .iter()
        .map(|(own, value, at, within)| (total(value, *own), *value, at.clone(), *within))
        .max_by(|one, other| {
            one.0
                .total_cmp(&other.0)
                .then(other.2.start.cmp(&one.2.start))
        })?;
    (score >= ENOUGH).then(|| Candidate {
        name: known(reading, value).unwrap_or_else(|| value.to_owned()),
        confidence: if score >= 2.5 { 0.65 } else { 0.55 },
        evidence: Evidence {
            field: "client".to_owned(),
            text: value.to_owned(),
            start: at.start,
            end: at.end,
            within,
            because: "a name behind a preposition".to_owned(),
        },
    })
}

/// More names in one mail are a list, not a client.
const NAMES: usize = 200;
/// From here on a name is more likely a client than not.
const ENOUGH: f32 = 1.5;

/// How much a name looks like a company's.
fn likeness(value: &str, weak_cue: bool, within: Within) -> f32 {
    let folded = Folded::words(value);
    let parts: Vec<&str> = folded.split(' ').collect();
    let capitals = value
        .split_whitespace()
        .filter(|word| word.starts_with(char::is_uppercase))
        .count();
    let company = parts.last().is_some_and(|last| NAME_ENDINGS.contains(last))
        || parts
            .first()
            .is_some_and(|first| NAME_ENDINGS.contains(first));
    let date = parts
        .iter()
        .any(|part| part.bytes().any(|byte| byte.is_ascii_digit()));
    if date || capitals < 2 {
        return 0.0;
    }
    let mut score = 0.5;
    if weak_cue {
        score += 1.0;
    }
    if company {
        score += 1.2;
    }
    if within == Within::Subject {
        score += 0.3;
    }
    score
}

/// Cues with a name behind them.
fn cued(text: &str, within: &Range<usize>) -> Vec<(&'static str, Range<usize>)> {
    let mut found = Vec::new();
    let part = text.get(within.clone()).unwrap_or_default();
    let mut before: Vec<String> = Vec::new();
    for (place, word) in words(part).take(SEARCHED_WORDS) {
        let start = within.start + place;
        if word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
            let cue = CUES
                .iter()
                .filter(|cue| ends_with_cue(&before, cue))
                .max_by_key(|cue| cue.len());
            if let (Some(cue), Some(name)) = (cue, name_at(text, start)) {
                found.push((*cue, name));
            }
        }
        before.push(Folded::words(word));
        if before.len() > 5 {
            before.remove(0);
        }
    }
    found
}

fn ends_with_cue(before: &[String], cue: &str) -> bool {
    let words: Vec<&str> = cue.split(' ').collect();
    before.len() >= words.len()
        && before
            .iter()
            .rev()
            .zip(words.iter().rev())
            .all(|(word, cue)| word.trim_end_matches([',', ':']) == *cue)
}

fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    one.starts_with(other.as_str()) || other.starts_with(one.as_str())
}
