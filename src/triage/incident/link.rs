//! Do two mails speak of the same trouble? A sum over what they share, with the words of both.
//!
//! Only what is shared adds; a contradiction takes away. A link is made from [`LINKED`] on, which is what the same
//! component with the same symptom gives.

use serde::{Deserialize, Serialize};

use super::signature::{Mark, Signature, is_broken};

/// From this score on two mails speak of the same trouble.
pub const LINKED: f32 = 4.0;

/// Same component and same symptom.
const SAME_TOPIC: f32 = 4.0;
/// Same component, and two symptoms that one trouble can show: what is slow for one fails for the other. They are
/// counted as one topic, so that what is usual for it is known.
const KIN_TOPIC: f32 = 4.0;
/// Same component, the symptom is unknown in one of them.
const HALF_TOPIC: f32 = 2.0;
/// Both tell that the service is down, and one of them does not say which part.
const BOTH_DOWN: f32 = 4.0;
/// Both tell of an outage of the same part.
const BOTH_DOWN_TOO: f32 = 1.0;
/// The same error code or exception.
const SAME_CODE: f32 = 3.0;
/// The same HTTP status alone: there are few, and every fault has one.
const SAME_STATUS: f32 = 1.5;
/// The same path, file, report or message.
const SAME_NAME: f32 = 2.0;
/// More shared names than this make a link no surer.
const NAMES_MAX: f32 = 3.0;
/// Slow here, wrong numbers there.
const CONTRADICTS: f32 = -3.0;
/// Two parts that have little to do with each other.
const ELSEWHERE: f32 = -2.0;
/// One of the two only asks.
const ASKS: f32 = 0.5;

/// Something that both mails have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// What, in words: `the same component and symptom: login unavailable`.
    pub what: String,
    /// What it adds.
    pub points: f32,
    /// The words of the one.
    pub here: Option<Mark>,
    /// The words of the other.
    pub there: Option<Mark>,
}

/// How strongly two mails hang together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// From [`LINKED`] on they speak of one trouble.
    pub score: f32,
    /// What they share, and what speaks against it.
    pub shared: Vec<Shared>,
    /// They are one report, written or sent twice: no second client.
    pub same_report: bool,
}

impl Link {
    /// True where both speak of one trouble.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.score >= LINKED
    }

    /// What is shared, for people: `the same error code: err_export_17`.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let adding = self.shared.iter().filter(|shared| shared.points > 0.0);
        adding.map(|shared| shared.what.clone()).collect()
    }

    fn add(&mut self, points: f32, what: String, marks: (Option<&Mark>, Option<&Mark>)) {
        self.score += points;
        self.shared.push(Shared {
            what,
            points,
            here: marks.0.cloned(),
            there: marks.1.cloned(),
        });
    }
}

/// Compares two mails. Symmetric, but for which of the two is `here`.
#[must_use]
pub fn link(here: &Signature, there: &Signature) -> Link {
    let mut link = Link {
        same_report: here.sketch.same(&there.sketch),
        ..Link::default()
    };
    components(&mut link, here, there);
    for (one, two) in shared(&here.codes, &there.codes) {
        let status = one.key.starts_with("http ");
        let (points, what) = if status {
            (SAME_STATUS, "the same status")
        } else {
            (SAME_CODE, "the same error code")
        };
        link.add(
            points,
            format!("{what}: {}", one.key),
            (Some(one), Some(two)),
        );
    }
    let mut left = NAMES_MAX;
    for (one, two) in shared(&here.names, &there.names) {
        let points = SAME_NAME.min(left);
        left -= points;
        if points > 0.0 {
            link.add(
                points,
                format!("the same name: {}", one.key),
                (Some(one), Some(two)),
            );
        }
    }
    if here.asks || there.asks {
        link.score *= ASKS;
    }
    link
}

fn components(link: &mut Link, here: &Signature, there: &Signature) {
    let marks = (here.component.as_ref(), there.component.as_ref());
    let symptoms = (here.symptom.as_ref(), there.symptom.as_ref());
    let down = (here.outage.as_ref(), there.outage.as_ref());
    let both_down = down.0.is_some() && down.1.is_some();
    match marks {
        (Some(one), Some(two)) if one.key == two.key => {
            match symptoms {
                (Some(mine), Some(yours)) if mine.key == yours.key => {
                    let what = format!("the same component and symptom: {} {}", one.key, mine.key);
                    link.add(SAME_TOPIC, what, marks);
                }
                (Some(mine), Some(yours)) if are_kin(&mine.key, &yours.key) => {
                    let what = format!(
                        "the same component: {} ({} and {})",
                        one.key, mine.key, yours.key
                    );
                    link.add(KIN_TOPIC, what, marks);
                }
                (Some(mine), Some(yours)) => {
                    let what = format!("{} here, {} there", mine.key, yours.key);
                    link.add(CONTRADICTS, what, symptoms);
                }
                (None, _) | (_, None) => {
                    link.add(
                        HALF_TOPIC,
                        format!("the same component: {}", one.key),
                        marks,
                    );
                }
            }
            if both_down {
                link.add(BOTH_DOWN_TOO, "both tell of an outage".to_owned(), down);
            }
        }
        (Some(one), Some(two)) => {
            link.add(
                ELSEWHERE,
                format!("{} here, {} there", one.key, two.key),
                marks,
            );
        }
        (None, _) | (_, None) if both_down => {
            link.add(BOTH_DOWN, "both tell of an outage".to_owned(), down);
        }
        (None, _) | (_, None) => {}
    }
}

fn are_kin(one: &str, two: &str) -> bool {
    is_broken(one) && is_broken(two)
}

fn shared<'m>(here: &'m [Mark], there: &'m [Mark]) -> impl Iterator<Item = (&'m Mark, &'m Mark)> {
    here.iter()
        .filter_map(|one| Some((one, there.iter().find(|two| two.key == one.key)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::report::Within;

    fn mark(key: &str) -> Mark {
        Mark {
            key: key.to_owned(),
            text: key.to_owned(),
            start: 0,
            end: key.len(),
            within: Within::Text,
        }
    }

    /// `login unavailable +code !name outage asks`, each optional; `?` is unknown.
    fn signature(text: &str) -> Signature {
        let mut signature = Signature::default();
        for (place, word) in text.split_whitespace().enumerate() {
            match (place, word) {
                (_, "?") => {}
                (_, "outage") => signature.outage = Some(mark(word)),
                (_, "asks") => signature.asks = true,
                (0, word) => signature.component = Some(mark(word)),
                (1, word) => signature.symptom = Some(mark(word)),
                (_, word) if word.starts_with('+') => signature.codes.push(mark(&word[1..])),
                (_, word) => signature.names.push(mark(&word[1..])),
            }
        }
        signature
    }

    #[test]
    fn what_is_shared_links_and_what_contradicts_parts() {
        let check = |one: &str, two: &str, score: f32| {
            let (one, two) = (signature(one), signature(two));
            let there = link(&one, &two);
            assert!(
                (there.score - score).abs() < 0.001,
                "{one:?} {two:?}: {there:?}"
            );
            assert!((link(&two, &one).score - score).abs() < 0.001, "symmetric");
        };
        check("login unavailable", "login unavailable", 4.0);
        check("login unavailable", "login error", 4.0);
        check("login unavailable outage", "login error outage", 5.0);
        check("login unavailable", "login ?", 2.0);
        check("report slow", "report wrong-data", -3.0);
        check("export error", "login error", -2.0);
        check("export error +err_17", "export slow +err_17", 7.0);
        check("? ? +err_17", "? ? +err_17", 3.0);
        check("? ? +err_17 !weekly", "? ? +err_17 !weekly", 5.0);
        check(
            "export error +err_17 !a !b !c",
            "dashboard error +err_17 !a !b !c",
            4.0,
        );
        check("? ? outage", "login unavailable outage", 4.0);
        check("login unavailable", "login unavailable asks", 2.0);
        check("? ?", "? ?", 0.0);
    }
}
