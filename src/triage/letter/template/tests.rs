//! What comes out of templates, and what is found in bad ones.

use std::collections::BTreeMap;

use super::*;

fn voices() -> BTreeMap<String, Voice> {
    let voice = |languages: &[&str], white_label| Voice {
        languages: languages
            .iter()
            .map(|language| (*language).to_owned())
            .collect(),
        white_label,
    };
    BTreeMap::from([
        (COMPANY.to_owned(), voice(&["en", "de"], false)),
        ("brightdesk".to_owned(), voice(&["de", "en"], true)),
    ])
}

/// Everything there, but nothing to ask for.
fn full() -> Values {
    Values {
        ask: None,
        ..sample::full()
    }
}

fn templates(files: &[(&str, &str)]) -> (Templates, Vec<Fault>) {
    let files = files
        .iter()
        .map(|(path, source)| ((*path).to_owned(), (*source).to_owned()))
        .collect();
    Templates::read(&files, voices(), &["EverythingCloud".to_owned()])
}

#[test]
fn a_letter_has_a_subject_a_text_and_html() {
    let (templates, faults) = templates(&[(
        "ack.en.txt",
        "Subject: [{{ ticket.id }}] {{ (mail.subject or \"Your request\") | as_reply }}\n\nHello {{ sender.first_name or \"there\" }},\n\n{% if promise.first_response %}\nBy {{ promise.first_response | local_time }}.\n{% endif %}\n\n\n\nUrgency {{ ticket.urgency | in_words }} <{{ ticket.steps or \"no steps\" }}>\n",
    )]);
    assert_eq!(faults, []);
    let letter = templates.render("ack", COMPANY, "en", &full()).unwrap();
    assert_eq!(letter.subject, "[EC-1042] Re: Dashboards unavailable");
    assert_eq!(
        letter.text,
        "Hello Jo,\n\nBy Mon 4 May 2026, 09:02 UTC.\n\nUrgency Critical <Open a dashboard; Wait>\n"
    );
    assert!(letter.html.contains("<p>Hello Jo,</p>"));
    assert!(letter.html.contains("&lt;Open a dashboard; Wait&gt;"));
    let letter = templates
        .render("ack", COMPANY, "fr", &sample::bare())
        .unwrap();
    assert_eq!(letter.language, "en");
    assert_eq!(letter.text, "Hello there,\n\nUrgency Medium <no steps>\n");
}

#[test]
fn a_stranger_cannot_write_headers_markup_or_templates() {
    let (templates, faults) = templates(&[
        (
            "ack.en.txt",
            "Subject: {{ mail.subject or \"-\" }}\n\n{{ ticket.summary or \"-\" }}\n",
        ),
        (
            "ack.en.html",
            "<p title=\"{{ ticket.summary or \"-\" }}\">{{ ticket.summary or \"-\" }}</p>{{ ticket.summary | as_html if ticket.summary }}",
        ),
    ]);
    assert_eq!(faults, []);
    let mut values = full();
    values.mail.subject = Some("x\r\nBcc: all@evil.example\u{202e}\u{7}".to_owned());
    values.ticket.summary = Some("{{ ticket.id }}<script>\"".to_owned());
    let letter = templates.render("ack", COMPANY, "en", &values).unwrap();
    assert_eq!(letter.subject, "x Bcc: all@evil.example");
    assert_eq!(letter.text, "{{ ticket.id }}<script>\"\n");
    assert!(!letter.html.contains("<script>"), "{}", letter.html);
    assert!(
        !letter.html.contains("title=\"{{ ticket.id }}<"),
        "{}",
        letter.html
    );
}

#[test]
fn the_paragraph_that_asks_is_filled_in() {
    let (templates, faults) = templates(&[
        (
            "ack.en.txt",
            "Subject: x\n\n{% if ask %}\n{{ ask }}\n{% endif %}\nBye\n",
        ),
        (
            "missing-details.en.txt",
            "{% if \"steps\" in missing %}\nSteps, please.\n{% endif %}\n",
        ),
    ]);
    assert_eq!(faults, []);
    let mut values = sample::bare();
    values.ask = Some("missing-details".to_owned());
    values.missing = vec!["steps".to_owned()];
    let text = |values: &Values| templates.render("ack", COMPANY, "en", values).unwrap().text;
    assert_eq!(text(&values), "Steps, please.\nBye\n");
    values.ask = None;
    assert_eq!(text(&values), "Bye\n");
}

#[test]
fn a_brand_gets_its_own_text_and_never_text_that_names_the_vendor() {
    let (templates, faults) = templates(&[
        ("ack.en.txt", "Subject: x\n\nEverything Cloud\n"),
        ("ack.de.txt", "Subject: x\n\nFirma\n"),
        ("other.en.txt", "Subject: x\n\nNobody named\n"),
        ("brightdesk/ack.de.txt", "Subject: x\n\nBrightDesk\n"),
        ("vendor.en.txt", "Subject: EverythingCloud\n\nx\n"),
        ("vendor.de.txt", "Subject: x\n\nx\n"),
        (
            "vendor.de.html",
            "<a href=\"https://everythingcloud.com\">x</a>",
        ),
    ]);
    assert_eq!(faults, []);
    let check = |name, brand, language, expected: Option<&str>| {
        let found = templates
            .find(name, brand, language)
            .map(|sheet| sheet.path);
        assert_eq!(found.as_deref(), expected, "{name} {brand} {language}");
    };
    check("ack", "brightdesk", "de", Some("brightdesk/ack.de.txt"));
    check("ack", "brightdesk", "en", Some("brightdesk/ack.de.txt"));
    check("other", "brightdesk", "de", Some("other.en.txt"));
    check("vendor", "brightdesk", "de", None);
    check("ack", COMPANY, "de", Some("ack.de.txt"));
    check("ack", COMPANY, "es", Some("ack.en.txt"));
    check("nothing", COMPANY, "en", None);
}

#[test]
fn every_fault_is_named_at_its_place() {
    let check = |path: &str, source: &str, expected: &[(Wrong, &str)]| {
        let (_, faults) = templates(&[(path, source)]);
        let found: Vec<(Wrong, &str)> = faults
            .iter()
            .map(|fault| (fault.wrong.clone(), source.get(fault.span.clone()).unwrap()))
            .collect();
        assert_eq!(found, expected, "{source}");
    };
    let unknown = |name: &str| Wrong::Unknown(name.to_owned());
    check(
        "a.en.txt",
        "Subject: {{ ticket.nmber }}\n\n{{ promise.first_reponse }} {{ sender }}",
        &[
            (unknown("ticket.nmber"), "ticket.nmber"),
            (unknown("promise.first_reponse"), "promise.first_reponse"),
            (unknown("sender"), "sender"),
        ],
    );
    check(
        "a.en.txt",
        "Subject: x\n\n{{ ticket.client }}",
        &[(
            Wrong::MayBeEmpty("ticket.client".to_owned()),
            "ticket.client",
        )],
    );
    check(
        "a.en.txt",
        "Subject: x\n\n{% for p in brand.pointers %}{{ p.titel }}{% endfor %}",
        &[(unknown("p.titel"), "p.titel")],
    );
    check("ack.txt", "x", &[(Wrong::Name, "")]);
    check("a/b/ack.en.txt", "x", &[(Wrong::Name, "")]);
    check("ack.en.html", "x", &[(Wrong::NoText, "")]);
    let faults = |source| templates(&[("a.en.txt", source)]).1;
    assert!(matches!(
        faults("{% if trust %}")[0].wrong,
        Wrong::Syntax(_)
    ));
    assert!(matches!(
        faults("{{ ticket.id | shout }}")[0].wrong,
        Wrong::Fails(_) | Wrong::Syntax(_)
    ));
    assert!(matches!(
        faults("{{ ticket.id | safe }}")[0].wrong,
        Wrong::Fails(_) | Wrong::Syntax(_)
    ));
    assert!(matches!(
        faults("{{ ticket.id | local_time }}")[0].wrong,
        Wrong::Fails(_)
    ));
    assert!(matches!(
        faults("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}")[0]
            .wrong,
        Wrong::Fails(_)
    ));
}
