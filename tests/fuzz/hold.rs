//! What holds for every mail whatever: the promises of reading, understanding and deciding, one function each.

use std::fmt::Debug;

use triaged::triage::decide::Decision;
use triaged::triage::letter::{Letter, Purpose};
use triaged::triage::mail::{Kind, Mail, Person};
use triaged::triage::report::{Evidence, Found, Report, Within};
use triaged::triage::rules::Rules;
use triaged::triage::ticket::Ticket;

use super::run::Broken;

/// Memory that reading may hold at one moment, and all that it may ask for, as multiples of the mail's size. Asking is
/// work, so the second is a bound on work that does not depend on the machine.
const HELD_TIMES: usize = 60;
const ASKED_TIMES: usize = 600;

/// On top of it: what a mail of a few bytes costs as well, and what patterns keep for the next mail.
const HELD_ANYWAY: usize = 8 * 1024 * 1024;
const ASKED_ANYWAY: usize = 24 * 1024 * 1024;

type Held = Result<(), Broken>;

fn must(holds: bool, what: &str, how: impl FnOnce() -> String) -> Held {
    if holds {
        return Ok(());
    }
    Err(Broken::new(what, how()))
}

/// Does the work, and sees that it asks for no more memory than is right for so many bytes.
pub(crate) fn within_bounds<T>(
    what: &str,
    bytes: usize,
    work: impl FnOnce() -> T,
) -> Result<T, Broken> {
    let mut done = None;
    let memory = allocation_counter::measure(|| done = Some(work()));
    let (held, asked) = (memory.bytes_max as usize, memory.bytes_total as usize);
    must(
        held <= HELD_ANYWAY + HELD_TIMES * bytes,
        &format!("{what} holds too much memory"),
        || format!("{held} bytes at once for {bytes}"),
    )?;
    must(
        asked <= ASKED_ANYWAY + ASKED_TIMES * bytes,
        &format!("{what} is too much work"),
        || format!("{asked} bytes asked for in all, for {bytes}"),
    )?;
    done.ok_or_else(|| Broken::new("nothing was done", what))
}

/// The size of what is understood; whoever wrote the mail is looked at as well, and a name may be as long as a mail.
pub(crate) fn bytes(mail: &Mail) -> usize {
    let forwarded = mail.forwarded.as_ref().map_or(0, |mail| mail.body.len());
    let people = mail.from.iter().chain(&mail.to);
    let people =
        people.map(|person| person.address.len() + person.name.as_ref().map_or(0, String::len));
    let subject = mail.subject.as_ref().map_or(0, String::len);
    mail.text.len() + subject + forwarded + people.sum::<usize>()
}

/// Reading: the segments are the text, headers stay one line, and nothing comes out larger than it went in.
pub(crate) fn mail(mail: &Mail, raw: &[u8]) -> Held {
    segments(mail)?;
    // A byte of a wrong charset takes three as U+FFFD; `a<br>` below twenty blockquotes takes 40 of marks.
    let most = 9 * raw.len() + 256;
    must(mail.text.len() <= most, "the text grew", || {
        format!("{} bytes out of {}", mail.text.len(), raw.len())
    })?;
    if let Some(forwarded) = &mail.forwarded {
        must(forwarded.body.len() <= most, "the forward grew", || {
            format!("{} bytes out of {}", forwarded.body.len(), raw.len())
        })?;
        must(
            (0.0..=1.0).contains(&forwarded.confidence),
            "a confidence beyond 0 to 1",
            || forwarded.confidence.to_string(),
        )?;
        forwarded.from.iter().try_for_each(person)?;
        one_line("forwarded.subject", forwarded.subject.as_deref())?;
        let to = forwarded.to.iter();
        to.map(String::as_str).try_for_each(address)?;
    }
    for attached in &mail.attachments {
        must(
            attached.size <= raw.len() as u64,
            "an attachment grew",
            || format!("{} bytes out of {}", attached.size, raw.len()),
        )?;
        one_line("an attachment's name", attached.name.as_deref())?;
        one_line("a content type", Some(&attached.content_type))?;
    }
    envelope(mail)
}

fn segments(mail: &Mail) -> Held {
    let mut end = 0;
    for segment in &mail.segments {
        must(
            segment.range.start == end && segment.range.end > end,
            "segments leave a gap, overlap or are empty",
            || format!("{:?} of {} bytes", mail.segments, mail.text.len()),
        )?;
        end = segment.range.end;
        must(
            mail.text.is_char_boundary(end),
            "a segment ends inside a character",
            || format!("{segment:?}"),
        )?;
    }
    must(
        end == mail.text.len(),
        "segments do not reach the end",
        || format!("{:?} of {} bytes", mail.segments, mail.text.len()),
    )?;
    let said = mail.new_text().len() + mail.passed_on().len();
    must(
        said > 0 || mail.text.trim().is_empty() || mail.forwarded.is_some(),
        "a mail with a text says nothing",
        || format!("{:?}", mail.segments),
    )
}

fn envelope(mail: &Mail) -> Held {
    one_line("subject", mail.subject.as_deref())?;
    let people = mail.from.iter().chain(&mail.reply_to);
    people
        .chain(&mail.to)
        .chain(&mail.cc)
        .try_for_each(person)?;
    let addressed = mail.addressed.iter();
    addressed
        .map(|to| to.address.as_str())
        .try_for_each(address)?;
    let ids = mail.message_id.iter().chain(&mail.in_reply_to);
    for id in ids.chain(&mail.references) {
        let whole = !id.is_empty() && !id.contains(|c: char| c.is_whitespace() || c.is_control());
        must(whole, "a Message-ID that is none", || quoted(id))?;
    }
    if let Some(bounce) = &mail.bounce {
        bounce.recipient.as_deref().map_or(Ok(()), address)?;
        one_line("status", bounce.status.as_deref())?;
    }
    Ok(())
}

fn person(person: &Person) -> Held {
    one_line("a name", person.name.as_deref())?;
    address(&person.address)
}

/// An address may be damaged, but it is one word in lower case and smuggles nothing into a header.
fn address(address: &str) -> Held {
    must(
        !address.contains(|c: char| c.is_control() || c.is_ascii_uppercase()),
        "an address with capitals or control characters",
        || quoted(address),
    )
}

fn one_line(what: &str, text: Option<&str>) -> Held {
    let text = text.unwrap_or_default();
    must(
        !text.contains(|c: char| c.is_control()),
        &format!("{what} holds control characters"),
        || quoted(text),
    )
}

/// Understanding: every conclusion quotes its words from where it says, and is as sure as one can be.
pub(crate) fn report(report: &Report, mail: &Mail) -> Held {
    found("client", &report.client, mail)?;
    found("urgency", &report.urgency, mail)?;
    found("stated urgency", &report.stated_urgency, mail)?;
    found("description", &report.description, mail)?;
    found("steps", &report.steps, mail)?;
    found("affected users", &report.affected_users, mail)?;
    found("since", &report.since, mail)?;
    found("several clients", &report.several_clients, mail)?;
    all_lie_in(&report.topic_evidence, mail)?;
    for points in &report.points {
        all_lie_in(points.evidence.as_slice(), mail)?;
        must(
            points.points.is_finite() && !points.because.is_empty(),
            "points without a reason",
            || format!("{points:?}"),
        )?;
    }
    for signal in &report.signals {
        must(
            !signal.evidence.is_empty() && signal.ratio.is_finite(),
            "a signal without words",
            || format!("{signal:?}"),
        )?;
        all_lie_in(&signal.evidence, mail)?;
    }
    let bytes = bytes(mail);
    let values = [
        &report.client,
        &report.description,
        &report.affected_users,
        &report.since,
    ];
    for value in values.into_iter().flatten() {
        must(
            !value.value.trim().is_empty(),
            "a value that says nothing",
            || format!("{value:?}"),
        )?;
        must(
            value.value.len() <= 2 * bytes + 256,
            "a value longer than the mail",
            || format!("{value:?}"),
        )?;
    }
    let steps = report.steps.iter().flat_map(|found| &found.value);
    let step_bytes: usize = steps.clone().map(String::len).sum();
    must(
        step_bytes <= bytes && steps.clone().all(|step| !step.trim().is_empty()),
        "steps that the mail does not have",
        || format!("{step_bytes} bytes of steps for {bytes} of mail"),
    )
}

fn found<T: Debug>(what: &str, found: &Option<Found<T>>, mail: &Mail) -> Held {
    let Some(found) = found else { return Ok(()) };
    must(
        (0.0..=1.0).contains(&found.confidence),
        "a confidence beyond 0 to 1",
        || format!("{what}: {found:?}"),
    )?;
    all_lie_in(&found.evidence, mail)
}

fn all_lie_in(evidence: &[Evidence], mail: &Mail) -> Held {
    let forwarded = mail.forwarded.as_ref().map_or("", |mail| &mail.body);
    for evidence in evidence {
        let within = match evidence.within {
            Within::Text => mail.text.as_str(),
            Within::Subject => mail.subject.as_deref().unwrap_or_default(),
            Within::Forwarded => forwarded,
            Within::Header => continue,
        };
        must(
            within.get(evidence.start..evidence.end) == Some(evidence.text.as_str()),
            &format!("evidence of {} is not where it says", evidence.field),
            || format!("{evidence:?}"),
        )?;
        must(
            !evidence.because.is_empty() && !evidence.text.is_empty(),
            "evidence that says nothing",
            || format!("{evidence:?}"),
        )?;
    }
    Ok(())
}

/// Deciding: a mail is never passed over in silence, robots get no letter, and no letter carries a smuggled header.
pub(crate) fn decision(mail: &Mail, ticket: Option<&Ticket>, decision: &Decision) -> Held {
    must(
        !decision.because.is_empty(),
        "a decision without a reason",
        || format!("{decision:?}"),
    )?;
    let kind = kind_behind_ours(mail);
    must(
        ticket.is_some() || decision.opens().is_some() || !kind.is_from_a_person(),
        "a person's mail without a ticket",
        || format!("{:?}", decision.because),
    )?;
    for letter in &decision.letters {
        wire(letter)?;
        let to_the_client = letter.purpose.is_to_the_client();
        must(
            !to_the_client || kind.is_from_a_person(),
            "a robot is answered",
            || format!("{kind:?} gets {:?}", letter.purpose),
        )?;
        let people = mail.from.iter().chain(&mail.reply_to);
        let mut addresses = people.map(|person| person.address.as_str());
        must(
            !to_the_client || addresses.any(|address| address == letter.to),
            "an answer to somebody else",
            || letter.to.clone(),
        )?;
    }
    let answers = decision.letters.iter();
    let answers = answers.filter(|letter| letter.purpose == Purpose::Acknowledgement);
    must(answers.count() <= 1, "two acknowledgements", String::new)
}

/// What the mail is without the headers that our own forwarders add.
fn kind_behind_ours(mail: &Mail) -> Kind {
    let addresses = &Rules::shipped().addresses;
    let ours: Vec<&str> = addresses
        .iter()
        .flat_map(|own| own.forwarded_by.iter().chain([&own.address]))
        .map(String::as_str)
        .collect();
    mail.signs.kind_behind(mail.kind, &ours)
}

/// A letter as it goes over the wire: 7-bit, whole lines, each header that must be single there once.
fn wire(letter: &Letter) -> Held {
    let mime = letter.mime.as_bytes();
    let bare = |at: usize| {
        mime[at] == b'\n' && (at == 0 || mime[at - 1] != b'\r')
            || mime[at] == b'\r' && mime.get(at + 1) != Some(&b'\n')
    };
    must(
        mime.is_ascii() && !(0..mime.len()).any(bare),
        "a letter that is not 7-bit with whole lines",
        || quoted(&letter.mime),
    )?;
    let header = letter.mime.split("\r\n\r\n").next().unwrap_or_default();
    for name in ["from:", "to:", "subject:", "message-id:", "date:"] {
        let lines = header.to_ascii_lowercase();
        let count = lines.lines().filter(|line| line.starts_with(name)).count();
        must(count == 1, "a header that is not there once", || {
            format!("{count} times {name} in {}", quoted(header))
        })?;
    }
    let lowered = header.to_ascii_lowercase();
    let smuggled = lowered
        .lines()
        .any(|line| line.starts_with("bcc:") || line.starts_with("cc:"));
    must(!smuggled, "a smuggled header", || quoted(header))?;
    one_line("a letter's subject", Some(&letter.subject))?;
    address(&letter.to)
}

/// Not more of it than a person reads.
fn quoted(text: &str) -> String {
    text.chars()
        .take(400)
        .flat_map(char::escape_debug)
        .collect()
}
