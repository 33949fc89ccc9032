//! Orders in the first lines of a mail of ours: `#ack`, `#assign anna`, `#urgency high`, one or several a line.
//!
//! They end with the first line that is none, and what is left is what the mail says. A word behind `#` that means
//! nothing to us is a mistake, never a part of the words: otherwise `#solvd` would reach a client.

use super::Order;
use crate::finding::guess::meant;
use crate::triage::mail::Mail;
use crate::triage::report::lexicon::Lexicon;
use crate::triage::rules::Rules;

/// What the first lines of a mail order, and what it says below them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FirstLines {
    /// In the order in which they stand.
    pub(super) orders: Vec<Order>,
    /// What was meant as an order and cannot be one, as sentences.
    pub(super) mistakes: Vec<String>,
    /// The words without the orders.
    pub(super) words: String,
}

/// Every order there is.
const KNOWN: [&str; 8] = [
    "ack", "assign", "merge", "note", "reopen", "solved", "urgency", "waiting",
];

/// The most words that name an urgency: `not so urgent`.
const URGENCY_WORDS_MAX: usize = 3;

/// The number of the other ticket that the first lines of a mail name, for whoever finds it before the mail is decided.
#[must_use]
pub fn other_ticket(mail: &Mail, rules: &Rules) -> Option<String> {
    if !mail.text.contains('#') {
        return None;
    }
    let read = read(&mail.new_text(), "", &rules.lexicon);
    read.orders
        .iter()
        .find_map(|order| order.other().map(str::to_owned))
}

/// Reads the writer's own words of a mail; `by` is the writer.
pub(super) fn read(words: &str, by: &str, lexicon: &Lexicon) -> FirstLines {
    let mut reading = Reading {
        by,
        lexicon,
        read: FirstLines::default(),
    };
    let mut rest = words.trim_start();
    while begins_order(rest) {
        let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
        match reading.line(line) {
            Behind::Nothing => rest = below.trim_start(),
            Behind::Words(words) => {
                reading.read.words = format!("{words}\n{below}");
                return reading.finish();
            }
            Behind::Note(first) => {
                let text = format!("{first}\n{below}").trim().to_owned();
                let by = by.to_owned();
                reading.read.orders.push(Order::Note { text, by });
                return reading.read;
            }
        }
    }
    reading.read.words = rest.to_owned();
    reading.finish()
}

struct Reading<'a> {
    by: &'a str,
    lexicon: &'a Lexicon,
    read: FirstLines,
}

/// What stands behind the orders of a line.
enum Behind<'l> {
    Nothing,
    /// The first of the mail's own words.
    Words(&'l str),
    /// The first words of a note, which goes on to the end of the mail.
    Note(&'l str),
}

impl Reading<'_> {
    fn line<'l>(&mut self, line: &'l str) -> Behind<'l> {
        let mut rest = line.trim();
        while begins_order(rest) {
            let behind = rest.strip_prefix('#').unwrap_or(rest);
            let end = behind
                .find(|char: char| !(char.is_alphanumeric() || matches!(char, '-' | '_')))
                .unwrap_or(behind.len());
            let (name, tail) = behind.split_at_checked(end).unwrap_or((behind, ""));
            let tail = tail.trim_start_matches([',', ';', ':', '.', ' ', '\t']);
            let name = name.to_lowercase();
            if name == "note" {
                return Behind::Note(tail);
            }
            rest = self.order(&name, tail);
        }
        match rest {
            "" => Behind::Nothing,
            words => Behind::Words(words),
        }
    }

    /// One order; what stands behind it and what it needs comes back.
    fn order<'l>(&mut self, name: &str, tail: &'l str) -> &'l str {
        let by = self.by.to_owned();
        let (needed, behind) = up_to_next(tail);
        match name {
            "ack" => self.push(Order::Acknowledge { by }, tail),
            "solved" => self.push(Order::Solve { by }, tail),
            "waiting" => self.push(Order::Wait { by }, tail),
            "reopen" => self.push(Order::Reopen { by }, tail),
            "assign" if needed.is_empty() => {
                self.mistake("#assign needs a person: #assign anna", behind)
            }
            "assign" => {
                let to = needed.to_owned();
                self.push(Order::Assign { to, by }, behind)
            }
            "merge" if needed.is_empty() => {
                self.mistake("#merge needs a ticket's number: #merge EC-12", behind)
            }
            "merge" => {
                let (into, behind) = first_word(tail);
                let into = into.to_owned();
                self.push(Order::Merge { into, by }, behind)
            }
            "urgency" => self.urgency(needed, tail),
            unknown => {
                let meant = match meant(unknown, KNOWN) {
                    Some(meant) => format!("did you mean #{meant}?"),
                    None => {
                        let known = KNOWN.map(|name| format!("#{name}"));
                        format!("the orders are {}", known.join(" "))
                    }
                };
                self.mistake(&format!("#{unknown} is no order; {meant}"), behind)
            }
        }
    }

    fn urgency<'l>(&mut self, needed: &str, tail: &'l str) -> &'l str {
        let most = needed.split_whitespace().count().min(URGENCY_WORDS_MAX);
        for count in (1..=most).rev() {
            let mut behind = tail;
            let mut named: Vec<&str> = Vec::new();
            for _ in 0..count {
                let (word, rest) = first_word(behind);
                named.push(word);
                behind = rest;
            }
            let name = named.join(" ");
            let name = name.trim_end_matches([',', ';', '.', '!']);
            if let Some(urgency) = self.lexicon.urgency_named(name) {
                let by = self.by.to_owned();
                return self.push(Order::Urgency { urgency, by }, behind);
            }
        }
        let (_, behind) = up_to_next(tail);
        let said = if needed.is_empty() {
            "#urgency needs one of Low, Medium, High, Critical".to_owned()
        } else {
            format!("#urgency: \"{needed}\" is none of Low, Medium, High, Critical")
        };
        self.mistake(&said, behind)
    }

    fn push<'l>(&mut self, order: Order, behind: &'l str) -> &'l str {
        self.read.orders.push(order);
        behind
    }

    fn mistake<'l>(&mut self, sentence: &str, behind: &'l str) -> &'l str {
        self.read.mistakes.push(sentence.to_owned());
        behind
    }

    /// An order below the words was meant as one, and would be read by the client.
    fn finish(mut self) -> FirstLines {
        let words = self.read.words.trim().to_owned();
        for line in words
            .lines()
            .map(str::trim)
            .filter(|line| begins_order(line))
        {
            let name = line.strip_prefix('#').map(|line| first_word(line).0);
            let known = name.map(str::to_lowercase);
            if let Some(name) = known.filter(|name| KNOWN.contains(&name.as_str())) {
                let sentence =
                    format!("#{name} stands below words; orders stand in the first lines");
                self.read.mistakes.push(sentence);
            }
        }
        self.read.words = words;
        self.read
    }
}

/// `#ack`, but not `#1042` and not `# 3`.
fn begins_order(text: &str) -> bool {
    let behind = text.strip_prefix('#');
    behind.is_some_and(|behind| behind.starts_with(char::is_alphabetic))
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// The words up to the next order of the line, and that order with all behind it.
fn up_to_next(text: &str) -> (&str, &str) {
    let starts = text.match_indices('#').map(|(at, _)| at);
    let next = starts.into_iter().find(|at| {
        let apart = *at == 0
            || text
                .get(..*at)
                .is_some_and(|before| before.ends_with([' ', '\t']));
        apart && text.get(*at..).is_some_and(begins_order)
    });
    let (words, behind) = text
        .split_at_checked(next.unwrap_or(text.len()))
        .unwrap_or((text, ""));
    (words.trim(), behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders as `name argument`, mistakes by their beginnings, and the words.
    #[track_caller]
    fn check(mail: &str, orders: &[&str], mistakes: &[&str], words: &str) {
        let read = read(mail, "anna", &Rules::shipped().lexicon);
        let shown: Vec<String> = read.orders.iter().map(shown).collect();
        assert_eq!(shown, orders, "{mail}");
        assert_eq!(read.words, words, "{mail}");
        assert_eq!(read.mistakes.len(), mistakes.len(), "{:?}", read.mistakes);
        for (sentence, expected) in read.mistakes.iter().zip(mistakes) {
            assert!(sentence.contains(expected), "{sentence}");
        }
    }

    fn shown(order: &Order) -> String {
        assert_eq!(order.by(), "anna");
        match order {
            Order::Acknowledge { .. } => "ack".to_owned(),
            Order::Solve { .. } => "solve".to_owned(),
            Order::Wait { .. } => "wait".to_owned(),
            Order::Reopen { .. } => "reopen".to_owned(),
            Order::Assign { to, .. } => format!("assign {to}"),
            Order::Merge { into, .. } => format!("merge {into}"),
            Order::Note { text, .. } => format!("note {text}"),
            Order::Urgency { urgency, .. } => format!("urgency {urgency}"),
            Order::RetryLetter { .. } | Order::DropLetter { .. } => "of a letter".to_owned(),
        }
    }

    #[test]
    fn orders_stand_in_the_first_lines() {
        check("#ack", &["ack"], &[], "");
        check(
            "\n  #ACK \n\nWe look into it.",
            &["ack"],
            &[],
            "We look into it.",
        );
        check(
            "#ack #assign anna #urgency high\n#waiting\n\nPlease send the log.\nAnna",
            &["ack", "assign anna", "urgency High", "wait"],
            &[],
            "Please send the log.\nAnna",
        );
        check(
            "#ack, #solved: it works again.",
            &["ack", "solve"],
            &[],
            "it works again.",
        );
        check(
            "#solved It works again.\nBye",
            &["solve"],
            &[],
            "It works again.\nBye",
        );
        check("#merge EC-12 #solved", &["merge EC-12", "solve"], &[], "");
        check(
            "#assign Anna Kern\nHello",
            &["assign Anna Kern"],
            &[],
            "Hello",
        );
        check("#reopen\n", &["reopen"], &[], "");
    }

    #[test]
    fn urgencies_have_names_in_every_language() {
        check("#urgency dringend", &["urgency High"], &[], "");
        check(
            "#Urgency KRITISCH bitte",
            &["urgency Critical"],
            &[],
            "bitte",
        );
        check(
            "#urgency nicht dringend\nGruß",
            &["urgency Low"],
            &[],
            "Gruß",
        );
        check("#urgency normal #ack", &["urgency Medium", "ack"], &[], "");
        check("#urgency purple", &[], &["\"purple\" is none of Low"], "");
        check("#urgency", &[], &["needs one of Low"], "");
    }

    #[test]
    fn a_note_is_all_that_follows() {
        check("#note", &["note "], &[], "");
        check(
            "#note They owe us money.\n#ack\nx",
            &["note They owe us money.\n#ack\nx"],
            &[],
            "",
        );
        check(
            "#ack\n#note\nI call them.",
            &["ack", "note I call them."],
            &[],
            "",
        );
    }

    #[test]
    fn what_is_no_order_stays_text() {
        let invoice = "#1042 is the invoice.";
        check(invoice, &[], &[], invoice);
        check(
            "See #solution in the manual",
            &[],
            &[],
            "See #solution in the manual",
        );
        check("Hello\n# ack\n#12", &[], &[], "Hello\n# ack\n#12");
        check("", &[], &[], "");
    }

    #[test]
    fn what_was_meant_as_an_order_is_a_mistake() {
        check(
            "#solvd\nBye",
            &[],
            &["#solvd is no order; did you mean #solved?"],
            "Bye",
        );
        check(
            "#ack #frobnicate now",
            &["ack"],
            &["the orders are #ack"],
            "",
        );
        check("#assign", &[], &["#assign needs a person"], "");
        check("#merge #ack", &["ack"], &["#merge needs a ticket"], "");
        check(
            "Hello\n#solved",
            &[],
            &["#solved stands below words"],
            "Hello\n#solved",
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_was_written_is_lost(words in "[#a-zäß \n0-9,]{0,60}") {
            let read = read(&words, "anna", &Rules::shipped().lexicon);
            if read.orders.is_empty() && read.mistakes.is_empty() {
                proptest::prop_assert_eq!(read.words, words.trim());
            }
        }
    }
}
