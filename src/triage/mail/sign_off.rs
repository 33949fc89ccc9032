//! Signatures that nothing announces: the last lines of the writer's words, if they are a name with how to reach it.
//!
//! A closing such as "Kind regards, Jane" is the writer's own and stays. So does whatever a colon above announces.

use std::sync::LazyLock;

use super::phrases::Phrases;

/// Lines that such a signature may have.
const LINES_MAX: usize = 8;

/// Characters that one of its lines may have.
const LINE_CHARS_MAX: usize = 70;

/// With what people take their leave: then the lines below are theirs, too.
static CLOSINGS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::anywhere(
        "\
        regards|thank|cheers|best|sincerely|yours|cordial|grüße|grüsse|gruß|gruss|danke|mfg|hochachtungsvoll|merci|\
        bien à vous|gracias|saludo|atentamente|obrigad|atenciosamente|cumprimentos|abraço|groet|bedankt|saluti|grazie|\
        hälsning|hilsen|mvh|mvg|groeten|pozdrawiam|pozdrav|üdvözlettel|terveisin|с уважением|よろしく|besos|ciao|love",
    )
});

/// The line with which a signature begins in the paragraph, if one does; `above` is the last line of the paragraph before it.
pub(super) fn sign_off(paragraph: &[&str], above: Option<&str>) -> Option<usize> {
    let above = above?;
    if above.trim_end().ends_with([':', '：'])
        || paragraph.len() > LINES_MAX
        || paragraph
            .iter()
            .any(|line| line.chars().count() > LINE_CHARS_MAX)
    {
        return None;
    }
    let details = |rest: &[&str]| {
        rest.iter().any(|line| is_contact(line))
            && rest.iter().all(|line| is_name(line) || is_contact(line))
    };
    match paragraph {
        [] => None,
        [only] => is_dashed_name(only).then_some(0),
        // The closing and the name are the writer's words; what follows them in one go is the signature.
        [closing, name, rest @ ..] if CLOSINGS.is_in(closing) => {
            (is_closing(closing) && is_name(name) && details(rest)).then_some(2)
        }
        [first, rest @ ..] if is_closing(above) && is_name(first) => {
            (!rest.iter().any(|line| speaks(line))).then_some(0)
        }
        [first, rest @ ..] => {
            let names = paragraph.iter().all(|line| is_name(line));
            (names || (is_name(first) && details(rest))).then_some(0)
        }
    }
}

/// True for a paragraph that only says how to reach somebody: the second half of a signature with a gap in it.
pub(super) fn is_reach(paragraph: &[&str]) -> bool {
    !paragraph.is_empty()
        && paragraph.len() <= LINES_MAX
        && paragraph.iter().all(|line| is_contact(line))
}

/// True if what stands below a loose mark such as `---` may be a signature: no list, no question, nobody who speaks at length.
pub(super) fn may_sign(lines: &[&str]) -> bool {
    const SIGNATURE_LINES_MAX: usize = 14;
    const SPOKEN_WORDS_MIN: usize = 5;
    let listed = |line: &&str| {
        let line = line.trim_start();
        let number = line.trim_start_matches(|ch: char| ch.is_ascii_digit());
        line.starts_with(['•', '·'])
            || (number.len() < line.len() && number.starts_with(['.', ')']))
    };
    let said = |line: &&str| speaks(line) && line.split_whitespace().count() >= SPOKEN_WORDS_MIN;
    lines.len() <= SIGNATURE_LINES_MAX && !lines.iter().any(|line| listed(line) || said(line))
}

/// True if what stands below a rule is a signature with blank lines or mottos in it: short lines, two of them a way
/// to reach someone. A form that says `Client: Acme` is none.
pub(super) fn is_sparse_signature(lines: &[&str]) -> bool {
    const SPARSE_LINES_MAX: usize = 14;
    let short = |line: &&str| line.chars().count() <= LINE_CHARS_MAX;
    let labelled = |line: &&str| !is_contact(line) && line.contains(": ");
    lines.len() <= SPARSE_LINES_MAX
        && lines.iter().all(short)
        && !lines.iter().any(labelled)
        && lines.iter().filter(|line| is_contact(line)).count() >= 2
}

/// True for a name with a few lines below it, none of which says anything.
pub(super) fn is_named_signature(lines: &[&str]) -> bool {
    const NAMED_LINES_MAX: usize = 8;
    let labelled = |line: &&str| !is_contact(line) && line.contains(": ");
    (2..=NAMED_LINES_MAX).contains(&lines.len())
        && lines.first().is_some_and(|first| is_name(first))
        && may_sign(lines)
        && !lines.iter().any(|line| labelled(line) || speaks(line))
}

/// `Regards,` and the like, alone on a line.
fn is_closing(line: &str) -> bool {
    const CLOSING_WORDS_MAX: usize = 5;
    let ended = line.trim_end().ends_with(['.', '?']);
    CLOSINGS.is_in(line) && !ended && line.split_whitespace().count() <= CLOSING_WORDS_MAX
}

/// True for a line in which somebody says something, other than a title or a firm.
fn speaks(line: &str) -> bool {
    const PERSONS: [&str; 26] = [
        "i", "we", "you", "me", "us", "please", "is", "are", "can", "will", "it", "ich", "wir",
        "sie", "bitte", "ist", "je", "nous", "vous", "est", "yo", "por", "favor", "ik", "wij",
        "graag",
    ];
    line.trim_end().ends_with(['?', ':'])
        || line.split_whitespace().any(|word| {
            let word = word.trim_matches(|ch: char| !ch.is_alphanumeric());
            PERSONS.contains(&word.to_lowercase().as_str())
        })
}

/// `/John`, `-Jane Doe`.
fn is_dashed_name(line: &str) -> bool {
    let line = line.trim();
    let name = line.trim_start_matches(['-', '/', '~']);
    let marks = line.chars().count() - name.chars().count();
    (1..=2).contains(&marks)
        && !name.starts_with(' ')
        && is_name(name)
        && name.split(' ').count() <= 3
}

/// A few words that each begin with a capital letter: a person, a title, a firm.
fn is_name(line: &str) -> bool {
    const WORDS_MAX: usize = 5;
    const SMALL: [&str; 14] = [
        "&", "of", "and", "und", "de", "van", "der", "von", "la", "|", "·", "-", "et", "y",
    ];
    let words: Vec<&str> = line.split_whitespace().collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    !words.is_empty()
        && words.len() <= WORDS_MAX
        && words.iter().any(capital)
        && words.iter().all(|word| {
            (capital(word) || SMALL.contains(word))
                && !word.contains(|ch: char| {
                    ch.is_ascii_digit() || matches!(ch, '!' | '?' | ':' | '/' | '@')
                })
        })
        && words.last().is_some_and(|word| {
            !word.ends_with(',') && (!word.ends_with('.') || word.chars().count() <= 5)
        })
}

/// Nothing but an address, a number or a site, perhaps with what it is before it.
fn is_contact(line: &str) -> bool {
    const LABELS: [&str; 28] = [
        "tel", "phone", "mobile", "mob", "fax", "m", "t", "p", "e", "f", "w", "e-mail", "email",
        "web", "telefon", "mail", "cell", "office", "direct", "d", "c", "o", "tél", "mobil", "gsm",
        "handy", "tlf", "website",
    ];
    const ACCOUNTS: [&str; 4] = ["skype", "twitter", "linkedin", "whatsapp"];
    let line = line.trim().trim_matches(['<', '>', '*', '_']);
    let value = match line.split_once([':', '.']) {
        Some((label, _)) if ACCOUNTS.contains(&label.trim().to_lowercase().as_str()) => {
            return true;
        }
        Some((label, value)) if LABELS.contains(&label.trim().to_lowercase().as_str()) => {
            value.trim()
        }
        Some(_) | None => line,
    };
    let words = value.split_whitespace().count();
    let site = value.starts_with("www.") || value.starts_with("http");
    let mail = value.contains('@') && value.contains('.');
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let number = digits >= 6
        && value
            .chars()
            .all(|ch| ch.is_ascii_digit() || matches!(ch, '+' | '(' | ')' | '-' | '/' | ' ' | '.'));
    number || (words == 1 && (site || mail))
}

#[cfg(test)]
mod tests {
    use super::{is_sparse_signature, sign_off};

    fn is_sign_off(paragraph: &[&str], above: Option<&str>) -> bool {
        sign_off(paragraph, above).is_some()
    }

    #[test]
    fn knows_names_with_how_to_reach_them() {
        let above = Some("Can you help?");
        for paragraph in [
            &["Gina Lee", "gina@acme.example", "(555) 346-9947"] as &[&str],
            &["Brandon Lee", "Lee Analytics"],
            &[
                "Jane Doe",
                "Head of Sales",
                "Tel: +44 20 7946 0958",
                "www.acme.example",
            ],
            &["/John"],
            &["-Jane Doe"],
        ] {
            assert!(is_sign_off(paragraph, above), "{paragraph:?}");
        }
        for paragraph in [
            &["Kind regards", "Jane Doe"] as &[&str],
            &["Jane"],
            &["Login fails", "for Jane"],
            &["- Acme"],
            &["Client: Acme", "Priority: High"],
            &["Thanks,", "Jane"],
        ] {
            assert!(!is_sign_off(paragraph, above), "{paragraph:?}");
        }
        let closed = [
            "Kind regards",
            "Jane Doe",
            "Acme Ltd",
            "Tel: +44 20 7946 0958",
        ];
        assert_eq!(sign_off(&closed, above), Some(2));
        assert!(is_sign_off(&["John Doe", "CEO @ Acme !"], Some("Regards,")));
        assert!(!is_sign_off(&["John", "please call me"], Some("Regards,")));
        assert!(is_sparse_signature(&[
            "Jane",
            "a motto",
            "t. 555-931-0702",
            "skype: jane"
        ]));
        assert!(!is_sparse_signature(&[
            "Client: Acme",
            "t. 555-931-0702",
            "jane@acme.example"
        ]));
        assert!(!is_sign_off(
            &["Acme Foods", "Hop Union"],
            Some("Affected clients:")
        ));
        assert!(!is_sign_off(&["Acme Foods", "Hop Union"], None));
    }
}
