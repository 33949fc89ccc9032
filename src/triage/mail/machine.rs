//! Did a person write this mail? Answers only what the message itself says (RFC 3834, RFC 3464, list headers).
//!
//! How often we have written to someone is not seen from here; `decide` knows that. A group or list that merely
//! forwards to us adds the same headers as a newsletter; which of them are ours, [`Signs::kind_behind`] is told.

use serde::{Deserialize, Serialize};

use super::Kind;
use super::body::Body;
use super::envelope::{self, Envelope};
use super::header::{self, Headers};
use super::html::{Mark, MarkKind};
use super::{address, bounce, prefix, redirect};

/// One sign that a machine wrote or sent this mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// What kind of machine it points to.
    pub kind: Kind,
    /// The header or words that say so, such as `Auto-Submitted: auto-replied`.
    pub because: String,
    /// The list or group whose software added the header, where the header names one (List-Post, X-BeenThere, List-Id).
    pub list: Option<String>,
    /// True if the sign alone is proof; others only support.
    pub proof: bool,
}

/// Every sign of a machine that was found in one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signs {
    /// In the order of strength.
    pub found: Vec<Sign>,
    /// The writer asked for no automatic answer (X-Auto-Response-Suppress: All, AutoReply or OOF; no-reply sender).
    pub no_answer_wanted: Option<String>,
    /// What the mail would be if no list header stood in it.
    pub kind_without_lists: Option<Kind>,
}

impl Signs {
    /// The kind of mail behind configured forwarders: headers that a group or list at one of `ours` adds
    /// (our own addresses and their configured forwarders, host names or addresses) are no sign of a list.
    #[must_use]
    pub fn kind_behind(&self, kind: Kind, ours: &[&str]) -> Kind {
        if kind != Kind::List {
            return kind;
        }
        let mut named = self
            .found
            .iter()
            .filter(|sign| sign.kind == Kind::List)
            .filter_map(|sign| sign.list.as_deref())
            .peekable();
        let all_ours = named.peek().is_some()
            && named.all(|list| ours.iter().any(|own| is_list_at(list, own)));
        if all_ours {
            self.kind_without_lists.unwrap_or(kind)
        } else {
            kind
        }
    }
}

/// True if `list` (an address, or a List-Id such as `support.acme.example`) is the address `own` or lies at the host `own`.
fn is_list_at(list: &str, own: &str) -> bool {
    let own = own.to_ascii_lowercase();
    if own.contains('@') {
        return list == own || list == own.replace('@', ".");
    }
    list.rsplit_once('@')
        .map_or(list, |(_, domain)| domain)
        .strip_suffix(own.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// What a mail is judged by.
pub(super) struct Reading<'r> {
    pub(super) headers: &'r Headers<'r>,
    pub(super) envelope: &'r Envelope,
    pub(super) body: &'r Body,
}

/// The kind of a mail, and every sign that speaks for a machine.
pub(super) fn judge(reading: &Reading<'_>) -> (Kind, Signs) {
    let mut signs = Signs {
        no_answer_wanted: no_answer_wanted(reading),
        ..Signs::default()
    };
    let mut add = |kind: Kind, because: String, list: Option<String>, proof: bool| {
        signs.found.push(Sign {
            kind,
            because,
            list,
            proof,
        })
    };
    if let Some(because) = bounce::sign(reading) {
        add(Kind::Bounce, because, None, true);
    }
    for because in automatic(reading) {
        add(Kind::AutoReply, because, None, true);
    }
    if let Some(because) = calendar(reading) {
        add(Kind::Calendar, because, None, true);
    }
    let automatic_subject = reading
        .envelope
        .subject
        .as_deref()
        .and_then(prefix::automatic);
    if let Some(words) = automatic_subject {
        // A person may answer an automatic reply, so the words alone are no proof unless the sender is a machine's.
        let proof = reading.envelope.in_reply_to.is_empty() || has_null_sender(reading);
        add(Kind::AutoReply, format!("Subject: {words}"), None, proof);
    }
    for (because, list) in lists(reading) {
        add(Kind::List, because, list, true);
    }
    let kind_of = |lists: bool| {
        let found = signs
            .found
            .iter()
            .filter(|sign| sign.proof && (lists || sign.kind != Kind::List))
            .map(|sign| sign.kind)
            .next();
        found.unwrap_or_else(|| personal(reading))
    };
    let kind = kind_of(true);
    signs.kind_without_lists = Some(kind_of(false));
    (kind, signs)
}

/// What a person's mail is: a reply if it answers something, else a request.
fn personal(reading: &Reading<'_>) -> Kind {
    let envelope = reading.envelope;
    let subject = envelope.subject.as_deref().unwrap_or_default();
    let answers = !envelope.in_reply_to.is_empty() || !envelope.references.is_empty();
    let forwards = prefix::strip(subject).outermost == Some(prefix::Prefix::Forward);
    // Clients set References on forwards too; a forward asks something new.
    if answers && !forwards {
        return Kind::Reply;
    }
    let replies = prefix::strip(subject).outermost == Some(prefix::Prefix::Reply);
    if replies && has_quotation(reading.body) {
        Kind::Reply
    } else {
        Kind::Request
    }
}

fn has_quotation(body: &Body) -> bool {
    let quotes = |mark: &Mark| mark.kind == MarkKind::Quote;
    body.marks.iter().any(quotes) || super::trim::has_quotation(&body.text)
}

/// The null sender that a server wrote itself; forwarders may have emptied the envelope of a redirected mail.
fn has_null_sender(reading: &Reading<'_>) -> bool {
    reading
        .headers
        .all_raw("Return-Path")
        .next()
        .is_some_and(|raw| address::bare(&header::plain(raw)).is_empty())
        && redirect::redirect(reading.headers).is_none()
}

/// Headers and parts by which a machine says that it is one.
fn automatic(reading: &Reading<'_>) -> Vec<String> {
    /// Headers whose mere presence is proof.
    const PRESENT: [&str; 10] = [
        "X-Autoreply",
        "X-AutoReply-From",
        "X-Autorespond",
        "X-Autoresponse",
        "X-Mail-Autoreply",
        "X-Auto-Generated",
        "X-Autogenerated",
        "X-Amz-Sns-Message-Id",
        "X-Amazon-Mail-Relay-Type",
        "X-Apple-Action",
    ];
    let headers = reading.headers;
    let mut found = Vec::new();
    if let Some(value) = headers.plain("Auto-Submitted") {
        let word = value
            .split([';', '(', ' '])
            .find(|word| !word.is_empty())
            .unwrap_or_default()
            .to_ascii_lowercase();
        if !word.is_empty() && word != "no" {
            found.push(format!("Auto-Submitted: {word}"));
        }
    }
    if let Some(kind) = reading
        .body
        .report_type
        .as_deref()
        .filter(|kind| *kind != "delivery-status")
    {
        found.push(format!("report-type={kind}"));
    }
    for name in PRESENT {
        if headers
            .plain(name)
            .is_some_and(|value| !value.trim().eq_ignore_ascii_case("no"))
        {
            found.push(name.to_owned());
        }
    }
    if headers
        .plain("X-FC-Machinegenerated")
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
    {
        found.push("X-FC-Machinegenerated: true".to_owned());
    }
    if headers.has("X-MS-Exchange-Inbox-Rules-Loop") && suppresses(headers, &["all"]) {
        found.push("X-MS-Exchange-Inbox-Rules-Loop".to_owned());
    }
    if precedence(headers).as_deref() == Some("auto_reply") {
        found.push("Precedence: auto_reply".to_owned());
    }
    found
}

fn precedence(headers: &Headers<'_>) -> Option<String> {
    let value = headers
        .plain("Precedence")
        .or_else(|| headers.plain("X-Precedence"))?;
    Some(value.trim().to_ascii_lowercase().replace('-', "_"))
}

fn calendar(reading: &Reading<'_>) -> Option<String> {
    let method = reading.body.calendar.as_deref()?;
    (!method.is_empty()).then(|| format!("text/calendar; method={method}"))
}

/// List headers, each with the list it names.
fn lists(reading: &Reading<'_>) -> Vec<(String, Option<String>)> {
    let headers = reading.headers;
    let mut found = Vec::new();
    for name in [
        "List-Id",
        "List-Post",
        "X-BeenThere",
        "Mailing-List",
        "List-Unsubscribe",
        "List-Help",
        "X-Mailman-Version",
        "X-Google-Group-Id",
        "Feedback-ID",
    ] {
        let Some(value) = headers.plain(name) else {
            continue;
        };
        let list = match name {
            "List-Id" => Some(list_id(&value)),
            "List-Post" | "X-BeenThere" | "Mailing-List" => {
                envelope::list_addresses(headers).into_iter().next()
            }
            _ => None,
        };
        if name != "Feedback-ID" || headers.has("List-Unsubscribe") {
            found.push((name.to_owned(), list));
        }
    }
    if let Some(value) =
        precedence(headers).filter(|value| matches!(value.as_str(), "bulk" | "list" | "junk"))
    {
        found.push((format!("Precedence: {value}"), None));
    }
    found
}

/// `Support team <support.acme.example>` names `support.acme.example`.
fn list_id(value: &str) -> String {
    let inside = value
        .rsplit_once('<')
        .map_or(value, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    inside.trim().to_ascii_lowercase()
}

fn suppresses(headers: &Headers<'_>, tokens: &[&str]) -> bool {
    headers
        .plain("X-Auto-Response-Suppress")
        .is_some_and(|value| {
            value.split([',', ';', ' ']).any(|token| {
                tokens
                    .iter()
                    .any(|wanted| token.trim().eq_ignore_ascii_case(wanted))
            })
        })
}

/// The header or the address by which the sender asks for no automatic answer.
fn no_answer_wanted(reading: &Reading<'_>) -> Option<String> {
    const STEMS: [&str; 9] = [
        "noreply",
        "no-reply",
        "no_reply",
        "no.reply",
        "donotreply",
        "do-not-reply",
        "do_not_reply",
        "do.not.reply",
        "mailer-daemon",
    ];
    if suppresses(reading.headers, &["all", "autoreply", "oof"]) {
        let value = reading
            .headers
            .plain("X-Auto-Response-Suppress")
            .unwrap_or_default();
        return Some(format!("X-Auto-Response-Suppress: {}", value.trim()));
    }
    let answers_go_to = reading
        .envelope
        .reply_to
        .first()
        .or(reading.envelope.from.as_ref())?;
    let local = answers_go_to.address.split('@').next().unwrap_or_default();
    STEMS
        .iter()
        .any(|stem| local.starts_with(stem) || local.ends_with(stem))
        .then(|| format!("address {}", answers_go_to.address))
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Mail};

    /// The kind of a mail with these headers, and the kind behind our group at `support@ec.example`.
    fn check(headers: &str, kind: Kind, behind: Kind) {
        let mail = Mail::read(format!("From: jane@acme.example\n{headers}\n\nHello\n").as_bytes());
        assert_eq!(mail.kind, kind, "{headers}");
        assert_eq!(
            mail.signs
                .kind_behind(mail.kind, &["support@ec.example", "lists.brand.example"]),
            behind,
            "{headers}"
        );
    }

    #[test]
    fn tells_machines_from_people() {
        check("Subject: Log-in", Kind::Request, Kind::Request);
        check("In-Reply-To: <1@x>", Kind::Reply, Kind::Reply);
        check("Auto-Submitted: no", Kind::Request, Kind::Request);
        check(
            "Auto-Submitted: auto-replied; owner-email=\"x@y\"",
            Kind::AutoReply,
            Kind::AutoReply,
        );
        check("Precedence: auto_reply", Kind::AutoReply, Kind::AutoReply);
        check("Precedence: first-class", Kind::Request, Kind::Request);
        check("Precedence: bulk", Kind::List, Kind::List);
        check(
            "X-Auto-Response-Suppress: DR, OOF",
            Kind::Request,
            Kind::Request,
        );
        check(
            "Subject: Automatische Antwort: Urlaub",
            Kind::AutoReply,
            Kind::AutoReply,
        );
        check(
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
            Kind::AutoReply,
            Kind::AutoReply,
        );
    }

    #[test]
    fn our_own_groups_are_no_lists() {
        check(
            "List-Id: <news.shop.example>\nList-Unsubscribe: <mailto:x@shop.example>",
            Kind::List,
            Kind::List,
        );
        check(
            "List-Id: Support <support.ec.example>\nPrecedence: list",
            Kind::List,
            Kind::Request,
        );
        check(
            "X-BeenThere: help@lists.brand.example\nPrecedence: list\nIn-Reply-To: <1@x>",
            Kind::List,
            Kind::Reply,
        );
        check(
            "List-Id: <support.ec.example>\nAuto-Submitted: auto-replied",
            Kind::AutoReply,
            Kind::AutoReply,
        );
        check("List-Id: <notec.example>", Kind::List, Kind::List);
    }
}
