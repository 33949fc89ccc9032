//! The language that the writer writes: by the small words that every sentence has, else by its letters.
//!
//! The small words go first because they are right about short mails, in which names and product words outweigh the
//! rest; letters alone take a German sentence full of names for English.

use std::collections::HashMap;
use std::sync::LazyLock;

use whatlang::{Detector, Lang};

use super::normal::Source;

/// Of fewer letters nothing can be said.
const ENOUGH_BYTES: usize = 12;
/// More of them say nothing new.
const LOOKED_AT_BYTES: usize = 500;
/// So many small words of one language settle it, if no other has nearly as many.
const ENOUGH_WORDS: u32 = 3;

/// Languages told by their small words. A word may be of several; what tells them apart is the sum.
const SMALL_WORDS: [(&str, &str); 7] = [
    (
        "en",
        "the and is are was were we our you your to of for with this that not cannot can have has had it on at in please \
         when they be been from since after i my does do did there but will would which any what how an as or no",
    ),
    (
        "de",
        "der die das und ist sind war wir unser unsere unseren sie ihr ihre nicht kein keine mit von für auf bei ein \
         eine einen einem den dem des im in zu zum zur es ich kann können bitte seit nach wenn wird werden haben hat \
         auch aber dass noch aus uns an am um wie nur tut nichts guten tag hallo mehr alle schon",
    ),
    (
        "fr",
        "le la les des un une et est sont nous notre nos vous votre vos pas ne pour avec sur dans que qui ce cette il \
         elle ils je du au aux depuis bonjour plus mais peut de en se sa son on ou où quand avons tous",
    ),
    (
        "es",
        "el la los las un una y es son nuestro nuestra nuestros no para con por en que del al se su sus desde hola pero \
         está están puede hemos cuando de lo como muy nos si más ya hay le esta este todos",
    ),
    (
        "it",
        "il lo la gli le un una e è sono noi nostro nostra nostri non per con di che del della dei delle nel si da dal \
         ma buongiorno abbiamo quando questo questa al alla come anche più tutti ci ha i in ho se su",
    ),
    (
        "nl",
        "de het een en is zijn wij we onze ons niet geen voor met van op bij dat die deze dit te er ik kan kunnen graag \
         sinds als wordt hebben heeft ook maar naar u uw hallo in aan om al wel nog door dan meer alle",
    ),
    (
        "pt",
        "o a os as um uma e é são nós nosso nossa nossos não para com por em que do da dos das no na se desde olá mas \
         está pode quando ao de você temos estão mais já há como todos",
    ),
];

/// Languages told by their letters, where small words are too few.
const BY_LETTERS: [(&str, Lang); 12] = [
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

/// For each small word one bit a language, by its place in the table above.
static LANGUAGES_OF: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
    let mut of: HashMap<&str, u8> = HashMap::new();
    for (place, (_, words)) in SMALL_WORDS.iter().enumerate() {
        for word in words.split_whitespace() {
            *of.entry(word).or_default() |= 1 << place;
        }
    }
    of
});

/// What tells the languages of a text.
pub(super) struct Sample {
    /// The beginning of what counts; empty where it is too short to tell.
    text: String,
    /// For each of its small words the languages that have it, a bit each.
    small_words: Vec<u8>,
}

impl Sample {
    pub(super) fn of(source: &Source<'_>) -> Self {
        let text = sample(source).unwrap_or_default();
        Self {
            small_words: small_words(&text),
            text,
        }
    }

    /// ISO 639-1 code of the language, if the text is long enough to tell.
    pub(super) fn language(&self) -> Option<String> {
        if self.text.is_empty() {
            return None;
        }
        by_small_words(&counts(&self.small_words, NO_LANGUAGE))
            .or_else(|| by_letters(&self.text))
            .map(str::to_owned)
    }

    /// Every language that a good part of the mail is written in, by its small words: a partner's three lines in English
    /// above a client's in French are both. Empty where too few small words tell.
    pub(super) fn languages_in_use(&self) -> Vec<&'static str> {
        let japanese = self.text.chars().any(is_kana).then_some("ja");
        let all = counts(&self.small_words, NO_LANGUAGE);
        let Some((first, most)) = all.iter().enumerate().max_by_key(|(_, count)| **count) else {
            return Vec::new();
        };
        // What Spanish shares with Italian says nothing for Italian in a Spanish mail.
        let own = counts(&self.small_words, 1 << first);
        let used = own.iter().zip(&SMALL_WORDS).enumerate();
        used.filter(|(place, (own, _))| {
            *most >= ENOUGH_WORDS && (*place == first || **own * GOOD_PART >= *most)
        })
        .map(|(_, (_, (code, _)))| *code)
        .chain(japanese)
        .collect()
    }
}

/// A language with a third as many small words of its own as the first one has in all is in use as well.
const GOOD_PART: u32 = 3;
const NO_LANGUAGE: u8 = 0;

fn is_kana(c: char) -> bool {
    ('\u{3041}'..='\u{30ff}').contains(&c)
}

/// The beginning of what counts, single blanks between its words: how a text is laid out says nothing.
fn sample(source: &Source<'_>) -> Option<String> {
    let mut sample = String::new();
    for range in source.ranges() {
        let text = source.text.get(range.clone()).unwrap_or_default();
        for word in text.split_whitespace() {
            if sample.len() >= LOOKED_AT_BYTES {
                break;
            }
            sample.push_str(word);
            sample.push(' ');
        }
    }
    if sample.trim().len() < ENOUGH_BYTES {
        sample = source.subject.chars().take(LOOKED_AT_BYTES).collect();
    }
    (sample.trim().len() >= ENOUGH_BYTES).then_some(sample)
}

/// For each small word the languages that have it.
fn small_words(sample: &str) -> Vec<u8> {
    let lower = sample.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic());
    words
        .filter_map(|word| LANGUAGES_OF.get(word).copied())
        .collect()
}

/// How many there are of each language, without those that the languages in `apart_from` have as well.
fn counts(small_words: &[u8], apart_from: u8) -> [u32; SMALL_WORDS.len()] {
    let mut counts = [0_u32; SMALL_WORDS.len()];
    for languages in small_words.iter().filter(|word| **word & apart_from == 0) {
        for (place, count) in counts.iter_mut().enumerate() {
            *count += u32::from(languages >> place & 1);
        }
    }
    counts
}

fn by_small_words(counts: &[u32; SMALL_WORDS.len()]) -> Option<&'static str> {
    let (place, most) = counts.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let next = counts
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != place)
        .map(|(_, count)| *count)
        .max()?;
    let clear = *most >= ENOUGH_WORDS && most * 3 >= next * 4;
    SMALL_WORDS
        .get(place)
        .filter(|_| clear)
        .map(|(code, _)| *code)
}

fn by_letters(sample: &str) -> Option<&'static str> {
    let known = BY_LETTERS.iter().map(|(_, lang)| *lang).collect();
    let found = Detector::with_allowlist(known).detect(sample)?;
    BY_LETTERS
        .iter()
        .find(|(_, lang)| *lang == found.lang())
        .map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::mail::Mail;

    #[test]
    fn short_mails_full_of_names_are_told_by_their_small_words() {
        let check = |text: &str, expected: Option<&str>| {
            let mail = Mail::read(format!("Subject: x\n\n{text}\n").as_bytes());
            let body = crate::triage::report::normal::Body::of(&mail);
            let source = Source::of(&mail, &body);
            assert_eq!(
                Sample::of(&source).language().as_deref(),
                expected,
                "{text}"
            );
        };
        check(
            "Guten Tag, der Filter tut nichts. Kunde: EverythingCloud Cobalt",
            Some("de"),
        );
        check("Harbor Bank cannot log in since this morning.", Some("en"));
        check("Bonjour, le rapport ne s'affiche pas.", Some("fr"));
        check("Hola, el informe no se puede abrir.", Some("es"));
        check("Buongiorno, il report non si apre da ieri.", Some("it"));
        check("Hallo, het rapport kan niet worden geopend.", Some("nl"));
        check("Olá, o relatório não abre desde ontem.", Some("pt"));
        check("レポートが開けません。至急お願いします。", Some("ja"));
        check("ok", None);
    }
}
