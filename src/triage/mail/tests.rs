//! Whole mails, as they arrive, and what they must read as.

mod hostile;

use std::fmt::Write as _;

use super::{Defect, Kind, Mail};

macro_rules! mail {
    ($name:literal) => {
        Mail::read(include_bytes!(concat!(
            "../../../fixtures/mail/",
            $name,
            ".eml"
        )))
    };
}

/// What a person would say about a mail, a line for each thing that is there.
fn told(mail: &Mail) -> String {
    let mut told = format!(
        "{:?} from {} <{}>: {}\n",
        mail.kind,
        name(mail),
        mail.from_address(),
        mail.subject.as_deref().unwrap_or("-")
    );
    if let Some(bounce) = &mail.bounce {
        let _ = writeln!(
            told,
            "bounced {:?} {:?} for good {}, about {:?}",
            bounce.recipient, bounce.status, bounce.permanent, bounce.quoted_ids
        );
    }
    if let Some(inner) = &mail.forwarded {
        let from = inner.from.as_ref().map_or("", |from| from.address.as_str());
        let _ = writeln!(
            told,
            "forwarded from {from} to {:?}: {}: {}",
            inner.to,
            inner.subject.as_deref().unwrap_or("-"),
            inner.body
        );
    }
    let _ = writeln!(told, "new {:?}", mail.new_text());
    if let Some(signature) = mail.signature() {
        let _ = writeln!(told, "signed {signature:?}");
    }
    for attachment in &mail.attachments {
        let inline = if attachment.inline { " inline" } else { "" };
        let ornament = if attachment.ornament {
            ", an ornament"
        } else {
            ""
        };
        let _ = writeln!(
            told,
            "attached {} {} {}{inline}{ornament}",
            attachment.name.as_deref().unwrap_or("-"),
            attachment.content_type,
            attachment.size
        );
    }
    for defect in &mail.defects {
        let _ = writeln!(told, "defect {defect}");
    }
    told
}

fn name(mail: &Mail) -> &str {
    mail.from
        .as_ref()
        .and_then(|from| from.name.as_deref())
        .unwrap_or("-")
}

fn check(mail: &Mail, wanted: &str) {
    let lines = |text: &str| {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&told(mail)), lines(wanted));
    covers(mail);
}

/// The segments cover the text without gap or overlap, in order.
fn covers(mail: &Mail) {
    let mut at = 0;
    for segment in &mail.segments {
        assert_eq!(segment.range.start, at);
        assert!(
            mail.text.get(segment.range.clone()).is_some(),
            "on character boundaries"
        );
        at = segment.range.end;
    }
    assert_eq!(at, mail.text.len());
}

#[test]
fn requests() {
    check(
        &mail!("request-undeclared-charset"),
        r#"
        Request from Jürgen Schäfer <juergen@nordlicht.example>: Störung: Anmeldung nicht möglich
        new "Hallo,\n\nbei unserem Kunden Grünwald können sich seit 9:50 alle 40 Nutzer nicht anmelden.\n\nGrüße\nJürgen"
        defect charset: not declared, taken as windows-1252"#,
    );
    check(
        &mail!("request-html-table"),
        r#"
        Request from Doe, Jane <jane@northwind.example>: Chart „Umsatz“ is empty
        new "Hello team,\n\nClient\tAcme & Sons\nUrgency\tHigh\n\n1. Open report 7 <https://app.everythingcloud.com/r/7>\n2. Choose „Umsatz“\n\n- expected: a chart\n- actual: nothing\n\nSee [screenshot]"
        signed "Jane Doe\nNorthwind Analytics\n+44 20 7946 0958"
        attached shot.png image/png 68 inline"#,
    );
    check(
        &mail!("attachments-odd"),
        r#"
        Request from Jane Doe <jane@northwind.example>: Files
        new "Three files."
        attached Beschreibung März.pdf application/pdf 14
        attached winmail.dat application/ms-tnef 7
        attached notes ü.txt text/plain 6
        defect encoding: attachment Beschreibung März.pdf
        defect encoding: attachment winmail.dat"#,
    );
    check(
        &mail!("signature-logo"),
        r#"
        Request from Jane Doe <jane@northwind.example>: Chart is empty
        new "Hello,\n\nthe chart stays empty:"
        signed "Jane Doe\nNorthwind Analytics"
        attached image001.png image/png 3070 inline
        attached image002.png image/png 470 inline, an ornament"#,
    );
    check(
        &mail!("outlook-winmail"),
        r#"
        Request from Jane Doe <jane@northwind.example>: Report stays empty
        new "Hello team,\n\nthe report „Umsatz“ stays empty for Lindenhof Bäckerei.\nJane"
        attached Umsatz März.csv text/csv 13
        attached shot.png image/png 28"#,
    );
    check(
        &mail!("charset-declared-wrong"),
        r#"
        Request from 王东方 <wang@dongfang.example>: 登录失败
        new "您好,\n\n朱镕基先生无法登录。錯誤代碼 500。""#,
    );
    check(
        &mail!("charset-iso-2022-jp"),
        r#"
        Request from 山田 <yamada@umineko.example>: ログインできません
        new "お世話になっております。\nログインできません。"
        defect charset: not declared, taken as ISO-2022-JP"#,
    );
    check(
        &mail!("old-mac-line-ends"),
        r#"
        Request from Jane Doe <jane@northwind.example>: From an old machine
        new "The first line.\nThe second line."
        defect NUL bytes or bare carriage returns"#,
    );
}

#[test]
fn replies() {
    check(
        &mail!("reply-gmail"),
        r#"
        Reply from Jane Doe <jane@northwind.example>: Re: [EC-1042] Chart is empty
        new "Thanks, that helped. Please close it.""#,
    );
    check(
        &mail!("reply-outlook-german"),
        r#"
        Reply from Karl Weiß <karl.weiss@nordlicht.example>: AW: Import schlägt fehl
        new "Guten Tag,\n\nder Fehler ist noch da, jetzt auch bei Feinkost Lindner.\n\nMit freundlichen Grüßen\nKarl Weiß"
        signed "Nordlicht Beratung GmbH\nTel. 030 5550199\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige\nAdressat sind, löschen Sie sie bitte.""#,
    );
    check(
        &mail!("reply-between-the-lines"),
        r#"
        Reply from Ana Ruiz <ana@sol.example>: Re: Cuatro preguntas
        new "Hola,\n\nFirefox, y también  Chrome.\n\nDoce."
        signed "Enviado desde mi iPhone""#,
    );
    let references = mail!("reply-gmail").references;
    assert_eq!(
        references,
        [
            "first@northwind.example",
            "sw.1.aaaaaaaaaaaaaaaa@everythingcloud.com"
        ]
    );
}

#[test]
fn forwards() {
    check(
        &mail!("forward-gmail-french"),
        r#"
        Request from Luc Petit <luc@atelier.example>: Fwd: Tableau vide
        forwarded from marie@maison-lavigne.example to ["luc@atelier.example"]: Tableau vide: Bonjour Luc,

        le tableau des ventes est vide depuis ce matin.

        Marie
        new "Pouvez-vous regarder ? C'est notre plus gros client."
        signed "Luc Petit\nAtelier Données""#,
    );
    check(
        &mail!("forward-apple-quoted"),
        r#"
        Request from Rosie Tran <rosie@trancreative.example>: Fwd: login page
        forwarded from meg@oharaflowers.example to ["rosie@trancreative.example"]: login page: Hi Rosie
        the button is missing, so none of the six of us can sign in.
        new "see below, she is on Safari""#,
    );
    check(
        &mail!("forward-of-a-forward"),
        r#"
        Request from Phil Grant <phil@grantgroup.example>: FW: FW: licence
        forwarded from tony@barrbakeries.example to ["lesley@grantgroup.example"]: licence: It says that our licence has expired. Seven of us cannot work.
        new "over to you""#,
    );
    check(
        &mail!("forward-attached"),
        r#"
        Request from Help Desk <help@brightdesk.example>: Fwd: Export
        forwarded from client@acme.example to ["help@brightdesk.example"]: Export: The CSV export stops after 1,000 rows.
        new "Please see the attached mail."
        attached Export.eml message/rfc822 202"#,
    );
}

#[test]
fn machines() {
    check(
        &mail!("auto-reply-spanish"),
        r#"
        AutoReply from Ana Ruiz <ana@sol.example>: Respuesta automática: EC-1042
        new "Estoy fuera hasta el lunes.""#,
    );
    check(
        &mail!("bounce-standard"),
        r#"
        Bounce from Mail Delivery Subsystem <mailer-daemon@mx.northwind.example>: Undelivered Mail Returned to Sender
        bounced Some("jane@northwind.example") Some("5.1.1") for good true, about ["sw.1.aaaaaaaaaaaaaaaa@everythingcloud.com"]
        new "Your message could not be delivered.""#,
    );
    let private = mail!("bounce-private-format");
    let bounce = private.bounce.unwrap();
    assert_eq!(
        (bounce.recipient.as_deref(), bounce.permanent),
        (Some("ana@sol.example"), true)
    );
    assert_eq!(
        bounce.quoted_ids,
        ["sx.1.bbbbbbbbbbbbbbbb@everythingcloud.com"]
    );
    check(
        &mail!("bounce-success"),
        r#"
        Bounce from Mail Delivery System <mailer-daemon@mx.sol.example>: Successful Mail Delivery Report
        bounced Some("ana@sol.example") Some("2.0.0") for good false, about []
        new "Delivered.""#,
    );
    assert_eq!(mail!("newsletter").kind, Kind::List);
    assert_eq!(mail!("calendar-invitation").kind, Kind::Calendar);
    assert_eq!(mail!("read-receipt").kind, Kind::AutoReply);
    assert_eq!(mail!("feedback-report").kind, Kind::AutoReply);
}

#[test]
fn a_group_of_ours_is_no_list() {
    let mail = mail!("group-google");
    assert_eq!(
        (mail.kind, mail.from_address()),
        (Kind::List, "jane@northwind.example")
    );
    assert_eq!(
        mail.signs
            .kind_behind(mail.kind, &["support@everythingcloud.com"]),
        Kind::Request
    );
    assert_eq!(
        mail.signs
            .kind_behind(mail.kind, &["help@brightdesk.example"]),
        Kind::List
    );
}

#[test]
fn a_redirected_mail_names_every_receiver() {
    let mail = mail!("portal-redirect");
    let addressed: Vec<(&str, &str)> = mail
        .addressed
        .iter()
        .map(|to| (to.header.as_str(), to.address.as_str()))
        .collect();
    assert_eq!(
        addressed,
        [
            ("To", "help@brightdesk.example"),
            ("X-Forwarded-To", "support@everythingcloud.com"),
            ("X-Original-To", "help@brightdesk.example"),
            ("X-Forwarded-For", "help@brightdesk.example"),
            ("X-Forwarded-For", "support@everythingcloud.com"),
            ("Delivered-To", "support@everythingcloud.com"),
        ]
    );
    assert_eq!(mail.road.received_by, ["mail.everythingcloud.com"]);
}

#[test]
fn a_redirected_mail_is_the_writer_s() {
    let mail = mail!("redirect-srs");
    assert_eq!(
        (mail.kind, mail.from_address()),
        (Kind::Request, "jane@northwind.example")
    );
    let redirect = mail.road.redirect.unwrap();
    assert_eq!(
        redirect.by,
        ["help@brightdesk.example", "brightdesk.example"]
    );
    assert_eq!(
        redirect.envelope_sender.as_deref(),
        Some("jane@northwind.example")
    );
}

#[test]
fn the_hash_is_the_same_on_every_road() {
    let sent = b"From: Jane <jane@x.example>\r\nSubject: Log-in\r\nMessage-ID: <1@x>\r\n\r\nIt  fails.\r\n";
    let arrived = b"Received: from a by b\nDelivered-To: s@y\nfrom: \"Jane\" <Jane@X.example>\nSubject:\n Log-in\nMessage-ID: <1@x>\n\nIt fails.\n\n";
    let other =
        b"From: Jane <jane@x.example>\r\nSubject: Log-in\r\nMessage-ID: <1@x>\r\n\r\nIt works.\r\n";
    assert_eq!(
        Mail::read(sent).content_hash,
        Mail::read(arrived).content_hash
    );
    assert_ne!(
        Mail::read(sent).content_hash,
        Mail::read(other).content_hash
    );
}

#[test]
fn names_what_is_wrong() {
    let defects = |mail: &[u8]| Mail::read(mail).defects;
    assert_eq!(defects(b""), [Defect::Unreadable]);
    assert_eq!(Mail::read(b"\0\x01no header at all").kind, Kind::Unparsable);
    assert_eq!(
        defects(b"Subject: x\n\ny"),
        [Defect::NoSender, Defect::NoMessageId, Defect::NoDate]
    );
    let doubled = defects(
        b"From: a@b\nFrom: c@d\nMessage-ID: <1@x>\nDate: Fri, 27 Mar 2026 16:50:00 +0100\n\ny",
    );
    assert_eq!(doubled, [Defect::RepeatedHeader("From".to_owned())]);
    let beginning = Mail::read_beginning(b"From: a@b\n\nfirst words", 40_000_000);
    assert_eq!(
        (beginning.bytes, beginning.text.as_str()),
        (40_000_000, "first words")
    );
    assert!(
        beginning
            .defects
            .contains(&Defect::TooLarge { bytes: 40_000_000 })
    );
}
