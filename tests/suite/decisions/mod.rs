//! What triaged decides, event by event: a mail or an event in, what happens out, in lines that an admin can read.
//!
//! The rules are the shipped ones; what each mail means is written by hand. `because` lines must stand among the reasons; all other lines are everything
//! that the decision does, in order.

mod arrivals;
mod bounces;
mod chance;
mod clocks;
mod conversation;
mod desk;
mod ladder_laws;
mod ladders;
mod life;
mod orders;
mod outcomes;
mod promises;
mod ratings;
mod threads;
mod understood;

use desk::Desk;

const EXPORT_FAILS: &str = "
    From: Jane Doe <jane@northwind.example>
    To: support@everythingcloud.com
    Subject: Export fails
    Message-ID: <export-1@northwind.example>

    Hello,

    the CSV export of Harbor Bank stops with error 502.

    Steps to reproduce:
    1. Open the sales report
    2. Click on Export

    Jane
";

const OUTAGE: &str = "
    From: Jane Doe <jane@northwind.example>
    To: support@everythingcloud.com
    Subject: Platform down
    Message-ID: <outage-1@northwind.example>

    Harbor Bank: the platform is down for all users since 9:50. Urgency: Critical.
";

const HOW_TO: &str = "
    From: Jane Doe <jane@northwind.example>
    To: support@everythingcloud.com
    Subject: Password
    Message-ID: <howto-1@northwind.example>

    Hello, how can I reset my password?
";

const WHITE_LABEL: &str = "
    From: Karl Wagner <karl@wagner.example>
    To: BrightDesk <help@brightdesk.example>
    Delivered-To: support@everythingcloud.com
    Subject: Export bricht ab
    Message-ID: <karl-1@wagner.example>

    Guten Tag,

    der Export bricht mit Fehler 502 ab. Das sehe ich auch auf everythingcloud.com.

    Karl Wagner
";

const STRANGER: &str = "
    From: Someone <someone@elsewhere.example>
    To: support@everythingcloud.com
    Subject: Export fails
    Message-ID: <stranger-1@elsewhere.example>

    Hello, the export fails with error 502 when I click on the button.
";

/// An answer to one of our letters.
fn reply(desk: &Desk, letter: u64, from: &str, text: &str) -> String {
    let letter = desk.letter(letter);
    let count = text.len();
    format!(
        "From: {from}\nTo: {}\nSubject: Re: {}\nMessage-ID: <reply-{count}@{}>\nIn-Reply-To: <{}>\n\n{text}",
        letter.envelope_from,
        letter.subject,
        from.rsplit_once('@').unwrap().1,
        letter.message_id
    )
}
