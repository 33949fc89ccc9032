//! The configuration as an admin writes it, right and wrong.

use super::*;
use crate::finding::{Colour, draw};

const EXAMPLE: &str = include_str!("../../deploy/triaged.example.toml");

fn findings(text: &str) -> String {
    let (_, findings) = read("triaged.toml", text, Path::new("/etc/triaged"));
    let texts = [("triaged.toml".to_owned(), without_passwords(text))];
    let texts = texts.into_iter().collect();
    draw(&findings, &texts, Colour::Plain)
}

#[test]
fn the_example_is_right() {
    assert_eq!(findings(EXAMPLE), "");
    let config = read("triaged.toml", EXAMPLE, Path::new("/etc/triaged"))
        .0
        .unwrap();
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.token_key, Path::new("/var/lib/triaged/token.key"));
    assert_eq!(
        config.mailboxes[0].secret,
        Secret::Credential("support-imap".to_owned())
    );
}

#[test]
fn every_mistake_comes_at_once() {
    let text = EXAMPLE
        .replace("port = 993 ", "port = 99300 ")
        .replace("tls = \"implicit\"", "tls = \"none\"")
        .replace("poll = \"60 seconds\"", "pol = \"60\"")
        .replace(
            "secret = { credential = \"relay\" }",
            "secret = \"hunter2\"",
        )
        .replace("letters_in_all = 3000", "letters_in_all = 0");
    let drawn = findings(&text);
    for expected in [
        "between 1 and 65535",
        "in the clear",
        "did you mean \"poll\"",
        "a password does not stand in this file",
        "at least 1",
    ] {
        assert!(
            drawn.contains(expected),
            "no word of {expected:?} in:\n{drawn}"
        );
    }
    assert!(!drawn.contains("hunter2"), "a password is shown:\n{drawn}");
}

#[test]
fn a_password_in_the_file_is_starred_out_and_every_place_stays() {
    let check = |line: &str, shown: &str| assert_eq!(without_passwords(line), shown);
    check(
        "secret = \"hünter2\" # why\n",
        "secret = \"********\" # why\n",
    );
    check("  password = 'it\"s'\n", "  password = '****'\n");
    check(
        "secret = \"open\nuser = \"me\"\n",
        "secret = \"****\nuser = \"me\"\n",
    );
    check("user = \"me\"\n", "user = \"me\"\n");
}

#[test]
fn an_alarm_never_goes_to_a_mailbox_that_is_polled() {
    let text = EXAMPLE.replace(
        "\"ops@everythingcloud.com\"",
        "\"Support@EverythingCloud.com\"",
    );
    let drawn = findings(&text);
    assert!(
        drawn.contains("is polled, so no alarm is sent there"),
        "{drawn}"
    );
}

#[test]
fn plain_text_is_for_loopback_only() {
    let plain = |host: &str| {
        let text = EXAMPLE
            .replace("tls = \"implicit\"", "tls = \"none\"")
            .replace("imap.everythingcloud.com", host);
        read("triaged.toml", &text, Path::new("/")).0.is_some()
    };
    assert!(plain("127.0.0.1") && plain("::1") && plain("localhost"));
    assert!(
        !plain("10.0.0.1") && !plain("localhost.example") && !plain("imap.everythingcloud.com")
    );
}

#[test]
fn secrets_are_read_when_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    assert!(
        Secret::File(path.clone())
            .read()
            .unwrap_err()
            .contains("cannot be read")
    );
    std::fs::write(&path, "\n").unwrap();
    assert!(
        Secret::File(path.clone())
            .read()
            .unwrap_err()
            .contains("holds no secret")
    );
    std::fs::write(&path, "pass word\nsecond line\n").unwrap();
    assert_eq!(
        secrecy::ExposeSecret::expose_secret(&Secret::File(path).read().unwrap()),
        "pass word"
    );
}
