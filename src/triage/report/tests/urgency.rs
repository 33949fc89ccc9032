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
fn a_question_about_urgency_states_none() {
    check(&[
        ("Form", "What does the field \"urgent\" mean?", Some(Low)),
        ("Formular", "Was bedeutet das Feld \"dringend\"?", Some(Low)),
    ]);
}
