//! What holds for any text whatever.

use proptest::prelude::*;

use super::super::{Evidence, Report, Within};
use super::{mail, report};
use crate::triage::mail::Mail;
use crate::triage::rules::Rules;

/// Pieces that mails are made of, and pieces that none is.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => proptest::sample::select(vec![
            "The platform is down. ", "Nobody can log in.\n", "Client: Tarnwell Mills\n", "Urgency: high\n",
            "Steps:\n1. open it\n2. click\n", "Wir kündigen den Vertrag. ", "nicht dringend\n", "depuis hier ",
            "3 of 40 users ", "> quoted\n", "-- \n", "\n\n", "¿Está caída? ", "Straße ", "ﬁ ", "İstanbul ", "東京。",
            "a->b->c ", "(1) x ", "!!", "…", "\t", "»«", "Prio hoch. ",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => any::<String>(),
    ];
    proptest::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

/// All evidence of a report.
fn evidence(report: &Report) -> Vec<&Evidence> {
    let mut all: Vec<&Evidence> = report.topic_evidence.iter().collect();
    all.extend(report.client.iter().flat_map(|found| &found.evidence));
    all.extend(report.urgency.iter().flat_map(|found| &found.evidence));
    all.extend(
        report
            .stated_urgency
            .iter()
            .flat_map(|found| &found.evidence),
    );
    all.extend(
        report
            .points
            .iter()
            .filter_map(|points| points.evidence.as_ref()),
    );
    all.extend(report.description.iter().flat_map(|found| &found.evidence));
    all.extend(report.steps.iter().flat_map(|found| &found.evidence));
    all.extend(
        report
            .affected_users
            .iter()
            .flat_map(|found| &found.evidence),
    );
    all.extend(report.since.iter().flat_map(|found| &found.evidence));
    all.extend(report.signals.iter().flat_map(|signal| &signal.evidence));
    all
}

/// What a mail is judged by: everything that no blank and no capital may change.
fn judged(report: &Report) -> impl PartialEq + std::fmt::Debug + use<> {
    let signals: Vec<_> = report
        .signals
        .iter()
        .map(|signal| (signal.id.clone(), signal.strength))
        .collect();
    let urgency = report.urgency.as_ref().map(|found| found.value);
    (signals, urgency, report.topic.clone())
}

fn of_raw(raw: &[u8]) -> Report {
    Report::of(&Mail::read(raw), &Rules::shipped().lexicon)
}

proptest! {
    #[test]
    fn any_bytes_are_read(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        of_raw(&raw);
    }

    #[test]
    fn evidence_lies_in_the_text_that_it_quotes(subject in texts(), text in texts()) {
        let subject = subject.replace(['\r', '\n'], " ");
        let mail = mail(&subject, &text);
        let report = Report::of(&mail, &Rules::shipped().lexicon);
        for evidence in evidence(&report) {
            let within = match evidence.within {
                Within::Text => mail.text.as_str(),
                Within::Subject => mail.subject.as_deref().unwrap_or_default(),
                Within::Forwarded => mail.forwarded.as_ref().map_or("", |message| message.body.as_str()),
                Within::Header => continue,
            };
            prop_assert_eq!(within.get(evidence.start..evidence.end), Some(evidence.text.as_str()));
            prop_assert!(!evidence.because.is_empty());
        }
        for found in report.client.iter().map(|found| found.confidence) {
            prop_assert!((0.0..=1.0).contains(&found));
        }
    }

    #[test]
    fn blanks_at_line_ends_change_nothing(text in texts()) {
        let blanks: String = text.split_inclusive('\n').map(|line| line.replace('\n', "  \n")).collect();
        prop_assert_eq!(judged(&report("x", &text)), judged(&report("x", &format!("{blanks}  \n\n \n"))));
    }

    #[test]
    fn line_ends_of_any_system_read_alike(text in texts()) {
        let text = text.replace('\r', "");
        let unix = format!("Subject: x\nContent-Type: text/plain; charset=utf-8\n\n{text}\n");
        let other = unix.replace('\n', "\r\n");
        prop_assert_eq!(of_raw(unix.as_bytes()), of_raw(other.as_bytes()));
    }

    #[test]
    fn capitals_change_no_judgement(pick in proptest::collection::vec(0..8usize, 1..6)) {
        let sentences = [
            "The platform is down.", "Nobody can log in.", "This is not urgent.", "We will cancel our contract.",
            "How do I change my password?", "The export fails since Monday.", "You missed the agreed response time.",
            "It was down yesterday.",
        ];
        let text: String = pick.iter().filter_map(|at| sentences.get(*at)).map(|sentence| format!("{sentence}\n")).collect();
        prop_assert_eq!(judged(&report("x", &text)), judged(&report("x", &text.to_uppercase())));
    }
}

/// The work of reading is the words found and the sentences cut: both grow with the text and no faster.
#[test]
fn twice_the_text_is_twice_the_work() {
    let lexicon = &Rules::shipped().lexicon;
    let work = |text: String| {
        let mail = mail("x", &text);
        let body = super::super::normal::Body::of(&mail);
        let source = super::super::normal::Source::of(&mail, &body);
        let reading = super::super::reading::Reading::of(source, lexicon);
        (reading.hits.len(), reading.sentences.all.len())
    };
    for piece in [
        "The platform is down and nobody can log in. ",
        "a, ",
        "not ",
        "können a b c ",
        "Client: Acme\n",
        "1. open 2. click ",
        "!?",
        "down down down ",
        "die Kündigung des Vertrags ",
        "urgency,",
        "priority>high<",
        "システム停止",
    ] {
        let (hits, sentences) = work(piece.repeat(500));
        let (more_hits, more_sentences) = work(piece.repeat(1000));
        assert!(
            more_hits <= 2 * hits + 8,
            "{piece}: {hits} hits, then {more_hits}"
        );
        assert!(
            more_sentences <= 2 * sentences + 8,
            "{piece}: {sentences} sentences, then {more_sentences}"
        );
    }
}

/// Whatever stands between words, and where nothing does, a sentence ends after some time: all that is done in one is linear.
#[test]
fn no_sentence_is_endless() {
    let lexicon = &Rules::shipped().lexicon;
    for piece in ["urgency,", "priority>high<", "システム停止", "word ", "a"] {
        let mail = mail("x", &piece.repeat(3_000));
        let body = super::super::normal::Body::of(&mail);
        let source = super::super::normal::Source::of(&mail, &body);
        let reading = super::super::reading::Reading::of(source, lexicon);
        let longest = reading.sentences.all.iter().map(|it| it.at.len()).max();
        assert!(longest < Some(3_000), "{piece}: {longest:?} bytes");
    }
}
