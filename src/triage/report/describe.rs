//! The description: a labelled one, else the sentence with the most to say about the trouble, and its neighbour.

use std::ops::Range;

use super::labels::Labelled;
use super::lexicon::{Grammar, Meaning, Table};
use super::matcher::GroupId;
use super::modifiers::Modifier;
use super::reading::Reading;
use super::sentences::Sentence;
use super::sign_offs::SignOffs;
use super::{Found, Within};
use crate::triage::mail::{Mail, Part};

/// Behind so many sentences nobody begins to tell what it is about.
const LOOKED_AT_SENTENCES: usize = 80;

/// What it is about, in the writer's words. What else was found helps: steps are none, the client is named in it.
pub(super) fn description(
    reading: &Reading<'_>,
    mail: &Mail,
    labels: &[Labelled],
    (client, steps): (Option<&Found<String>>, Option<&Found<Vec<String>>>),
) -> Option<Found<String>> {
    let subject = reading.text(&(0..reading.folded.subject_end));
    let words = subject.split(|c: char| !c.is_alphanumeric());
    let steps = steps.iter().flat_map(|found| &found.evidence);
    let signals = reading.lexicon.signals.iter();
    let signals = signals.filter(|sought| sought.tells);
    let telling = || Telling {
        signals: signals
            .clone()
            .flat_map(|sought| reading.somewhere(&sought.any_of))
            .collect(),
        reading,
        mail,
        sign_offs: SignOffs::of(reading, mail),
        steps: steps.clone().map(|piece| piece.start..piece.end).collect(),
        client: client.map(|found| found.value.as_str()),
        subject: words
            .clone()
            .filter(|word| word.chars().count() >= TELLING_CHARACTERS || word.len() > TELLING_BYTES)
            .collect(),
    };
    by_label(reading, labels)
        .or_else(|| by_sentence(&telling()))
        .or_else(|| by_subject(reading))
}

/// A word of the subject with fewer characters says little …
const TELLING_CHARACTERS: usize = 4;
/// … unless each of them is a word in Japanese.
const TELLING_BYTES: usize = 6;

fn by_label(reading: &Reading<'_>, labels: &[Labelled]) -> Option<Found<String>> {
    let label = labels
        .iter()
        .find(|label| label.field == "description" && !label.value.is_empty())?;
    let text = reading.source.text;
    let tail = text.get(label.value.start..)?;
    let block = tail.split("\n\n").next()?.split("\r\n\r\n").next()?;
    let next = labels
        .iter()
        .map(|other| other.line.start)
        .find(|start| *start > label.value.start);
    let end = next.map_or(label.value.start + block.len(), |next| {
        next.min(label.value.start + block.len())
    });
    let range = label.value.start..end.max(label.value.end);
    let value = one_line(text.get(range.clone())?);
    Some(Found {
        value,
        confidence: 0.92,
        evidence: vec![
            reading
                .source
                .evidence("description", &range, "labelled line"),
        ],
    })
}

fn by_sentence(sentences: &Telling<'_>) -> Option<Found<String>> {
    let reading = sentences.reading;
    let weighed = sentences.weighed();
    let best = (0..weighed.len()).max_by(|one, other| {
        let weight = |place: &usize| weighed.get(*place).map_or(f32::MIN, |it| it.weight);
        // Of equals the first.
        weight(one).total_cmp(&weight(other)).then(other.cmp(one))
    })?;
    let key = weighed.get(best)?;
    if key.words < LEAST_WORDS {
        return None;
    }
    let beside = [best.checked_sub(1), Some(best + 1)];
    let beside = beside
        .into_iter()
        .filter_map(|place| weighed.get(place?))
        .filter(|it| it.words >= LEAST_WORDS && key.weight - it.weight < BESIDE)
        .filter(|it| adjoin(reading, &it.sentence.at, &key.sentence.at))
        .max_by(|one, other| one.weight.total_cmp(&other.weight));
    let mut range = key.sentence.at.clone();
    if let Some(beside) = beside {
        range.start = range.start.min(beside.sentence.at.start);
        range.end = range.end.max(beside.sentence.at.end);
    }
    let others = weighed
        .iter()
        .filter(|it| !range.contains(&it.sentence.at.start));
    let rival = others.map(|it| it.weight).fold(f32::MIN, f32::max);
    let (_, origin) = reading.folded.origin(&range);
    let evidence = reading
        .source
        .evidence("description", &origin, "the sentence that says most");
    Some(Found {
        value: one_line(&evidence.text),
        confidence: confidence(key.weight - rival),
        evidence: vec![evidence],
    })
}

/// How sure a sentence is that weighs so much more than every other.
fn confidence(ahead: f32) -> f32 {
    match ahead {
        ahead if ahead >= 3.0 => 0.9,
        ahead if ahead >= 1.5 => 0.8,
        _ => 0.65,
    }
}

/// A sentence of fewer words tells nothing.
const LEAST_WORDS: f32 = 3.0;
/// The sentence beside the key sentence that weighs less by no more than this belongs to it.
const BESIDE: f32 = 2.0;

fn by_subject(reading: &Reading<'_>) -> Option<Found<String>> {
    let subject = reading.source.subject.trim();
    let range: Range<usize> = 0..reading.source.subject.len();
    (subject.chars().count() >= 4).then(|| Found {
        value: subject.to_owned(),
        confidence: 0.5,
        evidence: vec![super::Evidence {
            field: "description".to_owned(),
            text: reading.source.subject.to_owned(),
            start: range.start,
            end: range.end,
            within: Within::Subject,
            because: "only the subject says it".to_owned(),
        }],
    })
}

/// A sentence, and how likely it is the one that says what the mail is about.
#[derive(Clone, Copy, Debug)]
struct Weighed<'r> {
    sentence: &'r Sentence,
    words: f32,
    weight: f32,
}

/// What speaks for a sentence, and against it. The weights were fitted to several hundred mails in eight languages
/// (a choice among the sentences of each), then rounded; none of them knows a language's words.
mod weight {
    pub(super) const QUESTION: f32 = 1.8;
    /// The mail that was passed on tells more than the note above it.
    pub(super) const FORWARDED: f32 = 1.8;
    pub(super) const COVER_NOTE: f32 = -1.8;
    /// "Still", "again", "since".
    pub(super) const LASTING: f32 = 1.4;
    pub(super) const SIGNAL: f32 = 1.2;
    /// A message on the screen, the name of a button.
    pub(super) const QUOTATION: f32 = 1.0;
    /// Words of the subject.
    pub(super) const SUBJECT: f32 = 0.8;
    pub(super) const FIGURE: f32 = 0.8;
    pub(super) const COMPONENT: f32 = 0.6;
    pub(super) const SYMPTOM: f32 = 0.6;
    /// A word group whose words tell what the matter is.
    pub(super) const GROUP: f32 = 0.15;
    pub(super) const DOING: f32 = 0.4;
    pub(super) const CLIENT: f32 = 0.2;
    pub(super) const NEGATION: f32 = 0.2;
    pub(super) const PARAGRAPH: f32 = 0.2;
    pub(super) const EXCLAMATION: f32 = -0.2;
    pub(super) const IDLE: f32 = -0.2;
    pub(super) const SIGNATURE: f32 = -0.2;
    pub(super) const ANNOUNCES: f32 = -0.4;
    pub(super) const STEP: f32 = -0.4;
    pub(super) const URGENCY: f32 = -0.6;
    pub(super) const ONE_PERSON: f32 = -0.6;
    /// A greeting, a signature, a table's cell.
    pub(super) const NO_STOP: f32 = -1.4;
    /// For each sentence before it.
    pub(super) const LATER: f32 = -0.32;
    /// By its words: fewer than so many add this …
    pub(super) const SHORT: [(f32, f32); 2] = [(4.0, -0.6), (7.0, -1.0)];
    /// … and from so many on this.
    pub(super) const LONG: [(f32, f32); 3] = [(8.0, 0.8), (13.0, 1.2), (31.0, 0.6)];
}

/// A later sentence weighs no less for being late.
const LATE: usize = 20;

/// What is known of a mail while its sentences are weighed.
struct Telling<'r> {
    reading: &'r Reading<'r>,
    mail: &'r Mail,
    sign_offs: SignOffs,
    /// Where steps stand, bytes into the text.
    steps: Vec<Range<usize>>,
    client: Option<&'r str>,
    /// Words of the subject that say something.
    subject: Vec<&'r str>,
    /// The word groups of telling signals, as far as they stand in the mail.
    signals: Vec<&'r Vec<GroupId>>,
}

impl<'r> Telling<'r> {
    fn weighed(&self) -> Vec<Weighed<'r>> {
        let sentences = self.reading.sentences.all.iter().enumerate();
        sentences
            .filter(|(_, sentence)| !self.reading.is_subject(sentence))
            .take(LOOKED_AT_SENTENCES)
            .enumerate()
            .map(|(early, (place, sentence))| {
                let words = word_count(self.reading.text(&sentence.at));
                let weight = self.by_words(sentence, place)
                    + self.by_place(sentence, early)
                    + by_length(words);
                Weighed {
                    sentence,
                    words,
                    weight,
                }
            })
            .collect()
    }

    /// What the lexicon finds in it.
    fn by_words(&self, sentence: &Sentence, place: usize) -> f32 {
        let reading = self.reading;
        let mut most: [f32; 6] = [0.0; 6];
        let [component, symptom, group, negation, lasting, other] = &mut most;
        let (mut one_person, mut urgency) = (false, false);
        for hit in reading.hits_in(&sentence.at) {
            match reading.meaning(hit) {
                Meaning::Component(_) => *component += weight::COMPONENT,
                Meaning::Symptom(_) => *symptom += weight::SYMPTOM,
                Meaning::Modifier(Modifier::Negation | Modifier::NegationAnywhere) => {
                    *negation += weight::NEGATION;
                }
                Meaning::Modifier(Modifier::Lasting) => *lasting = weight::LASTING,
                Meaning::Modifier(Modifier::OnePerson) => one_person = true,
                Meaning::Points(_) | Meaning::UrgencyLabel | Meaning::UrgencyName(_) => {
                    urgency = true;
                }
                Meaning::Group if reading.lexicon.tells(hit.group) => *group += weight::GROUP,
                Meaning::Group
                | Meaning::Modifier(_)
                | Meaning::ClientName(_)
                | Meaning::ClientDomain(_)
                | Meaning::Table(_) => {}
            }
        }
        let mut signals = self.signals.iter();
        let text = reading.text(&sentence.at);
        *other = [
            (one_person, weight::ONE_PERSON),
            (urgency, weight::URGENCY),
            (
                signals.any(|groups| reading.has_all(place, groups)),
                weight::SIGNAL,
            ),
            (sentence.question, weight::QUESTION),
            (is_idle(reading, sentence), weight::IDLE),
            (
                reading
                    .lexicon
                    .steps
                    .folded_does_something(text, reading.language.as_deref()),
                weight::DOING,
            ),
            (
                self.subject.iter().any(|word| text.contains(word)),
                weight::SUBJECT,
            ),
        ]
        .into_iter()
        .filter_map(|(is_so, weight)| is_so.then_some(weight))
        .sum();
        // A third component or negation says no more than two.
        *component = component.min(2.0 * weight::COMPONENT);
        *symptom = symptom.min(2.0 * weight::SYMPTOM);
        *group = group.min(2.0 * weight::GROUP);
        *negation = negation.min(2.0 * weight::NEGATION);
        most.iter().sum()
    }

    /// Where it stands, and how it looks.
    fn by_place(&self, sentence: &Sentence, early: usize) -> f32 {
        const QUOTES: [char; 6] = ['"', '«', '„', '“', '「', '`'];
        let (_, at) = self.reading.folded.origin(&sentence.at);
        let text = self.reading.source.text;
        let written = text.get(at.clone()).unwrap_or_default();
        let bare = written.trim_end();
        let before = text.get(..at.start).unwrap_or_default();
        let before = before.trim_end_matches([' ', '>', '\r']);
        let mut segments = self.mail.segments.iter();
        let is_new = segments.any(|it| it.part == Part::New && it.range.contains(&at.start));
        let is_forward = self.mail.forwarded.is_some();
        let signed = self.sign_offs.is_writers(&at) || self.sign_offs.is_forwarded_writers(&at);
        let is_step = |step: &Range<usize>| step.start < at.end && at.start < step.end;
        let signs = [
            (is_forward && is_new, weight::COVER_NOTE),
            (is_forward && !is_new, weight::FORWARDED),
            (
                written.contains(QUOTES) || written.contains(" '"),
                weight::QUOTATION,
            ),
            (
                written.bytes().any(|byte| byte.is_ascii_digit()),
                weight::FIGURE,
            ),
            (
                self.client.is_some_and(|client| written.contains(client)),
                weight::CLIENT,
            ),
            (before.ends_with("\n\n"), weight::PARAGRAPH),
            (written.contains('!'), weight::EXCLAMATION),
            (signed, weight::SIGNATURE),
            (bare.ends_with(':'), weight::ANNOUNCES),
            (self.steps.iter().any(is_step), weight::STEP),
            (!bare.ends_with(['.', '!', '?', '。', ':']), weight::NO_STOP),
        ];
        let signs = signs.into_iter();
        let signs: f32 = signs.filter_map(|(is_so, it)| is_so.then_some(it)).sum();
        signs + weight::LATER * early.min(LATE) as f32
    }
}

fn by_length(words: f32) -> f32 {
    let short = weight::SHORT.into_iter();
    let short = short.filter(|(limit, _)| words < *limit);
    let long = weight::LONG.into_iter();
    let long = long.filter(|(limit, _)| words >= *limit);
    short.chain(long).map(|(_, weight)| weight).sum()
}

/// True if nothing stands between two sentences. What is read one after the other may be apart in the mail: a quotation
/// lies between, or a forward above the words of one's own.
fn adjoin(reading: &Reading<'_>, one: &Range<usize>, other: &Range<usize>) -> bool {
    let (first, second) = if one.start < other.start {
        (one, other)
    } else {
        (other, one)
    };
    let (_, first) = reading.folded.origin(first);
    let (_, second) = reading.folded.origin(second);
    let between = reading.source.text.get(first.end..second.start);
    between.is_some_and(|between| !between.contains(char::is_alphanumeric))
}

/// Greets, thanks or hands over.
fn is_idle(reading: &Reading<'_>, sentence: &Sentence) -> bool {
    let idle = Some(Table::Grammar(Grammar::Idle));
    let hits = reading.of_tables_in(&sentence.at).iter();
    hits.take_while(|hit| hit.at.start == sentence.at.start)
        .any(|hit| reading.table(hit) == idle)
}

/// The words of a text; languages without blanks have one for about two and a half characters.
fn word_count(text: &str) -> f32 {
    let words = text.split_whitespace().count() as f32;
    if text.is_ascii() {
        return words;
    }
    let unspaced = text
        .chars()
        .filter(|c| ('\u{2e80}'..='\u{9fff}').contains(c));
    words + unspaced.count() as f32 / WORD_CHARACTERS
}

/// A Japanese word has so many characters.
const WORD_CHARACTERS: f32 = 2.5;

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !word.bytes().all(|byte| byte == b'>'))
        .collect();
    words.join(" ")
}
