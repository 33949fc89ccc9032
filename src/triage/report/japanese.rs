//! Names of clients in Japanese, which marks them with words instead of capitals: `うみかぜ商会様`, `うみかぜ商会の田中です`.
//!
//! People bear the same mark (`田中様`); a name of a firm is longer, or says what kind of firm it is.

use std::ops::Range;

use super::name_words::NameMarks;

/// A name of a person has fewer characters.
const FIRM_CHARACTERS: usize = 5;
/// The writer's own name has no more.
const PERSON_CHARACTERS: usize = 6;
/// No name is longer.
const NAME_CHARACTERS: usize = 20;
/// A client is named early.
const MARKS: usize = 64;

/// Names that an honorific stands behind, in order.
pub(super) fn marked<'t>(
    text: &'t str,
    words: &'t NameMarks,
) -> impl Iterator<Item = Range<usize>> {
    let marks = words.honorifics.iter();
    let places = marks.flat_map(|mark| text.match_indices(mark.as_str()).take(MARKS));
    places.filter_map(|(at, _)| name_before(text, at, words))
}

/// `うみかぜ商会の田中です`: the firm in whose name a forwarded writer begins.
pub(super) fn introduced(text: &str, words: &NameMarks) -> Option<Range<usize>> {
    let marks = words.of.iter();
    let mut places = marks.flat_map(|mark| text.match_indices(mark.as_str()).take(MARKS));
    places.find_map(|(at, mark)| {
        let rest = text.get(at + mark.len()..)?;
        let sentence = rest.split(['。', '\n', '、']).next()?;
        let mut presents = words.presenting.iter();
        let person = presents.find_map(|end| sentence.strip_suffix(end.as_str()))?;
        (person.chars().count() <= PERSON_CHARACTERS).then(|| name_before(text, at, words))?
    })
}

fn name_before(text: &str, end: usize, words: &NameMarks) -> Option<Range<usize>> {
    let before = text.get(..end)?;
    let mut start = end;
    for (at, character) in before.char_indices().rev().take(NAME_CHARACTERS) {
        let joined = character.is_alphanumeric() && !character.is_ascii()
            || character == 'ー'
            || character == '・';
        if !joined {
            break;
        }
        start = at;
    }
    let run = text.get(start..end)?;
    // "弊社のお客様である…" and "下記のとおり…": the name begins behind the last word that is none of it.
    for begin in &words.before {
        if let Some(at) = run.rfind(begin.as_str()) {
            start = start.max(end - run.len() + at + begin.len());
        }
    }
    let name = text.get(start..end)?;
    let mut firms = words.firms.iter();
    let firm = firms.any(|kind| name.starts_with(kind.as_str()) || name.ends_with(kind.as_str()));
    let mut addressed = words.addressed.iter();
    let addressed = addressed.any(|word| name.contains(word.as_str()));
    let long = name.chars().count() >= FIRM_CHARACTERS;
    (!addressed && (firm || long)).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::rules::Rules;

    #[test]
    fn firms_are_named_and_people_are_not() {
        let words = &Rules::shipped().lexicon.names_of_clients.marks;
        let check = |text: &str, expected: Option<&str>| {
            let found = marked(text, words)
                .next()
                .or_else(|| introduced(text, words));
            assert_eq!(found.and_then(|at| text.get(at)), expected, "{text}");
        };
        check("【うみかぜ商会様】数値の件", Some("うみかぜ商会"));
        check("弊社のお客様であるうみかぜ商会様より", Some("うみかぜ商会"));
        check(
            "お世話になります。うみかぜ商会の田中です。",
            Some("うみかぜ商会"),
        );
        check("田中様", None);
        check("ご担当者様", None);
        check("今日の天気です。", None);
        check("nothing", None);
    }
}
