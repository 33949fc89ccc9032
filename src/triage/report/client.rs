//! The client that a mail is about: a labelled line, a known name or domain, the forwarded writer, "our client X".
//!
//! Several ways that agree make sure; two that disagree make unsure, and then the surer one is shown.

use std::collections::HashMap;

use super::japanese;
use super::labels::Labelled;
use super::lexicon::Meaning;
use super::name_words::NameWords;
use super::names::{Cue, Name, letters, names};
use super::normal::{Folded, Source};
use super::reading::{Reading, overlap};
use super::spelled::{domain_label, spelled};
use super::{Evidence, Found, Within};
use crate::triage::mail::Mail;

/// One way to a name.
#[derive(Clone, Debug)]
struct Candidate {
    name: String,
    confidence: f32,
    evidence: Evidence,
}

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
    let words = &reading.lexicon.names_of_clients;
    let names = names(&reading.source, words);
    let own = own_labels(mail, words);
    candidates.extend(by_cue(reading, &names, &own));
    candidates.extend(by_look(reading, &names, &own));
    candidates.extend(by_japanese_mark(reading, mail));
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
            let name = first_column(name.split(" - ").next()?);
            let words: Vec<&str> = name.split_whitespace().collect();
            let name = words.join(" ");
            let name = name.trim_end_matches([',', '.']);
            let known = known(reading, name);
            let named =
                !name.is_empty() && !points_elsewhere(name, &reading.lexicon.names_of_clients);
            (named && name.split_whitespace().count() <= 8).then(|| Candidate {
                name: known.unwrap_or_else(|| name.to_owned()),
                confidence: 0.96,
                evidence: reading
                    .source
                    .evidence("client", &label.value, "labelled line"),
            })
        })
        .collect()
}

/// What stands before the next column of a line: behind a wide gap, or behind a gap where another label follows.
fn first_column(value: &str) -> &str {
    let value = value.trim();
    let (name, rest) = value.split_once("  ").unwrap_or((value, ""));
    let follows = rest.starts_with(' ') || rest.contains([':', '：']);
    if follows { name } else { value }
}

/// "see below", "siehe Betreff", "unknown": a form's field that names nobody.
fn points_elsewhere(value: &str, words: &NameWords) -> bool {
    let folded = Folded::words(value);
    let mut pieces = folded.split(|c: char| !c.is_alphanumeric());
    let first = pieces.find(|word| !word.is_empty());
    first.is_none_or(|first| words.nobody.has(first))
}

/// The partner file's own spelling of a name.
fn known(reading: &Reading<'_>, name: &str) -> Option<String> {
    let place = reading.lexicon.client_names.get(&Folded::words(name))?;
    let client = reading.lexicon.words.clients.get(*place)?;
    Some(client.name.clone())
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
        | Meaning::UrgencyLabel
        | Meaning::UrgencyName(_)
        | Meaning::Modifier(_)
        | Meaning::Table(_) => None,
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
    let words = &reading.lexicon.names_of_clients;
    let label = domain_label(person, words)?;
    let own = mail.from.as_ref();
    let own = own.and_then(|person| domain_label(person, words));
    if own.as_deref() == Some(label.as_str()) {
        return None;
    }
    let at = spelled(reading.source.text, &label, words)?;
    let name = reading.source.text.get(at.clone())?.to_owned();
    Some(Candidate {
        name,
        confidence: 0.85,
        evidence: reading
            .source
            .evidence("client", &at, "the forwarded writer's domain"),
    })
}

/// What the domains of the writer and of those written to are called: their names are not the client's.
fn own_labels(mail: &Mail, words: &NameWords) -> Vec<String> {
    let people = mail.from.iter().chain(&mail.to);
    let labels = people.filter_map(|person| domain_label(person, words));
    labels.collect()
}

fn is_own(name: &Name<'_>, own: &[String]) -> bool {
    let letters = letters(name.value);
    own.iter().any(|own| letters.starts_with(own.as_str()))
}

/// "our client X", "bei unserem Kunden X", "chez notre client X", "nuestro cliente X".
fn by_cue(reading: &Reading<'_>, names: &[Name<'_>], own: &[String]) -> Vec<Candidate> {
    let cued = names.iter().filter_map(|name| match name.cue? {
        Cue::Client(cue) => Some((cue, name)),
        Cue::Preposition => None,
    });
    cued.filter(|(_, name)| name.value.chars().nth(2).is_some() && !is_own(name, own))
        .take(KNOWN_SHOWN)
        .map(|(cue, name)| {
            let confidence = if cue.contains(' ') { 0.8 } else { 0.65 };
            candidate(reading, name, confidence, format!("\"{cue}\""))
        })
        .collect()
}

fn candidate(
    reading: &Reading<'_>,
    name: &Name<'_>,
    confidence: f32,
    because: String,
) -> Candidate {
    Candidate {
        name: known(reading, name.value).unwrap_or_else(|| name.value.to_owned()),
        confidence,
        evidence: Evidence {
            field: "client".to_owned(),
            text: name.value.to_owned(),
            start: name.at.start,
            end: name.at.end,
            within: name.within,
            because,
        },
    }
}

/// "at Dapplemere Cosmetics", "bei Hallermann Versand": the name that most speaks for.
fn by_look(reading: &Reading<'_>, names: &[Name<'_>], own: &[String]) -> Option<Candidate> {
    let mut again: HashMap<&str, usize> = HashMap::new();
    for name in names {
        *again.entry(name.value).or_default() += 1;
    }
    let mut best: Option<(f32, &Name<'_>)> = None;
    for name in names {
        let likeness = likeness(reading, name);
        let times = again.get(name.value).copied().unwrap_or(1);
        let score = likeness + 0.5 * times.saturating_sub(1).min(3) as f32;
        let better = best.is_none_or(|(known, first)| {
            score > known || (score >= known && name.at.start < first.at.start)
        });
        if likeness > 0.0 && score >= ENOUGH && better && !is_own(name, own) {
            best = Some((score, name));
        }
    }
    let (score, name) = best?;
    let confidence = if score >= 2.5 { 0.65 } else { 0.55 };
    let because = "a name behind a preposition".to_owned();
    Some(candidate(reading, name, confidence, because))
}

/// `うみかぜ商会様`; in a forward also the firm in whose name its writer begins.
fn by_japanese_mark(reading: &Reading<'_>, mail: &Mail) -> Vec<Candidate> {
    let Source { subject, text, .. } = reading.source;
    let words = &reading.lexicon.names_of_clients.marks;
    let in_subject = japanese::marked(subject, words).map(|at| (Within::Subject, at));
    let in_text = reading.source.ranges().flat_map(|range| {
        let part = text.get(range.clone()).unwrap_or_default();
        let introduced = mail
            .forwarded
            .as_ref()
            .and_then(|_| japanese::introduced(part, words));
        let marked = japanese::marked(part, words).chain(introduced);
        marked.map(|at| (Within::Text, range.start + at.start..range.start + at.end))
    });
    in_subject
        .chain(in_text)
        .take(KNOWN_SHOWN)
        .filter_map(|(within, at)| {
            let within_text = if within == Within::Subject {
                subject
            } else {
                text
            };
            let name = Name {
                value: within_text.get(at.clone())?,
                at,
                within,
                cue: None,
                capitals: 0,
            };
            Some(candidate(
                reading,
                &name,
                0.7,
                "named with an honorific, or as the writer's".to_owned(),
            ))
        })
        .collect()
}

/// From here on a name is more likely a client than not.
const ENOUGH: f32 = 1.5;

/// How much a name looks like a company's.
fn likeness(reading: &Reading<'_>, name: &Name<'_>) -> f32 {
    let words = &reading.lexicon.names_of_clients;
    let first = name.value.split(' ').next().unwrap_or_default();
    let digit = name.value.bytes().any(|byte| byte.is_ascii_digit());
    if name.capitals < 2 || digit || words.prepositions.has_written(first) {
        return 0.0;
    }
    let folded = Folded::words(name.value);
    let ends = [folded.split(' ').next(), folded.rsplit(' ').next()];
    let somebody_else = ends[0].is_some_and(|first| words.not_first.has(first));
    if somebody_else || (name.within == Within::Subject && speaks_of_trouble(reading, name)) {
        return 0.0;
    }
    let company = ends
        .iter()
        .flatten()
        .any(|word| words.organisations.has(word));
    let mut score = 0.5;
    if name.cue.is_some() {
        score += 1.0;
    }
    if company {
        score += 1.2;
    }
    if name.within == Within::Subject {
        score += if is_piece(reading.source.subject, name) {
            1.0
        } else {
            0.3
        };
    }
    score
}

/// "Monthly Report", "Login Problem": capitals, but words of the lexicon.
fn speaks_of_trouble(reading: &Reading<'_>, name: &Name<'_>) -> bool {
    let subject = 0..reading.folded.subject_end;
    let mut hits = reading.hits_in(&subject).iter();
    hits.any(|hit| {
        let told = match reading.meaning(hit) {
            Meaning::Component(_)
            | Meaning::Symptom(_)
            | Meaning::Points(_)
            | Meaning::UrgencyLabel
            | Meaning::UrgencyName(_) => true,
            Meaning::Group
            | Meaning::ClientName(_)
            | Meaning::ClientDomain(_)
            | Meaning::Modifier(_)
            | Meaning::Table(_) => false,
        };
        told && overlap(&reading.folded.origin(&hit.at).1, &name.at)
    })
}

/// "Harbor Bank - no data": a name that stands between the marks of a subject for itself.
fn is_piece(subject: &str, name: &Name<'_>) -> bool {
    const MARKS: [char; 12] = ['-', '–', '—', ':', '|', ',', '/', '(', ')', '[', ']', '·'];
    let before = subject.get(..name.at.start).unwrap_or_default().trim_end();
    let behind = subject.get(name.at.end..).unwrap_or_default().trim_start();
    (before.is_empty() || before.ends_with(MARKS))
        && (behind.is_empty() || behind.starts_with(MARKS))
}

fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    one.starts_with(other.as_str()) || other.starts_with(one.as_str())
}
