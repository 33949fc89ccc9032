//! The client and the steps: from fields, from prose, from signatures, in every dress that people give them.

use super::{client, report, steps};
use crate::triage::mail::Mail;
use crate::triage::report::{Report, Urgency, Within};
use crate::triage::rules::Rules;

#[test]
fn a_client_is_named_in_many_ways() {
    let check = |subject: &str, text: &str, expected: Option<&str>| {
        let found = client(subject, text);
        assert_eq!(found.as_deref(), expected, "{subject} | {text}");
    };
    check(
        "x",
        "Client: Tarnwell Mills\nIt fails.",
        Some("Tarnwell Mills"),
    );
    check(
        "x",
        "Client - Tarnwell Mills\nIt fails.",
        Some("Tarnwell Mills"),
    );
    check(
        "x",
        "Client: Tarnwell Mills      Contact: Jo\nIt fails.",
        Some("Tarnwell Mills"),
    );
    check(
        "x",
        "Our client Tarnwell Mills sees errors.",
        Some("Tarnwell Mills"),
    );
    check(
        "x",
        "Bei unserem Kunden Tarnwell Mühlen geht nichts.",
        Some("Tarnwell Mühlen"),
    );
    check(
        "x",
        "Notre client Moulins Tarnwell a une erreur.",
        Some("Moulins Tarnwell"),
    );
    check(
        "x",
        "Nuestro cliente Molinos Tarnwell ve errores.",
        Some("Molinos Tarnwell"),
    );
    check(
        "Export fails at Tarnwell Mills",
        "It stops half way.",
        Some("Tarnwell Mills"),
    );
    // A firm has and wants things in the plural, a person does not.
    check(
        "x",
        "Tarnwell Canoes have no data.",
        Some("Tarnwell Canoes"),
    );
    check("x", "Maria Tarnwell has no data.", None);
    check("x", "Herr Tarnwell Mühlen hat angerufen.", None);
    check(
        "x",
        "Seit heute zeigt die Skischule Tarnwell alte Kurse.",
        Some("Skischule Tarnwell"),
    );
    check(
        "x",
        "La directrice de la mairie de Tarnwell ne voit rien.",
        Some("mairie de Tarnwell"),
    );
    check(
        "x",
        "Our client Tarnwell Mills sees it; another client, Wexcombe Club, does not.",
        Some("Tarnwell Mills"),
    );
    check(
        "x",
        "Der Abgleich der Stiftung Tarnwell bricht ab.",
        Some("Stiftung Tarnwell"),
    );
    check(
        "x",
        "今回は同じ症状が若草ガス様で出ています。",
        Some("若草ガス"),
    );
    check("MAKE IT STOP", "It sends and sends.", None);
    check("x", "It fails, says the whole floor.", None);
    check("See below", "Client: see below\nIt fails.", None);
}

#[test]
fn a_field_counts_more_than_a_signature() {
    let text = "Client: Tarnwell Mills\nThe export fails.\n\n-- \nIna Berg\nSundial Analytics GmbH";
    assert_eq!(client("x", text).as_deref(), Some("Tarnwell Mills"));
    let text = "The export fails.\n\n-- \nIna Berg\nSundial Analytics GmbH";
    assert_eq!(
        client("x", text),
        None,
        "the writer's own firm is no client"
    );
}

#[test]
fn steps_come_in_many_dresses() {
    let three = ["Open the report", "Click on Export", "Choose CSV"];
    let check = |text: &str, expected: &[&str]| assert_eq!(steps(text), expected, "{text}");
    check(
        "Steps to reproduce:\n1. Open the report\n2. Click on Export\n3. Choose CSV",
        &three,
    );
    check(
        "Steps to reproduce:\n1) Open the report\n2) Click on Export\n3) Choose CSV",
        &three,
    );
    check(
        "Steps:\n(1) Open the report\n(2) Click on Export\n(3) Choose CSV",
        &three,
    );
    check(
        "Steps:\n- Open the report\n- Click on Export\n- Choose CSV",
        &three,
    );
    check(
        "Steps:\nOpen the report\nClick on Export\nChoose CSV",
        &three,
    );
    check(
        "Steps: 1. Open the report 2. Click on Export 3. Choose CSV",
        &three,
    );
    check(
        "Steps: Open the report -> Click on Export -> Choose CSV",
        &three,
    );
    check(
        "Steps: Open the report, Click on Export, Choose CSV",
        &three,
    );
    check(
        "It fails:\n1. Open the report\n2. Click on Export\n3. Choose CSV",
        &three,
    );
    check(
        "Steps:\n1. Open the report\n2. Click on Export\n3. Choose CSV\nResult: half of the rows",
        &three,
    );
    check(
        "Steps:\n1. Open the report\n2. Click on Export\n3. Choose CSV\nUrgency: high",
        &three,
    );
    check(
        "手順:\n一、管理メニューを開く\n二、保存を押す",
        &["管理メニューを開く", "保存を押す"],
    );
    check("Steps: none\nIt fails.", &[]);
    check(
        "Schritte:\n1. Bericht öffnen\n2. Auf Export klicken",
        &["Bericht öffnen", "Auf Export klicken"],
    );
    check(
        "Étapes :\n1. Ouvrir le rapport\n2. Cliquer sur Export",
        &["Ouvrir le rapport", "Cliquer sur Export"],
    );
    check(
        "Pasos:\n1. Abrir el informe\n2. Pulsar Exportar",
        &["Abrir el informe", "Pulsar Exportar"],
    );
    check("Questions:\n1. Who pays?\n2. Until when?", &[]);
    // The same words, told, announced and asked for.
    check(
        "I click on the funnel, choose Ward, type Harbour.",
        &["I click on the funnel", "choose Ward", "type Harbour"],
    );
    check(
        "I could see it like this: click on the funnel, choose Ward.",
        &["click on the funnel", "choose Ward"],
    );
    check(
        "Please click on the funnel, choose Ward, type Harbour.",
        &[],
    );
    check(
        "Ich habe den Bericht geöffnet, danach die Gruppe entfernt und gespeichert.",
        &[
            "Ich habe den Bericht geöffnet",
            "die Gruppe entfernt",
            "gespeichert",
        ],
    );
    check(
        "Ce que je fais :\na) ouvrir le rapport\nb) cliquer sur Exporter\nc) Résultat : rien",
        &["ouvrir le rapport", "cliquer sur Exporter"],
    );
}

#[test]
fn affected_people_are_counted_as_written() {
    let check = |text: &str, expected: Option<&str>| {
        let found = report("x", text).affected_users.map(|found| found.value);
        assert_eq!(found.as_deref(), expected, "{text}");
    };
    check("3 of 40 users see it.", Some("3 of 40 users"));
    check("All 300 users see it.", Some("All 300 users"));
    check("Es betrifft 12 Mitarbeiter.", Some("12 Mitarbeiter"));
    check("Cela touche 12 utilisateurs.", Some("12 utilisateurs"));
    check("Afecta a 12 usuarios.", Some("12 usuarios"));
    check("Het gaat om 12 medewerkers.", Some("12 medewerkers"));
    check("Sono coinvolti 12 utenti.", Some("12 utenti"));
    check("São 12 utilizadores.", Some("12 utilizadores"));
    check("影響範囲は経理部の12名です。", Some("経理部の12名"));
    check("Can 12 users share a licence?", None);
    check("It happened 12 times.", None);
    // A word that ends like one for people is one, if it is no thing.
    check("Fourteen falconers see it.", Some("Fourteen falconers"));
    check("Fourteen folders are empty.", None);
    check(
        "Our thirty-two lab technicians wait.",
        Some("Our thirty-two lab technicians"),
    );
    // People come before the places they work at, and figures of reports are nobody.
    check("Four sites, 260 clerks: nothing works.", Some("260 clerks"));
    check("The report shows 40 users.", None);
    check(
        "Both the ladies at the till see it.",
        Some("Both the ladies"),
    );
    check("At eleven the inspectors arrive.", None);
    check("One of them is empty.", None);
    check("受付の二人が使えません。", Some("受付の二人"));
}

#[test]
fn people_are_hit_whom_no_number_counts() {
    let check = |text: &str, expected: Option<&str>| {
        let found = report("x", text).affected_users.map(|found| found.value);
        assert_eq!(found.as_deref(), expected, "{text}");
    };
    check(
        "Only the duty manager sees it.",
        Some("Only the duty manager"),
    );
    check(
        "Nur unsere Kassenkraft sieht es.",
        Some("Nur unsere Kassenkraft"),
    );
    check("困っているのは私だけです。", Some("私だけ"));
    check("It is just me.", Some("just me"));
    check("It is not just me.", None);
    check(
        "La comptable est la seule à le voir.",
        Some("La comptable est la seule"),
    );
    check(
        "The whole trading floor sees it.",
        Some("whole trading floor"),
    );
    check("Everybody sees it.", Some("Everybody"));
    check("Everybody else is fine.", None);
    check("All of them are empty.", None);
    check("The nurses cannot log in.", Some("The nurses"));
    check("The nurses like it.", None);
    check("Las tres de tráfico lo ven.", Some("Las tres de tráfico"));
}

#[test]
fn an_attached_mail_is_read_like_one_that_is_written_out() {
    let raw = "From: Desk <desk@partner.example>\nSubject: Fwd: numbers\nMIME-Version: 1.0\n\
               Content-Type: multipart/mixed; boundary=b\n\n--b\n\nFrom our client.\n--b\nContent-Type: message/rfc822\n\n\
               From: Jo <jo@tarnwell.example>\nSubject: numbers\n\n\
               Client: Tarnwell Mills\nUrgency: high\nSince this morning all 40 users see wrong totals.\n--b--\n";
    let mail = Mail::read(raw.as_bytes());
    let report = Report::of(&mail, &Rules::shipped().lexicon);
    let client = report.client.expect("a client");
    assert_eq!(client.value, "Tarnwell Mills");
    let place = client.evidence.first().expect("a place");
    let body = mail.forwarded.expect("the attached mail").body;
    assert_eq!(place.within, Within::Forwarded);
    assert_eq!(body.get(place.start..place.end), Some("Tarnwell Mills"));
    assert_eq!(report.urgency.map(|found| found.value), Some(Urgency::High));
}

#[test]
fn a_description_quotes_only_words_that_stand_together() {
    let check = |text: &str, expected: &str| {
        let description = report("x", text).description.expect("a description");
        assert_eq!(description.value, expected, "{text}");
        assert!(!description.evidence[0].text.contains("earlier"), "{text}");
    };
    check(
        "The export fails again.\nThe report still loops back.\n",
        "The export fails again. The report still loops back.",
    );
    // Two answers with a quotation between them.
    check(
        "On Mon, 4 May 2026 at 9:00, Jo <jo@x.example> wrote:\n> earlier one\nThe export fails again.\n> earlier two\nThe report still loops back.\n",
        "The export fails again.",
    );
}

#[test]
fn a_label_that_says_nothing_is_followed_by_its_list() {
    for label in ["Steps:", "Steps: >", "Schritte:>", "*Steps*: -"] {
        let steps = steps(&format!("{label}\n1. open the report\n2. click export\n"));
        assert_eq!(steps, ["open the report", "click export"], "{label}");
    }
}
