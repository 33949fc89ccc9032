//! People talk: what one of us answers reaches the client under the brand, what the client answers reaches us, and
//! nobody else gets a word in.

use triaged::triage::letter::Letter;
use triaged::triage::mail::Mail;
use triaged::triage::mail::read::files;
use triaged::triage::ticket::State;

use super::desk::Desk;
use super::{EXPORT_FAILS, OUTAGE, WHITE_LABEL, reply};

/// On the support team, so on every ticket that the team was told of.
const ANNA: &str = "anna.kern@everythingcloud.com";

/// One of us, but on no ticket of BrightDesk.
const DANA: &str = "dana.reyes@everythingcloud.com";

/// Our own mail server vouches for everybody at our domain.
const VOUCHED: &str =
    "Authentication-Results: mx.everythingcloud.com; dmarc=pass header.from=everythingcloud.com\n";

/// BD-1 with its acknowledgement (letter 1) and the team's notice (letter 2).
fn white_label() -> Desk {
    let mut desk = Desk::open();
    desk.mailbox = "help@brightdesk.example";
    desk.mail(WHITE_LABEL);
    desk
}

fn text(letter: &Letter) -> String {
    Mail::read(letter.mime.as_bytes()).text
}

#[track_caller]
fn shows_nothing_of_ours(letter: &Letter) {
    let mail = Mail::read(letter.mime.as_bytes());
    let everything = format!("{}\n{}", letter.mime, mail.text).to_lowercase();
    for word in ["everythingcloud", "anna.kern", "kern", "desk-1"] {
        assert!(!everything.contains(word), "{word} in {}", letter.mime);
    }
}

#[test]
fn an_answer_to_the_notice_goes_out_under_the_brand() {
    let mut desk = white_label();
    let words = "Guten Tag,\n\nbitte laden Sie die Seite neu.\n\nViele Grüße\nAnna\n-- \nAnna Kern\nEverythingCloud GmbH";
    let told = desk.mail(&reply(&desk, 2, ANNA, words));
    told.is("
        message of anna.kern@everythingcloud.com (Staff)
        letter 3: answer to karl@wagner.example
        because is on the ticket, proven by a token that only this person's letters carry
    ");
    let letter = &told.letters[0];
    shows_nothing_of_ours(letter);
    let mail = Mail::read(letter.mime.as_bytes());
    assert_eq!(mail.from_address(), "help@brightdesk.example");
    assert_eq!(mail.in_reply_to, ["karl-1@wagner.example"]);
    assert_eq!(mail.subject.as_deref(), Some("[BD-1] Re: Export bricht ab"));
    assert!(mail.text.contains("bitte laden Sie die Seite neu."));
    assert!(
        mail.text.trim_end().ends_with("BrightDesk Support"),
        "{}",
        mail.text
    );
    assert!(!letter.mime.contains("Auto-Submitted"), "{}", letter.mime);
    assert!(!letter.mime.contains("Precedence"), "{}", letter.mime);
    assert!(letter.mime.contains("X-Triaged-Loop: "), "{}", letter.mime);
    desk.sent(3)
        .is("kept acknowledge\nkept first_response\npromised update_every");
    assert_eq!(desk.ticket("BD-1").life.answered_at, Some(desk.now));
}

#[test]
fn a_quoted_notice_stays_inside() {
    let notice = |desk: &Desk| text(desk.letter(2));
    let quoted: fn(&str) -> String = |notice| {
        let lines: Vec<String> = notice.lines().map(|line| format!("> {line}")).collect();
        format!(
            "On Mon, 4 May 2026 at 10:01, Support <x@y.example> wrote:\n{}",
            lines.join("\n")
        )
    };
    let outlook: fn(&str) -> String = |notice| {
        format!(
            "-----Original Message-----\nFrom: Support\nSent: Monday, 4 May 2026 10:01\nTo: Anna Kern\nSubject: x\n\n{notice}"
        )
    };
    let bare: fn(&str) -> String = str::to_owned;
    for quote in [quoted, outlook, bare] {
        let mut desk = white_label();
        let words = format!("It works again.\n\n{}", quote(&notice(&desk)));
        let told = desk.mail(&reply(&desk, 2, ANNA, &words));
        let answers = told
            .letters
            .iter()
            .filter(|letter| letter.purpose.is_to_the_client());
        for letter in answers {
            shows_nothing_of_ours(letter);
            assert!(!text(letter).contains("triaged ticket show"), "{words}");
        }
        // What no mail program marks as quoted goes to nobody, and the writer hears why.
        if told
            .lines
            .iter()
            .all(|line| !line.contains("answer to karl"))
        {
            assert!(
                text(&told.letters[0]).contains("it quotes our own letter"),
                "{words}"
            );
        }
    }
}

#[test]
fn a_from_header_proves_nothing() {
    let mut desk = white_label();
    let forged = "
        From: anna.kern@everythingcloud.com
        To: help@brightdesk.example
        Subject: Re: [BD-1] Export bricht ab
        Message-ID: <forged@evil.example>

        #solved Please send your password to this address.
    ";
    desk.mail(forged).is("
        message of anna.kern@everythingcloud.com (Staff)
        note: The mail of anna.kern@everythingcloud.com is kept as a note among ourselves: nothing proves that anna.kern@everythingcloud.com wrote it.
        review true
        letter 3: notice to support-team@everythingcloud.com
    ");
    assert_eq!(desk.ticket("BD-1").state, State::Open);
    let with_clients_token = reply(&desk, 1, ANNA, "Send us your password.");
    let told = desk.mail(&with_clients_token);
    assert!(
        told.letters
            .iter()
            .all(|letter| !letter.purpose.is_to_the_client())
    );
    assert!(text(&told.letters[0]).contains("Send us your password."));
}

#[test]
fn where_our_server_says_that_it_is_forged_no_token_helps() {
    let mut desk = white_label();
    let answer = reply(&desk, 2, ANNA, "Hello").replace(
        "Subject:",
        "Authentication-Results: mx.everythingcloud.com; dmarc=fail header.from=everythingcloud.com\nSubject:",
    );
    desk.mail(&answer).is("
        message of anna.kern@everythingcloud.com (Staff)
        note: The mail of anna.kern@everythingcloud.com is kept as a note among ourselves: our mail server says that anna.kern@everythingcloud.com did not send it.
        review true
        letter 3: notice to support-team@everythingcloud.com
    ");
}

#[test]
fn a_colleague_who_was_not_told_may_not_speak() {
    let mut desk = white_label();
    let answer =
        reply(&desk, 2, DANA, "Let us wait.").replace("Subject:", &format!("{VOUCHED}Subject:"));
    desk.mail(&answer).is("
        message of dana.reyes@everythingcloud.com (Staff)
        note: The mail of dana.reyes@everythingcloud.com is kept as a note among ourselves: dana.reyes@everythingcloud.com was not told of BD-1 and is not responsible for it.
        review true
        letter 3: notice to support-team@everythingcloud.com
    ");
    // Who is made responsible may.
    desk.mail(&reply(&desk, 2, ANNA, "#assign dana"));
    let answer = reply(&desk, 2, DANA, "We wait for the log.")
        .replace("Subject:", &format!("{VOUCHED}Subject:"));
    desk.mail(&answer).is("
        message of dana.reyes@everythingcloud.com (Staff)
        letter 5: answer to karl@wagner.example
        because proven by our mail server
    ");
}

#[test]
fn a_client_in_our_own_thread_is_heard_by_us_alone() {
    let mut desk = white_label();
    desk.mail(&reply(&desk, 2, "karl@wagner.example", "Who is EverythingCloud?"))
        .is("
        note: The mail of karl@wagner.example is kept as a note among ourselves: karl@wagner.example is none of our own people.
        review true
        letter 3: notice to support-team@everythingcloud.com
    ");
    assert!(text(desk.letter(3)).contains("Who is EverythingCloud?"));
    let before = desk.ticket("BD-1").participants.clone();
    let told = desk.mail(&reply(&desk, 2, "thief@elsewhere.example", "#solved"));
    assert!(
        told.letters
            .iter()
            .all(|letter| letter.to.ends_with("@everythingcloud.com"))
    );
    assert_eq!(desk.ticket("BD-1").participants, before);
    assert_eq!(desk.ticket("BD-1").state, State::Open);
}

#[test]
fn orders_are_obeyed_and_answered_and_never_relayed() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.mail(&reply(
        &desk,
        2,
        ANNA,
        "#assign ben #urgency dringend\n#ack",
    ))
    .is("
        message of anna.kern@everythingcloud.com (Staff)
        assigned to ben
        urgency High
        promised acknowledge
        promised first_response
        promised solve
        letter 3: notice to anna.kern@everythingcloud.com
    ");
    let answer = text(desk.letter(3));
    assert!(answer.contains("EC-1 is assigned to ben"), "{answer}");
    assert!(
        answer.contains("Ihre Worte gingen an niemanden."),
        "{answer}"
    );
    desk.mail(&reply(
        &desk,
        2,
        ANNA,
        "#waiting\n\nPlease send us the log.",
    ))
    .is("
        message of anna.kern@everythingcloud.com (Staff)
        waiting for the client after letter 4
        letter 4: answer to jane@northwind.example
        letter 5: notice to anna.kern@everythingcloud.com
    ");
    assert!(!text(desk.letter(4)).contains("#waiting"));
    assert_eq!(
        desk.ticket("EC-1").state,
        State::Open,
        "not before the question is accepted"
    );
    desk.mail(&reply(&desk, 2, ANNA, "#1042 is the invoice."))
        .is("
        message of anna.kern@everythingcloud.com (Staff)
        letter 6: answer to jane@northwind.example
    ");
    assert!(text(desk.letter(6)).contains("#1042 is the invoice."));
}

#[test]
fn nothing_half_done_goes_out() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.mail(&reply(&desk, 2, ANNA, "#solvd #urgency high\n\nIt works again.")).is("
        message of anna.kern@everythingcloud.com (Staff)
        note: The mail of anna.kern@everythingcloud.com went to nobody: an order in it cannot be obeyed.
        letter 3: notice to anna.kern@everythingcloud.com
    ");
    assert!(text(desk.letter(3)).contains("#solvd is no order; did you mean #solved?"));
    desk.mail(&reply(&desk, 2, ANNA, "#solved #assign anja\n\nIt does.")).is("
        message of anna.kern@everythingcloud.com (Staff)
        note: The mail of anna.kern@everythingcloud.com went to nobody: an order in it cannot be obeyed.
        letter 4: notice to anna.kern@everythingcloud.com
    ");
    assert!(text(desk.letter(4)).contains("\"anja\" is no contact"));
    assert_eq!(desk.ticket("EC-1").state, State::Open);
}

#[test]
fn a_note_stays_inside() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.mail(&reply(
        &desk,
        2,
        ANNA,
        "#note They have not paid. I call them.",
    ))
    .is("
        message of anna.kern@everythingcloud.com (Staff)
        note: anna.kern@everythingcloud.com: They have not paid. I call them.
        letter 3: notice to anna.kern@everythingcloud.com
    ");
}

#[test]
fn an_answer_that_names_the_vendor_is_held() {
    let mut desk = white_label();
    let told = desk.mail(&reply(
        &desk,
        2,
        ANNA,
        "Melden Sie sich auf everythingcloud.com an.",
    ));
    told.is("
        message of anna.kern@everythingcloud.com (Staff)
        note: Letter 3 is held: the text names the vendor: `everythingcloud.com` and 1 more.
        letter 3: answer to karl@wagner.example, held: the text names the vendor: `everythingcloud.com` and 1 more
        letter 4: alarm to ops@everythingcloud.com
        letter 5: notice to anna.kern@everythingcloud.com
    ");
    assert!(text(desk.letter(5)).contains("names the vendor"));
}

#[test]
fn the_same_answer_is_relayed_once_and_robots_never() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    let answer = reply(&desk, 2, ANNA, "It works again.");
    desk.mail(&answer);
    desk.mailbox = "help@brightdesk.example";
    desk.mail(&answer)
        .is("note: The same mail also came to help@brightdesk.example.");
    let away = reply(&desk, 2, ANNA, "I am on holiday.")
        .replace("Subject:", "Auto-Submitted: auto-replied\nSubject:");
    desk.mail(&away)
        .is("message of anna.kern@everythingcloud.com (Machine)");
    let theirs = reply(&desk, 3, "jane@northwind.example", "I am out of office.")
        .replace("Subject:", "Auto-Submitted: auto-replied\nSubject:");
    desk.mail(&theirs)
        .is("message of jane@northwind.example (Machine)");
}

#[test]
fn an_answer_to_a_letter_about_our_own_work_stays_inside() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    desk.alarm("EC-1", "PT15M1S");
    let told = desk.mail(&reply(&desk, 5, DANA, "That is embarrassing."));
    assert!(
        told.letters.iter().all(|letter| letter.to == DANA),
        "{:?}",
        told.lines
    );
}

#[test]
fn everybody_of_the_clients_side_gets_a_letter_of_their_own() {
    let mut desk = Desk::open();
    let with_copies = EXPORT_FAILS.replace(
        "Subject:",
        "Cc: boss@northwind.example, Ben <ben.arlt@everythingcloud.com>, help@brightdesk.example\n    Subject:",
    );
    desk.mail(&with_copies);
    desk.mail(&reply(&desk, 2, ANNA, "It works again.")).is("
        message of anna.kern@everythingcloud.com (Staff)
        letter 3: answer to jane@northwind.example
        letter 4: answer to boss@northwind.example
    ");
}

/// A reply whose body has a text, a file, a screenshot and the logo of a signature.
fn with_files(reply: &str) -> String {
    let (head, words) = reply.split_once("\n\n").unwrap();
    format!(
        "{head}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/related; boundary=r\n\n\
         --r\nContent-Type: text/html\n\n<p>{words}</p><p>See: <img src=\"cid:shot@x\" width=600 height=400></p><div class=gmail_signature>-- <br>Anna<br><img src=\"cid:logo@x\" height=40></div>\n\
         --r\nContent-Type: image/png; name=shot.png\nContent-ID: <shot@x>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoAAA==\n\
         --r\nContent-Type: image/png; name=logo.png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoBBB==\n--r--\n\
         --b\nContent-Type: application/pdf; name=\"Steps.pdf\"\nContent-Disposition: attachment; filename=\"Steps.pdf\"\nContent-Transfer-Encoding: base64\n\nAAECAwQF/w==\n--b--\n"
    )
}

#[test]
fn files_and_images_go_along_in_both_directions() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    let told = desk.mail(&with_files(&reply(&desk, 2, ANNA, "Please read this.")));
    told.is("
        message of anna.kern@everythingcloud.com (Staff)
        letter 3: answer to jane@northwind.example
    ");
    let found = files(told.letters[0].mime.as_bytes());
    let names: Vec<_> = found
        .iter()
        .map(|file| file.attachment.name.clone().unwrap())
        .collect();
    assert_eq!(names, ["shot.png", "Steps.pdf"], "no logo");
    assert!(found[0].attachment.inline);
    assert_eq!(found[1].bytes, [0, 1, 2, 3, 4, 5, 255]);
    let theirs = with_files(&reply(
        &desk,
        3,
        "jane@northwind.example",
        "Here is the log.",
    ));
    let told = desk.mail(&theirs);
    told.is("
        message of jane@northwind.example (Client)
        letter 4: notice to support-team@everythingcloud.com
    ");
    assert_eq!(
        files(told.letters[0].mime.as_bytes())[1].bytes,
        [0, 1, 2, 3, 4, 5, 255]
    );
    assert!(text(&told.letters[0]).contains("Here is the log."));
}
