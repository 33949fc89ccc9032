//! Steps within sentences: "open X, click Y and then choose Z", "when I hide it and press download", `A -> B -> C`.
//!
//! A sentence is cut at its commas and at "and then"; a piece is a step if somebody does something in it. What is asked
//! for ("please open …") is none, and what follows the last step is what came of it.

use std::ops::Range;

use super::normal::Folded;
use super::reading::Reading;
use super::sentences::Sentence;

/// Behind so many sentences nobody begins to tell what he did.
const LOOKED_AT_SENTENCES: usize = 80;
/// So many things that are done one after the other are steps, whatever stands before them.
const RUN: usize = 3;
/// Behind "when", or joined by "then", two are enough.
const RUN_IN_TURN: usize = 2;
/// Pieces between commas that are longer tell a story.
const COMMA_BYTES: usize = 48;
/// A sentence of a chain that is longer tells a story, too.
const SENTENCE_BYTES: usize = 90;
/// A way through menus of so many links is cut into them; a shorter one is one step.
const LINKS: usize = 4;
/// A longer piece is cut at no "and", so that reading stays linear.
const PIECE_BYTES: usize = 240;
/// Nobody writes a longer chain.
const CHAIN_BYTES: usize = 1_200;
/// No announcement is longer.
const CUE_BYTES: usize = 120;

/// True for words that tell to do something, and for a way through menus: `Reports > Sales`.
pub(super) fn does(reading: &Reading<'_>, step: &str) -> bool {
    let language = reading.language.as_deref();
    step.contains(" > ") || reading.lexicon.steps.do_something(step, language)
}

/// What stands behind an announcement on the same line: "I could check it like this: open X, choose Y". It is empty where
/// nothing does; then a list may follow.
pub(super) fn announced(reading: &Reading<'_>, line: &Range<usize>) -> Option<Range<usize>> {
    let words = &reading.lexicon.steps;
    let language = reading.language.as_deref();
    let text = reading.source.text.get(line.clone())?;
    if !text.contains(':') && !text.contains('：') {
        return None;
    }
    let colons = text.char_indices().filter(|(at, mark)| {
        let apart = || {
            let behind = text.get(at + mark.len_utf8()..).unwrap_or_default();
            behind
                .chars()
                .next()
                .is_none_or(|next| next == ' ' || !next.is_ascii())
        };
        matches!(mark, ':' | '：') && apart()
    });
    let mut begin = 0;
    for (at, mark) in colons.take(COLONS) {
        let head = text.get(begin..at).unwrap_or_default();
        begin = at + mark.len_utf8();
        let head = head.rsplit(". ").next().unwrap_or_default();
        if head.len() <= CUE_BYTES && words.announce(&Folded::words(head), language) {
            let rest = text.get(begin..).unwrap_or_default();
            let bare = rest.trim_start();
            return Some(line.start + begin + rest.len() - bare.len()..line.end);
        }
    }
    None
}

/// No line has more labels.
const COLONS: usize = 6;

/// "Reports -> Sales -> Export" and "open X, click Y, choose Z" are chains; each link is a step.
pub(super) fn chain(reading: &Reading<'_>, at: Range<usize>) -> Vec<Range<usize>> {
    let text = reading.source.text;
    let at = at.start..at.end.min(text.floor_char_boundary(at.start + CHAIN_BYTES));
    let whole = text.get(at.clone()).unwrap_or_default();
    if whole.contains(" 2. ") || whole.contains(" 2) ") {
        return inline_numbers(text, at);
    }
    for separator in ["→", " -> ", "->", " => ", " » ", "; "] {
        if whole.contains(separator) {
            return split(text, at, separator);
        }
    }
    let stop = if whole.contains('。') { "。" } else { ". " };
    let mut sentences = split(text, at.clone(), stop).into_iter();
    let first = sentences.next().unwrap_or(at);
    let mut links = links(reading, &first);
    // Later sentences go on with it, as long as something is done in them.
    for sentence in sentences {
        let words = text.get(sentence.clone()).unwrap_or_default();
        let language = reading.language.as_deref();
        let by_itself = reading.lexicon.steps.by_itself(words, language);
        if sentence.len() > SENTENCE_BYTES || by_itself || !does(reading, words) {
            break;
        }
        links.push(sentence);
    }
    links
        .into_iter()
        .map(|link| without_end(text, link))
        .collect()
}

fn without_end(text: &str, at: Range<usize>) -> Range<usize> {
    let words = text.get(at.clone()).unwrap_or_default();
    at.start
        ..at.start
            + words
                .trim_end_matches(['.', ' ', '\n', '。'])
                .len()
                .max(1)
                .min(words.len())
}

/// The links of one sentence.
fn links(reading: &Reading<'_>, at: &Range<usize>) -> Vec<Range<usize>> {
    let text = reading.source.text;
    let whole = text.get(at.clone()).unwrap_or_default();
    for (separator, least) in [(" / ", RUN), (" > ", LINKS)] {
        let links = split(text, at.clone(), separator);
        let last_runs_on = links.last().is_some_and(|last| last.len() > COMMA_BYTES);
        if links.len() >= least && !last_runs_on {
            return links;
        }
    }
    let separator = if whole.contains('、') { "、" } else { ", " };
    let commas = split(text, at.clone(), separator);
    let is_done = |piece: &Range<usize>| does(reading, text.get(piece.clone()).unwrap_or_default());
    let done = commas.iter().filter(|piece| is_done(piece)).count();
    let short = commas.len() > 2 && commas.iter().all(|piece| piece.len() < COMMA_BYTES);
    if !(short || commas.len() > 1 && done * 2 >= commas.len()) {
        let parts = joined_parts(reading, at);
        return if parts.len() > 1 {
            parts
        } else {
            vec![at.clone()]
        };
    }
    let mut links: Vec<Range<usize>> = commas
        .iter()
        .flat_map(|piece| joined_parts(reading, piece))
        .collect();
    // What follows the last step is what came of it.
    if let Some(last) = links.iter().rposition(is_done)
        && done > 1
    {
        links.truncate(last + 1);
    }
    links
}

/// "chose X and clicked Y" are two steps, "X and Y" is one; "and then clicked Y" begins behind "then".
fn joined_parts(reading: &Reading<'_>, at: &Range<usize>) -> Vec<Range<usize>> {
    let text = reading.source.text;
    let words = &reading.lexicon.steps;
    let language = reading.language.as_deref();
    let start = at.start
        + words
            .joint(text.get(at.clone()).unwrap_or_default(), language)
            .length;
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut begin = start;
    if at.len() > PIECE_BYTES {
        return std::iter::once(start..at.end).collect();
    }
    let whole = text.get(start..at.end).unwrap_or_default();
    for (blank, _) in whole.match_indices(' ') {
        let place = start + blank + 1;
        if place <= begin {
            continue;
        }
        let rest = text.get(place..at.end).unwrap_or_default();
        let joint = words.joint(rest, language).length;
        if joint == 0 {
            continue;
        }
        let before = text.get(begin..place).unwrap_or_default();
        let behind = rest.get(joint..).unwrap_or_default();
        let behind = behind
            .get(..next_joint(reading, behind))
            .unwrap_or_default();
        if does(reading, before) && does(reading, behind) {
            parts.push(begin..begin + before.trim_end().len());
            begin = place + joint;
        }
    }
    parts.push(begin..at.end);
    parts.retain(|part| part.start < part.end);
    parts
}

/// Where the next word that joins begins; the end where none does.
fn next_joint(reading: &Reading<'_>, text: &str) -> usize {
    let words = &reading.lexicon.steps;
    let mut blanks = text.match_indices(' ').map(|(blank, _)| blank);
    let next = blanks.find(|blank| {
        let rest = text.get(blank + 1..).unwrap_or_default();
        words.joint(rest, reading.language.as_deref()).length > 0
    });
    next.unwrap_or(text.len())
}

/// The first sentence in which several things are done one after the other.
pub(super) fn told(reading: &Reading<'_>) -> Option<Vec<Range<usize>>> {
    let sentences = reading.sentences.all.iter();
    let sentences = sentences.filter(|sentence| !reading.is_subject(sentence));
    sentences
        .take(LOOKED_AT_SENTENCES)
        .filter(|sentence| !sentence.question)
        .find_map(|sentence| run(reading, sentence))
}

fn run(reading: &Reading<'_>, sentence: &Sentence) -> Option<Vec<Range<usize>>> {
    let words = &reading.lexicon.steps;
    let language = reading.language.as_deref();
    let folded = reading.text(&sentence.at);
    let behind_when = words.when(folded, language);
    let cut = folded.contains([',', ':']) || folded.contains(" , ") || folded.contains('、');
    if !cut && !behind_when {
        return None;
    }
    let (_, at) = reading.folded.origin(&sentence.at);
    let text = reading.source.text;
    let whole = text.get(at.clone())?;
    // A line that begins with a capital is one of its own, however long the one before.
    let line = whole.match_indices('\n').find(|(place, _)| {
        whole
            .get(place + 1..)
            .is_some_and(|rest| rest.trim_start().starts_with(char::is_uppercase))
    });
    let at = at.start..line.map_or(at.end, |(place, _)| at.start + place);
    let marks = [", ", ": ", " - ", " – ", " — ", "; ", "、"];
    let mut pieces = vec![at.clone()];
    for mark in marks.into_iter().filter(|mark| whole.contains(mark)) {
        pieces = pieces
            .into_iter()
            .flat_map(|piece| split(text, piece, mark))
            .collect();
    }
    let mut best = Vec::new();
    let mut current = Vec::new();
    let (mut in_turn, mut best_in_turn) = (false, false);
    for piece in pieces {
        let written = text.get(piece.clone()).unwrap_or_default();
        let joint = words.joint(written, language);
        for part in joined_parts(reading, &piece) {
            let written = text.get(part.clone()).unwrap_or_default();
            let by_itself = words.by_itself(written, language);
            if !by_itself && does(reading, written) {
                in_turn |= joint.in_turn && !current.is_empty();
                current.push(part);
            } else {
                if current.len() > best.len() {
                    best = std::mem::take(&mut current);
                    best_in_turn = in_turn;
                }
                current.clear();
                in_turn = false;
            }
        }
    }
    if current.len() > best.len() {
        (best, best_in_turn) = (current, in_turn);
    }
    let least = if behind_when || best_in_turn {
        RUN_IN_TURN
    } else {
        RUN
    };
    let last = best.last()?.end;
    let up_to_last = Folded::words(text.get(at.start..last).unwrap_or_default());
    let asked = words.request(&up_to_last, language);
    let best: Vec<Range<usize>> = best.into_iter().map(|it| without_end(text, it)).collect();
    (best.len() >= least && !asked).then_some(best)
}

pub(super) fn split(text: &str, at: Range<usize>, separator: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = at.start;
    for piece in text.get(at).unwrap_or_default().split(separator) {
        let bare = piece.trim();
        let begin = start + piece.len() - piece.trim_start().len();
        if !bare.is_empty() {
            ranges.push(begin..begin + bare.len());
        }
        start += piece.len() + separator.len();
    }
    ranges
}

/// "1. open it 2. click there 3. see the error"
fn inline_numbers(text: &str, at: Range<usize>) -> Vec<Range<usize>> {
    let whole = text.get(at.clone()).unwrap_or_default();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for number in 1..=9u8 {
        let marks = [format!("{number}. "), format!("{number}) ")];
        let next = marks.iter().find_map(|mark| {
            let place = whole.get(from..)?.find(mark.as_str())? + from;
            Some((place, place + mark.len()))
        });
        let Some((mark, behind)) = next else { break };
        if let Some(last) = ranges.last_mut() {
            last.end = at.start + mark;
        }
        ranges.push(at.start + behind..at.end);
        from = behind;
    }
    for range in &mut ranges {
        let piece = text.get(range.clone()).unwrap_or_default();
        range.end = range.start + piece.trim_end().trim_end_matches([',', ';']).len();
    }
    ranges
}
