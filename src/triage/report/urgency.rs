//! How pressing it is: what the sender states, and what everything in the mail adds up to.
//!
//! A sum, because no word decides alone: "URGENT" in the subject and "no rush" in the body take from each other.

use super::impact::Impact;
use super::lexicon::{Meaning, PointsFor};
use super::matcher::Hit;
use super::reading::Reading;
use super::stated::{counts, is_choice};
use super::{Evidence, Found, Points, Signal, Strength, Urgency, Within};
use crate::triage::mail::Importance;

/// Rule files give the thresholds; these stand where a lexicon has none.
const THRESHOLDS: [(Urgency, f32); 3] = [
    (Urgency::Medium, 2.0),
    (Urgency::High, 5.0),
    (Urgency::Critical, 9.0),
];
/// A mail program's flag is a hint only.
const FLAG_POINTS: f32 = 1.0;
/// As many as make Medium in the shipped rules.
const MATTER_POINTS: f32 = 2.0;

/// Everything that points to an urgency, line by line.
pub(super) fn points(
    reading: &Reading<'_>,
    stated: Option<&Found<Urgency>>,
    signals: &[Signal],
    impact: &Impact,
) -> Vec<Points> {
    let mut lines = Lines {
        stated: stated.map(|stated| by_statement(reading, stated)),
        ..Lines::default()
    };
    for (place, (what, worth)) in reading.lexicon.words.points.iter().enumerate() {
        match what {
            PointsFor::Signals(ids) => {
                let line = by_signal(signals, ids, *worth);
                let told = ids.iter().any(|id| reading.lexicon.is_telling(id));
                lines.sort_in(line, if told { Sort::Told } else { Sort::Beside });
            }
            PointsFor::Words(_) => {
                lines.sort_in(by_words(reading, place, *worth, stated), Sort::Loud);
            }
        }
    }
    lines.sort_in(impact.points(), Sort::Beside);
    if lines.told.is_empty() && lines.stated.is_none() && lines.eased.is_empty() {
        lines.told.extend(matter(reading));
    }
    lines.weighed(stated.is_some_and(|stated| stated.confidence >= PLAIN))
}

/// What a line of the sum is.
#[derive(Clone, Copy)]
enum Sort {
    /// It says what the matter is.
    Told,
    /// A word such as "urgent".
    Loud,
    /// When it is due, whom it hits, what hangs on it.
    Beside,
}

/// The lines of the sum, sorted by what they are.
#[derive(Default)]
struct Lines {
    stated: Option<Points>,
    told: Vec<Points>,
    loud: Vec<Points>,
    beside: Vec<Points>,
    /// "No rush", "ignore the subject": it takes away so much that it denies what is loud.
    eased: Vec<Points>,
}

impl Lines {
    fn sort_in(&mut self, line: Option<Points>, sort: Sort) {
        let Some(line) = line else { return };
        let lines = match sort {
            _ if line.points <= -CONTRADICTING => &mut self.eased,
            Sort::Told => &mut self.told,
            Sort::Loud => &mut self.loud,
            Sort::Beside => &mut self.beside,
        };
        lines.push(line);
    }

    /// The lines that count beside each other.
    fn weighed(mut self, plain: bool) -> Vec<Points> {
        if plain {
            // The sender has said it: only a standstill lifts it, and only "no rush" lowers it.
            let low = |line: &Points| line.points < CONTRADICTING;
            let lifted = self.stated.as_ref().is_some_and(low);
            self.told
                .retain(|line| lifted && line.points >= CONTRADICTING);
            self.loud.clear();
            self.beside.clear();
        } else if !self.eased.is_empty() {
            // The subject shouts, the text says "no rush": the text is right.
            self.stated = None;
            self.loud.retain(|line| line.points < 0.0);
        }
        if self.beside.iter().any(|line| line.points >= PRESSING) {
            // "No emergency, but the board meets at three": what is due today is not waved away.
            self.eased.iter_mut().for_each(|line| line.points /= 2.0);
        }
        let lines = self.stated.into_iter().chain(self.told);
        let lines = lines.chain(self.loud).chain(self.beside);
        lines.chain(self.eased).collect()
    }
}

fn by_statement(reading: &Reading<'_>, stated: &Found<Urgency>) -> Points {
    let mut given = reading.lexicon.words.stated.iter();
    let given = given.find(|(urgency, _)| *urgency == stated.value);
    Points {
        points: given.map_or(0.0, |(_, points)| *points),
        because: format!("the sender states {}", stated.value),
        evidence: stated.evidence.first().cloned(),
    }
}

/// A mail about a component or with a symptom, and not a word on how pressing it is: the usual.
fn matter(reading: &Reading<'_>) -> Option<Points> {
    let about = |hit: &&Hit| {
        let meaning = reading.meaning(hit);
        matches!(meaning, Meaning::Component(_) | Meaning::Symptom(_))
    };
    let hit = reading.hits.iter().find(about)?;
    let because = "a matter for support";
    Some(Points {
        points: MATTER_POINTS,
        because: because.to_owned(),
        evidence: Some(reading.evidence(&hit.at, "urgency", because)),
    })
}

/// From this confidence on the sender has said it plainly: smaller signs add nothing to it.
const PLAIN: f32 = 0.9;
/// Only what weighs so much speaks against a plain statement.
const CONTRADICTING: f32 = 4.0;
/// So many points for what stands beside the matter press by themselves.
const PRESSING: f32 = 3.0;

fn by_signal(signals: &[Signal], ids: &[String], worth: f32) -> Option<Points> {
    let signal = signals
        .iter()
        .find(|signal| ids.contains(&signal.id) && signal.strength >= Strength::Likely)?;
    Some(Points {
        points: worth,
        because: format!("signal {}", signal.id),
        evidence: signal.evidence.first().cloned(),
    })
}

/// The strongest hit of a list counts, once. "Not urgent" takes as much away as "urgent" gives.
fn by_words(
    reading: &Reading<'_>,
    place: usize,
    worth: f32,
    stated: Option<&Found<Urgency>>,
) -> Option<Points> {
    let strongest = reading
        .hits
        .iter()
        .filter(|hit| reading.meaning(hit) == Meaning::Points(place))
        .filter(|hit| worth <= 0.0 || counts(reading, &hit.at, stated))
        .filter_map(|hit| {
            let sentence = reading
                .sentences
                .all
                .get(reading.sentences.place(hit.at.start))?;
            let offered = worth > 0.0 && is_choice(reading, reading.hits_in(&sentence.at));
            if offered || reading.is_old(sentence) {
                return None;
            }
            let modified = reading.modified(std::slice::from_ref(&hit.at), sentence, true);
            let negated = modified.weight <= 0.0;
            let value = match negated {
                true if worth > 0.0 => -worth,
                true => 0.0,
                false => worth,
            };
            Some((value, negated, &hit.at))
        })
        .min_by(|one, other| one.0.total_cmp(&other.0))?;
    let (value, negated, at) = strongest;
    let because = if negated { "words (negated)" } else { "words" };
    (value != 0.0).then(|| Points {
        points: value,
        because: because.to_owned(),
        evidence: Some(reading.evidence(at, "urgency", because)),
    })
}

/// What the points add up to; nothing where nothing points either way.
pub(super) fn urgency(
    points: &mut Vec<Points>,
    thresholds: &[(Urgency, f32)],
    stated: Option<&Found<Urgency>>,
    importance: Option<Importance>,
) -> Option<Found<Urgency>> {
    if let Some(flag) = flag(importance) {
        points.push(flag);
    }
    if points.is_empty() {
        return None;
    }
    let thresholds = if thresholds.is_empty() {
        &THRESHOLDS[..]
    } else {
        thresholds
    };
    let sum: f32 = points.iter().map(|line| line.points).sum();
    let value = thresholds
        .iter()
        .filter(|(_, from)| sum >= *from)
        .map(|(urgency, _)| *urgency)
        .max()
        .unwrap_or(Urgency::Low);
    let margin = thresholds
        .iter()
        .map(|(_, from)| (sum - from).abs())
        .fold(MARGIN, f32::min);
    let confidence = match stated {
        Some(stated) if stated.value == value => stated.confidence,
        Some(_) => 0.6,
        None => 0.5 + 0.3 * margin / MARGIN,
    };
    let mut ranked: Vec<&Points> = points.iter().collect();
    ranked.sort_by(|one, other| other.points.abs().total_cmp(&one.points.abs()));
    Some(Found {
        value,
        confidence,
        evidence: ranked
            .into_iter()
            .filter_map(|line| line.evidence.clone())
            .collect(),
    })
}

/// So many points from a threshold we are as sure as a sum can be.
const MARGIN: f32 = 2.0;

fn flag(importance: Option<Importance>) -> Option<Points> {
    let points = match importance? {
        Importance::High => FLAG_POINTS,
        Importance::Low => -FLAG_POINTS,
        Importance::Normal => return None,
    };
    let because = "importance header";
    Some(Points {
        points,
        because: because.to_owned(),
        evidence: Some(Evidence {
            field: "urgency".to_owned(),
            text: String::new(),
            start: 0,
            end: 0,
            within: Within::Header,
            because: because.to_owned(),
        }),
    })
}
