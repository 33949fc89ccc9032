//! How a mail takes a ladder's matter without words: a keyed address, or a keyed code in the subject.
//!
//! Each belongs to one reader and one turn of the ladder, so that an old notice takes nothing and nobody takes it for another.

use super::{TokenKey, base36, from_base36, is_same, tags};
use crate::triage::mail::Mail;

/// What stands after the `+` in the address that takes a ladder's matter: any mail from that person to it says "mine".
/// `ack.{ticket}.{cycle}.{token}.{the person's token for this cycle}`, the numbers in base 36.
#[must_use]
pub fn ack_tag(key: &TokenKey, ticket: u64, address: &str, cycle: u32) -> String {
    format!(
        "ack.{}.{}.{}.{}",
        base36(ticket),
        base36(u64::from(cycle)),
        key.token(ticket),
        key.acknowledging(ticket, address, cycle)
    )
}

/// The same for a subject, where the brand has no plus addresses: `{cycle in base 36}.{the person's token}`.
#[must_use]
pub fn ack_code(key: &TokenKey, ticket: u64, address: &str, cycle: u32) -> String {
    format!(
        "{}.{}",
        base36(u64::from(cycle)),
        key.acknowledging(ticket, address, cycle)
    )
}

/// The cycle of the ticket's ladder that the mail takes for its writer, by a keyed address or by a keyed code in its subject.
/// `teams` are the addresses of the teams whose mail the writer reads.
#[must_use]
pub fn acknowledged_cycle(
    mail: &Mail,
    key: &TokenKey,
    (ticket, teams): (u64, &[&str]),
) -> Option<u32> {
    let own = |cycle: &str, token: &str| {
        let cycle = u32::try_from(from_base36(cycle)?).ok()?;
        let mut readers = std::iter::once(mail.from_address()).chain(teams.iter().copied());
        readers
            .any(|reader| is_same(&key.acknowledging(ticket, reader, cycle), token))
            .then_some(cycle)
    };
    let by_address = tags(mail).find_map(|(tag, _)| {
        let pieces: Vec<&str> = tag.split('.').collect();
        match pieces.as_slice() {
            ["ack", number, cycle, token, person] if key.check(number, token) == Some(ticket) => {
                own(cycle, person)
            }
            _ => None,
        }
    });
    by_address.or_else(|| {
        let subject = mail.subject.as_deref().unwrap_or_default();
        let mut codes = subject
            .split(|ch: char| !(ch.is_ascii_alphanumeric() || ch == '.'))
            .filter_map(|word| word.split_once('.'));
        codes.find_map(|(cycle, token)| own(cycle, token))
    })
}

#[cfg(test)]
mod tests {
    use super::super::personal_tag;
    use super::*;

    fn key() -> TokenKey {
        TokenKey([7; 32])
    }

    #[test]
    fn an_acknowledgement_belongs_to_one_person_and_one_cycle() {
        let check = |head: String, cycle: Option<u32>| {
            let mail = Mail::read(format!("From: anna@own.example\n{head}\n\n").as_bytes());
            let taken = acknowledged_cycle(&mail, &key(), (7, &["leads@own.example"]));
            assert_eq!(taken, cycle, "{head}");
        };
        let to = |tag: String| format!("To: help+{tag}@brand.example");
        check(to(ack_tag(&key(), 7, "anna@own.example", 40)), Some(40));
        check(to(ack_tag(&key(), 7, "leads@own.example", 1)), Some(1));
        check(to(ack_tag(&key(), 7, "ben@own.example", 40)), None);
        check(to(ack_tag(&key(), 8, "anna@own.example", 40)), None);
        check(to(personal_tag(&key(), 7, "anna@own.example")), None);
        let code = ack_code(&key(), 7, "anna@own.example", 2);
        check(format!("Subject: ack EC-7 {code}"), Some(2));
        check(format!("Subject: Re: [EC-7] ({code})"), Some(2));
        check(format!("Subject: ack EC-7 3{}", &code[1..]), None);
    }
}
