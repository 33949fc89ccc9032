//! The prose of delivery reports: what mail servers have written since the eighties when a mail came back.
//!
//! Only the part before the returned mail counts: the returned mail may itself speak of failures.

use std::sync::LazyLock;

use regex::Regex;

use super::address;
use super::phrases::Phrases;

/// How far into the text the report's own words may reach.
const PROSE_BYTES_MAX: usize = 32 * 1024;

const SUBJECTS: &str = "\
    undeliverable|undelivered mail|undeliverable mail|delivery status notification|delivery failure|delivery failed|\
    delivery notification|mail delivery|failure notice|failure delivery|returned mail|returned to sender|\
    mail system error|delivery report|message delivery|could not be delivered|non delivery|non-delivery|\
    nondeliverable|delivery error|delivery problem|mail could not|error sending your mail|mail failure|\
    message undeliverable|unzustellbar|nicht zustellbar|zustellfehler|non remis|echec de|échec de la remise|\
    non recapitabile|no se puede entregar|no entregado|onbestelbaar|niet bestelbaar|não entregue|\
    não foi possível entregar|olevererbart|kan ikke leveres|kunde inte levereras|undeliv|message delayed|delayed 24|\
    delayed mail|warning: message|warning: could not send|недоставлен|не доставлено|配信不能|配信できません|退信|unable to deliver|\
    rejected mail|mail rejected|cannot deliver|delivery attempt|dsn: |mail not delivered|was not delivered|\
    nicht zugestellt|user unknown|unknown address|unknown recipient|wurde nicht zugestellt|error sending|\
    error delivering|mail error|送信できません|エラーメール|problems delivering|problem delivering|mailbox full|unknown user|\
    recipient unknown|are not member|not member article|loop alert|[bounce]|our bulk email filter|delivery status|delivery_failure|\
    smtp server: errors from|failed delivery|message you sent blocked|email could not|could not be sent|mensaje no|returning message to sender|send mail failure";

const PROSE: &str = "\
    could not be delivered|couldn't be delivered|can not be delivered|cannot be delivered|was not delivered|\
    were not delivered|wasn't delivered|unable to deliver|wasn't able to deliver|not able to deliver|\
    could not deliver|couldn't deliver|error delivering your|error was detected while|\
    error occurred while trying to deliver|delivery to the following|delivery failure|delivery failed|\
    delivery has failed|failed to deliver|following addresses had|following address(es) failed|following recipient|\
    following addresses failed|following errors|did not reach|undeliverable|undelivered|not yet been delivered|\
    has been delayed|had trouble delivering|transcript of session follows|unsent message|user unknown|unknown user|\
    no such user|mailbox unavailable|mailbox full|quota exceeded|over quota|returned to sender|returning message|\
    permanent fatal errors|permanent error|transient|was rejected|were rejected|remote host said|\
    rejected your message|final-recipient:|diagnostic-code:|delivery attempts|could not be sent|nicht zugestellt|\
    nicht zustellen|unzustellbar|konnte nicht|n'a pas pu|n'a pu être|no se pudo entregar|no ha podido|\
    non è stato possibile|kon niet worden|não pôde ser|не может быть доставлено|не было доставлено|\
    не удалось доставить|送信できません|配信できません|届けることができません|配送できません|无法投递|退信|an error occurred|message blocked|\
    message rejected|address not found|does not exist|doesn't have a|group you tried to contact|\
    may not have permission|problem delivering|problems delivering|delivery problems|deliver message to|\
    no valid recipients|failure reasons|does not like recipient|errors from|no such recipient|no such address|\
    could not deliver|non recapitato|no entregado|retornada|não foi entregue|niet afgeleverd|nie można dostarczyć|\
    kunde inte levereras|kunne ikke leveres|toimittaminen epäonnistui";

/// Lines after which the returned mail begins.
const ORIGINALS: &str = "\
    below this line is a copy|this is a copy of|copy of the message|copy of your message|\
    the header of the original message|original message follows|original message header|original message text|\
    unsent message|message headers follow|message header follows|enclosed is a copy|-------original message|\
    ----- original message|--- original message|original mail follows|undelivered message follows|\
    received header follows|returned message follows|message follows:|--- message follows|the following is a copy of|\
    your original message:|original-mail|headers of the original|begin original message|the attached message|\
    the text of your message follows|--- mensagem original|--- message headers follow";

const DELAYED: &str = "\
    not yet been delivered|delayed 24|delayed mail|message delayed|delivery attempts will continue|\
    will continue to try|still trying|will keep trying|will be retried|will retry|you do not need to resend|\
    you don't need to resend|warning message only|warning: could not send|warning: message|has been delayed|\
    delivery is delayed|wird weiterhin versucht|temporary non-fatal|no action is required";

const TEMPORARY: &str = "\
    temporarily|temporary|try again|timed out|timeout|connection refused|deferred|too busy|greylist|connection reset|\
    unreachable|vorübergehend|temporaire";

static SUBJECT_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(SUBJECTS));
static PROSE_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(PROSE));
static ORIGINAL_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(ORIGINALS));
static DELAYED_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(DELAYED));
static TEMPORARY_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(TEMPORARY));

/// Words of a subject that reports of failure have.
pub(super) fn subject(subject: &str) -> Option<&'static str> {
    SUBJECT_WORDS.find(subject)
}

/// Words of a text that reports of failure have.
pub(super) fn prose(text: &str) -> Option<&'static str> {
    PROSE_WORDS.find(beginning(text))
}

/// True if the text says that the server has not given up.
pub(super) fn is_only_delayed(text: &str) -> bool {
    DELAYED_WORDS.is_in(beginning(text))
}

/// True if the trouble may pass, by the words.
pub(super) fn is_temporary(text: &str) -> bool {
    TEMPORARY_WORDS.is_in(beginning(text))
}

/// True if the text goes on with the mail that came back.
pub(super) fn has_original(text: &str) -> bool {
    ORIGINAL_WORDS.is_in(beginning(text))
}

/// The report's own words, without the mail that came back.
pub(super) fn before_original(text: &str) -> &str {
    let text = beginning(text);
    let marked = ORIGINAL_WORDS.position(text).filter(|at| *at > 0);
    // Trace headers begin the returned mail where no line announces it.
    let traced = text
        .find("\nReceived: ")
        .or_else(|| text.find("\nReceived:from "));
    let end = marked.into_iter().chain(traced).min().unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(PROSE_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// An expression that is a constant of this file; `None` only if it were wrong, which a test would show.
fn expression(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// The first enhanced status code (RFC 3463) that is no part of an address or a version.
pub(super) fn enhanced_status(text: &str) -> Option<String> {
    static AFTER_CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        expression(
            r"\b[245][0-9]{2}[ \-]+(?:\(|#|\[)?([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|\.?$|\.[^0-9])",
        )
    });
    static ALONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        expression(r"(?:^|[\s(\[<#:;=])#?([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|\.?$|\.[^0-9])")
    });
    let found = [&AFTER_CODE, &ALONE]
        .into_iter()
        .find_map(|pattern| pattern.as_ref()?.captures(text)?.get(1))?;
    Some(found.as_str().to_owned())
}

/// The first SMTP reply code that tells of a failure.
pub(super) fn smtp_code(text: &str) -> Option<u16> {
    static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
        expression(
            r#"(?im)(?:said:?|<<<|error(?: message)?:|response:?|message:|because|code ?:?|\.{3}|^|[:;\[("'])\s*\[?([45][0-9]{2})(?:[ \-:,;\]]|$)"#,
        )
    });
    SAID.as_ref()?.captures(text)?.get(1)?.as_str().parse().ok()
}

/// The address that could not be reached, where the prose names it.
pub(super) fn recipient(told: &str) -> Option<String> {
    const ADDRESS: &str = r"<?([^\s<>@,;:()]+@[A-Za-z0-9\-\[][A-Za-z0-9.\-\[\]]*[A-Za-z0-9\]])>?";
    static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        expression(&format!(
            r"(?m)^[ \t>*-]*{ADDRESS}[ \t]*(?:$|:|\.\.\.|[ \t]on[ \t]|,[ \t]|[ \t]+[(\[])"
        ))
    });
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        expression(&format!(
            r"(?is)(?:recipients?:|rcpt to:?|(?:deliver(?:ing|ed)?|message|mail|delivery)[^.@]{{0,60}}? to|addresse?s?(?:\(es\))?:?|permanent errors?:|failed:?|original-rcpt-to:|for)\s*{ADDRESS}"
        ))
    });
    static ANY: LazyLock<Option<Regex>> = LazyLock::new(|| expression(ADDRESS));
    let found = [&LINE, &NAMED, &ANY].into_iter().find_map(|pattern| {
        let mut all = pattern
            .as_ref()?
            .captures_iter(told)
            .filter_map(|found| found.get(1));
        all.find(|found| !is_service(found.as_str()))
    })?;
    address::within(found.as_str())
}

/// Addresses that a report names without meaning them.
fn is_service(address: &str) -> bool {
    let local = address
        .split('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    ["postmaster", "mailer-daemon", "abuse", "support"]
        .iter()
        .any(|name| local == *name)
}

#[cfg(test)]
mod tests {
    use super::{
        DELAYED, ORIGINALS, PROSE, Phrases, SUBJECTS, TEMPORARY, before_original, enhanced_status,
        recipient, smtp_code,
    };

    #[test]
    fn every_word_is_found() {
        for list in [SUBJECTS, PROSE, ORIGINALS, DELAYED, TEMPORARY] {
            let words = Phrases::anywhere(list);
            for word in list.split('|') {
                assert!(words.find(&format!("x {word} y")).is_some(), "{word}");
            }
        }
    }

    #[test]
    fn finds_codes() {
        for (text, status, code) in [
            (
                "Remote host said: 550 5.1.1 no such user",
                Some("5.1.1"),
                Some(550),
            ),
            ("host mx [192.0.2.5]: 571 no PTR", None, Some(571)),
            ("running version 5.2.1.7 here", None, None),
            ("554-5.7.1 blocked", Some("5.7.1"), Some(554)),
            ("please try again later [#4.1.9].", Some("4.1.9"), None),
            ("<<< 452 try later", None, Some(452)),
            ("the year 2026, room 512a", None, None),
        ] {
            assert_eq!(enhanced_status(text).as_deref(), status, "{text}");
            assert_eq!(smtp_code(text), code, "{text}");
        }
    }

    #[test]
    fn finds_the_recipient() {
        for (text, address) in [
            (
                "It failed:\n\n  jane@acme.example\n    unknown user\n",
                "jane@acme.example",
            ),
            (
                "Write to postmaster@mx.example.\n\n<jane@acme.example>:\nno such user",
                "jane@acme.example",
            ),
            (
                "There was an error delivering your mail to <jane@acme.example>.",
                "jane@acme.example",
            ),
            (
                ">>> RCPT TO:<jane@acme.example>\n<<< 550 no",
                "jane@acme.example",
            ),
        ] {
            assert_eq!(recipient(text).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn leaves_the_returned_mail_out() {
        assert_eq!(
            before_original("No.\n--- Below this line is a copy of it\n550 5.1.1"),
            "No.\n--- "
        );
        assert_eq!(before_original("No.\nReceived: from x\n"), "No.");
    }
}
