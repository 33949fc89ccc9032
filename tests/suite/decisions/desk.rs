//! A desk without disk or network: keeps tickets and clues in memory, as the store would, and tells what each
//! decision does in lines that an admin can read.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use triaged::triage::decide::{
    Arrival, Decision, Event, Order, Setting, Trouble, decide, other_ticket,
};
use triaged::triage::letter::{Letter, LetterId, Outcome};
use triaged::triage::mail::Mail;
use triaged::triage::mail::read::files;
use triaged::triage::mail::thread::{Clue, TokenKey, answered_ids, clues};
use triaged::triage::rules::check::check;
use triaged::triage::rules::{Rules, shipped};
use triaged::triage::ticket::{Change, Ticket, TicketId};

use super::understood::understood;

/// Everything that a decision may rest on.
pub(crate) struct Desk {
    pub(crate) rules: Arc<Rules>,
    pub(crate) now: Timestamp,
    pub(crate) mailbox: &'static str,
    pub(crate) too_old: bool,
    key: TokenKey,
    alarms_to: Vec<String>,
    tickets: BTreeMap<TicketId, Ticket>,
    clues: Vec<(Clue, TicketId)>,
    letters: Vec<Letter>,
    seen: BTreeMap<[u8; 32], TicketId>,
}

/// What one event did.
pub(crate) struct Told {
    pub(crate) ticket: Option<TicketId>,
    pub(crate) lines: Vec<String>,
    pub(crate) reasons: Vec<String>,
    pub(crate) letters: Vec<Letter>,
}

impl Desk {
    /// Shipped rules, on Monday 4 May 2026, 10:00 in Berlin.
    pub(crate) fn open() -> Self {
        static RULES: OnceLock<Arc<Rules>> = OnceLock::new();
        Self::of(Arc::clone(
            RULES.get_or_init(|| changed("company.toml", &|text| text)),
        ))
    }

    /// Shipped rules of which an admin has changed one file.
    pub(crate) fn with(file: &str, before: &str, after: &str) -> Self {
        Self::of(changed(file, &|text| {
            assert!(text.contains(before), "{file} does not hold `{before}`");
            text.replacen(before, after, 1)
        }))
    }

    /// Other rules are loaded: whatever took hours takes minutes now.
    pub(crate) fn hurry(&mut self) {
        static HURRIED: OnceLock<Arc<Rules>> = OnceLock::new();
        let sooner = |text: String| {
            text.replace("15 minutes", "30 seconds")
                .replace("hour", "minute")
        };
        let hurried = HURRIED.get_or_init(|| changed("sla.toml", &sooner));
        self.rules = Arc::clone(hurried);
    }

    fn of(rules: Arc<Rules>) -> Self {
        Self {
            rules,
            now: "2026-05-04T10:00:00+02:00".parse().unwrap(),
            mailbox: "support@everythingcloud.com",
            too_old: false,
            key: TokenKey([9; 32]),
            alarms_to: vec!["ops@everythingcloud.com".to_owned()],
            tickets: BTreeMap::new(),
            clues: Vec::new(),
            letters: Vec::new(),
            seen: BTreeMap::new(),
        }
    }

    /// A mail arrives; its lines may be indented.
    pub(crate) fn mail(&mut self, text: &str) -> Told {
        let raw = wire(text);
        let mail = Mail::read(raw.as_bytes());
        let report = understood(&mail);
        let prefixes = ["EC", "BD"];
        let teams = self.rules.teams_of(mail.from_address());
        let found = clues(&mail, &self.key, &prefixes, &teams);
        let answered = answered_ids(&mail);
        let answers = answered.iter().find_map(|id| {
            let own = |letter: &&Letter| letter.message_id == *id;
            let letter = self.letters.iter().find(own)?;
            Some((letter.id, letter.purpose))
        });
        let files = files(raw.as_bytes());
        let seen = self.seen.get(&mail.content_hash).copied();
        let joined = found.iter().find_map(|clue| Some((clue, self.find(clue)?)));
        let ticket = seen
            .or(joined.map(|(_, id)| self.now_in(id)))
            .map(|id| self.tickets[&id].clone());
        let named = other_ticket(&mail, &self.rules);
        let other = self.tickets.values();
        let mut other = other.filter(|ticket| Some(&ticket.number) == named.as_ref());
        let other = other.next().cloned();
        let arrival = Arrival {
            mail: &mail,
            report: &report,
            received_at: self.now,
            mailbox: self.mailbox,
            too_old_to_answer: self.too_old,
            first_contact: true,
            joined_by: joined.map(|(clue, _)| clue),
            duplicate: seen.is_some(),
            bounced: mail.bounce.as_ref().and_then(|bounce| {
                let quoted = |letter: &&Letter| bounce.quoted_ids.contains(&letter.message_id);
                let letter = self.letters.iter().find(quoted)?;
                Some((letter.id, letter.purpose))
            }),
            answers,
            files: &files,
            other: other.as_ref(),
        };
        let told = self.decide(ticket.as_ref(), &Event::MailArrived(arrival));
        if let Some(id) = self.find(&Clue::MessageId(
            mail.message_id.clone().unwrap_or_default(),
        )) {
            self.seen.insert(mail.content_hash, id);
        }
        told
    }

    /// Time passes, and the alarm of the ticket rings.
    pub(crate) fn alarm(&mut self, number: &str, after: &str) -> Told {
        self.wait(after);
        let ticket = self.ticket(number).clone();
        self.decide(Some(&ticket), &Event::AlarmRang)
    }

    /// A try to send a letter ended.
    pub(crate) fn settled(&mut self, letter: u64, outcome: Outcome) -> Told {
        let letter = self.letter(letter).clone();
        let ticket = letter.ticket.map(|id| self.tickets[&id].clone());
        let event = Event::LetterSettled {
            letter: &letter,
            outcome: &outcome,
        };
        self.decide(ticket.as_ref(), &event)
    }

    /// The relay takes a letter.
    pub(crate) fn sent(&mut self, letter: u64) -> Told {
        let answer = "2.0.0 Ok: queued".to_owned();
        self.settled(letter, Outcome::Sent { answer })
    }

    /// A person orders something.
    pub(crate) fn order(&mut self, number: &str, order: Order) -> Told {
        let ticket = self
            .tickets
            .values()
            .find(|ticket| ticket.number == number)
            .cloned();
        let numbered = |wanted: &str| {
            let mut tickets = self.tickets.values();
            tickets.find(|ticket| ticket.number == wanted).cloned()
        };
        let other = order.other().and_then(numbered);
        let event = Event::Ordered {
            order: &order,
            other: other.as_ref(),
        };
        self.decide(ticket.as_ref(), &event)
    }

    /// Something is wrong with our own work.
    pub(crate) fn trouble(&mut self, trouble: &Trouble) -> Told {
        self.decide(None, &Event::Trouble(trouble))
    }

    /// The caps folded these letters.
    pub(crate) fn digest(&mut self, to: &str, letters: &[u64]) -> Told {
        let folded: Vec<Letter> = letters.iter().map(|id| self.letter(*id).clone()).collect();
        self.decide(
            None,
            &Event::DigestDue {
                to,
                folded: &folded,
            },
        )
    }

    /// Something that another part of triaged has decided.
    pub(crate) fn change(&mut self, number: &str, change: Change) {
        let id = self.ticket(number).id;
        self.tickets.get_mut(&id).unwrap().apply(&change);
    }

    pub(crate) fn wait(&mut self, time: &str) {
        let time: SignedDuration = time.parse().unwrap();
        self.now += time;
    }

    pub(crate) fn ticket(&self, number: &str) -> &Ticket {
        self.tickets
            .values()
            .find(|ticket| ticket.number == number)
            .unwrap()
    }

    pub(crate) fn letter(&self, id: u64) -> &Letter {
        self.letters
            .iter()
            .find(|letter| letter.id == LetterId(id))
            .unwrap()
    }

    pub(crate) fn has_letter(&self, id: u64) -> Option<&Letter> {
        self.letters
            .iter()
            .find(|letter| letter.id == LetterId(id) && letter.ticket.is_some())
    }

    pub(crate) fn number(&self, id: u64) -> Option<String> {
        self.tickets
            .get(&TicketId(id))
            .map(|ticket| ticket.number.clone())
    }

    fn now_in(&self, id: TicketId) -> TicketId {
        let into = self.tickets[&id].life.merged_into;
        into.map_or(id, |into| self.now_in(into))
    }

    fn find(&self, clue: &Clue) -> Option<TicketId> {
        match clue {
            Clue::Token { ticket, .. } | Clue::Personal { ticket, .. } => {
                Some(TicketId(*ticket)).filter(|id| self.tickets.contains_key(id))
            }
            Clue::MessageId(_) | Clue::Number(_) => self
                .clues
                .iter()
                .find(|(known, _)| known == clue)
                .map(|(_, id)| *id),
        }
    }

    fn decide(&mut self, ticket: Option<&Ticket>, event: &Event<'_>) -> Told {
        let setting = Setting {
            rules: &self.rules,
            key: &self.key,
            next_ticket: TicketId(self.tickets.len() as u64 + 1),
            next_letter: LetterId(self.letters.len() as u64 + 1),
            nearby: None,
            alarms_to: &self.alarms_to,
            instance: "desk-1",
            now: self.now,
        };
        let decision = decide(ticket, event, &setting);
        assert_eq!(
            decision,
            decide(ticket, event, &setting),
            "same arguments, same decision"
        );
        let number_on_journal = serde_json::to_string(&decision).unwrap();
        assert_eq!(
            serde_json::from_str::<Decision>(&number_on_journal).unwrap(),
            decision
        );
        self.keep(ticket.map(|ticket| ticket.id), &decision);
        Told {
            ticket: decision.opens().or(ticket).map(|ticket| ticket.id),
            lines: lines(&decision),
            reasons: decision.because.iter().map(ToString::to_string).collect(),
            letters: decision.letters,
        }
    }

    /// As the store does it: changes in order, letters numbered in order, clues to the ticket.
    fn keep(&mut self, ticket: Option<TicketId>, decision: &Decision) {
        let id = decision.opens().map(|ticket| ticket.id).or(ticket);
        for change in &decision.changes {
            if let Change::Opened(ticket) = change {
                self.tickets.insert(ticket.id, ticket.clone());
            }
            self.tickets.get_mut(&id.unwrap()).unwrap().apply(change);
        }
        for (other, changes) in &decision.elsewhere {
            let other = self.tickets.get_mut(other).unwrap();
            changes.iter().for_each(|change| other.apply(change));
        }
        for (number, letter) in decision.letters.iter().enumerate() {
            assert_eq!(
                letter.id,
                LetterId((self.letters.len() + 1) as u64),
                "letter {number}"
            );
            assert_eq!(letter.ticket, id);
            self.letters.push(letter.clone());
        }
        for clue in &decision.clues {
            self.clues.push((clue.clone(), id.unwrap()));
        }
    }
}

/// The shipped rules, one file of them changed.
fn changed(file: &str, change: &dyn Fn(String) -> String) -> Arc<Rules> {
    let mut files = shipped::files();
    let text = files.get_mut(file).unwrap();
    *text = change(std::mem::take(text));
    let (rules, findings) = check(&files, date(2026, 5, 4));
    Arc::new(rules.unwrap_or_else(|| panic!("{findings:?}")))
}

impl Told {
    /// Compares with a table: one line a change or letter, exactly; `because` lines must stand among the reasons.
    #[track_caller]
    pub(crate) fn is(&self, expected: &str) {
        let expected: Vec<&str> = expected
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let (because, lines): (Vec<&str>, Vec<&str>) = expected
            .iter()
            .partition(|line| line.starts_with("because "));
        assert_eq!(self.lines, lines, "\nreasons: {:#?}", self.reasons);
        for line in because {
            let words = line.trim_start_matches("because ");
            let found = self.reasons.iter().any(|reason| reason.contains(words));
            assert!(found, "no reason says `{words}`: {:#?}", self.reasons);
        }
    }
}

/// Header and body as they go over the wire, from an indented text whose first empty line ends the header.
fn wire(text: &str) -> String {
    let lines: Vec<&str> = text.trim_start_matches('\n').lines().collect();
    let indent = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.get(indent..).unwrap_or(""))
        .collect();
    format!(
        "Date: Mon, 4 May 2026 09:59:58 +0200\r\n{}",
        lines.join("\r\n")
    )
}

fn lines(decision: &Decision) -> Vec<String> {
    let changes = decision.changes.iter().filter_map(change);
    let elsewhere = decision.elsewhere.iter().flat_map(|(ticket, changes)| {
        let there = changes.iter().filter_map(change);
        there.map(|change| format!("on ticket {}: {change}", ticket.0))
    });
    let letters = decision.letters.iter().map(|letter| {
        let held = letter
            .held
            .as_ref()
            .map(|why| format!(", held: {why}"))
            .unwrap_or_default();
        format!(
            "letter {}: {} to {}{held}",
            letter.id.0,
            letter.purpose.name(),
            letter.to
        )
    });
    changes.chain(elsewhere).chain(letters).collect()
}

/// A change as an admin would say it. Bookkeeping goes without saying.
fn change(change: &Change) -> Option<String> {
    Some(match change {
        Change::Opened(ticket) => {
            let partner = ticket.partner.as_deref().unwrap_or("no partner");
            let client = ticket.client.as_deref().unwrap_or("no client");
            let review = if ticket.review { ", review" } else { "" };
            format!(
                "{} opened: {partner}, {client}, {}, level {}{review}",
                ticket.number, ticket.urgency, ticket.level
            )
        }
        Change::Message { from, by, .. } => format!("message of {} ({by:?})", from.address),
        Change::Urgency(urgency) => format!("urgency {urgency}"),
        Change::Level { level, .. } => format!("level {level}"),
        Change::Client(client) => format!("client {client}"),
        Change::Labelled(labels) => format!("labels {}", labels.join(", ")),
        Change::Review(review) => format!("review {review}"),
        Change::Promised(promise) => format!("promised {}", promise.metric),
        Change::Kept { metric, .. } => format!("kept {metric}"),
        Change::Broken { metric, .. } => format!("broken {metric}"),
        Change::Asked => "asked".to_owned(),
        Change::HandedBack => "handed back".to_owned(),
        Change::Solved { .. } => "solved".to_owned(),
        Change::Reopened { .. } => "reopened".to_owned(),
        Change::WillWait { letter } => format!("waiting for the client after letter {}", letter.0),
        Change::Waiting { .. } => "waiting for the client".to_owned(),
        Change::Resumed { .. } => "waits no longer".to_owned(),
        Change::Warned { metric, percent } => format!("warned of {metric} at {percent} %"),
        // It begins, or was joined: the reasons say so.
        Change::Climbed(climb) if climb.done == 0 => return None,
        Change::Climbed(climb) => {
            let (done, all) = (climb.done, climb.rungs.len());
            let turn = match climb.cycle {
                0 => String::new(),
                cycle => format!(", turn {}", cycle + 1),
            };
            format!("ladder {}: notice {done} of {all}{turn}", climb.ladder)
        }
        Change::Acknowledged(acknowledgement) => format!("taken by {}", acknowledgement.by),
        Change::Assigned(to) => format!("assigned to {}", to.as_deref().unwrap_or("nobody")),
        Change::InIncident(Some(incident)) => format!("in incident {}", incident.0),
        Change::InIncident(None) => "in no incident".to_owned(),
        Change::Merged { into } => format!("merged into {}", into.0),
        Change::Closed { .. } => "closed".to_owned(),
        Change::Rated { stars, .. } => format!("rated {stars}"),
        Change::Note(note) => format!("note: {note}"),
        Change::Participants(_)
        | Change::Told(_)
        | Change::Did(_)
        | Change::Looked { .. }
        | Change::LookBy { .. }
        | Change::LookAgain { .. }
        | Change::Spoke { .. }
        | Change::Wrote { .. }
        | Change::Rules(_) => return None,
    })
}
