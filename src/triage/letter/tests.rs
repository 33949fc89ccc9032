//! Finished letters, read back as their receivers' mail programs read them.

use jiff::Timestamp;
use proptest::prelude::*;

use super::compose::{Draft, Thread, finish};
use super::template::Rendered;
use super::{Letter, LetterId, Purpose, Stationery};
use crate::triage::mail::read::files;
use crate::triage::mail::thread::{Clue, TokenKey, clues};
use crate::triage::mail::{Attachment, File, Mail, Person};
use crate::triage::ticket::TicketId;

const KEY: TokenKey = TokenKey([7; 32]);

fn person(name: &str, address: &str) -> Person {
    Person {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        address: address.to_owned(),
    }
}

fn vendor() -> Vec<String> {
    vec!["Cloudworks".to_owned(), "cloudworks.example".to_owned()]
}

fn stationery(never_mention: &[String]) -> Stationery<'_> {
    Stationery {
        brand: "lumen",
        from: person("Lumen Support", "help@lumen.example"),
        message_id_domain: "lumen.example",
        plus_address: false,
        relay: "default",
        never_mention,
        instance: "desk-1.cloudworks.example",
        key: &KEY,
        written_at: Timestamp::from_second(1_790_000_000).unwrap(),
    }
}

fn words(subject: &str, text: &str) -> Rendered {
    Rendered {
        subject: subject.to_owned(),
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        language: "en".to_owned(),
    }
}

fn draft<'a>(to: &'a Person, words: Rendered, thread: Thread<'a>) -> Draft<'a> {
    Draft {
        id: LetterId(41),
        ticket: Some(TicketId(1042)),
        purpose: Purpose::Acknowledgement,
        to,
        words,
        thread,
        files: &[],
        held: None,
    }
}

/// The header's lines, unfolded.
fn header(letter: &Letter) -> Vec<String> {
    let head = letter.mime.split("\r\n\r\n").next().unwrap();
    head.replace("\r\n ", " ")
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

fn value(letter: &Letter, name: &str) -> Option<String> {
    let prefix = format!("{name}: ");
    let mut found = header(letter)
        .into_iter()
        .filter_map(|line| line.strip_prefix(&prefix).map(str::to_owned));
    let value = found.next();
    assert!(found.next().is_none(), "{name} stands twice");
    value
}

#[test]
fn a_letter_answers_its_mail_and_says_that_a_machine_wrote_it() {
    let jane = person("Jane Döe", "jane@north.example");
    let before = [
        "one@north.example".to_owned(),
        "two@north.example".to_owned(),
    ];
    let thread = Thread {
        answers: Some("two@north.example"),
        references: &before,
    };
    let letter = finish(
        draft(
            &jane,
            words("[LM-1042] Größe", "Grüße.\nZeile zwei.\n"),
            thread,
        ),
        &stationery(&vendor()),
    )
    .unwrap();
    let mail = Mail::read(letter.mime.as_bytes());
    assert_eq!(
        mail.from,
        Some(person("Lumen Support", "help@lumen.example"))
    );
    assert_eq!(mail.to, [jane]);
    assert_eq!(mail.subject.as_deref(), Some("[LM-1042] Größe"));
    assert_eq!(mail.message_id.as_deref(), Some(letter.message_id.as_str()));
    assert_eq!(mail.in_reply_to, ["two@north.example"]);
    assert_eq!(mail.references, before);
    assert_eq!(mail.date, Some(letter.written_at));
    assert_eq!(mail.text.trim(), "Grüße.\nZeile zwei.");
    assert!(mail.defects.is_empty(), "{:?}", mail.defects);
    let expected = [
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "DR, RN, OOF, AutoReply"),
        ("Precedence", "auto_reply"),
        ("MIME-Version", "1.0"),
    ];
    for (name, text) in expected {
        assert_eq!(value(&letter, name).as_deref(), Some(text), "{name}");
    }
    assert_eq!(value(&letter, "Reply-To"), None);
    assert_eq!(letter.envelope_from, "help@lumen.example");
    assert_eq!(letter.held, None);
    assert!(letter.message_id.ends_with("@lumen.example"));
    assert_wire_format(&letter);
}

#[test]
fn the_loop_header_of_a_letter_to_the_client_names_nobody() {
    let jane = person("Jane", "jane@north.example");
    let mark = |sheet: &Stationery<'_>| {
        let letter = finish(draft(&jane, words("x", "y"), Thread::default()), sheet).unwrap();
        Mail::read(letter.mime.as_bytes()).road.own_loop.unwrap()
    };
    let own = mark(&stationery(&[]));
    assert_eq!(own.len(), 16, "{own}");
    assert!(own.bytes().all(|byte| byte.is_ascii_hexdigit()), "{own}");
    assert_eq!(own, mark(&stationery(&vendor())), "one instance, one mark");
    let others = [
        Stationery {
            instance: "desk-2",
            ..stationery(&[])
        },
        Stationery {
            brand: "other",
            ..stationery(&[])
        },
        Stationery {
            key: &TokenKey([8; 32]),
            ..stationery(&[])
        },
    ];
    for other in others {
        assert_ne!(own, mark(&other));
    }
}

#[test]
fn letters_to_our_own_people_are_generated_and_name_the_instance() {
    let dana = person("", "dana@cloudworks.example");
    let mut draft = draft(&dana, words("Cloudworks", "Cloudworks"), Thread::default());
    draft.purpose = Purpose::Escalation;
    let letter = finish(draft, &stationery(&[])).unwrap();
    assert_eq!(
        value(&letter, "Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    assert_eq!(value(&letter, "Precedence").as_deref(), Some("bulk"));
    assert_eq!(
        value(&letter, "X-Triaged-Loop").as_deref(),
        Some("desk-1.cloudworks.example; lumen")
    );
    assert_eq!(value(&letter, "In-Reply-To"), None);
    assert_eq!(value(&letter, "References"), None);
    assert_eq!(letter.held, None);
}

#[test]
fn answers_and_bounces_carry_the_ticket_where_the_brand_has_plus_addresses() {
    let jane = person("Jane", "jane@north.example");
    let sheet = Stationery {
        plus_address: true,
        ..stationery(&[])
    };
    let letter = finish(draft(&jane, words("x", "y"), Thread::default()), &sheet).unwrap();
    assert!(
        letter.envelope_from.starts_with("help+"),
        "{}",
        letter.envelope_from
    );
    assert_eq!(
        value(&letter, "Reply-To").as_deref(),
        Some(letter.envelope_from.as_str())
    );
    let answer = format!(
        "From: jane@north.example\r\nTo: {}\r\n\r\nyes",
        letter.envelope_from
    );
    let found = clues(&Mail::read(answer.as_bytes()), &KEY, &["LM"], &[]);
    assert!(
        matches!(found.as_slice(), [Clue::Token { ticket: 1042, .. }]),
        "{found:?}"
    );
}

#[test]
fn an_answer_to_a_letter_leads_back_to_its_ticket() {
    let jane = person("Jane", "jane@north.example");
    let letter = finish(
        draft(&jane, words("x", "y"), Thread::default()),
        &stationery(&[]),
    )
    .unwrap();
    let answer = format!(
        "From: jane@north.example\r\nIn-Reply-To: <{}>\r\n\r\nyes",
        letter.message_id
    );
    let found = clues(&Mail::read(answer.as_bytes()), &KEY, &["LM"], &[]);
    assert!(
        matches!(found.first(), Some(Clue::Token { ticket: 1042, .. })),
        "{found:?}"
    );
}

#[test]
fn a_white_label_letter_that_names_the_vendor_is_held() {
    let check = |subject: &str, text: &str, within: Option<&str>| {
        let jane = person("Jane", "jane@north.example");
        let letter = finish(
            draft(&jane, words(subject, text), Thread::default()),
            &stationery(&vendor()),
        )
        .unwrap();
        let held = letter.held.unwrap_or_default();
        assert_eq!(
            !held.is_empty(),
            within.is_some(),
            "{subject} / {text}: {held}"
        );
        assert!(held.contains(within.unwrap_or_default()), "{held}");
    };
    check("We have it", "Your Lumen team", None);
    check("Cloudworks has it", "Your Lumen team", Some("subject"));
    check(
        "We have it",
        "See https://help.cloudworks.example/",
        Some("text"),
    );
    let jane = person("Jane", "jane@north.example");
    let sheet = Stationery {
        from: person("Cloudworks", "help@lumen.example"),
        ..stationery(&[])
    };
    let never_mention = vendor();
    let sheet = Stationery {
        never_mention: &never_mention,
        ..sheet
    };
    let letter = finish(draft(&jane, words("x", "y"), Thread::default()), &sheet).unwrap();
    assert!(letter.held.is_some(), "the name in From");
}

#[test]
fn what_others_wrote_of_the_vendor_is_left_out_and_the_letter_goes() {
    let jane = person("Jane (Cloudworks)", "jane@north.example");
    let before = [
        "root@north.example".to_owned(),
        "x@mail.cloudworks.example".to_owned(),
    ];
    let thread = Thread {
        answers: Some("y@mail.cloudworks.example"),
        references: &before,
    };
    let letter = finish(
        draft(&jane, words("x", "y"), thread),
        &stationery(&vendor()),
    )
    .unwrap();
    assert_eq!(letter.held, None);
    assert!(
        !letter.mime.to_lowercase().contains("cloudworks"),
        "{}",
        letter.mime
    );
    assert_eq!(
        value(&letter, "References").as_deref(),
        Some("<root@north.example>")
    );
}

#[test]
fn a_long_thread_names_its_root_and_its_newest_mails() {
    let jane = person("Jane", "jane@north.example");
    let before: Vec<String> = (0..100)
        .map(|number| format!("{number}@north.example"))
        .collect();
    let thread = Thread {
        answers: Some("99@north.example"),
        references: &before,
    };
    let letter = finish(draft(&jane, words("x", "y"), thread), &stationery(&[])).unwrap();
    let mail = Mail::read(letter.mime.as_bytes());
    assert_eq!(mail.references.len(), 20);
    assert_eq!(
        mail.references.first().map(String::as_str),
        Some("0@north.example")
    );
    assert_eq!(
        mail.references.last().map(String::as_str),
        Some("99@north.example")
    );
    assert_wire_format(&letter);
}

#[test]
fn an_address_that_no_mail_can_be_sent_to_is_named() {
    for address in [
        "",
        "jane",
        "jané@north.example",
        "jane doe@north.example",
        "jane@",
        "a@b\r\nBcc: c@d",
    ] {
        let jane = person("Jane", address);
        let refused = finish(
            draft(&jane, words("x", "y"), Thread::default()),
            &stationery(&[]),
        );
        assert_eq!(
            refused.map(|letter| letter.to),
            Err(super::compose::Unwritable {
                address: address.to_owned()
            })
        );
    }
}

/// ASCII, CRLF, no line beyond what SMTP carries (RFC 5321, 4.5.3.1.6).
fn assert_wire_format(letter: &Letter) {
    assert!(letter.mime.is_ascii());
    for line in letter.mime.split("\r\n") {
        assert!(line.len() <= 998, "{line}");
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
    }
}

proptest! {
    #[test]
    fn no_words_of_a_stranger_add_a_header(
        name in any::<String>(),
        subject in "(?s).{0,60}(\r\nBcc: thief@evil.example)?.{0,300}",
        text in any::<String>(),
        id in any::<String>(),
    ) {
        let jane = person(&name, "jane@north.example");
        let before = [id.clone()];
        let thread = Thread { answers: Some(&id), references: &before };
        let letter = finish(draft(&jane, words(&subject, &text), thread), &stationery(&[])).unwrap();
        assert_wire_format(&letter);
        let known = [
            "Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
            "X-Auto-Response-Suppress", "Precedence", "X-Triaged-Loop", "MIME-Version", "Content-Type",
        ];
        for line in header(&letter) {
            let name = line.split(':').next().unwrap_or_default().to_owned();
            prop_assert!(known.contains(&name.as_str()), "{line}");
        }
        let again = finish(draft(&jane, words(&subject, &text), thread), &stationery(&[])).unwrap();
        prop_assert_eq!(letter, again);
    }
}

fn file(name: &str, content_type: &str, content_id: Option<&str>, bytes: &[u8]) -> File {
    File {
        attachment: Attachment {
            name: Some(name.to_owned()),
            content_type: content_type.to_owned(),
            size: bytes.len() as u64,
            inline: content_id.is_some(),
            ornament: false,
        },
        content_id: content_id.map(str::to_owned),
        bytes: bytes.to_vec(),
    }
}

#[test]
fn files_stand_beside_the_words_and_images_within_them() {
    let jane = person("Jane", "jane@north.example");
    let shot = file("Foto 1.png", "image/png", Some("x@mailer"), &[1, 2, 3]);
    let log = file("../Größe.log", "text/plain", None, b"a\r\n\r\nb\n.\n");
    let mail = file("Fwd.eml", "message/rfc822", None, b"Subject: x\n\ny\n");
    let enclosed = [&shot, &log, &mail];
    let finished = || {
        let words = words("x", "See [image: Foto 1.png] here.");
        let mut draft = draft(&jane, words, Thread::default());
        draft.purpose = Purpose::Answer;
        draft.files = &enclosed;
        finish(draft, &stationery(&vendor())).unwrap()
    };
    let letter = finished();
    assert_eq!(letter, finished(), "the same bytes again");
    assert_wire_format(&letter);
    let found = files(letter.mime.as_bytes());
    let names: Vec<&str> = found
        .iter()
        .filter_map(|file| file.attachment.name.as_deref())
        .collect();
    assert_eq!(names, ["Foto 1.png", ".._Größe.log", "Fwd.eml"]);
    for (found, sent) in found.iter().zip(enclosed) {
        assert_eq!(found.bytes, sent.bytes, "{names:?}");
    }
    assert_eq!(
        found[2].attachment.content_type, "application/octet-stream",
        "a mail must not travel encoded as one"
    );
    assert!(found[0].attachment.inline, "{}", letter.mime);
    assert!(
        !letter.mime.contains("x@mailer"),
        "their mail program's name"
    );
    assert_eq!(value(&letter, "Auto-Submitted"), None);
    assert_eq!(letter.held, None);
}

#[test]
fn a_file_that_names_the_vendor_holds_the_letter() {
    let jane = person("Jane", "jane@north.example");
    let check = |file: &File, held: bool| {
        let enclosed = [file];
        let mut draft = draft(&jane, words("x", "y"), Thread::default());
        draft.purpose = Purpose::Answer;
        draft.files = &enclosed;
        let letter = finish(draft, &stationery(&vendor())).unwrap();
        assert_eq!(letter.held.is_some(), held, "{:?}", letter.held);
    };
    check(&file("Cloudworks.pdf", "application/pdf", None, b"x"), true);
    check(&file("a.txt", "text/plain", None, b"by Cloudworks"), true);
    check(&file("a.pdf", "application/pdf", None, b"x"), false);
}
