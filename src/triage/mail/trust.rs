//! Who really wrote, and by which road the mail came: the facts behind the trust line.

use serde::{Deserialize, Serialize};

use super::header::{self, Headers};
pub use super::redirect::Redirect;
use super::{address, redirect, words};

/// What the trace headers of a mail say. Facts only; who is believed is the rules' matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Road {
    /// Return-Path: `Some("")` is the null sender, `None` is no header.
    pub return_path: Option<String>,
    /// Host names of the Received headers (the `from` host as the receiver saw it, with its address), newest first, at most 20.
    pub received_from: Vec<String>,
    /// The hosts that say they received it (`by`), newest first, at most 20.
    pub received_by: Vec<String>,
    /// Authentication-Results, each with its authserv-id, newest first, as written, at most 5.
    pub authentication_results: Vec<(String, String)>,
    /// What the first forwarder's receiving server found (ARC-Authentication-Results with the lowest instance, RFC 8617, 4.1.1),
    /// as written. Worth something only where our own server says `arc=pass`.
    #[serde(default)]
    pub first_results: Option<String>,
    /// That it was redirected, and by whom.
    #[serde(default)]
    pub redirect: Option<Redirect>,
    /// Sender, if it is not From.
    pub sender: Option<String>,
    /// Addresses the mail was delivered to on its way (Delivered-To, X-Original-To, X-Forwarded-To), newest first.
    pub delivered_to: Vec<String>,
    /// Resent-From, if a person redirected it.
    pub resent_from: Option<String>,
    /// Our own loop header, if the mail carries it: it came from us.
    pub own_loop: Option<String>,
}

/// Trace headers that are kept, each newest first.
const RECEIVED_MAX: usize = 20;
const AUTHENTICATION_RESULTS_MAX: usize = 5;
const DELIVERIES_MAX: usize = 20;

/// The name of the header that every letter of ours carries.
pub const OWN_LOOP_HEADER: &str = "X-Triaged-Loop";

/// Reads the trace headers.
pub(super) fn road(headers: &Headers<'_>) -> Road {
    let mut road = Road::default();
    for field in headers.fields() {
        let name = field.name;
        if name.eq_ignore_ascii_case("Received") {
            received(&header::plain(field.raw), &mut road);
        } else if name.eq_ignore_ascii_case("Return-Path") {
            road.return_path
                .get_or_insert_with(|| address::bare(&header::plain(field.raw)));
        } else if name.eq_ignore_ascii_case("Authentication-Results")
            && road.authentication_results.len() < AUTHENTICATION_RESULTS_MAX
        {
            let value = words::decode(field.raw);
            let id = value
                .split([';', ' '])
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            road.authentication_results.push((id, value));
        } else if ["Delivered-To", "X-Original-To", "X-Forwarded-To"]
            .iter()
            .any(|wanted| name.eq_ignore_ascii_case(wanted))
        {
            delivered(&header::plain(field.raw), &mut road.delivered_to);
        }
    }
    let person = |name: &str| {
        headers
            .plain(name)
            .and_then(|value| address::first(&value))
            .map(|person| person.address)
            .filter(|address| !address.is_empty())
    };
    let from = person("From");
    road.sender = person("Sender").filter(|sender| Some(sender) != from.as_ref());
    road.resent_from = person("Resent-From");
    road.own_loop = headers.text(OWN_LOOP_HEADER);
    road.first_results = first_results(headers);
    road.redirect = redirect::redirect(headers);
    road
}

/// The ARC set that was added first: the lowest instance, which stands lowest as well.
fn first_results(headers: &Headers<'_>) -> Option<String> {
    /// RFC 8617, 4.2.1 allows 50 sets.
    const SETS_MAX: usize = 50;
    let sets = headers.all_raw("ARC-Authentication-Results").take(SETS_MAX);
    let numbered = sets.filter_map(|raw| {
        let value = words::decode(raw);
        let (instance, results) = value.split_once(';')?;
        let number: u8 = instance.trim().strip_prefix("i=")?.trim().parse().ok()?;
        Some((number, results.trim().to_owned()))
    });
    numbered
        .min_by_key(|(number, _)| *number)
        .map(|(_, results)| results)
}

fn delivered(value: &str, found: &mut Vec<String>) {
    for address in value.split([' ', ',']).filter_map(address::within) {
        if found.len() < DELIVERIES_MAX && !found.contains(&address) {
            found.push(address);
        }
    }
}

/// `from helo (seen [address]) by host …; date`, by the words `from` and `by` alone.
fn received(value: &str, road: &mut Road) {
    if road.received_by.len() >= RECEIVED_MAX {
        return;
    }
    let value = value.split(';').next().unwrap_or(value).trim();
    let (from, rest) = match value.strip_prefix("from ") {
        Some(tail) => tail.split_once(" by ").unwrap_or((tail, "")),
        None => ("", value.strip_prefix("by ").unwrap_or_default()),
    };
    if !from.is_empty() {
        road.received_from
            .push(from.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let by = rest.split_whitespace().next().unwrap_or_default();
    if !by.is_empty() {
        road.received_by.push(by.to_ascii_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::Headers;
    use super::road;

    #[test]
    fn tells_the_road_newest_first() {
        let header = "Return-Path: <>\n\
            Delivered-To: support@ec.example\n\
            Received: from mx.acme.example (mx.acme.example [192.0.2.7])\n\tby mail.ec.example (Postfix) with ESMTPS id 1; Fri, 27 Mar 2026 16:50:00 +0100\n\
            Received: by mx.acme.example id 2\n\
            Authentication-Results: mail.ec.example; dkim=pass header.d=acme.example\n\
            X-Original-To: help@brand.example\n\
            ARC-Authentication-Results: i=2; mx.brand.example; arc=pass\n\
            ARC-Authentication-Results: i=1; mx.first.example; dmarc=pass\n\
            From: jane@acme.example\nSender: list@acme.example\n";
        let road = road(&Headers::scan(header.as_bytes()));
        assert_eq!(road.return_path.as_deref(), Some(""));
        assert_eq!(
            road.received_from,
            ["mx.acme.example (mx.acme.example [192.0.2.7])"]
        );
        assert_eq!(road.received_by, ["mail.ec.example", "mx.acme.example"]);
        assert_eq!(
            road.authentication_results
                .first()
                .map(|(id, _)| id.as_str()),
            Some("mail.ec.example")
        );
        assert_eq!(
            road.delivered_to,
            ["support@ec.example", "help@brand.example"]
        );
        assert_eq!(road.sender.as_deref(), Some("list@acme.example"));
        assert_eq!(
            road.first_results.as_deref(),
            Some("mx.first.example; dmarc=pass")
        );
    }
}
