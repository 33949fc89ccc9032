//! The language that the writer writes, among those that we can answer in.

use whatlang::{Detector, Lang};

use super::normal::Source;

/// Of fewer letters nothing can be said.
const ENOUGH_BYTES: usize = 12;
/// More of them say nothing new.
const LOOKED_AT_BYTES: usize = 500;

/// Codes that replies may have, with the detector's name for each.
const LANGUAGES: [(&str, Lang); 12] = [
    ("en", Lang::Eng),
    ("de", Lang::Deu),
    ("fr", Lang::Fra),
    ("es", Lang::Spa),
    ("it", Lang::Ita),
    ("nl", Lang::Nld),
    ("pt", Lang::Por),
    ("pl", Lang::Pol),
    ("sv", Lang::Swe),
    ("da", Lang::Dan),
    ("tr", Lang::Tur),
    ("ja", Lang::Jpn),
];

/// ISO 639-1 code of the language, if it is one of `allowed` and the text is long enough to tell.
pub(super) fn language(source: &Source<'_>, allowed: &[String]) -> Option<String> {
    let mut sample = String::new();
    for range in source.ranges() {
        let text = source.text.get(range.clone()).unwrap_or_default();
        let room = LOOKED_AT_BYTES.saturating_sub(sample.len());
        sample.extend(text.chars().take(room));
        sample.push(' ');
    }
    if sample.trim().len() < ENOUGH_BYTES {
        sample = source.subject.chars().take(LOOKED_AT_BYTES).collect();
    }
    if sample.trim().len() < ENOUGH_BYTES {
        return None;
    }
    let known: Vec<Lang> = LANGUAGES
        .iter()
        .filter(|(code, _)| allowed.iter().any(|allowed| allowed == code))
        .map(|(_, lang)| *lang)
        .collect();
    let found = Detector::with_allowlist(known).detect(&sample)?;
    let (code, _) = LANGUAGES.iter().find(|(_, lang)| *lang == found.lang())?;
    Some((*code).to_owned())
}
