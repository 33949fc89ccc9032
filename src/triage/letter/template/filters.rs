//! What templates can do with a value: `local_time`, `in_words`, `as_reply`, `quoted`, `as_html`.
//!
//! The letter's language stands in the placeholder `language`; a language without words of its own gets ISO dates
//! and English words.

use jiff::Zoned;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, Output, State};

use super::html;

/// Makes the filters known, and takes away those that would let a stranger's words become markup.
pub(super) fn install(env: &mut Environment<'static>) {
    env.add_filter("local_time", local_time);
    env.add_filter("in_words", in_words);
    env.add_filter("as_reply", as_reply);
    env.add_filter("quoted", quoted);
    env.add_filter("as_html", as_html);
    env.remove_filter("safe");
    env.set_formatter(write);
}

/// Nothing prints as nothing, a list prints as one line.
fn write(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    if value.kind() != minijinja::value::ValueKind::Seq {
        return minijinja::escape_formatter(out, state, value);
    }
    let items: Vec<String> = value.try_iter()?.map(|item| item.to_string()).collect();
    minijinja::escape_formatter(out, state, &Value::from(items.join("; ")))
}

/// `Mon 4 May 2026, 11:02 CEST`, in the letter's language. Nothing stays nothing.
fn local_time(state: &State, value: &Value) -> Result<Value, Error> {
    if value.is_none() {
        return Ok(value.clone());
    }
    let text = value.as_str().unwrap_or_default();
    let zoned: Zoned = text.parse().map_err(|_| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("local_time works on times such as promise.first_response, not on \"{value}\""),
        )
    })?;
    Ok(Value::from(time_in_words(&zoned, &language(state))))
}

fn language(state: &State) -> String {
    let language = state.lookup("language");
    language.map_or_else(String::new, |language| language.to_string())
}

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
fn time_in_words(at: &Zoned, language: &str) -> String {
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

/// A value's meaning in the letter's language; what has no words here stays as it is.
fn in_words(state: &State, value: &Value) -> Value {
    let Some(word) = value.as_str() else {
        return value.clone();
    };
    let column = match language(state).as_str() {
        "de" => 1,
        "fr" => 2,
        "es" => 3,
        _ => 0,
    };
    let words = WORDS.iter().find(|(name, _)| *name == word);
    let said = words.and_then(|(_, languages)| languages.get(column));
    said.map_or_else(
        || Value::from(word.replace('_', " ")),
        |said| Value::from(*said),
    )
}

/// How mail programs of the world mark an answer or a forward.
const REPLY_MARKS: [&str; 12] = [
    "re", "aw", "antw", "antwort", "sv", "vs", "rv", "ref", "fwd", "fw", "wg", "tr",
];

/// `Re: subject`, once. Mail programs then keep our answer in the sender's thread (RFC 5256, 2.1).
fn as_reply(value: &Value) -> Value {
    let Some(subject) = value.as_str() else {
        return value.clone();
    };
    Value::from(format!("Re: {}", bare_subject(subject)))
}

fn bare_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once(':') {
        if !REPLY_MARKS.contains(&mark.trim().to_lowercase().as_str()) || after.trim().is_empty() {
            break;
        }
        rest = after.trim();
    }
    rest
}

/// Every line behind `> `, as mail quotes.
fn quoted(value: &Value) -> Value {
    let Some(text) = value.as_str() else {
        return value.clone();
    };
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("> {line}").trim_end().to_owned())
        .collect();
    Value::from(lines.join("\n"))
}

/// A text as HTML: escaped, with its lines and paragraphs.
fn as_html(value: &Value) -> Value {
    let Some(text) = value.as_str() else {
        return value.clone();
    };
    Value::from_safe_string(html::paragraphs(text))
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
    fn an_answer_is_marked_once() {
        let check = |subject, expected| assert_eq!(bare_subject(subject), expected);
        check("Export fails", "Export fails");
        check("Re: AW:  WG: Export fails", "Export fails");
        check("Note: export fails", "Note: export fails");
        check("Re:", "Re:");
        check("", "");
    }
}
