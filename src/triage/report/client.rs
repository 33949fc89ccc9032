//! The client that a mail is about: a labelled line, a known name or domain, the forwarded writer, "our client X".
//!
//! Several ways that agree make sure; two that disagree make unsure, and then the surer one is shown.

use std::ops::Range;

use super::firms::{self, firms};
use super::japanese;
use super::labels::Labelled;
use super::lexicon::Meaning;
use super::name_words::NameWords;
use super::names::{Name, beginnings, letters, name_at};
use super::normal::{Folded, Source};
use super::reading::Reading;
use super::sign_offs::{SignOffs, is_agency};
use super::spelled::{domain_label, spelled};
use super::{Evidence, Found, Within};
use crate::triage::mail::{Mail, Part};

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
    candidates.extend(by_look(reading, mail));
    candidates.extend(by_japanese_mark(reading, mail));
    if candidates.is_empty() {
        candidates.extend(by_own_firm(reading, mail));
    }
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

/// Names that look like firms, and the writer's own firm where no other is named.
fn by_look(reading: &Reading<'_>, mail: &Mail) -> Vec<Candidate> {
    let firms = firms(reading, mail);
    let others = firms.iter().map(|firm| {
        let confidence = firms::confidence(firm.score);
        candidate(reading, &firm.name, confidence, firm.because.clone())
    });
    others.take(KNOWN_SHOWN).collect()
}

/// The writer's own firm, where no client is named: a client that writes by itself. Firms that look after others write
/// for their clients.
fn by_own_firm(reading: &Reading<'_>, mail: &Mail) -> Option<Candidate> {
    let words = &reading.lexicon.names_of_clients;
    let person = mail.from.as_ref().filter(|_| mail.forwarded.is_none())?;
    let text = reading.source.text;
    let label = domain_label(person, words);
    if is_agency(person.domain(), words) {
        return None;
    }
    let by_domain = label.as_ref().and_then(|label| spelled(text, label, words));
    let at = by_domain.or_else(|| signed_firm(reading, mail))?;
    let name = text
        .get(at.clone())
        .filter(|name| !is_agency(name, words))?;
    Some(Candidate {
        name: name.to_owned(),
        confidence: 0.6,
        evidence: reading
            .source
            .evidence("client", &at, "the writer's own firm"),
    })
}

/// A name in the writer's signature with a word for an organisation in it.
fn signed_firm(reading: &Reading<'_>, mail: &Mail) -> Option<Range<usize>> {
    let words = &reading.lexicon.names_of_clients;
    let text = reading.source.text;
    let signed = SignOffs::of(reading, mail);
    let mut names = signed.writers().iter().flat_map(|range| {
        beginnings(text, range.clone()).filter_map(|start| name_at(text, start, (words, true)))
    });
    let firm = names.find(|(at, capitals)| {
        let name = text.get(at.clone()).unwrap_or_default();
        let mut pieces = name.split(' ');
        let organisation = pieces.any(|word| words.organisations.has_written(word));
        *capitals > 1 && organisation
    });
    firm.map(|(at, _)| at)
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

/// `うみかぜ商会様`, `株式会社みなと商事`; in a forward also the firm in whose name its writer begins or signs.
fn by_japanese_mark(reading: &Reading<'_>, mail: &Mail) -> Vec<Candidate> {
    let Source { subject, text, .. } = reading.source;
    let words = &reading.lexicon.names_of_clients.marks;
    let is_written_now = |range: &Range<usize>| {
        let mut segments = mail.segments.iter();
        segments.any(|it| it.part == Part::New && it.range.contains(&range.start))
    };
    let of_agency = |name: &str| {
        words
            .agencies
            .iter()
            .any(|word| name.contains(word.as_str()))
    };
    let in_subject = japanese::marked(subject, words).map(|at| (Within::Subject, at, 0.75));
    let in_text = reading.source.ranges().flat_map(|range| {
        let part = text.get(range.clone()).unwrap_or_default();
        let now = is_written_now(range);
        let own = japanese::introduced(part, words);
        // Who writes now writes for others, unless nobody else is named.
        let (sure, signed) = match (now, mail.forwarded.is_some()) {
            (true, true) => (0.0, None),
            (true, false) => (0.5, None),
            (false, _) => (0.75, japanese::signed(part, words)),
        };
        let own_firm = own.clone().map(|at| (at, sure));
        let signed = signed.map(|at| (at, 0.75));
        let marked = japanese::marked(part, words).map(|at| (at, 0.7));
        let legal = japanese::legal(part, words);
        let is_own = move |at: &Range<usize>| own.as_ref().is_some_and(|own| own.end == at.end);
        let legal = legal.filter(move |at| !is_own(at)).map(|at| (at, 0.65));
        let named = marked.chain(own_firm).chain(signed).chain(legal);
        named.map(|(at, sure)| {
            (
                Within::Text,
                range.start + at.start..range.start + at.end,
                sure,
            )
        })
    });
    in_subject
        .chain(in_text)
        .take(KNOWN_SHOWN)
        .filter_map(|(within, at, sure)| {
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
            let because = "named with an honorific, or as the writer's".to_owned();
            (sure > 0.0 && !of_agency(name.value)).then(|| candidate(reading, &name, sure, because))
        })
        .collect()
}

fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    one.starts_with(other.as_str()) || other.starts_with(one.as_str())
}
