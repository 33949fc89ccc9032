//! Under which name letters leave, and which of our addresses answer so.

use crate::triage::mail::Person;

/// Under which name letters leave.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// `company` or the partner's id.
    pub id: String,
    /// What clients call the product.
    pub product: String,
    /// The last line of letters.
    pub signature: String,
    /// From of letters; `None`: the address that was written to, with the signature as its name.
    pub from: Option<Person>,
    /// The right side of Message-IDs.
    pub message_id_domain: String,
    /// Before ticket numbers.
    pub ticket_prefix: String,
    /// `local+token@domain` reaches us.
    pub plus_address: bool,
    /// A relay of `triaged.toml`.
    pub relay: String,
    /// White label: letters to the client never name the vendor.
    pub white_label: bool,
    /// What a level 1 letter points to.
    pub pointers: Vec<Pointer>,
}

/// A page or video that answers a how-to question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Components that it helps with.
    pub topics: Vec<String>,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// An address of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAddress {
    /// In lower case.
    pub address: String,
    /// The partner it belongs to; `None`: decided by the sender's domain.
    pub partner: Option<String>,
    /// Answered under the partner's own brand.
    pub white_label: bool,
    /// Hosts or addresses that forward to us; from elsewhere the trust line flags it.
    pub forwarded_by: Vec<String>,
}
