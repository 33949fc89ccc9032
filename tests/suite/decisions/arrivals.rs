//! A mail that opens a ticket, or that is kept without one.

use triaged::triage::mail::Mail;
use triaged::triage::promise::Metric;

use super::desk::Desk;
use super::{EXPORT_FAILS, HOW_TO, OUTAGE, STRANGER, WHITE_LABEL};

#[test]
fn a_request_opens_a_ticket_is_acknowledged_and_reaches_support() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS).is("
        EC-1 opened: northwind, Harbor Bank, Medium, level 2
        letter 1: acknowledgement to jane@northwind.example
        letter 2: notice to support-team@everythingcloud.com
        because written to support@everythingcloud.com (To), so company answers
        because partner northwind
        because client Harbor Bank
        because rule `level-2-reaches-support`
        because acknowledge promised until 2026-05-04T
    ");
}

#[test]
fn missing_details_are_asked_for_once_in_the_acknowledgement() {
    let mut desk = Desk::open();
    let told = desk.mail(STRANGER);
    told.is("
        EC-1 opened: no partner, no client, Medium, level 2, review
        asked
        letter 1: acknowledgement to someone@elsewhere.example
        letter 2: notice to support-team@everythingcloud.com
        because someone@elsewhere.example belongs to no known partner
        because it asks for client
    ");
    assert!(desk.ticket("EC-1").asked);
}

#[test]
fn an_outage_reaches_the_partner_manager_as_well() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE).is("
        EC-1 opened: northwind, Harbor Bank, Critical, level 3
        ladder executive: notice 1 of 9
        letter 1: acknowledgement to jane@northwind.example
        letter 2: escalation to dana.reyes@everythingcloud.com
        letter 3: escalation to sponsor-americas@everythingcloud.com
        letter 4: escalation to ben.arlt@everythingcloud.com
        because level 3: a major outage
        because the ladder executive begins, by rule `third-line-outage`
    ");
    let letter = Mail::read(desk.letter(2).mime.as_bytes());
    for words in [
        "jane@northwind.example",
        "first contact",
        "down for all users",
        "EC-1",
    ] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
}

#[test]
fn a_how_to_question_gets_pointers_and_goes_back_to_the_partner() {
    let mut desk = Desk::open();
    desk.mail(HOW_TO).is("
        EC-1 opened: northwind, no client, Medium, level 1, review
        handed back
        letter 1: hand-back to jane@northwind.example
        because rule `how-to-goes-back`
        because the reply is `level1-handback`
    ");
    let letter = Mail::read(desk.letter(1).mime.as_bytes());
    assert!(
        letter
            .text
            .contains("https://help.everythingcloud.com/log-in"),
        "{}",
        letter.text
    );
    assert!(
        !letter.text.contains("/reports"),
        "only what helps: {}",
        letter.text
    );
    let promised: Vec<Metric> = desk
        .ticket("EC-1")
        .promises
        .iter()
        .map(|promise| promise.metric)
        .collect();
    assert_eq!(
        promised,
        [Metric::Acknowledge],
        "the answer is the partner's to give"
    );
}

#[test]
fn a_white_label_letter_names_its_own_brand_alone() {
    let mut desk = Desk::open();
    desk.mail(WHITE_LABEL).is("
        BD-1 opened: brightdesk, no client, Medium, level 2, review
        asked
        letter 1: acknowledgement to karl@wagner.example
        letter 2: notice to support-team@everythingcloud.com
        because written to help@brightdesk.example (To), so brightdesk answers
    ");
    let letter = desk.letter(1);
    assert_eq!(letter.envelope_from, "help@brightdesk.example");
    assert_eq!(letter.brand, "brightdesk");
    assert!(letter.message_id.ends_with("@brightdesk.example"));
    assert!(letter.subject.contains("BD-1"), "{}", letter.subject);
    let mail = Mail::read(letter.mime.as_bytes());
    assert_eq!(mail.from_address(), "help@brightdesk.example");
    assert!(
        mail.text.contains("Guten Tag") || mail.text.contains("Hallo"),
        "in German: {}",
        mail.text
    );
    for text in [&*letter.mime, &letter.subject, &mail.text] {
        assert!(!text.to_lowercase().contains("everythingcloud"), "{text}");
    }
}

#[test]
fn a_white_label_letter_of_which_our_own_words_name_the_vendor_is_held() {
    let mut desk = Desk::with("company.toml", "", "");
    // The rule check refuses this, so it can only be a word that came to be the vendor's later.
    std::sync::Arc::get_mut(&mut desk.rules)
        .unwrap()
        .company
        .never_mention
        .push("BrightDesk Support".to_owned());
    let told = desk.mail(WHITE_LABEL);
    assert_eq!(
        told.letters[0]
            .held
            .as_deref()
            .map(|why| why.starts_with("the ")),
        Some(true)
    );
    let alarm = told
        .letters
        .iter()
        .find(|letter| letter.to == "ops@everythingcloud.com")
        .unwrap();
    let text = Mail::read(alarm.mime.as_bytes()).text;
    assert!(
        text.contains("BD-1") && text.contains("triaged outbox"),
        "{text}"
    );
    assert_eq!(
        told.letters
            .iter()
            .filter(|letter| letter.held.is_some())
            .count(),
        1
    );
}

#[test]
fn the_brands_own_address_answers_before_one_that_serves_all() {
    let check = |to: &str, cc: &str, delivered: &str, mailbox: &'static str, number: &str| {
        let mut desk = Desk::open();
        desk.mailbox = mailbox;
        let text = format!(
            "From: karl@wagner.example\nTo: {to}\nCc: {cc}\nDelivered-To: {delivered}\nSubject: Export\n\nError 502."
        );
        let told = desk.mail(&text);
        assert!(
            told.lines[0].starts_with(number),
            "{text}: {:?}",
            told.lines
        );
    };
    let (support, brand) = ("support@everythingcloud.com", "help@brightdesk.example");
    check(
        brand,
        "x@y.example",
        support,
        "support@everythingcloud.com",
        "BD-1",
    );
    check(
        support,
        brand,
        support,
        "support@everythingcloud.com",
        "BD-1",
    );
    check(
        support,
        "x@y.example",
        support,
        "support@everythingcloud.com",
        "EC-1",
    );
    check(
        "x@y.example",
        "z@y.example",
        "other@y.example",
        "help@brightdesk.example",
        "BD-1",
    );
    check(
        "x@y.example",
        "z@y.example",
        brand,
        "support@everythingcloud.com",
        "BD-1",
    );
}

#[test]
fn a_notice_of_a_forward_shows_what_was_forwarded() {
    let check = |mail: &str| {
        let mut desk = Desk::open();
        let told = desk.mail(mail);
        let notice = told
            .letters
            .iter()
            .find(|letter| letter.to == "support-team@everythingcloud.com");
        let notice = Mail::read(notice.expect("a notice").mime.as_bytes()).text;
        for words in ["can you help?", "ines@lindenau.example", "report is empty"] {
            assert!(notice.contains(words), "{words}: {notice}");
        }
    };
    check(
        "
        From: Tim Ray <tim@northwind.example>
        To: support@everythingcloud.com
        Subject: Fwd: Report empty
        Message-ID: <forward-inline@northwind.example>

        FYI, can you help?

        ---------- Forwarded message ---------
        From: Ines Gruber <ines@lindenau.example>
        Date: Mon, May 4, 2026 at 9:11 AM
        Subject: Report empty
        To: Tim Ray <tim@northwind.example>

        Dear Tim,

        the monthly report is empty.
        ",
    );
    check(
        "
        From: Tim Ray <tim@northwind.example>
        To: support@everythingcloud.com
        Subject: Fwd: Report empty
        Message-ID: <forward-attached@northwind.example>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=cut

        --cut
        Content-Type: text/plain

        FYI, can you help?
        --cut
        Content-Type: message/rfc822

        From: Ines Gruber <ines@lindenau.example>
        To: Tim Ray <tim@northwind.example>
        Subject: Report empty
        Message-ID: <inner@lindenau.example>

        Dear Tim,

        the monthly report is empty.
        --cut--
        ",
    );
}

#[test]
fn a_stranger_is_treated_as_the_rules_say() {
    let check = |treatment: &str, expected: &str| {
        let mut desk = Desk::with(
            "company.toml",
            "unknown_sender = \"answer\"",
            &format!("unknown_sender = \"{treatment}\""),
        );
        desk.mail(STRANGER).is(expected);
    };
    check(
        "hold",
        "
        EC-1 opened: no partner, no client, Medium, level 2, review
        note: Letter 1 is held: its sender belongs to no known partner, so a person looks first.
        asked
        letter 1: acknowledgement to someone@elsewhere.example, held: its sender belongs to no known partner, so a person looks first
        letter 2: notice to support-team@everythingcloud.com
        ",
    );
    check(
        "note",
        "
        EC-1 opened: no partner, no client, Medium, level 2, review
        letter 1: notice to support-team@everythingcloud.com
        because no letter to the sender: the sender belongs to no known partner
        ",
    );
}

#[test]
fn machines_get_no_answer_and_open_no_ticket() {
    let check = |header: &str, words: &str| {
        let mut desk = Desk::open();
        let told = desk.mail(&format!(
            "From: someone@northwind.example\nTo: support@everythingcloud.com\n{header}\nSubject: Hello\n\nThe platform is down for all users."
        ));
        told.is(&format!("because {words}"));
    };
    check(
        "Auto-Submitted: auto-replied",
        "an automatic reply, kept without a ticket",
    );
    check(
        "Precedence: bulk\nList-Id: <news.northwind.example>",
        "a mailing list, kept without a ticket",
    );
    check(
        "X-Triaged-Loop: desk-2; company",
        "a letter of ours, kept without a ticket",
    );
}

#[test]
fn a_person_who_wants_no_automatic_answer_gets_a_ticket_and_no_letter() {
    let mut desk = Desk::open();
    let text = EXPORT_FAILS.replace("Subject:", "X-Auto-Response-Suppress: All\n    Subject:");
    desk.mail(&text).is("
        EC-1 opened: northwind, Harbor Bank, Medium, level 2
        letter 1: notice to support-team@everythingcloud.com
        because no letter to the sender: the writer wants none
    ");
}

#[test]
fn our_own_address_is_never_answered() {
    let mut desk = Desk::open();
    let text = EXPORT_FAILS.replace("jane@northwind.example>", "support@everythingcloud.com>");
    let told = desk.mail(&text);
    assert!(
        told.letters
            .iter()
            .all(|letter| letter.to != "support@everythingcloud.com")
    );
    assert!(
        told.reasons
            .iter()
            .any(|reason| reason.contains("is our own address")),
        "{:?}",
        told.reasons
    );
}

#[test]
fn mail_from_before_our_time_is_kept_and_answered_by_nobody() {
    let mut desk = Desk::open();
    desk.too_old = true;
    desk.mail(OUTAGE).is("
        EC-1 opened: northwind, Harbor Bank, Critical, level 3
    ");
    assert_eq!(
        desk.ticket("EC-1").next_alarm(),
        None,
        "no promise can be broken"
    );
    let answer = OUTAGE.replace("outage-1@", "outage-2@").replace(
        "Subject:",
        "In-Reply-To: <outage-1@northwind.example>\n    Subject:",
    );
    desk.mail(&answer)
        .is("message of jane@northwind.example (Client)");
}

#[test]
fn hostile_names_and_addresses_cannot_stop_the_desk() {
    for from in [
        "\"Evil\rBcc: x@y\" <jane@northwind.example>",
        "=?utf-8?q?A=0D=0ABcc:_x?= <jane@northwind.example>",
        "jäne@nörthwind.example",
        "<>",
        "\"\" <>",
        "jane@northwind.example, other@northwind.example",
    ] {
        let mut desk = Desk::open();
        let text = format!(
            "From: {from}\nTo: support@everythingcloud.com\nSubject: Export\n\nError 502 on export."
        );
        let told = desk.mail(&text);
        assert!(
            told.lines[0].starts_with("EC-1 opened"),
            "{from}: {:?}",
            told.lines
        );
        assert!(
            told.letters
                .iter()
                .any(|letter| letter.to == "support-team@everythingcloud.com"),
            "{from}: our people hear of it"
        );
        for letter in &told.letters {
            assert!(!letter.mime.contains("\r\nBcc:"), "{}", letter.mime);
        }
    }
}

#[test]
fn a_question_that_cannot_be_handed_back_reaches_a_person() {
    let mut desk = Desk::open();
    let text = HOW_TO.replace("Subject:", "X-Auto-Response-Suppress: All\n    Subject:");
    desk.mail(&text).is("
        EC-1 opened: northwind, no client, Medium, level 1, review
        letter 1: notice to dana.reyes@everythingcloud.com
        because no letter to the sender: the writer wants none
        because by nobody else being told
    ");
    assert!(!desk.ticket("EC-1").handed_back);

    let text = HOW_TO.replace("jane@northwind.example>", "jäne@northwind.example>");
    let told = desk.mail(&text.replace("howto-1", "howto-2"));
    let readers: Vec<&str> = told
        .letters
        .iter()
        .map(|letter| letter.to.as_str())
        .collect();
    assert_eq!(
        readers,
        ["dana.reyes@everythingcloud.com"],
        "{:?}",
        told.lines
    );
}
