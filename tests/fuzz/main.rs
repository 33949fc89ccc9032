//! Mails that nobody wrote, read by the thousand: changed copies of the mails below fixtures/, for as long as one likes.
//!
//! Runs on the stable toolchain: what leads the search is not which code ran but what came out (see [`news`]). `cargo test`
//! does it for a moment; `TRIAGED_FUZZ_SECONDS=1200 cargo test --release --test fuzz reading` for twenty minutes. What is
//! found is made small and written to a file; `TRIAGED_FUZZ_FILE=that.eml` runs that file alone.

mod corpus;
mod growth;
mod hold;
mod mutate;
mod news;
mod run;
mod watch;

use std::sync::LazyLock;

use jiff::Timestamp;
use triaged::triage::decide::{Arrival, Decision, Event, Setting, decide};
use triaged::triage::letter::LetterId;
use triaged::triage::mail::Mail;
use triaged::triage::mail::thread::TokenKey;
use triaged::triage::report::Report;
use triaged::triage::rules::Rules;
use triaged::triage::ticket::{Ticket, TicketId};

use news::News;
use run::{Broken, Target};

/// Bytes to [`Mail`].
#[test]
fn reading() {
    let target = Target {
        name: "reading",
        pieces: corpus::mail_pieces(),
        check: |raw, news| read(raw, news).map(|_| ()),
    };
    target.run();
}

/// [`Mail`] to [`Report`], with the words of the lexicon thrown in.
#[test]
fn understanding() {
    let target = Target {
        name: "understanding",
        pieces: corpus::word_pieces(),
        check: |raw, news| understood(&read(raw, news)?, news).map(|_| ()),
    };
    target.run();
}

/// What a mail leads to when it arrives, and when it arrives once more as an answer to its own ticket.
#[test]
fn deciding() {
    let target = Target {
        name: "deciding",
        pieces: [corpus::mail_pieces(), corpus::word_pieces()].concat(),
        check: |raw, news| {
            let mail = read(raw, news)?;
            let report = understood(&mail, news)?;
            let first = decided(None, &mail, &report);
            hold::decision(&mail, None, &first)?;
            news.of_decision(&first);
            if let Some(ticket) = first.opens() {
                let second = decided(Some(ticket), &mail, &report);
                hold::decision(&mail, Some(ticket), &second)?;
                news.of_decision(&second);
            }
            Ok(())
        },
    };
    target.run();
}

fn read(raw: &[u8], news: &mut News) -> Result<Mail, Broken> {
    let mail = hold::within_bounds("reading", raw.len(), || Mail::read(raw))?;
    hold::mail(&mail, raw)?;
    if news.takes_a_second_look() && Mail::read(raw) != mail {
        return Err(Broken::new("the same bytes read differently", ""));
    }
    news.of_mail(&mail);
    Ok(mail)
}

fn understood(mail: &Mail, news: &mut News) -> Result<Report, Broken> {
    let lexicon = &Rules::shipped().lexicon;
    let bytes = hold::bytes(mail);
    let report = hold::within_bounds("understanding", bytes, || Report::of(mail, lexicon))?;
    hold::report(&report, mail)?;
    if news.takes_a_second_look() && Report::of(mail, lexicon) != report {
        return Err(Broken::new("the same mail is understood differently", ""));
    }
    news.of_report(&report);
    Ok(report)
}

fn decided(ticket: Option<&Ticket>, mail: &Mail, report: &Report) -> Decision {
    static KEY: LazyLock<TokenKey> = LazyLock::new(|| TokenKey([7; 32]));
    static NOW: LazyLock<Timestamp> =
        LazyLock::new(|| "2026-05-04T08:00:00Z".parse().expect("an instant"));
    let arrival = Arrival {
        mail,
        report,
        received_at: *NOW,
        mailbox: "support@everythingcloud.com",
        too_old_to_answer: false,
        first_contact: ticket.is_none(),
        joined_by: None,
        duplicate: false,
        bounced: None,
        answers: None,
        files: &[],
        other: None,
    };
    let setting = Setting {
        rules: Rules::shipped(),
        key: &KEY,
        next_ticket: TicketId(1),
        next_letter: LetterId(1),
        nearby: None,
        alarms_to: &["ops@everythingcloud.com".to_owned()],
        instance: "triaged-1",
        now: *NOW,
    };
    decide(ticket, &Event::MailArrived(arrival), &setting)
}
