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
    let mut names: Vec<Range<usize>> = places
        .filter_map(|(at, _)| name_before(text, at, words))
        .filter(|at| !is_other(text, at, words))
        .collect();
    names.sort_by_key(|at| at.start);
    names.into_iter()
}

/// "昨年、東雲交通様で…": words shortly before a name that say that it is not the one meant.
fn is_other(text: &str, at: &Range<usize>, words: &NameMarks) -> bool {
    let before = text.get(..at.start).unwrap_or_default();
    let before: Vec<char> = before.chars().rev().take(OTHER_CHARACTERS).collect();
    let before: String = before.into_iter().rev().collect();
    let before = before.rsplit(['。', '\n']).next().unwrap_or_default();
    words
        .others
        .iter()
        .any(|other| before.contains(other.as_str()))
}

/// "Another" stands no further before its name.
const OTHER_CHARACTERS: usize = 10;

/// `うみかぜ商会の田中です`: the firm in whose name a writer begins.
pub(super) fn introduced(text: &str, words: &NameMarks) -> Option<Range<usize>> {
    let marks = words.of.iter();
    let mut places = marks.flat_map(|mark| text.match_indices(mark.as_str()).take(MARKS));
    places.find_map(|(at, mark)| {
        let rest = text.get(at + mark.len()..)?;
        let sentence = rest.split(['。', '\n', '、', '(', '（']).next()?.trim_end();
        let mut presents = words.presenting.iter();
        let person = presents.find_map(|end| sentence.strip_suffix(end.as_str()))?;
        let is_person = person.chars().count() <= PERSON_CHARACTERS
            && !words
                .addressed
                .iter()
                .any(|word| person.contains(word.as_str()));
        is_person.then(|| name_before(text, at, words))?
    })
}

/// `とんぼ硝子工芸 物流係 五十嵐`: the firm that one of the last lines begins with.
pub(super) fn signed(text: &str, words: &NameMarks) -> Option<Range<usize>> {
    let lines = text.rsplit('\n').filter(|line| !line.trim().is_empty());
    lines.take(SIGNED_LINES).find_map(|line| {
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        let first = line.trim_start_matches([' ', '\u{3000}', '>']);
        let start = start + line.len() - first.len();
        let end = first.find([' ', '\u{3000}', '\n', '/', '|', '(', '（']);
        let firm = first.get(..end.unwrap_or(first.len()))?.trim_end();
        let all = firm.chars().all(is_joined);
        (all && is_firm(firm, words) && line.chars().count() <= SIGNED_CHARACTERS)
            .then(|| start..start + firm.len())
    })
}

/// Nobody signs with more lines, or longer ones.
const SIGNED_LINES: usize = 6;
const SIGNED_CHARACTERS: usize = 40;

/// `株式会社みなと商事の…`: a name that begins with the legal form of a firm.
pub(super) fn legal<'t>(text: &'t str, words: &'t NameMarks) -> impl Iterator<Item = Range<usize>> {
    let forms = words.firms.iter().filter(|form| form.contains(LEGAL));
    let places = forms.flat_map(|form| text.match_indices(form.as_str()).take(MARKS));
    places.filter_map(|(at, form)| {
        let rest = text.get(at + form.len()..)?;
        let name = rest.find(|c: char| !is_joined(c) || words.of.iter().any(|of| of.contains(c)));
        let end = name.unwrap_or(rest.len());
        let name = rest.get(..end)?;
        let fits = (2..=NAME_CHARACTERS).contains(&name.chars().count());
        fits.then(|| at..at + form.len() + end)
    })
}

/// What every legal form of a firm has in it.
const LEGAL: &str = "会社";

fn is_joined(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, 'ー' | '・' | '&' | '＆')
}

fn is_firm(name: &str, words: &NameMarks) -> bool {
    let mut firms = words.firms.iter();
    firms.any(|kind| name.starts_with(kind.as_str()) || name.ends_with(kind.as_str()))
}

fn name_before(text: &str, end: usize, words: &NameMarks) -> Option<Range<usize>> {
    let before = text.get(..end)?;
    let mut start = end;
    for (at, character) in before.char_indices().rev().take(NAME_CHARACTERS) {
        if !is_joined(character) {
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
    start += particle(text.get(start..end)?);
    let name = text.get(start..end)?;
    let firm = is_firm(name, words);
    let mut addressed = words.addressed.iter();
    let addressed = addressed.any(|word| name.contains(word.as_str()));
    let long = name.chars().count() >= FIRM_CHARACTERS;
    let initials = name.len() >= INITIALS && name.bytes().all(|byte| byte.is_ascii_uppercase());
    (!addressed && (firm || long || initials)).then_some(start..end)
}

/// "KKB様": a firm of so many letters.
const INITIALS: usize = 3;

/// How many bytes of a run belong to the words before the name: up to the last particle that a character of another
/// script follows, as in `症状が若草ガス`.
fn particle(run: &str) -> usize {
    let mut cut = 0;
    let mut characters = run.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let follows = next.is_some_and(|next| !('\u{3040}'..='\u{309f}').contains(&next));
        if at > 0 && follows && PARTICLES.contains(&character) {
            cut = at + character.len_utf8();
        }
    }
    cut
}

/// They say what part a word has in its sentence.
const PARTICLES: [char; 5] = ['は', 'が', 'を', 'も', 'で'];

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
        check("今回は同じ症状が若草ガス様で", Some("若草ガス"));
        check("昨年は東雲交通様で、今年は若草ガス様で", Some("若草ガス"));
        check("KKB様のデータ", Some("KKB"));
        check("田中様", None);
        check("ご担当者様", None);
        check("今日の天気です。", None);
        check("nothing", None);
    }
}
