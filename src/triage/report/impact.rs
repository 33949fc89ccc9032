//! Who is affected and since when, as the writer puts it.
//!
//! "3 of 40 users" counts as 3; "all users" counts as many, whatever their number.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::labels::Labelled;
use super::reading::Reading;
use super::{Found, Points};

/// Who is affected.
#[derive(Clone, Debug, Default)]
pub(super) struct Impact {
    pub(super) affected: Option<Found<String>>,
    number: Option<u32>,
    all: bool,
}

/// So many people are many.
const MANY: u32 = 50;
/// So many people are some.
const SOME: u32 = 8;
/// A later number in a long mail is about something else.
const LOOKED_AT_SENTENCES: usize = 60;

impl Impact {
    pub(super) fn of(reading: &Reading<'_>, labels: &[Labelled]) -> Self {
        let by_label = labels
            .iter()
            .filter(|label| label.field == "affected_users" && !label.value.is_empty())
            .find_map(|label| {
                let value = reading.source.text.get(label.value.clone())?;
                Some(Self {
                    affected: Some(Found {
                        value: value.to_owned(),
                        confidence: 0.95,
                        evidence: vec![reading.source.evidence(
                            "affected_users",
                            &label.value,
                            "labelled line",
                        )],
                    }),
                    number: first_number(value),
                    all: value.to_lowercase().starts_with(['a', 't'])
                        && is_all(&value.to_lowercase()),
                })
            });
        by_label.or_else(|| by_words(reading)).unwrap_or_default()
    }

    /// What it adds to the urgency.
    pub(super) fn points(&self) -> Option<Points> {
        let found = self.affected.as_ref()?;
        let points = match self.number {
            Some(number) if number >= MANY => 2.0,
            _ if self.all => 2.0,
            Some(number) if number >= SOME => 1.0,
            Some(1) => -1.0,
            Some(_) | None => return None,
        };
        Some(Points {
            points,
            because: "people affected".to_owned(),
            evidence: found.evidence.first().cloned(),
        })
    }
}

// Folded text has plain letters, so the patterns ask for no others: the letters of the world, and word borders
// among them, cost several times as much.

/// Words in front of a number that belong to it.
const AROUND: &str = r"(?:(?:all|only|just|about|around|approx\.?|approximately|some|roughly|over|more than|at least|nearly|almost|alle|allen|nur|etwa|circa|ca\.?|rund|uber|mehr als|mindestens|fast|unsere|unseren|knapp|environ|plus de|pres de|quelque|tous les|toutes les|nos|unos|unas|mas de|casi|todos los|todas las|nuestros|alle|onze|ongeveer|zo'n|tutti|tutti i|circa|solo|sono|todos|todos os|cerca de|apenas|so|the|our|die|der|den|les|los|las) )*";
const NUMBER: &str = r"([0-9]{1,3}(?:[.,' ][0-9]{3})+|[0-9]{1,6}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|a dozen|dozens of|hundreds of|several|many|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf|funfzehn|zwanzig|dreissig|vierzig|funfzig|hundert|mehrere|viele|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze|quinze|vingt|trente|plusieurs|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|treinta|varios|varias|tre|quattro|cinque|sei|sette|otto|nove|dieci|venti|tres|quatro|oito|dez|vinte|een|twee|drie|vijf|zes|zeven|acht|negen|tien|twintig|dois|duas|diversi|meerdere)";
const PEOPLE: &str = r"(?:users?|people|persons?|colleagues?|employees|staff|customers|clients|agents|nurses|planners|managers|analysts|clinicians|doctors|teachers|pupils|students|librarians|drivers|fee earners|members|seats|workstations|offices|sites|branches|stores|shops|locations|departments|teams|accounts|workers|operators|editors|viewers|accountants|controllers|buyers|sellers|reps|of us|recipients?|wards|dispatchers|dealers|shift leaders|nutzer[a-z]*|benutzer[a-z]*|anwender[a-z]*|mitarbeit[a-z]*|personen|leute[a-z]*|kolleg[a-z]*|kunden|filialen|standorte[a-z]*|arbeitsplatze[a-z]*|fahrer[a-z]*|lehrer[a-z]*|disponenten|sachbearbeiter[a-z]*|aussendienstler[a-z]*|kolleginnen|von uns|utilisat[a-z]+|personnes|collaborat[a-z]+|collegues|salaries|clients|magasins|agences|postes|polier[a-z]*|kolleg[a-z]*|fachkrafte[a-z]*|arzt[a-z]*|pfleger[a-z]*|exploitants|caissi[a-z]+|chargee?s? de [a-z]+|agents|vendeu[a-z]+|infirmi[a-z]+|enseignants|destinataires|gebruikers?|medewerkers?|[a-z]+medewerkers|mensen|collega's|klanten|kopers|vestigingen|winkels|utenti|utente|persone|colleghi|dipendenti|operatori|sedi|negozi|destinatari[a-z]*|pessoas|colaborador[a-z]*|funcionari[a-z]+|utilizador[a-z]*|lojas|administrador[a-z]+|encargad[a-z]+|agronom[a-z]+|tecnic[a-z]+|usuari[a-z]+|personas|emplead[a-z]+|companer[a-z]+|colegas|clientes|tiendas|oficinas|sucursales|trabajador[a-z]*)";
const ALL: &str = r"(?:all|every|everyone|everybody|alle|allen|jeder|samtliche|tous les|toutes les|tous nos|l'ensemble des|todos los|todas las|todos nuestros)";

static COUNTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?-u:\b)({AROUND}{NUMBER}(?: (?:of|von|de|out of|sur|der) (?:our |the |unseren |den |nos |los )?[0-9]+)? (?:[a-z0-9æœøł']+ ){{0,2}}?{PEOPLE})(?-u:\b)"
    ))
    .ok()
});
static EVERYBODY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?-u:\b)(({ALL}) (?:(?:of )?(?:our|the|unsere|unserer|dortigen) )?(?:[a-z0-9æœøł']+ )?{PEOPLE}|everyone(?: (?:in|at) [a-z0-9 ]{{3,24}})?|everybody|whole (?:team|office|company|department)|entire (?:team|office|company|department)|(?:das|dem) (?:ganze|gesamte)n? (?:team|buro|haus)|die (?:ganze|gesamte) (?:abteilung|firma|belegschaft)|toute (?:l'equipe|l'entreprise|la societe)|todo el (?:equipo|departamento)|toda la (?:empresa|oficina))(?-u:\b)"
    ))
    .ok()
});
static ONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u:\b)((?:only|just) me|only (?:one|this|a single) (?:user|person|colleague|agent)|(?:one|a single) (?:user|person|colleague)|nur (?:ich|bei mir|ein (?:nutzer|benutzer|kollege)|eine (?:person|kollegin))|(?:un seul|une seule) (?:utilisateur|personne|collegue)|seulement moi|(?:solo|solamente) (?:yo|a mi|un usuario|una persona))(?-u:\b)",
    )
    .ok()
});
/// `経理部の12名`: as many people as stand before 名 or 人, with the department in front.
static JAPANESE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"((?:[^\s.,:(はが]{1,12}の)?(?:約)?([0-9]{1,6})(?:名|人))").ok());
static SINCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u:\b)((?:ever since|since|seit(?:dem)?|depuis(?: que)?|desde(?: que)?|ab) (?:(?:about|around|approx\.?|early|late|at least|etwa|ca\.?|circa|rund|dem|der|den|letzten|letzter|heute|gestern|le|la|les|hier|ce|cette|el|este|esta|las|last|this|the|yesterday|today) )*[a-z0-9æœøł:./']*[a-z0-9](?: (?:[0-9][a-z0-9:.]*|am|pm|uhr|h|o'clock|morning|afternoon|evening|night|noon|week|month|update|release|jan[a-z]*|feb[a-z]*|mar[a-z]*|apr[a-z]*|may|june?|july?|aug[a-z]*|sep[a-z]*|oct[a-z]*|nov[a-z]*|dec[a-z]*|mai|juni|juli|okt[a-z]*|dez[a-z]*|morgen|fruh|mittag|abend|nacht|woche|monat|matin|soir|midi|semaine|janvier|fevrier|mars|avril|juin|juillet|aout|manana|tarde|noche|semana|de|enero|febrero|marzo|abril|mayo|junio|julio|agosto|at|um|gegen|a|of|days?|weeks?|hours?|tagen?|stunden|wochen|jours|heures|dias|horas)(?-u:\b))*)",
    )
    .ok()
});

fn by_words(reading: &Reading<'_>) -> Option<Impact> {
    let patterns = [&COUNTED, &EVERYBODY, &ONE, &JAPANESE];
    let ascii = reading.folded.text.is_ascii();
    for (place, pattern) in patterns.into_iter().enumerate() {
        if place == 3 && ascii {
            continue;
        }
        let Some((at, captures)) = first(reading, pattern.as_ref(), |reading, at, end| {
            follows_a_client_noun(reading, at, end)
        }) else {
            continue;
        };
        let number = captures
            .get(2)
            .and_then(|number| number_of(number.as_str()));
        let evidence = reading.evidence(&at, "affected_users", "people counted");
        return Some(Impact {
            all: place == 1 || is_all(captures.get(1).map_or("", |all| all.as_str())),
            number: if place == 2 { Some(1) } else { number },
            affected: Some(Found {
                value: evidence
                    .text
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" "),
                confidence: if place == 0 { 0.8 } else { 0.7 },
                evidence: vec![evidence],
            }),
        });
    }
    None
}

/// A count in a question asks, it does not report.
fn follows_a_client_noun(reading: &Reading<'_>, start: usize, _end: usize) -> bool {
    let sentence = reading.sentences.all.get(reading.sentences.place(start));
    sentence.is_some_and(|sentence| !sentence.question)
}

fn first<'r>(
    reading: &'r Reading<'_>,
    pattern: Option<&Regex>,
    counts: impl Fn(&Reading<'_>, usize, usize) -> bool,
) -> Option<(Range<usize>, Captures<'r>)> {
    let text = &reading.folded.text;
    let end = reading
        .sentences
        .all
        .get(LOOKED_AT_SENTENCES)
        .map_or(text.len(), |sentence| sentence.at.end);
    pattern?
        .captures_iter(text.get(..end)?)
        .find_map(|captures| {
            let at = captures.get(1)?.range();
            counts(reading, at.start, at.end).then_some((at, captures))
        })
}

fn is_all(words: &str) -> bool {
    ["all", "alle", "every", "tous", "toutes", "todos", "todas"]
        .iter()
        .any(|all| words.split_whitespace().any(|word| word == *all))
}

fn first_number(text: &str) -> Option<u32> {
    let digits: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit())
        .collect();
    digits.parse().ok()
}

/// The number behind a word; "many" has none.
fn number_of(word: &str) -> Option<u32> {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    if !digits.is_empty() {
        return digits.parse().ok();
    }
    let small: [(u32, &[&str]); 6] = [
        (2, &["two", "zwei", "deux", "dos"]),
        (3, &["three", "drei", "trois", "tres"]),
        (4, &["four", "vier", "quatre", "cuatro"]),
        (5, &["five", "funf", "cinq", "cinco"]),
        (
            12,
            &[
                "twelve", "zwolf", "douze", "doce", "a dozen", "eleven", "elf", "ten", "zehn",
                "dix", "diez",
            ],
        ),
        (100, &["hundred", "hundert", "hundreds of", "dozens of"]),
    ];
    small
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(number, _)| *number)
}

/// Since when, as written.
pub(super) fn since(reading: &Reading<'_>, labels: &[Labelled]) -> Option<Found<String>> {
    let by_label = labels
        .iter()
        .filter(|label| label.field == "since" && !label.value.is_empty())
        .find_map(|label| {
            Some(Found {
                value: reading.source.text.get(label.value.clone())?.to_owned(),
                confidence: 0.95,
                evidence: vec![
                    reading
                        .source
                        .evidence("since", &label.value, "labelled line"),
                ],
            })
        });
    by_label.or_else(|| {
        let (at, _) = first(reading, SINCE.as_ref(), |reading, start, end| {
            names_a_time(reading.text(&(start..end)))
        })?;
        let evidence = reading.evidence(&at, "since", "since …");
        Some(Found {
            value: evidence.text.clone(),
            confidence: 0.8,
            evidence: vec![evidence],
        })
    })
}

/// "Since we have no answer" is a reason, "since 9:50" a time.
fn names_a_time(words: &str) -> bool {
    const TIMES: [&str; 40] = [
        "yesterday",
        "today",
        "morning",
        "noon",
        "night",
        "week",
        "month",
        "update",
        "release",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "heute",
        "gestern",
        "morgen",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "hier",
        "matin",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "ayer",
        "manana",
        "lunes",
        "martes",
        "jueves",
        "viernes",
        "semaine",
    ];
    words.bytes().any(|byte| byte.is_ascii_digit()) || TIMES.iter().any(|time| words.contains(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_ends_with_its_last_word() {
        let check = |text: &str, expected: &str| {
            let found = SINCE.as_ref().and_then(|since| since.captures(text));
            let found = found.and_then(|captures| captures.get(1));
            assert_eq!(found.map(|found| found.as_str()), Some(expected), "{text}");
        };
        check("steht seit 9:30 alles still", "seit 9:30");
        check("seit 9:30 uhr geht nichts", "seit 9:30 uhr");
        check("wrong totals since yesterday.", "since yesterday");
        check("down since 9 am.", "since 9 am");
        check("depuis ce matin.", "depuis ce matin");
    }
}
