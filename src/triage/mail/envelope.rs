//! Who, to whom, when, in answer to what: the header fields of one message as values.
//!
//! `From` is believed unless a mailing list put itself there; then the writer is who the list says it was.

use jiff::Timestamp;

use super::header::{self, Headers};
use super::read::RECIPIENT_HEADERS;
use super::{Addressed, Defect, Importance, Person, address, redirect, when};

/// Ids taken from one header; a thread that long is a machine talking to itself.
const IDS_MAX: usize = 500;

/// Headers that RFC 5322, 3.6 allows once.
const SINGLE_HEADERS: [&str; 7] = [
    "From",
    "Date",
    "Message-ID",
    "Subject",
    "To",
    "In-Reply-To",
    "References",
];

/// What the header of a message says, decoded.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Envelope {
    pub(super) from: Option<Person>,
    pub(super) reply_to: Vec<Person>,
    pub(super) to: Vec<Person>,
    pub(super) cc: Vec<Person>,
    pub(super) addressed: Vec<Addressed>,
    pub(super) subject: Option<String>,
    pub(super) date: Option<Timestamp>,
    pub(super) message_id: Option<String>,
    pub(super) in_reply_to: Vec<String>,
    pub(super) references: Vec<String>,
    pub(super) importance: Option<Importance>,
}

impl Envelope {
    /// Reads a header block.
    pub(super) fn of(headers: &Headers<'_>) -> Self {
        Self {
            from: writer(headers),
            reply_to: people(headers, "Reply-To"),
            to: people(headers, "To"),
            cc: people(headers, "Cc"),
            addressed: addressed(headers),
            subject: headers.text("Subject"),
            date: headers
                .all_raw("Date")
                .find_map(|raw| when::header_date(&header::plain(raw))),
            message_id: headers
                .all_raw("Message-ID")
                .find_map(|raw| ids(&header::plain(raw)).into_iter().next()),
            in_reply_to: all_ids(headers, "In-Reply-To"),
            references: all_ids(headers, "References"),
            importance: importance(headers),
        }
    }

    /// What a header should say and does not.
    pub(super) fn defects(&self, headers: &Headers<'_>) -> Vec<Defect> {
        let mut defects = Vec::new();
        if self
            .from
            .as_ref()
            .is_none_or(|person| !person.address.contains('@'))
        {
            defects.push(Defect::NoSender);
        }
        if self.message_id.is_none() {
            defects.push(Defect::NoMessageId);
        }
        if self.date.is_none() {
            defects.push(Defect::NoDate);
        }
        let repeated = SINGLE_HEADERS.iter().filter(|name| headers.count(name) > 1);
        defects.extend(repeated.map(|name| Defect::RepeatedHeader((*name).to_owned())));
        defects
    }
}

/// Every mailbox of every `name` header.
pub(super) fn people(headers: &Headers<'_>, name: &str) -> Vec<Person> {
    headers
        .all_raw(name)
        .flat_map(|raw| address::list(&headers.unfolded(raw)))
        .collect()
}

fn first_person(headers: &Headers<'_>, name: &str) -> Option<Person> {
    people(headers, name)
        .into_iter()
        .find(|person| person.address.contains('@'))
}

/// From, or who stands behind a list that wrote itself into From; else the stand-ins.
fn writer(headers: &Headers<'_>) -> Option<Person> {
    let from = first_person(headers, "From");
    if let Some(behind) = from.as_ref().and_then(|from| behind_list(headers, from)) {
        return Some(behind);
    }
    let stand_in = || {
        ["Reply-To", "Return-Path", "Sender"]
            .iter()
            .find_map(|name| first_person(headers, name))
            .map(unwrapped)
    };
    let unusable = || people(headers, "From").into_iter().next();
    from.or_else(stand_in).or_else(unusable)
}

/// A person whose address a forwarder has wrapped into its own (SRS).
fn unwrapped(person: Person) -> Person {
    match redirect::original(&person.address) {
        Some(address) => Person { address, ..person },
        None => person,
    }
}

/// Lists that rewrite From because of DMARC (Google Groups, Mailman) keep the writer elsewhere.
fn behind_list(headers: &Headers<'_>, from: &Person) -> Option<Person> {
    let lists = list_addresses(headers);
    let via = from
        .name
        .as_deref()
        .is_some_and(|name| name.contains(" via "));
    let rewritten = lists.contains(&from.address) || (via && !lists.is_empty());
    if !rewritten {
        return None;
    }
    let kept = [
        "X-Original-From",
        "X-Original-Sender",
        "Reply-To",
        "X-MailFrom",
    ];
    kept.iter().find_map(|name| {
        first_person(headers, name).filter(|person| !lists.contains(&person.address))
    })
}

/// The addresses of the lists or groups that a mail came through.
pub(super) fn list_addresses(headers: &Headers<'_>) -> Vec<String> {
    ["List-Post", "X-BeenThere", "Mailing-List", "X-Mailing-List"]
        .iter()
        .flat_map(|name| headers.all_raw(name))
        .filter_map(|raw| {
            let value = header::plain(raw);
            let value = value
                .split_once("mailto:")
                .map_or(value.as_str(), |(_, address)| address);
            address::within(value.split('?').next().unwrap_or(value))
        })
        .collect()
}

fn addressed(headers: &Headers<'_>) -> Vec<Addressed> {
    let mut found: Vec<Addressed> = Vec::new();
    for name in RECIPIENT_HEADERS {
        for raw in headers.all_raw(name) {
            let value = header::plain(raw);
            let addresses: Vec<String> = match name {
                // `forwarder target target`, separated by blanks.
                "X-Forwarded-For" | "X-Forwarded-To" => value
                    .split([' ', ','])
                    .filter_map(address::within)
                    .collect(),
                _ => address::list(&value)
                    .into_iter()
                    .map(|person| person.address)
                    .collect(),
            };
            for address in addresses
                .into_iter()
                .filter(|address| address.contains('@'))
            {
                let entry = Addressed {
                    header: name.to_owned(),
                    address,
                };
                if found.len() < 1_000 && !found.contains(&entry) {
                    found.push(entry);
                }
            }
        }
    }
    found
}

fn all_ids(headers: &Headers<'_>, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for id in headers
        .all_raw(name)
        .flat_map(|raw| ids(&header::plain(raw)))
    {
        if found.len() < IDS_MAX && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// Message-IDs of a header, with or without brackets, separated by blanks, commas or nothing.
pub(super) fn ids(value: &str) -> Vec<String> {
    let parts_nothing = |ch: &char| !ch.is_whitespace() && !ch.is_control();
    let without_blanks = |id: &str| id.chars().filter(parts_nothing).collect::<String>();
    if value.contains('<') {
        let inside = value
            .split('<')
            .skip(1)
            .map(|piece| piece.split('>').next().unwrap_or(piece));
        return inside
            .map(without_blanks)
            .filter(|id| !id.is_empty())
            .take(IDS_MAX)
            .collect();
    }
    let words: Vec<&str> = value
        .split(|ch: char| ch.is_whitespace() || ch.is_control() || matches!(ch, ',' | ';'))
        .map(|word| word.trim_matches(['"', '>']))
        .filter(|word| !word.is_empty())
        .collect();
    match words.as_slice() {
        [only] => vec![(*only).to_owned()],
        // `Your message of Friday` is prose.
        several => several
            .iter()
            .filter(|word| word.contains('@'))
            .take(IDS_MAX)
            .map(|word| (*word).to_owned())
            .collect(),
    }
}

/// The strongest of Importance, X-Priority, X-MSMail-Priority and Priority.
fn importance(headers: &Headers<'_>) -> Option<Importance> {
    ["Importance", "X-Priority", "X-MSMail-Priority", "Priority"]
        .iter()
        .filter_map(|name| headers.plain(name))
        .filter_map(|value| {
            let value = value.trim().to_ascii_lowercase();
            match value.split([' ', '(']).next().unwrap_or_default() {
                "high" | "1" | "2" | "urgent" | "highest" => Some(Importance::High),
                "normal" | "3" | "medium" => Some(Importance::Normal),
                "low" | "4" | "5" | "non-urgent" | "lowest" => Some(Importance::Low),
                _ => None,
            }
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::super::header::Headers;
    use super::{Envelope, ids};

    #[test]
    fn ids_in_every_notation() {
        for (value, wanted) in [
            ("<a@x>", vec!["a@x"]),
            ("<a@x> <b@y>", vec!["a@x", "b@y"]),
            ("<a@x>,<b@y>", vec!["a@x", "b@y"]),
            ("<a@x><b@y>", vec!["a@x", "b@y"]),
            ("a@x", vec!["a@x"]),
            ("Your message of Friday <a@x>", vec!["a@x"]),
            ("Your message of Friday", vec![]),
            ("<a b@x>", vec!["ab@x"]),
            ("<a\u{7f}\u{1b}b@x>", vec!["ab@x"]),
            ("a@x\u{7f}", vec!["a@x"]),
            ("\u{7f}", vec![]),
        ] {
            assert_eq!(ids(value), wanted, "{value}");
        }
    }

    fn writer(header: &str) -> String {
        Envelope::of(&Headers::scan(header.as_bytes()))
            .from
            .map(|person| person.address)
            .unwrap_or_default()
    }

    #[test]
    fn finds_the_writer() {
        let table = [
            ("From: Jane <jane@acme.example>\n", "jane@acme.example"),
            ("From: \nReply-To: jane@acme.example\n", "jane@acme.example"),
            ("Return-Path: <jane@acme.example>\n", "jane@acme.example"),
            (
                "From: 'Jane' via Support <support@ec.example>\nReply-To: Jane <jane@acme.example>\nList-Post: <mailto:support@ec.example>\n",
                "jane@acme.example",
            ),
            (
                "Return-Path: <SRS0=hh=tt=acme.example=jane@forward.example>\n",
                "jane@acme.example",
            ),
            (
                "From: jane@acme.example\nX-Original-From: boss@acme.example\n",
                "jane@acme.example",
            ),
            (
                "From: support@ec.example\nX-Original-Sender: jane@acme.example\nX-BeenThere: support@ec.example\n",
                "jane@acme.example",
            ),
            (
                "From: jane@acme.example\nReply-To: list@ec.example\nList-Post: <mailto:list@ec.example>\n",
                "jane@acme.example",
            ),
        ];
        for (header, address) in table {
            assert_eq!(writer(header), address, "{header}");
        }
    }
}
