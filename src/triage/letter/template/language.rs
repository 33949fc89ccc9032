//! How times and values are said in English, German, French and Spanish.
//!
//! Any other language gets ISO dates and English words.

use jiff::Zoned;

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAYS_DE: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
const DAYS_FR: [&str; 7] = ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."];
const DAYS_ES: [&str; 7] = ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"];

/// A time as people of that language write it, always with its zone: a time without one has misled clients of
/// other programs for years.
pub(super) fn time_in_words(at: &Zoned, language: &str) -> String {
    let clock = at.strftime("%H:%M");
    let zone = at.strftime("%Z").to_string();
    let (day, year) = (at.day(), at.year());
    let month = |names: &[&'static str; 12]| names.get(index(at.month(), 1)).copied().unwrap_or("");
    let weekday = |names: &[&'static str; 7]| {
        let offset = at.weekday().to_monday_zero_offset();
        names.get(index(offset, 0)).copied().unwrap_or("")
    };
    match language {
        "en" => format!(
            "{} {day} {} {year}, {clock} {zone}",
            weekday(&DAYS_EN),
            month(&MONTHS_EN)
        ),
        "de" => format!(
            "{}, {day}. {} {year}, {clock} Uhr ({})",
            weekday(&DAYS_DE),
            month(&MONTHS_DE),
            german_zone(&zone),
        ),
        "fr" => format!(
            "{} {day} {} {year}, {clock} ({zone})",
            weekday(&DAYS_FR),
            month(&MONTHS_FR)
        ),
        "es" => format!(
            "{} {day} de {} de {year}, {clock} ({zone})",
            weekday(&DAYS_ES),
            month(&MONTHS_ES),
        ),
        _ => format!("{} {clock} {zone}", at.strftime("%Y-%m-%d")),
    }
}

fn index(number: i8, first: i8) -> usize {
    usize::try_from(number - first).unwrap_or_default()
}

fn german_zone(zone: &str) -> &str {
    match zone {
        "CET" => "MEZ",
        "CEST" => "MESZ",
        other => other,
    }
}

/// What values mean, in English, German, French and Spanish.
const WORDS: [(&str, [&str; 4]); 18] = [
    ("Low", ["Low", "Niedrig", "Basse", "Baja"]),
    ("Medium", ["Medium", "Mittel", "Moyenne", "Media"]),
    ("High", ["High", "Hoch", "Haute", "Alta"]),
    ("Critical", ["Critical", "Kritisch", "Critique", "Crítica"]),
    (
        "acknowledge",
        [
            "confirmation",
            "Bestätigung",
            "confirmation",
            "confirmación",
        ],
    ),
    (
        "first_response",
        [
            "first response",
            "erste Antwort",
            "première réponse",
            "primera respuesta",
        ],
    ),
    (
        "next_response",
        [
            "next response",
            "nächste Antwort",
            "réponse suivante",
            "siguiente respuesta",
        ],
    ),
    (
        "update_every",
        [
            "update",
            "Zwischenstand",
            "point d'étape",
            "informe de situación",
        ],
    ),
    ("solve", ["solution", "Lösung", "résolution", "solución"]),
    (
        "multi_client",
        [
            "several clients report the same problem",
            "mehrere Kunden melden dasselbe Problem",
            "plusieurs clients signalent le même problème",
            "varios clientes informan del mismo problema",
        ],
    ),
    (
        "outage",
        [
            "major outage",
            "größerer Ausfall",
            "panne majeure",
            "caída grave",
        ],
    ),
    (
        "churn",
        [
            "a client threatens to leave",
            "ein Kunde droht zu kündigen",
            "un client menace de partir",
            "un cliente amenaza con irse",
        ],
    ),
    (
        "sla_breach",
        [
            "contract or SLA concern",
            "Vertrag oder SLA in Frage",
            "contrat ou SLA en cause",
            "contrato o SLA en cuestión",
        ],
    ),
    (
        "high_profile",
        [
            "high-profile matter",
            "Angelegenheit der Geschäftsleitung",
            "affaire sensible",
            "asunto de alto nivel",
        ],
    ),
    (
        "client",
        [
            "the client's name",
            "der Name des Kunden",
            "le nom du client",
            "el nombre del cliente",
        ],
    ),
    (
        "steps",
        [
            "the steps to reproduce it",
            "die Schritte, mit denen es sich nachstellen lässt",
            "les étapes pour le reproduire",
            "los pasos para reproducirlo",
        ],
    ),
    (
        "description",
        [
            "what exactly happens",
            "was genau geschieht",
            "ce qui se passe exactement",
            "qué ocurre exactamente",
        ],
    ),
    (
        "urgency",
        [
            "the urgency",
            "die Dringlichkeit",
            "l'urgence",
            "la urgencia",
        ],
    ),
];

/// What a value means in that language; what has no words here stays as it is.
pub(super) fn meaning(word: &str, language: &str) -> String {
    let column = match language {
        "de" => 1,
        "fr" => 2,
        "es" => 3,
        _ => 0,
    };
    let words = WORDS.iter().find(|(name, _)| *name == word);
    let said = words.and_then(|(_, languages)| languages.get(column));
    said.map_or_else(|| word.replace('_', " "), |said| (*said).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_write_them() {
        let check = |at: &str, language, expected| {
            assert_eq!(time_in_words(&at.parse().unwrap(), language), expected);
        };
        check(
            "2026-05-04T11:02[Europe/Berlin]",
            "en",
            "Mon 4 May 2026, 11:02 CEST",
        );
        check(
            "2026-05-04T11:02[Europe/Berlin]",
            "de",
            "Mo, 4. Mai 2026, 11:02 Uhr (MESZ)",
        );
        check(
            "2026-12-24T09:00[Europe/Berlin]",
            "de",
            "Do, 24. Dezember 2026, 09:00 Uhr (MEZ)",
        );
        check(
            "2026-05-04T08:00[America/New_York]",
            "fr",
            "lun. 4 mai 2026, 08:00 (EDT)",
        );
        check(
            "2026-08-01T08:00[UTC]",
            "es",
            "sáb 1 de agosto de 2026, 08:00 (UTC)",
        );
        check(
            "2026-05-04T11:02[Europe/Berlin]",
            "pl",
            "2026-05-04 11:02 CEST",
        );
    }

    #[test]
    fn values_are_said_in_the_letters_language() {
        let check = |word, language, expected| assert_eq!(meaning(word, language), expected);
        check("High", "de", "Hoch");
        check("first_response", "fr", "première réponse");
        check("outage", "en", "major outage");
        check("High", "pl", "High");
        check("something_new", "de", "something new");
    }
}
