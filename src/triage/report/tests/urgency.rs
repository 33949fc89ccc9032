//! Urgency: stated in a field, in prose, in the subject; implied; denied; asked for by somebody else.

use super::super::Urgency::{self, Critical, High, Low, Medium};
use super::urgency;

/// Each mail (subject, text) with what it means.
fn check(table: &[(&str, &str, Option<Urgency>)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(subject, text, expected)| {
            let found = urgency(subject, text);
            (found != *expected)
                .then(|| format!("{subject} | {text}\n    is {found:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
}

#[test]
fn a_field_says_it() {
    check(&[
        (
            "Export",
            "Urgency: low\nThe file has a wrong header.",
            Some(Low),
        ),
        (
            "Export",
            "Urgency: high\nThe file has a wrong header.",
            Some(High),
        ),
        (
            "Export",
            "Priority - critical\nThe file has a wrong header.",
            Some(Critical),
        ),
        (
            "Export",
            "Dringlichkeit: mittel\nDie Datei hat einen falschen Kopf.",
            Some(Medium),
        ),
        (
            "Export",
            "Dringlichkeit: hoch\nDie Datei hat einen falschen Kopf.",
            Some(High),
        ),
        (
            "Export",
            "Urgence : haute\nLe fichier a un mauvais en-tête.",
            Some(High),
        ),
        (
            "Export",
            "Urgencia: alta\nEl archivo tiene una cabecera equivocada.",
            Some(High),
        ),
        (
            "Export",
            "Urgency: not urgent\nThe file has a wrong header.",
            Some(Low),
        ),
    ]);
}

#[test]
fn a_choice_is_the_box_that_is_ticked() {
    check(&[
        (
            "Form",
            "Urgency: ☐ low ☒ high ☐ critical\nThe file is odd.",
            Some(High),
        ),
        (
            "Form",
            "Urgency\n☐ low\n☐ medium\n☒ critical\nThe file is odd.",
            Some(Critical),
        ),
        (
            "Form",
            "Urgency (low/medium/high/critical)\nThe export fails.",
            Some(Medium),
        ),
        (
            "Form",
            "The severity \"critical\" is not displayed, the export fails.",
            Some(Medium),
        ),
    ]);
}

#[test]
fn prose_says_it() {
    check(&[
        ("Export", "The export fails. Urgency is high.", Some(High)),
        (
            "Export",
            "The export fails. I would say priority medium.",
            Some(Medium),
        ),
        ("Export", "Der Export schlägt fehl. Prio hoch.", Some(High)),
        (
            "Export",
            "Der Export schlägt fehl. Die Dringlichkeit ist niedrig.",
            Some(Low),
        ),
        (
            "Export",
            "L'export échoue. La priorité est haute.",
            Some(High),
        ),
        (
            "Export",
            "La exportación falla. La prioridad es alta.",
            Some(High),
        ),
        ("Export", "The export fails. This is urgent.", Some(High)),
        ("Export", "The export fails. This is not urgent.", Some(Low)),
        (
            "Export",
            "Der Export schlägt fehl. Es ist dringend.",
            Some(High),
        ),
        (
            "Export",
            "Der Export schlägt fehl. Es ist nicht dringend.",
            Some(Low),
        ),
        ("Export", "L'export échoue. C'est urgent.", Some(High)),
        ("Export", "L'export échoue. Ce n'est pas urgent.", Some(Low)),
        ("Export", "La exportación falla. Es urgente.", Some(High)),
        ("Export", "La exportación falla. No es urgente.", Some(Low)),
    ]);
}

#[test]
fn the_subject_says_it_and_the_text_may_take_it_back() {
    check(&[
        ("URGENT: export", "The file has a wrong header.", Some(High)),
        (
            "[Critical] export",
            "The file has a wrong header.",
            Some(Critical),
        ),
        (
            "URGENT: export",
            "The file has a wrong header. No rush, really.",
            Some(Low),
        ),
        (
            "Dringend: Export",
            "Die Datei ist falsch. Hat aber Zeit, keine Eile.",
            Some(Low),
        ),
    ]);
}

#[test]
fn what_happens_says_it() {
    check(&[
        (
            "Help",
            "The platform is down for all users since this morning.",
            Some(Critical),
        ),
        (
            "Help",
            "The platform was down yesterday, all works again.",
            None,
        ),
        (
            "Help",
            "The platform is not down, only the export is slow.",
            Some(Medium),
        ),
        ("Help", "The export fails.", Some(Medium)),
        ("Help", "How do I change my password?", Some(Low)),
        ("Hello", "Thank you for the pleasant talk.", None),
    ]);
}

#[test]
fn a_day_near_by_presses_and_one_far_off_does_not() {
    check(&[
        (
            "Export",
            "The export fails. We need it by noon today.",
            Some(High),
        ),
        (
            "Export",
            "The export fails. We need it some day.",
            Some(Medium),
        ),
        (
            "Export",
            "Der Export schlägt fehl. Wir brauchen ihn bis heute Mittag.",
            Some(High),
        ),
        (
            "Export",
            "L'export échoue. Il le faut avant ce soir.",
            Some(High),
        ),
        (
            "Export",
            "La exportación falla. La necesitamos antes de mañana.",
            Some(High),
        ),
        (
            "Export",
            "De export mislukt. Graag vóór vanavond.",
            Some(High),
        ),
        (
            "Export",
            "The export fails. It is no emergency, but the board meets at 3 today.",
            Some(Medium),
        ),
        ("Export", "The export fails. It is no emergency.", Some(Low)),
    ]);
}

#[test]
fn a_few_words_of_prose_state_it_as_well() {
    check(&[
        ("Export", "The export fails. Medium please.", Some(Medium)),
        (
            "Export",
            "The file has a wrong header. High, I'd say.",
            Some(High),
        ),
        (
            "Export",
            "Die Datei hat einen falschen Kopf. Hoch, weil der Prüfer wartet.",
            Some(High),
        ),
        (
            "Export",
            "A file tem cabeçalho errado. Diria alta.",
            Some(High),
        ),
        (
            "Form",
            "Urgência: ( ) Baixa (X) Alta ( ) Crítica\nO ficheiro está errado.",
            Some(High),
        ),
    ]);
}

#[test]
fn what_shouts_is_taken_back() {
    check(&[
        (
            "URGENT: export",
            "Ignore the subject, our ticket tool slaps that on. The header is wrong.",
            Some(Low),
        ),
        (
            "DRINGEND: Export",
            "Bitte vom Betreff nicht erschrecken. Die Kopfzeile ist falsch.",
            Some(Low),
        ),
        (
            "Export",
            "No hurry, obviously. The file is wrong and the auditor comes tomorrow.",
            Some(High),
        ),
    ]);
}

#[test]
fn a_question_about_urgency_states_none() {
    check(&[
        ("Form", "What does the field \"urgent\" mean?", Some(Low)),
        ("Formular", "Was bedeutet das Feld \"dringend\"?", Some(Low)),
    ]);
}
