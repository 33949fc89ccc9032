//! One line for our own people, above every notice: who really wrote, by which road, and what looks wrong.
//!
//! Facts first, cautions last. Nothing here decides anything: a mail that looks forged still gets its ticket, but
//! whoever reads the notice knows before acting on it.

use super::attachments::dangerous;
use crate::triage::mail::{Mail, Person};

/// What the line is made from, besides the mail itself.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The partner whose people write from this address, by name.
    pub partner: Option<&'a str>,
    /// Our address that was written to.
    pub address: &'a str,
    /// The hosts that may forward mail for that address to us; empty where nobody forwards.
    pub forwarded_by: &'a [String],
    /// Domains of partners and of ours, for look-alikes.
    pub known_domains: &'a [&'a str],
    /// No mail from this address has been seen before.
    pub first_contact: bool,
}

/// Relays that the line names, newest first.
const HOPS_MAX: usize = 3;

/// The line. No line breaks, whatever the mail's headers hold.
#[must_use]
pub fn trust_line(mail: &Mail, about: &Circumstances<'_>) -> String {
    let mut facts = vec![writer(mail, about)];
    facts.extend(envelope(mail));
    facts.push(road(mail));
    facts.push(vouched(mail));
    facts.push(
        if about.first_contact {
            "first contact"
        } else {
            "has written before"
        }
        .to_owned(),
    );
    let cautions = cautions(mail, about);
    let line = if cautions.is_empty() {
        facts.join("; ")
    } else {
        format!("{}. CAUTION: {}", facts.join("; "), cautions.join("; "))
    };
    line.replace(char::is_control, " ")
}

fn writer(mail: &Mail, about: &Circumstances<'_>) -> String {
    let from = mail
        .from
        .as_ref()
        .map_or_else(|| "nobody (no usable From)".to_owned(), shown);
    match about.partner {
        Some(partner) => format!("From {from}, {partner}"),
        None => format!("From {from}, no partner of ours"),
    }
}

fn shown(person: &Person) -> String {
    match &person.name {
        Some(name) => format!("{name} <{}>", person.address),
        None => person.address.clone(),
    }
}

fn envelope(mail: &Mail) -> Option<String> {
    let sender = mail.road.return_path.as_deref()?;
    if sender == mail.from_address() {
        return None;
    }
    Some(if sender.is_empty() {
        "null envelope sender".to_owned()
    } else {
        format!("envelope sender {sender}")
    })
}

fn road(mail: &Mail) -> String {
    let hops: Vec<&str> = mail
        .road
        .received_from
        .iter()
        .take(HOPS_MAX)
        .map(String::as_str)
        .collect();
    let by = mail
        .road
        .redirect
        .as_ref()
        .map(|redirect| redirect.by.join(" and "));
    let redirected = by
        .filter(|by| !by.is_empty())
        .map(|by| format!("redirected by {by}, "))
        .unwrap_or_default();
    if hops.is_empty() {
        return format!("{redirected}no trace of its road");
    }
    format!("{redirected}by way of {}", hops.join(", before that "))
}

/// What the newest Authentication-Results says, and who says it: older ones may be the sender's own invention.
fn vouched(mail: &Mail) -> String {
    let Some((server, results)) = mail.road.authentication_results.first() else {
        return "nobody vouches for it".to_owned();
    };
    let verdicts: Vec<&str> = results
        .split(';')
        .filter_map(|part| part.split_whitespace().next())
        .filter(|word| {
            ["spf=", "dkim=", "dmarc=", "arc="]
                .iter()
                .any(|method| word.starts_with(method))
        })
        .collect();
    if verdicts.is_empty() {
        return format!("{server} vouches for nothing");
    }
    format!("{server} says {}", verdicts.join(" "))
}

fn cautions(mail: &Mail, about: &Circumstances<'_>) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(other_road(mail, about));
    found.extend(failed_authentication(mail));
    found.extend(answers_elsewhere(mail));
    found.extend(name_shows_another_address(mail));
    found.extend(look_alike(
        mail.from.as_ref().map_or("", Person::domain),
        about.known_domains,
    ));
    found.extend(mail.attachments.iter().filter_map(dangerous));
    found
}

fn other_road(mail: &Mail, about: &Circumstances<'_>) -> Option<String> {
    let forwarders = about.forwarded_by;
    let is_forwarder = |word: &str| {
        forwarders.iter().any(|forwarder| {
            let (word, forwarder) = (word.to_lowercase(), forwarder.to_lowercase());
            word == forwarder || word.ends_with(&format!(".{forwarder}"))
        })
    };
    let came_by_it = mail.road.received_from.iter().any(|host| {
        host.split(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '.' | '-' | ':'))
            .any(is_forwarder)
    });
    if forwarders.is_empty() || came_by_it {
        return None;
    }
    Some(format!(
        "mail to {} should come by {}, and this did not",
        about.address,
        forwarders.join(" or ")
    ))
}

fn failed_authentication(mail: &Mail) -> Option<String> {
    let (_, results) = mail.road.authentication_results.first()?;
    let results = results.to_lowercase();
    if passed_before(mail, &results) {
        return None;
    }
    let failed: Vec<&str> = ["dmarc", "dkim", "spf"]
        .into_iter()
        .filter(|method| results.contains(&format!("{method}=fail")))
        .collect();
    (!failed.is_empty()).then(|| format!("{} failed", failed.join(" and ")))
}

/// A forwarder breaks SPF, and sometimes DKIM, without doing wrong. Our own server says whether the chain of forwarders
/// holds (ARC); then what the first of them found counts. Where DMARC passed, the rest is of no matter either way.
fn passed_before(mail: &Mail, ours: &str) -> bool {
    let first = mail.road.first_results.as_deref().unwrap_or_default();
    ours.contains("dmarc=pass")
        || (ours.contains("arc=pass") && first.to_lowercase().contains("dmarc=pass"))
}

fn answers_elsewhere(mail: &Mail) -> Option<String> {
    let from = mail.from.as_ref()?;
    let other = mail
        .reply_to
        .iter()
        .find(|person| person.address != from.address)?;
    let weight = if other.domain() == from.domain() {
        ""
    } else {
        ", another domain"
    };
    Some(format!("answers would go to {}{weight}", other.address))
}

/// `"boss@north.example" <x@evil.example>`: many mail programs show the name alone.
fn name_shows_another_address(mail: &Mail) -> Option<String> {
    let from = mail.from.as_ref()?;
    let name = from.name.as_deref()?;
    let shown = name.split_whitespace().find(|word| {
        word.split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
    })?;
    let shown = shown
        .trim_matches(|char: char| !char.is_alphanumeric())
        .to_lowercase();
    (shown != from.address).then(|| format!("the name shows another address, {shown}"))
}

/// Shorter names differ by one letter from too many honest ones.
const LOOK_ALIKE_CHARS_MIN: usize = 6;

/// What hyphens and pairs such as `rn` for `m` add; names further apart in length need no closer look.
const LOOK_ALIKE_LENGTHS_APART_MAX: usize = 4;

fn look_alike(domain: &str, known: &[&str]) -> Option<String> {
    let is_known = |known: &&str| domain == *known || domain.ends_with(&format!(".{known}"));
    if domain.is_empty() || known.iter().any(is_known) {
        return None;
    }
    if domain.split('.').any(|label| label.starts_with("xn--")) {
        return Some(format!("{domain} holds letters of another script"));
    }
    let skeleton = skeleton(domain);
    let is_twin = |known: &&&str| {
        known.len() >= LOOK_ALIKE_CHARS_MIN
            && known.len().abs_diff(domain.len()) <= LOOK_ALIKE_LENGTHS_APART_MAX
            && is_one_apart(&skeleton, &self::skeleton(known))
    };
    let twin = known.iter().find(is_twin)?;
    Some(format!("{domain} looks like {twin}"))
}

/// What the eye sees: digits as the letters they stand for, pairs as the letter they look like.
fn skeleton(domain: &str) -> String {
    domain
        .to_lowercase()
        .replace("rn", "m")
        .replace("vv", "w")
        .replace('0', "o")
        .replace(['1', 'i'], "l")
        .replace('-', "")
}

/// True if one letter more, less, other or two swapped make one of the other, or nothing does.
fn is_one_apart(one: &str, other: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let start = one
        .iter()
        .zip(&other)
        .take_while(|(one, other)| one == other)
        .count();
    let rest_one = one.get(start..).unwrap_or_default();
    let rest_other = other.get(start..).unwrap_or_default();
    match (rest_one, rest_other) {
        ([], []) => true,
        ([first, second, tail @ ..], [third, fourth, end @ ..])
            if first == fourth && second == third && tail == end =>
        {
            true
        }
        ([_, tail @ ..], [_, end @ ..]) if tail == end => true,
        ([_, tail @ ..], end) if tail == end => true,
        (tail, [_, end @ ..]) => tail == end,
        ([_, ..], []) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of a mail to an address that `mx.lumen.example` forwards.
    fn line(header: &str, partner: Option<&str>, first_contact: bool) -> String {
        let text = format!("To: help@lumen.example\r\n{header}\r\n\r\nHello");
        trust_line(
            &Mail::read(text.as_bytes()),
            &Circumstances {
                partner,
                address: "help@lumen.example",
                forwarded_by: &["mx.lumen.example".to_owned()],
                known_domains: &["northwind.example"],
                first_contact,
            },
        )
    }

    const FORWARDED: &str = "Received: from out.mx.lumen.example (out.mx.lumen.example [192.0.2.1]) by mail.desk.example; Mon, 4 May 2026 10:00:00 +0200";

    #[test]
    fn an_honest_mail_has_facts_and_no_caution() {
        let header = format!(
            "{FORWARDED}\r\nReturn-Path: <bounce@northwind.example>\r\nAuthentication-Results: mail.desk.example; \
             dkim=pass header.d=northwind.example; spf=pass\r\nFrom: Jane Doe <jane@northwind.example>"
        );
        let line = line(&header, Some("Northwind"), false);
        for fact in [
            "From Jane Doe <jane@northwind.example>, Northwind",
            "envelope sender bounce@northwind.example",
            "by way of out.mx.lumen.example",
            "mail.desk.example says dkim=pass spf=pass",
            "has written before",
        ] {
            assert!(line.contains(fact), "{fact}: {line}");
        }
        assert!(!line.contains("CAUTION"), "{line}");
    }

    #[test]
    fn what_looks_wrong_is_named() {
        let check = |header: &str, caution: &str| {
            let line = line(header, None, true);
            let cautions = line
                .split_once("CAUTION: ")
                .map_or("", |(_, cautions)| cautions);
            assert!(cautions.contains(caution), "{caution}: {line}");
            assert!(!line.contains(['\r', '\n']), "{line}");
        };
        let from = "From: jane@northwind.example";
        check(
            from,
            "mail to help@lumen.example should come by mx.lumen.example, and this did not",
        );
        check(
            &format!("{from}\r\nAuthentication-Results: mail.desk.example; dmarc=fail; spf=fail"),
            "dmarc and spf failed",
        );
        check(
            &format!("{from}\r\nReply-To: x@evil.example"),
            "answers would go to x@evil.example, another domain",
        );
        check(
            "From: \"boss@northwind.example\" <x@evil.example>",
            "the name shows another address, boss@northwind.example",
        );
        check(
            "From: jane@n0rthwind.example",
            "n0rthwind.example looks like northwind.example",
        );
    }

    #[test]
    fn domains_that_look_like_known_ones_are_named() {
        let known = ["northwind.example", "brightdesk.example", "acme.io"];
        let check = |domain: &str, twin: Option<&str>| {
            let expected = twin.map(|twin| format!("{domain} looks like {twin}"));
            assert_eq!(look_alike(domain, &known), expected, "{domain}");
        };
        check("northwind.example", None);
        check("mail.northwind.example", None);
        check("n0rthwind.example", Some("northwind.example"));
        check("northvvind.example", Some("northwind.example"));
        check("northwnid.example", Some("northwind.example"));
        check("north-wind.example", Some("northwind.example"));
        check("brightdeskk.example", Some("brightdesk.example"));
        check("brihtdesk.example", Some("brightdesk.example"));
        check("southwind.example", None);
        check("", None);
        assert!(look_alike("xn--nrthwind-n4a.example", &known).is_some());
    }
}
