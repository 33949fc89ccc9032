//! A mail that somebody's server or mail program sent on without touching it: by whom, and whose envelope it had before.
//!
//! From stays the writer's. What changes is the envelope: forwarders put themselves there (SRS) or leave it empty, which
//! is why the null sender of a redirected mail says nothing.

use serde::{Deserialize, Serialize};

use super::header::{self, Headers};
use super::{address, envelope};

/// Redirecting addresses that are kept.
const FORWARDERS_MAX: usize = 10;

/// That a mail was redirected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The addresses or hosts that sent it on, where they say so, newest first.
    pub by: Vec<String>,
    /// The envelope sender before it was rewritten (SRS), where it can be read.
    pub envelope_sender: Option<String>,
}

/// The signs of a redirect, if there are any: Resent-*, X-Forwarded-*, SRS, or more than one place of delivery.
pub(super) fn redirect(headers: &Headers<'_>) -> Option<Redirect> {
    let mut by: Vec<String> = Vec::new();
    let mut add = |found: Option<String>| {
        if let Some(found) = found.filter(|found| by.len() < FORWARDERS_MAX && !by.contains(found))
        {
            by.push(found);
        }
    };
    for name in ["Resent-From", "Resent-Sender", "X-Resent-By"] {
        envelope::people(headers, name)
            .into_iter()
            .for_each(|person| add(Some(person.address)));
    }
    // Google writes `forwarder target …`: the forwarder stands first.
    for raw in headers.all_raw("X-Forwarded-For") {
        add(header::plain(raw)
            .split([' ', ','])
            .find_map(address::within));
    }
    let return_path = headers
        .plain("Return-Path")
        .map(|value| address::bare(&value));
    let rewritten = return_path.as_deref().and_then(rewritten_by);
    if let Some(forwarder) = &rewritten {
        add(Some(forwarder.clone()));
    }
    let places = delivered(headers);
    // The newest place is where we fetched it; whoever had it before sent it on.
    places
        .iter()
        .skip(1)
        .for_each(|place| add(Some(place.clone())));
    let redirected = !by.is_empty() || headers.has("Resent-Date") || headers.has("X-Forwarded-To");
    redirected.then(|| Redirect {
        by,
        envelope_sender: rewritten.and(return_path).and_then(|path| original(&path)),
    })
}

/// The sender behind a rewritten envelope address: SRS (`SRS0=hash=day=domain=local@forwarder`) and BATV
/// (`prvs=tag=local@domain`).
pub(super) fn original(path: &str) -> Option<String> {
    let (local, domain) = path.rsplit_once('@')?;
    let marked = |mark: &str| local.get(mark.len()..).filter(|_| starts_with(local, mark));
    if let Some(rest) = marked("prvs=") {
        let (_, local) = rest.split_once('=')?;
        return Some(format!("{local}@{domain}"));
    }
    let inner = srs(local)?;
    // From behind, because a second forwarder wraps what the first one wrote: … domain = local.
    let mut pieces = inner.rsplit("==").next().unwrap_or(inner).splitn(4, '=');
    let (_hash, _day, domain, local) = (
        pieces.next()?,
        pieces.next()?,
        pieces.next()?,
        pieces.next()?,
    );
    let whole = domain.contains('.') && !local.is_empty();
    whole.then(|| format!("{local}@{domain}"))
}

/// What follows the mark of a rewritten address.
fn srs(local: &str) -> Option<&str> {
    let at = local.find(['=', '+', '-'])?;
    let (mark, rest) = (local.get(..at)?, local.get(at + 1..)?);
    (mark.eq_ignore_ascii_case("srs0") || mark.eq_ignore_ascii_case("srs1")).then_some(rest)
}

/// The host that rewrote an envelope address. Microsoft's `bounces+SRS=…` hides the sender but names itself.
fn rewritten_by(path: &str) -> Option<String> {
    let (local, domain) = path.rsplit_once('@')?;
    let rewritten = srs(local).is_some() || starts_with(local, "bounces+srs=");
    rewritten.then(|| domain.to_owned())
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

/// The mailboxes that it was delivered to, newest first, as the servers' own headers say.
fn delivered(headers: &Headers<'_>) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for raw in headers.all_raw("Delivered-To") {
        let place = address::within(&header::plain(raw));
        if let Some(place) =
            place.filter(|place| places.len() <= FORWARDERS_MAX && !places.contains(place))
        {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::header::Headers;
    use super::{original, redirect};

    #[test]
    fn finds_the_sender_behind_a_rewritten_envelope() {
        for (path, sender) in [
            (
                "srs0=hhhh=tt=acme.example=jane@forward.example",
                Some("jane@acme.example"),
            ),
            (
                "srs0+hhhh=tt=acme.example=jane@forward.example",
                Some("jane@acme.example"),
            ),
            (
                "srs1=hh=forward.example==hhhh=tt=acme.example=jane@second.example",
                Some("jane@acme.example"),
            ),
            ("prvs=0123abc=jane@acme.example", Some("jane@acme.example")),
            ("bounces+srs=abcde=f7@brand.example", None),
            ("jane@acme.example", None),
            ("srs0=broken@x.example", None),
            ("", None),
        ] {
            assert_eq!(original(path).as_deref(), sender, "{path}");
        }
    }

    /// Who redirected a mail with this header; `None` for nobody.
    fn check(header: &str, by: Option<&[&str]>) {
        let found = redirect(&Headers::scan(
            format!("From: jane@acme.example\n{header}").as_bytes(),
        ));
        let found = found.map(|found| found.by);
        let wanted = by.map(|by| by.iter().map(|by| (*by).to_owned()).collect::<Vec<_>>());
        assert_eq!(found, wanted, "{header}");
    }

    #[test]
    fn knows_redirects() {
        check("Delivered-To: support@ec.example\nReturn-Path: <>\n", None);
        check(
            "Resent-From: Help <help@brand.example>\nResent-To: support@ec.example\n",
            Some(&["help@brand.example"]),
        );
        check(
            "X-Forwarded-To: support@ec.example\nX-Forwarded-For: help@brand.example support@ec.example\n",
            Some(&["help@brand.example"]),
        );
        check(
            "Return-Path: <SRS0=hh=tt=acme.example=jane@brand.example>\n",
            Some(&["brand.example"]),
        );
        check(
            "Delivered-To: support@ec.example\nDelivered-To: help@brand.example\n",
            Some(&["help@brand.example"]),
        );
    }
}
