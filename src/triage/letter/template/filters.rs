//! What templates can do with a value: `local_time`, `in_words`, `as_reply`, `quoted`, `as_html`.
//!
//! The letter's language stands in the placeholder `language`; a language without words of its own gets ISO dates
//! and English words.

use jiff::Zoned;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, Output, State};

use super::html;
use super::language::{meaning, time_in_words};

/// Makes the filters known, and takes away those that would let a stranger's words become markup.
pub(super) fn install(env: &mut Environment<'static>) {
    env.add_filter("local_time", local_time);
    env.add_filter("in_words", in_words);
    env.add_filter("as_reply", as_reply);
    env.add_filter("quoted", quoted);
    env.add_filter("as_html", as_html);
    env.remove_filter("safe");
    env.set_formatter(write);
}

/// Nothing prints as nothing, a list prints as one line.
fn write(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    if value.kind() != minijinja::value::ValueKind::Seq {
        return minijinja::escape_formatter(out, state, value);
    }
    let items: Vec<String> = value.try_iter()?.map(|item| item.to_string()).collect();
    minijinja::escape_formatter(out, state, &Value::from(items.join("; ")))
}

/// `Mon 4 May 2026, 11:02 CEST`, in the letter's language. Nothing stays nothing.
fn local_time(state: &State, value: &Value) -> Result<Value, Error> {
    if value.is_none() {
        return Ok(value.clone());
    }
    let text = value.as_str().unwrap_or_default();
    let zoned: Zoned = text.parse().map_err(|_| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("local_time works on times such as promise.first_response, not on \"{value}\""),
        )
    })?;
    Ok(Value::from(time_in_words(&zoned, &language(state))))
}

fn language(state: &State) -> String {
    let language = state.lookup("language");
    language.map_or_else(String::new, |language| language.to_string())
}

/// A value's meaning in the letter's language.
fn in_words(state: &State, value: &Value) -> Value {
    match value.as_str() {
        Some(word) => Value::from(meaning(word, &language(state))),
        None => value.clone(),
    }
}

/// How mail programs of the world mark an answer or a forward.
const REPLY_MARKS: [&str; 12] = [
    "re", "aw", "antw", "antwort", "sv", "vs", "rv", "ref", "fwd", "fw", "wg", "tr",
];

/// `Re: subject`, once. Mail programs then keep our answer in the sender's thread (RFC 5256, 2.1).
fn as_reply(value: &Value) -> Value {
    let Some(subject) = value.as_str() else {
        return value.clone();
    };
    Value::from(format!("Re: {}", bare_subject(subject)))
}

fn bare_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    loop {
        let shorter = without_mark(rest).or_else(|| without_number(rest));
        match shorter.map(str::trim) {
            Some(shorter) if !shorter.is_empty() => rest = shorter,
            Some(_) | None => return rest,
        }
    }
}

fn without_mark(subject: &str) -> Option<&str> {
    let (mark, after) = subject.split_once(':')?;
    REPLY_MARKS
        .contains(&mark.trim().to_lowercase().as_str())
        .then_some(after)
}

/// Without a ticket's number in brackets, such as `[EC-1042]`: the letter writes its own.
fn without_number(subject: &str) -> Option<&str> {
    let (number, after) = subject.strip_prefix('[')?.split_once(']')?;
    let (prefix, digits) = number.split_once('-')?;
    let fits = prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    (fits && !prefix.is_empty() && !digits.is_empty()).then_some(after)
}

/// Every line behind `> `, as mail quotes.
fn quoted(value: &Value) -> Value {
    let Some(text) = value.as_str() else {
        return value.clone();
    };
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("> {line}").trim_end().to_owned())
        .collect();
    Value::from(lines.join("\n"))
}

/// A text as HTML: escaped, with its lines and paragraphs.
fn as_html(value: &Value) -> Value {
    let Some(text) = value.as_str() else {
        return value.clone();
    };
    Value::from_safe_string(html::paragraphs(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_marked_once() {
        let check = |subject, expected| assert_eq!(bare_subject(subject), expected);
        check("Export fails", "Export fails");
        check("Re: AW:  WG: Export fails", "Export fails");
        check("Re: [EC-1042] Re: Export fails", "Export fails");
        check("[urgent] Export fails", "[urgent] Export fails");
        check("Note: export fails", "Note: export fails");
        check("Re:", "Re:");
        check("", "");
    }
}
