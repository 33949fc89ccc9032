//! Which ticket does a mail belong to? Clues, most trusted first. The store looks them up; `decide` judges them.
//!
//! Our own ids carry the ticket's number in the clear and a keyed hash over it: anyone may read them, nobody can invent one.
//! In letters to our own people a hash is over the reader's address as well, so an answer proves who it is from.

use serde::{Deserialize, Serialize};

use super::Mail;

mod ack;

pub use ack::{ack_code, ack_tag, acknowledged_cycle};

/// Foreign ids taken from one mail; the newest say enough.
const IDS_MAX: usize = 50;

/// Ticket numbers taken from one subject.
const NUMBERS_MAX: usize = 5;

/// The key with which our tokens are made, so that nobody can invent one.
#[derive(Clone)]
pub struct TokenKey(pub [u8; 32]);

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

impl TokenKey {
    /// The token of one ticket: 16 characters of `a-z2-7`, a keyed BLAKE3 over the ticket's number.
    #[must_use]
    pub fn token(&self, ticket: u64) -> String {
        self.token_over(&ticket.to_be_bytes())
    }

    /// The token of one person on one ticket: whoever bears it was written to by us at that address.
    #[must_use]
    pub fn personal(&self, ticket: u64, address: &str) -> String {
        let said = format!("person {ticket} {}", address.to_lowercase());
        self.token_over(said.as_bytes())
    }

    /// The token in the Message-ID of one letter to one of our own people.
    fn personal_letter(&self, ticket: u64, letter: u64, address: &str) -> String {
        let said = format!("letter {ticket} {letter} {}", address.to_lowercase());
        self.token_over(said.as_bytes())
    }

    /// The token by which one person takes the matter in one cycle of a ladder.
    #[must_use]
    pub fn acknowledging(&self, ticket: u64, address: &str, cycle: u32) -> String {
        let said = format!("ack {ticket} {cycle} {}", address.to_lowercase());
        self.token_over(said.as_bytes())
    }

    fn token_over(&self, bytes: &[u8]) -> String {
        const ALPHABET: [char; 32] = [
            'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q',
            'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '2', '3', '4', '5', '6', '7',
        ];
        let hash = blake3::keyed_hash(&self.0, bytes);
        // 256 is a multiple of 32, so every character is equally likely.
        hash.as_bytes()
            .iter()
            .take(16)
            .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
            .collect()
    }

    /// The ticket that a number and a token name, if the token is right.
    fn check(&self, number: &str, token: &str) -> Option<u64> {
        let ticket = from_base36(number)?;
        is_same(&self.token(ticket), token).then_some(ticket)
    }
}

/// Every byte is compared, so that the time taken tells nothing about the right token.
fn is_same(right: &str, token: &str) -> bool {
    let token = token.to_ascii_lowercase();
    let wrong = right
        .bytes()
        .zip(token.bytes())
        .fold(right.len() ^ token.len(), |wrong, (a, b)| {
            wrong | usize::from(a ^ b)
        });
    wrong == 0
}

/// One hint at a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clue {
    /// A token of ours whose keyed hash is right: in a Message-ID of ours that the mail answers, or in a plus address.
    Token {
        /// The ticket it names.
        ticket: u64,
        /// Where it stood, such as `In-Reply-To` or `To`.
        place: String,
    },
    /// A token of ours that only one reader's letters carried, and the mail is from that very reader, or from one who
    /// reads that team's mail: it proves who wrote.
    Personal {
        /// The ticket it names.
        ticket: u64,
        /// Where it stood, such as `In-Reply-To` or `To`.
        place: String,
    },
    /// A Message-ID that the mail answers or, for a bounce, quotes; seen or sent by us perhaps. Newest first.
    MessageId(String),
    /// A ticket number in the subject, such as `EC-1042`: believed only from a participant.
    Number(String),
}

/// Every clue in a mail, most trusted first. `prefixes` are the ticket prefixes of all brands, `teams` the addresses of
/// the teams whose mail the writer reads: what was sent there was sent to the writer.
#[must_use]
pub fn clues(mail: &Mail, key: &TokenKey, prefixes: &[&str], teams: &[&str]) -> Vec<Clue> {
    let plus = tags(mail).filter_map(|(tag, header)| Some((plus_ticket(key, tag)?, header)));
    let own = answered(mail).filter_map(|(id, place)| Some((own_ticket(key, id)?, place)));
    let mut found: Vec<Clue> = Vec::new();
    for (ticket, place) in personal(mail, key, teams) {
        let known =
            |clue: &Clue| matches!(clue, Clue::Personal { ticket: known, .. } if *known == ticket);
        if !found.iter().any(known) {
            let place = place.to_owned();
            found.push(Clue::Personal { ticket, place });
        }
    }
    for (ticket, place) in plus.chain(own) {
        let known =
            |clue: &Clue| matches!(clue, Clue::Token { ticket: known, .. } if *known == ticket);
        if !found.iter().any(known) {
            let place = place.to_owned();
            found.push(Clue::Token { ticket, place });
        }
    }
    for (id, _) in answered(mail).take(IDS_MAX) {
        let clue = Clue::MessageId(id.to_owned());
        if !found.contains(&clue) {
            found.push(clue);
        }
    }
    found.extend(
        numbers(mail.subject.as_deref().unwrap_or_default(), prefixes)
            .into_iter()
            .map(Clue::Number),
    );
    found
}

/// The ids of the mail that this one answers: those of In-Reply-To, or where there is none the newest reference. The
/// mails before that one are other people's matter.
#[must_use]
pub fn answered_ids(mail: &Mail) -> Vec<String> {
    let newest = mail
        .references
        .last()
        .filter(|_| mail.in_reply_to.is_empty());
    let ids = mail.in_reply_to.iter().chain(newest);
    ids.take(IDS_MAX).cloned().collect()
}

/// The local part of a Message-ID of ours: `{ticket in base 36}.{letter in base 36}.{token}`.
#[must_use]
pub fn own_id(key: &TokenKey, ticket: u64, letter: u64) -> String {
    format!(
        "{}.{}.{}",
        base36(ticket),
        base36(letter),
        key.token(ticket)
    )
}

/// The same for a letter to one of our own people, with a token that no other letter carries.
#[must_use]
pub fn personal_id(key: &TokenKey, ticket: u64, letter: u64, reader: &str) -> String {
    let token = key.personal_letter(ticket, letter, reader);
    format!("{}.{}.{token}", base36(ticket), base36(letter))
}

/// What stands after the `+` in a reply address of ours, where the brand has such addresses:
/// `{ticket in base 36}.{token}`. [`clues`] reads it back.
#[must_use]
pub fn plus_tag(key: &TokenKey, ticket: u64) -> String {
    format!("{}.{}", base36(ticket), key.token(ticket))
}

/// The same for one of our own people: `{ticket in base 36}.{token}.{the person's own token}`. An answer to this
/// address that bears the person's name is the person's own, see [`is_personal`].
#[must_use]
pub fn personal_tag(key: &TokenKey, ticket: u64, address: &str) -> String {
    format!(
        "{}.{}",
        plus_tag(key, ticket),
        key.personal(ticket, address)
    )
}

/// True if the mail is addressed to the keyed address that only the letters to its writer carried.
#[must_use]
pub fn is_personal(mail: &Mail, key: &TokenKey, ticket: u64) -> bool {
    let right = key.personal(ticket, mail.from_address());
    own_tags(mail, key).any(|(of, own, _)| of == ticket && is_same(&right, own))
}

/// True if the mail is addressed to a keyed address that stands in letters to our own people alone, whoever wrote it.
#[must_use]
pub fn is_internal(mail: &Mail, key: &TokenKey, ticket: u64) -> bool {
    own_tags(mail, key).any(|(of, _, _)| of == ticket)
}

/// Tickets whose personal token for the writer, or for a team that the writer reads for, the mail carries.
fn personal<'m>(
    mail: &'m Mail,
    key: &'m TokenKey,
    teams: &[&'m str],
) -> impl Iterator<Item = (u64, &'m str)> {
    let writer = std::iter::once(mail.from_address()).chain(teams.iter().copied());
    let readers: Vec<&str> = writer.filter(|reader| !reader.is_empty()).collect();
    let letters = readers.clone();
    let plus = own_tags(mail, key).filter(move |(ticket, own, _)| {
        readers
            .iter()
            .any(|reader| is_same(&key.personal(*ticket, reader), own))
    });
    // A report that returns a letter to one of ours may be anybody's.
    let ids = answered(mail).filter(|(_, place)| *place != RETURNED);
    let ids = ids.filter_map(|(id, place)| Some((pieces(id)?, place)));
    let ids = ids.filter(move |((ticket, letter, token), _)| {
        let right = |reader: &&str| key.personal_letter(*ticket, *letter, reader);
        letters.iter().any(|reader| is_same(&right(reader), token))
    });
    plus.map(|(ticket, _, place)| (ticket, place))
        .chain(ids.map(|((ticket, _, _), place)| (ticket, place)))
}

/// The personal addresses that a mail is for: ticket, the person's own token, the header that names it.
fn own_tags<'m>(
    mail: &'m Mail,
    key: &'m TokenKey,
) -> impl Iterator<Item = (u64, &'m str, &'m str)> {
    tags(mail).filter_map(|(tag, header)| {
        let pieces: Vec<&str> = tag.split('.').collect();
        match pieces.as_slice() {
            [number, token, own] => Some((key.check(number, token)?, *own, header)),
            _ => None,
        }
    })
}

/// What stands behind the `+` of each address the mail is for, with the header that names it.
fn tags(mail: &Mail) -> impl Iterator<Item = (&str, &str)> {
    mail.addressed.iter().filter_map(|to| {
        let (local, _) = to.address.rsplit_once('@')?;
        let (_, tag) = local.split_once('+')?;
        Some((tag, to.header.as_str()))
    })
}

/// Where the ids stand that a delivery report returns.
const RETURNED: &str = "bounce";

/// The ids that a mail answers or returns, most telling first, each with its place.
fn answered(mail: &Mail) -> impl Iterator<Item = (&str, &'static str)> {
    let returned = mail
        .bounce
        .iter()
        .flat_map(|bounce| &bounce.quoted_ids)
        .map(|id| (id.as_str(), RETURNED));
    let in_reply_to = mail
        .in_reply_to
        .iter()
        .map(|id| (id.as_str(), "In-Reply-To"));
    let references = mail
        .references
        .iter()
        .rev()
        .map(|id| (id.as_str(), "References"));
    returned.chain(in_reply_to).chain(references)
}

fn own_ticket(key: &TokenKey, id: &str) -> Option<u64> {
    let (ticket, _, token) = pieces(id)?;
    is_same(&key.token(ticket), token).then_some(ticket)
}

/// Ticket, letter and token of a Message-ID that looks like ours.
fn pieces(id: &str) -> Option<(u64, u64, &str)> {
    let (local, _) = id.split_once('@')?;
    let mut pieces = local.split('.');
    let (ticket, letter, token) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if pieces.next().is_some() {
        return None;
    }
    Some((from_base36(ticket)?, from_base36(letter)?, token))
}

fn plus_ticket(key: &TokenKey, tag: &str) -> Option<u64> {
    let pieces: Vec<&str> = tag.split('.').collect();
    match pieces.as_slice() {
        [number, token] | [number, token, _] | ["ack", number, _, token, _] => {
            key.check(number, token)
        }
        _ => None,
    }
}

/// Ticket numbers in a subject, written as the brand writes them.
fn numbers(subject: &str, prefixes: &[&str]) -> Vec<String> {
    let words = subject.split(|ch: char| !(ch.is_alphanumeric() || ch == '-'));
    let number = |word: &str| {
        let (prefix, digits) = word.rsplit_once('-')?;
        let known = prefixes
            .iter()
            .find(|known| known.trim_end_matches('-').eq_ignore_ascii_case(prefix))?;
        let right =
            (1..=18).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
        right.then(|| format!("{}-{digits}", known.trim_end_matches('-')))
    };
    let mut found: Vec<String> = Vec::new();
    for number in words.filter_map(number) {
        if found.len() < NUMBERS_MAX && !found.contains(&number) {
            found.push(number);
        }
    }
    found
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(number % 36)
            .ok()
            .and_then(|digit| char::from_digit(digit, 36));
        digits.extend(digit);
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

fn from_base36(text: &str) -> Option<u64> {
    // `from_str_radix` would take a sign as well.
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain {
        u64::from_str_radix(text, 36).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Clue, Mail, TokenKey, clues, is_internal, is_personal, own_id, personal_id, personal_tag,
        plus_tag,
    };

    fn key() -> TokenKey {
        TokenKey([7; 32])
    }

    fn check(header: &str, wanted: &[Clue]) {
        let mail = Mail::read(format!("{header}\n\nHello\n").as_bytes());
        assert_eq!(
            clues(&mail, &key(), &["EC", "BD-"], &[]),
            wanted,
            "{header}"
        );
    }

    fn token(ticket: u64, place: &str) -> Clue {
        Clue::Token {
            ticket,
            place: place.to_owned(),
        }
    }

    #[test]
    fn tokens_are_keyed_and_short() {
        let token = key().token(1042);
        assert_eq!(token.len(), 16);
        assert!(token.chars().all(|ch| matches!(ch, 'a'..='z' | '2'..='7')));
        assert_ne!(token, TokenKey([8; 32]).token(1042));
        assert_ne!(token, key().token(1043));
    }

    #[test]
    fn most_trusted_first() {
        let ours = format!("{}@brand.example", own_id(&key(), 1042, 3));
        let tag = plus_tag(&key(), 77);
        check(
            &format!(
                "To: help+{tag}@brand.example\nIn-Reply-To: <{ours}>\nReferences: <old@acme.example>,<{ours}>\nSubject: Re: [ec-1042] Log-in"
            ),
            &[
                token(77, "To"),
                token(1042, "In-Reply-To"),
                Clue::MessageId(ours.clone()),
                Clue::MessageId("old@acme.example".to_owned()),
                Clue::Number("EC-1042".to_owned()),
            ],
        );
        check(
            "References: <1@x> <2@x>",
            &[
                Clue::MessageId("2@x".to_owned()),
                Clue::MessageId("1@x".to_owned()),
            ],
        );
        check(
            "Subject: (BD-7) and XY-8, EC-, EC-9a",
            &[Clue::Number("BD-7".to_owned())],
        );
    }

    #[test]
    fn nobody_can_invent_a_token() {
        let forged = format!("{}@brand.example", own_id(&TokenKey([8; 32]), 1042, 3));
        check(
            &format!("In-Reply-To: <{forged}>"),
            &[Clue::MessageId(forged.clone())],
        );
        let moved = format!("tx.3.{}@brand.example", key().token(1042));
        check(
            &format!("In-Reply-To: <{moved}>"),
            &[Clue::MessageId(moved.clone())],
        );
    }

    #[test]
    fn a_personal_address_proves_who_answers() {
        let check = |from: &str, to: &str, proven: bool| {
            let raw = format!("From: {from}\nTo: help+{to}@brand.example\n\nack\n");
            let mail = Mail::read(raw.as_bytes());
            assert_eq!(is_personal(&mail, &key(), 7), proven, "{from} {to}");
            let personal = Clue::Personal {
                ticket: 7,
                place: "To".to_owned(),
            };
            let expected: Vec<Clue> = proven.then_some(personal).into_iter().collect();
            let expected = [expected, vec![token(7, "To")]].concat();
            assert_eq!(clues(&mail, &key(), &[], &[]), expected, "{to}");
        };
        check(
            "anna@own.example",
            &personal_tag(&key(), 7, "anna@own.example"),
            true,
        );
        check(
            "ANNA@own.example",
            &personal_tag(&key(), 7, "Anna@own.example"),
            true,
        );
        check(
            "ben@own.example",
            &personal_tag(&key(), 7, "anna@own.example"),
            false,
        );
        check("anna@own.example", &plus_tag(&key(), 7), false);
        let guessed = format!("{}.{}", plus_tag(&key(), 7), key().token(7));
        check("anna@own.example", &guessed, false);
    }

    /// What a mail from that address to these addresses and in answer to these ids proves.
    fn proven(from: &str, header: &str) -> Vec<Clue> {
        let mail = Mail::read(format!("From: {from}\n{header}\n\nHello\n").as_bytes());
        let found = clues(&mail, &key(), &[], &["team@us.example"]);
        let tokens = |clue: &Clue| matches!(clue, Clue::Personal { .. });
        found.into_iter().filter(tokens).collect()
    }

    fn personal(place: &str) -> Vec<Clue> {
        vec![Clue::Personal {
            ticket: 1042,
            place: place.to_owned(),
        }]
    }

    #[test]
    fn a_personal_token_is_believed_from_its_reader_only() {
        let anna = "anna@us.example";
        let to =
            |reader: &str| format!("To: desk+{}@us.example", personal_tag(&key(), 1042, reader));
        let answers = |reader: &str| {
            format!(
                "References: <{}@us.example>",
                personal_id(&key(), 1042, 3, reader)
            )
        };
        assert_eq!(proven(anna, &to(anna)), personal("To"));
        assert_eq!(proven("Anna@Us.Example", &to(anna)), personal("To"));
        assert_eq!(proven(anna, &answers(anna)), personal("References"));
        assert_eq!(proven(anna, &to("team@us.example")), personal("To"));
        assert_eq!(proven("ben@us.example", &to(anna)), []);
        assert_eq!(proven("ben@us.example", &answers(anna)), []);
        assert_eq!(proven(anna, &to("ben@us.example")), []);
    }

    #[test]
    fn an_address_of_ours_alone_is_known_whoever_writes_to_it() {
        let check = |tag: String, internal: bool| {
            let raw = format!("From: jo@client.example\nTo: desk+{tag}@us.example\n\nHello\n");
            let mail = Mail::read(raw.as_bytes());
            assert_eq!(is_internal(&mail, &key(), 1042), internal, "{tag}");
        };
        check(personal_tag(&key(), 1042, "anna@us.example"), true);
        check(personal_tag(&key(), 1043, "anna@us.example"), false);
        check(plus_tag(&key(), 1042), false);
    }

    #[test]
    fn what_the_client_has_seen_proves_nothing_of_ours() {
        let anna = "anna@us.example";
        let seen = [
            format!("To: help+{}@brand.example", plus_tag(&key(), 1042)),
            format!("In-Reply-To: <{}@brand.example>", own_id(&key(), 1042, 3)),
        ];
        for header in seen {
            let found = proven(anna, &header);
            assert_eq!(found, [], "{header}");
        }
        let other_ticket = personal_tag(&key(), 1043, anna).replacen("sz", "sy", 1);
        let other_letter = personal_id(&key(), 1042, 4, anna).replace(".4.", ".3.");
        assert_eq!(
            proven(anna, &format!("To: desk+{other_ticket}@us.example")),
            []
        );
        assert_eq!(
            proven(anna, &format!("In-Reply-To: <{other_letter}@us.example>")),
            []
        );
    }
}
