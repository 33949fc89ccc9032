//! Every kind of mail on real servers, by what arrives in people's mailboxes.

mod hostile;
mod robots;
mod strangers;

use serde_json::Value;

use crate::support::daemon::Setup;
use crate::support::stage::{ADA, HELP, Letter, SUPPORT, Stage, TEAM, number};
use crate::support::until;

const QUESTION: &str = "Subject: Export stops halfway\n\nHello,\n\nthe nightly export stops halfway for Harbor Bank.\n\nRegards\nAda\n";

fn stage() -> Stage {
    Stage::open(&Setup::default())
}

fn only(letters: Vec<Letter>) -> Letter {
    let [letter] = <[Letter; 1]>::try_from(letters).expect("one letter");
    letter
}

#[test]
fn a_partner_gets_one_acknowledgement_and_the_support_team_a_notice() {
    let stage = stage();
    stage.send(ADA, &[SUPPORT], "one@northwind.example", QUESTION);
    let letter = only(stage.wait_for(ADA, 1));
    let ticket = number(&stage.wait_for_tickets(1)[0]);
    assert!(
        letter
            .header("From")
            .contains("<support@everythingcloud.com>"),
        "{letter:#?}"
    );
    assert!(letter.answers("one@northwind.example"), "{letter:#?}");
    assert_eq!(letter.header("Auto-Submitted"), "auto-replied");
    assert!(letter.header("Subject").contains(&ticket), "{letter:#?}");
    assert!(
        letter
            .header("Message-ID")
            .ends_with("@everythingcloud.com>"),
        "{letter:#?}"
    );
    assert!(
        letter.header("Return-Path").starts_with("<support+"),
        "a bounce must find its ticket: {letter:#?}"
    );
    let notice = only(stage.wait_for(TEAM, 1));
    assert!(notice.header("Subject").contains(&ticket), "{notice:#?}");
    assert_eq!(notice.header("Auto-Submitted"), "auto-generated");
    stage.wait_until_marked(SUPPORT);
}

#[test]
fn a_white_label_letter_names_the_vendor_nowhere() {
    let stage = stage();
    let cases = [
        (
            "finn@cobalt.example",
            "finn-1@cobalt.example",
            "Subject: Dashboard\n\nHello, the dashboard of Cobalt Logistics stays empty since Monday.\n",
        ),
        (
            "jana@brightdesk.example",
            "jana-1@brightdesk.example",
            "Subject: Bericht\n\nGuten Tag,\n\nder Bericht bricht beim Export mit einem Fehler ab.\n\nViele Grüße\nJana\n",
        ),
        (
            "olga@cobalt.example",
            "olga-1@cobalt.example",
            "Subject: EverythingCloud is slow\nReferences: <x@everythingcloud.com>\nContent-Type: text/html; charset=utf-8\n\n<p>The <b>EverythingCloud</b> page at https://app.everythingcloud.com/x is slow.</p>\n",
        ),
    ];
    for (from, id, rest) in cases {
        stage.send(from, &[HELP], id, rest);
        let letter = only(stage.wait_for(from, 1));
        assert!(
            letter.header("From").contains("<help@brightdesk.example>"),
            "{letter:#?}"
        );
        assert_eq!(letter.header("Return-Path"), "<help@brightdesk.example>");
        assert!(letter.answers(id), "{letter:#?}");
        assert!(
            letter
                .header("Message-ID")
                .ends_with("@brightdesk.example>"),
            "{letter:#?}"
        );
        names_no_vendor(&letter);
    }
    assert_eq!(stage.wait_for_tickets(3).len(), 3);
}

/// Trace lines of relays excepted: they are the relay's own.
fn names_no_vendor(letter: &Letter) {
    let ours = letter
        .headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("Received"));
    let ours: String = ours
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    let all = format!("{ours}{}", letter.text).to_lowercase();
    for vendor in ["everythingcloud", "everything cloud"] {
        assert!(!all.contains(vendor), "names {vendor}:\n{all}");
    }
}

#[test]
fn the_same_mail_to_both_addresses_is_one_ticket_answered_by_the_brand() {
    let stage = stage();
    let from = "finn@cobalt.example";
    let mail = crate::support::stage::mail(
        from,
        &format!("{SUPPORT}, {HELP}"),
        "both@cobalt.example",
        "Subject: Twice\n\nThe filter of the report does nothing.\n",
    );
    stage.deliver(from, &[SUPPORT], mail.as_bytes());
    stage.deliver(from, &[HELP], mail.as_bytes());
    stage.settle();
    assert_eq!(
        stage.person(SUPPORT).mails().expect("mails").len(),
        3,
        "both copies and the mark came in"
    );
    assert_eq!(stage.wait_for_tickets(2).len(), 2, "the mail and the mark");
    let letter = only(stage.wait_for(from, 1));
    assert!(
        letter.header("From").contains("<help@brightdesk.example>"),
        "{letter:#?}"
    );
    names_no_vendor(&letter);
}

#[test]
fn a_reply_to_our_letter_joins_its_ticket_and_gets_no_second_acknowledgement() {
    let stage = stage();
    stage.send(ADA, &[SUPPORT], "first@northwind.example", QUESTION);
    let letter = only(stage.wait_for(ADA, 1));
    let reply = format!(
        "Subject: Re: {}\nIn-Reply-To: {id}\nReferences: <first@northwind.example> {id}\n\nIt happens at two every night.\n",
        letter.header("Subject"),
        id = letter.header("Message-ID")
    );
    stage.send(ADA, &[SUPPORT], "second@northwind.example", &reply);
    stage.settle();
    let tickets = stage.wait_for_tickets(2);
    assert_eq!(tickets.len(), 2, "the request and the mark");
    stage.wait_for(ADA, 1);
    let ticket = stage.ticket(&number(&tickets[1]));
    let came = ticket["ticket"]["last_message_id"].as_str();
    assert_eq!(came, Some("second@northwind.example"), "{ticket:#}");
}

#[test]
fn words_of_the_thread_are_quotation_even_where_no_mark_says_so() {
    let stage = stage();
    stage.send(ADA, &[SUPPORT], "asked@northwind.example", QUESTION);
    let notice = only(stage.wait_for(TEAM, 1));
    let answer = "Thank you, we are looking into it and will write tomorrow.\n\
                  Should the platform ever be down for everybody, with all users locked out, please call the hotline at once.\n";
    let id = notice.header("Message-ID");
    let from_us = format!(
        "Subject: Re: {}\nTo: {ADA}\nIn-Reply-To: {id}\nReferences: {id}\n\n{answer}",
        notice.header("Subject"),
    );
    stage.send(TEAM, &[SUPPORT], "answer@everythingcloud.com", &from_us);
    let request = number(&stage.wait_for_tickets(1)[0]);
    let last_is = |id: &str| {
        until("the mail is on the ticket", || {
            let ticket = stage.ticket(&request);
            ticket["timeline"]
                .to_string()
                .contains(id)
                .then_some(ticket)
        })
    };
    last_is("answer@everythingcloud.com");
    let unmarked = format!(
        "Subject: Re: Export\nIn-Reply-To: <answer@everythingcloud.com>\nReferences: {id} <answer@everythingcloud.com>\n\n\
         Fine, tomorrow will do.\n\n{answer}"
    );
    stage.send(ADA, &[SUPPORT], "fine@northwind.example", &unmarked);
    let ticket = last_is("fine@northwind.example");
    assert_eq!(ticket["ticket"]["level"], 2, "{ticket:#}");
    assert!(
        !ticket["timeline"].to_string().contains("outage"),
        "{ticket:#}"
    );
}

#[test]
fn a_stranger_is_answered_and_the_ticket_has_no_partner() {
    // The stranger writes from an address at a domain of no partner; only local mailboxes exist on these servers.
    let stage = stage();
    stage.send(
        "kim@everythingcloud.com",
        &[SUPPORT],
        "k@everythingcloud.com",
        QUESTION,
    );
    let letter = only(stage.wait_for("kim@everythingcloud.com", 1));
    assert!(letter.answers("k@everythingcloud.com"), "{letter:#?}");
    assert_eq!(stage.wait_for_tickets(1)[0]["partner"], Value::Null);
}

#[test]
fn an_acknowledgement_that_cannot_be_delivered_comes_back_to_its_ticket() {
    let stage = stage();
    stage.send(
        "gone@northwind.example",
        &[SUPPORT],
        "gone@northwind.example",
        QUESTION,
    );
    let ticket = number(&stage.wait_for_tickets(1)[0]);
    until("the bounce is on the ticket", || {
        let timeline = stage.ticket(&ticket)["timeline"].to_string();
        timeline
            .contains("letter 1 to gone@northwind.example came back")
            .then_some(())
    });
    stage.settle();
    assert_eq!(
        stage.wait_for_tickets(2).len(),
        2,
        "the bounce is no ticket of its own"
    );
    let told = stage.letters(TEAM).into_iter().any(|letter| {
        letter
            .header("Subject")
            .contains("did not reach gone@northwind.example")
    });
    assert!(told, "people must hear that somebody waits without knowing");
}
