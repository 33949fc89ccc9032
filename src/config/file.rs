//! `triaged.toml` as typed, checked whole: every mistake at once, each with its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::units;
use super::{After, Config, Limits, Mailbox, Relay, Secret, Tls};
use crate::finding::typed::{self, Said, Section, Value};
use crate::finding::{Finding, Mistakes};

/// How often to look although the server announces new mail by itself.
const POLL_DEFAULT: Duration = Duration::from_secs(60);

/// A shorter interval only burdens the server: IDLE announces new mail.
const POLL_MIN: Duration = Duration::from_secs(1);

/// A longer interval lets mail lie where IDLE goes deaf.
const POLL_MAX: Duration = Duration::from_secs(60 * 60);

const CONNECTIONS_DEFAULT: i64 = 4;

/// More connections at once look like an attack to most relays.
const CONNECTIONS_MAX: i64 = 8;

/// Reads the text of a configuration file. `file` is its path for findings; relative paths in it count from `base`.
#[must_use]
pub(super) fn read(file: &str, text: &str, base: &Path) -> (Option<Config>, Vec<Finding>) {
    let mistakes = Mistakes::default();
    let tree = typed::parse(file, text, &mistakes);
    let config = Section::of(&tree, "triaged.toml", &mistakes).and_then(|top| whole(top, base));
    let config = config.filter(|_| !mistakes.any_error());
    (config, mistakes.worst_first())
}

fn whole(mut top: Section<'_>, base: &Path) -> Option<Config> {
    let store = folder(&mut top, "store", base);
    let rules = folder(&mut top, "rules", base);
    let control_socket = folder(&mut top, "control_socket", base);
    let token_key = top.text("token_key").map(|said| base.join(said.value));
    let instance = top.text("instance").map(|said| said.value);
    let alarms_to = addresses(&mut top, "alarms_to");
    let mailboxes = mailboxes(&mut top, base);
    let alarms_to = no_polled(alarms_to, &mailboxes, top.mistakes());
    let relays = relays(&mut top, base);
    let limits = top
        .section("limits", "[limits]")
        .map_or_else(Limits::default, limits);
    top.done();
    let store = store?;
    Some(Config {
        instance: instance.unwrap_or_else(|| "triaged".to_owned()),
        mailboxes,
        relays,
        token_key: token_key.unwrap_or_else(|| store.join("token.key")),
        store,
        rules: rules?,
        control_socket: control_socket?,
        alarms_to,
        limits,
    })
}

fn folder(top: &mut Section<'_>, key: &'static str, base: &Path) -> Option<PathBuf> {
    top.need_text(key).map(|said| base.join(said.value))
}

/// An alarm to a mailbox that is polled would never be sent: it would come back as a new mail.
fn no_polled(
    alarms_to: Vec<Said<String>>,
    mailboxes: &[Mailbox],
    mistakes: &Mistakes,
) -> Vec<String> {
    for said in &alarms_to {
        if mailboxes
            .iter()
            .any(|mailbox| mailbox.address == said.value)
        {
            let sentence = format!("{} is polled, so no alarm is sent there", said.value);
            mistakes.note(
                Finding::error("E203", &said.at, sentence)
                    .label("triaged would read its own alarm")
                    .help("name an address that people read and triaged does not poll"),
            );
        }
    }
    alarms_to.into_iter().map(|said| said.value).collect()
}

fn addresses(top: &mut Section<'_>, key: &'static str) -> Vec<Said<String>> {
    let Some(texts) = top.texts(key) else {
        top.missing(key);
        return Vec::new();
    };
    if texts.value.is_empty() {
        let sentence = format!("\"{key}\" names nobody: an alarm would reach no one");
        top.mistakes()
            .note(Finding::error("E105", &texts.at, sentence));
    }
    texts
        .value
        .into_iter()
        .filter_map(|said| {
            let at = said.at.clone();
            let value = address(top.mistakes(), said)?;
            Some(Said { value, at })
        })
        .collect()
}

/// An address of the plain kind, in lower case.
fn address(mistakes: &Mistakes, said: Said<String>) -> Option<String> {
    let lower = said.value.to_lowercase();
    let plain = lower.split_once('@').is_some_and(|(local, domain)| {
        let bad = |c: char| c.is_whitespace() || c.is_control() || "<>@,;\"".contains(c);
        !local.is_empty()
            && domain.contains(|c: char| c.is_alphanumeric())
            && !local.contains(bad)
            && !domain.contains(bad)
    });
    if !plain {
        mistakes.note(
            Finding::error(
                "E105",
                &said.at,
                format!("\"{}\" is no mail address", said.value),
            )
            .label("written like help@brightdesk.example"),
        );
        return None;
    }
    Some(lower)
}

fn mailboxes(top: &mut Section<'_>, base: &Path) -> Vec<Mailbox> {
    let mut seen: BTreeMap<String, Said<String>> = BTreeMap::new();
    let mut mailboxes = Vec::new();
    let sections = top.sections("mailbox", "[[mailbox]]");
    if sections.is_empty() {
        top.missing("[[mailbox]]");
    }
    for mut section in sections {
        let said = section.need_text("address");
        if let Some(said) = &said {
            if let Some(first) = seen.get(&said.value.to_lowercase()) {
                let sentence = format!("the mailbox {} stands here twice", said.value);
                section
                    .mistakes()
                    .note(Finding::error("E104", &said.at, sentence).also(&first.at, "first here"));
            }
            seen.insert(said.value.to_lowercase(), said.clone());
        }
        let address = said.and_then(|said| address(section.mistakes(), said));
        mailboxes.extend(mailbox(section, address, base));
    }
    mailboxes
}

fn mailbox(mut section: Section<'_>, address: Option<String>, base: &Path) -> Option<Mailbox> {
    let server = server(&mut section, 993, 143, base);
    let user = section
        .text("user")
        .map(|said| said.value)
        .or_else(|| address.clone());
    let secret = secret(&mut section, base);
    if section.key_at("secret").is_none() {
        section.missing("secret");
    }
    let folder = section
        .text("folder")
        .map_or_else(|| "INBOX".to_owned(), |said| said.value);
    let after = after(&mut section);
    let answer_mail_since = section
        .value("answer_mail_since")
        .and_then(|value| instant(value, section.mistakes()));
    let poll = duration(&mut section, "poll", POLL_DEFAULT);
    if !(POLL_MIN..=POLL_MAX).contains(&poll)
        && let Some(at) = section.key_at("poll")
    {
        section.mistakes().note(Finding::error(
            "E105",
            at,
            "\"poll\" must lie between 1 second and 1 hour",
        ));
    }
    section.done();
    let server = server?;
    Some(Mailbox {
        address: address?,
        host: server.host,
        port: server.port,
        tls: server.tls,
        ca_file: server.ca_file,
        user: user?,
        secret: secret?,
        folder,
        after,
        answer_mail_since,
        poll,
    })
}

/// What mailboxes and relays have in common.
struct Server {
    host: String,
    port: u16,
    tls: Tls,
    ca_file: Option<PathBuf>,
}

fn server(
    section: &mut Section<'_>,
    implicit_port: u16,
    other_port: u16,
    base: &Path,
) -> Option<Server> {
    let host = section.need_text("host");
    let tls = section.one_of(
        "tls",
        &[
            ("implicit", Tls::Implicit),
            ("starttls", Tls::StartTls),
            ("none", Tls::Plain),
        ],
    );
    let ca_file = section.text("ca_file").map(|said| base.join(said.value));
    let port = section.number("port").and_then(|said| {
        let port = u16::try_from(said.value).ok().filter(|port| *port != 0);
        if port.is_none() {
            section.mistakes().note(Finding::error(
                "E105",
                &said.at,
                "a port lies between 1 and 65535",
            ));
        }
        port
    });
    let host = host?;
    let kind = tls.as_ref().map_or(Tls::Implicit, |said| said.value);
    if let Some(tls) = tls.filter(|said| said.value == Tls::Plain && !is_loopback(&host.value)) {
        section.mistakes().note(
            Finding::error(
                "E105",
                &tls.at,
                "without TLS the password crosses the network in the clear",
            )
            .label("\"none\" is only for a server on this machine (127.0.0.1, ::1, localhost)")
            .help("write tls = \"starttls\" or tls = \"implicit\""),
        );
    }
    let usual = if kind == Tls::Implicit {
        implicit_port
    } else {
        other_port
    };
    Some(Server {
        host: host.value,
        port: port.unwrap_or(usual),
        tls: kind,
        ca_file,
    })
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// `secret = { file = "…" }`, `{ env = "…" }` or `{ credential = "…" }`.
fn secret(section: &mut Section<'_>, base: &Path) -> Option<Secret> {
    let value = section.value("secret")?;
    if let Value::Text(_) = value.value {
        section.mistakes().note(
            Finding::error("E102", &value.at, "a password does not stand in this file")
                .label("name where it is kept")
                .help("write secret = { file = \"/etc/triaged/secrets/support\" }, { env = \"NAME\" } or { credential = \"NAME\" }"),
        );
        return None;
    }
    let mut from = Section::of(value, "secret", section.mistakes())?;
    let file = from
        .text("file")
        .map(|said| Secret::File(base.join(said.value)));
    let env = from.text("env").map(|said| Secret::Env(said.value));
    let credential = from
        .text("credential")
        .map(|said| Secret::Credential(said.value));
    let mut given: Vec<Secret> = [file, env, credential].into_iter().flatten().collect();
    if given.len() != 1 {
        section.mistakes().note(Finding::error(
            "E105",
            &from.at,
            "a secret comes from one place: file, env or credential",
        ));
    }
    from.done();
    given.pop()
}

/// `after = "keep"` or `after = { move = "Folder" }`.
fn after(section: &mut Section<'_>) -> After {
    let Some(value) = section.value("after") else {
        return After::Keep;
    };
    if let Value::Table(_) = value.value {
        let folder = Section::of(value, "after", section.mistakes()).and_then(|mut after| {
            let folder = after.need_text("move");
            after.done();
            folder
        });
        return folder.map_or(After::Keep, |said| After::Move(said.value));
    }
    section
        .one_of("after", &[("keep", After::Keep)])
        .map_or(After::Keep, |said| said.value)
}

fn instant(value: &Said<Value>, mistakes: &Mistakes) -> Option<Timestamp> {
    let parsed = match &value.value {
        Value::Date(date) => date.to_string().parse::<Timestamp>().ok(),
        Value::Text(text) => text.parse::<Timestamp>().ok(),
        Value::Number(_)
        | Value::Decimal(_)
        | Value::Flag(_)
        | Value::List(_)
        | Value::Table(_) => None,
    };
    if parsed.is_none() {
        mistakes.note(
            Finding::error(
                "E102",
                &value.at,
                "\"answer_mail_since\" must be an instant with its zone",
            )
            .label("such as 2026-11-24T08:00:00Z"),
        );
    }
    parsed
}

fn relays(top: &mut Section<'_>, base: &Path) -> BTreeMap<String, Relay> {
    let mut relays = BTreeMap::new();
    for (name, section) in top.named("relay") {
        if let Some(relay) = relay(&name.value, section, base) {
            relays.insert(name.value, relay);
        }
    }
    if !relays.contains_key("default") && !top.mistakes().any_error() {
        top.missing("[relay.default]");
    }
    relays
}

fn relay(name: &str, mut section: Section<'_>, base: &Path) -> Option<Relay> {
    let server = server(&mut section, 465, 587, base);
    let user = section.text("user").map(|said| said.value);
    let secret = secret(&mut section, base);
    if user.is_some() && section.key_at("secret").is_none() {
        section.missing("secret");
    }
    if section.key_at("secret").is_some() && user.is_none() {
        section.missing("user");
    }
    let helo = section.text("helo").map(|said| said.value);
    let connections = section
        .number("connections")
        .map_or(CONNECTIONS_DEFAULT, |said| {
            if !(1..=CONNECTIONS_MAX).contains(&said.value) {
                section.mistakes().note(Finding::error(
                    "E105",
                    &said.at,
                    "\"connections\" lies between 1 and 8",
                ));
            }
            said.value
        });
    section.done();
    let server = server?;
    Some(Relay {
        name: name.to_owned(),
        host: server.host,
        port: server.port,
        tls: server.tls,
        ca_file: server.ca_file,
        login: user.zip(secret),
        helo,
        connections: usize::try_from(connections.clamp(1, CONNECTIONS_MAX)).unwrap_or(1),
    })
}

fn limits(mut section: Section<'_>) -> Limits {
    let usual = Limits::default();
    let limits = Limits {
        mail_bytes: bytes(&mut section, "mail_bytes", usual.mail_bytes),
        letters_per_ticket: count(&mut section, "letters_per_ticket", usual.letters_per_ticket),
        letters_per_address: count(
            &mut section,
            "letters_per_address",
            usual.letters_per_address,
        ),
        letters_per_domain: count(&mut section, "letters_per_domain", usual.letters_per_domain),
        letters_per_brand: count(&mut section, "letters_per_brand", usual.letters_per_brand),
        letters_in_all: count(&mut section, "letters_in_all", usual.letters_in_all),
        alarm_after: duration(&mut section, "alarm_after", usual.alarm_after),
        give_up_after: duration(&mut section, "give_up_after", usual.give_up_after),
    };
    section.done();
    limits
}

fn count(section: &mut Section<'_>, key: &'static str, usual: u32) -> u32 {
    let Some(said) = section.number(key) else {
        return usual;
    };
    match u32::try_from(said.value) {
        Ok(count) if count > 0 => count,
        Ok(_) | Err(_) => {
            section.mistakes().note(Finding::error(
                "E105",
                &said.at,
                format!("\"{key}\" must be at least 1"),
            ));
            usual
        }
    }
}

fn duration(section: &mut Section<'_>, key: &'static str, usual: Duration) -> Duration {
    measured(
        section,
        key,
        usual,
        units::duration,
        "a time with its unit, such as \"60 seconds\" or \"5 days\"",
    )
}

fn bytes(section: &mut Section<'_>, key: &'static str, usual: u64) -> u64 {
    measured(
        section,
        key,
        usual,
        units::bytes,
        "a size with its unit, such as \"25 MB\"",
    )
}

fn measured<T>(
    section: &mut Section<'_>,
    key: &'static str,
    usual: T,
    parse: fn(&str) -> Option<T>,
    wanted: &str,
) -> T {
    let Some(value) = section.value(key) else {
        return usual;
    };
    let parsed = match &value.value {
        Value::Text(text) => parse(text),
        Value::Number(_)
        | Value::Decimal(_)
        | Value::Flag(_)
        | Value::Date(_)
        | Value::List(_)
        | Value::Table(_) => None,
    };
    parsed.unwrap_or_else(|| {
        section.mistakes().note(Finding::error(
            "E102",
            &value.at,
            format!("\"{key}\" must be {wanted}"),
        ));
        usual
    })
}
