//! Which ticket does a mail belong to? Clues, most trusted first. The store looks them up; `decide` judges them.

use serde::{Deserialize, Serialize};

use super::Mail;

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
        let _ = ticket;
        todo!()
    }
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
    /// A Message-ID that the mail answers or, for a bounce, quotes; seen or sent by us perhaps. Newest first.
    MessageId(String),
    /// A ticket number in the subject, such as `EC-1042`: believed only from a participant.
    Number(String),
}

/// Every clue in a mail, most trusted first. `prefixes` are the ticket prefixes of all brands.
#[must_use]
pub fn clues(mail: &Mail, key: &TokenKey, prefixes: &[&str]) -> Vec<Clue> {
    let _ = (mail, key, prefixes);
    todo!()
}

/// The local part of a Message-ID of ours: `{ticket in base 36}.{letter in base 36}.{token}`.
#[must_use]
pub fn own_id(key: &TokenKey, ticket: u64, letter: u64) -> String {
    let _ = (key, ticket, letter);
    todo!()
}

/// What stands after the `+` in a reply address of ours, where the brand has such addresses:
/// `{ticket in base 36}.{token}`. [`clues`] reads it back.
#[must_use]
pub fn plus_tag(key: &TokenKey, ticket: u64) -> String {
    let _ = (key, ticket);
    todo!()
}
