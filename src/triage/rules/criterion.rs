//! What a rule can ask about, and the facts it is asked of. `holds.rs` has one function for each condition.

use jiff::SignedDuration;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::super::incident::{Outlook, Same};
use super::super::mail::{Kind, Mail};
use super::super::promise::Metric;
use super::super::promise::calendar::Calendar;
use super::super::report::{Report, Strength, Urgency};

/// What a clock or a ticket's life says, for rules with `event = …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockEvent {
    /// `promise at 75%`: so much of its time has gone by, in percent.
    PromiseAt(u8),
    /// `promise broken`.
    PromiseBroken,
    /// `nobody looked`: at what may be a matter of the third line, for half an hour.
    NobodyLooked,
    /// `reopened`.
    Reopened,
    /// `client replied`.
    ClientReplied,
}

impl ClockEvent {
    /// True for what a promise's clock tells; it comes without a mail.
    #[must_use]
    pub fn is_of_promise(self) -> bool {
        match self {
            Self::PromiseAt(_) | Self::PromiseBroken => true,
            Self::NobodyLooked | Self::Reopened | Self::ClientReplied => false,
        }
    }

    /// True for what a clock tells: no mail comes with it.
    #[must_use]
    pub fn is_of_clock(self) -> bool {
        self.is_of_promise() || self == Self::NobodyLooked
    }
}

/// Everything that conditions may ask about: computed first, then frozen.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The mail; none for an event that a clock tells. Conditions about a mail then do not hold.
    pub mail: Option<&'a Mail>,
    /// What the mail means.
    pub report: Option<&'a Report>,
    /// What kind of mail, behind configured forwarders.
    pub kind: Kind,
    /// The partner's id.
    pub partner: Option<&'a str>,
    /// The client, from this mail or the ticket.
    pub client: Option<&'a str>,
    /// The client is one of the partner's key clients.
    pub key_client: bool,
    /// Our address that was written to.
    pub address: &'a str,
    /// That address answers as white label.
    pub white_label: bool,
    /// Nothing came before in this thread.
    pub first_message: bool,
    /// A solved ticket was opened again by this mail.
    pub reopened: bool,
    /// Handed back to the partner's team before.
    pub handed_back: bool,
    /// The partner's calendar.
    pub calendar: &'a Calendar,
    /// The clock event, for rules that wait for one. `None` judges the rules that wait for mail.
    pub event: Option<ClockEvent>,
    /// Which promise was broken or may break, for [`ClockEvent::PromiseBroken`] and [`ClockEvent::PromiseAt`].
    pub broken: Option<Metric>,
    /// When our server took the mail over (or the event happened), in the partner's zone.
    pub at: &'a jiff::Zoned,
    /// What lies near the mail: linked tickets, what is usual. None for a mail that tells of no trouble.
    pub outlook: Option<&'a Outlook<'a>>,
    /// Why people may have lost their patience.
    pub anger: Anger,
    /// Where the ticket stood before this event; none for a new one. It is where the sum starts that says nothing.
    pub standing: Option<(Urgency, u8)>,
}

/// What has gathered between a client and us before this event, in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anger {
    /// Tickets of the client with High or Critical urgency within seven days, this one included.
    pub pressing_tickets: u32,
    /// Messages of the client's side on this ticket since a person of ours last wrote, this one included.
    pub unanswered: u32,
    /// It was solved, and it is back.
    pub again: bool,
    /// Promises broken for the client within thirty days.
    pub broken_promises: u32,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Distinct clients.
    Clients,
    /// Distinct partners.
    Partners,
    /// Tickets.
    Tickets,
}

/// One of the ways in which patience is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accumulated {
    /// Three tickets of High or Critical urgency within seven days.
    PressingTickets,
    /// Three messages without an answer of a person.
    Unanswered,
    /// It was solved, and the client says that it is back.
    Again,
    /// The second broken promise for a client within thirty days.
    BrokenPromises,
}

/// What the rounds have decided so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    /// Known from round two on.
    pub urgency: Option<Urgency>,
    /// Known in round three.
    pub level: Option<u8>,
}

/// A tree of conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// All hold.
    All(Vec<When>),
    /// At least one holds.
    Any(Vec<When>),
    /// None holds.
    None(Vec<When>),
    /// One condition.
    Is(Criterion),
}

/// One of several names, compared without case, accents and repeated blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneOf {
    /// As written.
    pub names: Vec<String>,
    /// `"unknown"` is among them.
    pub unknown: bool,
}

/// A text that conditions look into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Subject and what the sender wrote now.
    Everywhere,
    /// The subject.
    Subject,
    /// What the sender wrote now.
    Text,
    /// File names of attachments.
    AttachmentNames,
}

/// A field that may not have been found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The client.
    Client,
    /// Steps to reproduce.
    Steps,
    /// The urgency.
    Urgency,
    /// The description.
    Description,
}

/// What must be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attached {
    /// Anything that is not merely part of the text.
    Any,
    /// A picture.
    Image,
    /// A file whose name ends so.
    Ending(Vec<String>),
}

/// A stretch of time on the partner's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hours {
    /// `office hours`.
    Office,
    /// `outside office hours`.
    Outside,
    /// `last N working days of the month`.
    LastWorkingDays(u8),
}

/// Where a mail stands in its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thread {
    /// `first message`.
    First,
    /// `reply`.
    Reply,
    /// `reopened`.
    Reopened,
    /// `already handed back once`.
    HandedBack,
}

/// A pattern with its text, so that rules can be compared.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub written: Vec<String>,
    /// Compiled for folded text.
    pub regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

/// A calendar that a rule names; equal names are equal calendars.
#[derive(Clone, Debug)]
pub struct NamedCalendar(pub Box<Calendar>);

impl PartialEq for NamedCalendar {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// The partner's id.
    Partner(OneOf),
    /// The client's name.
    Client(OneOf),
    /// Our address that was written to.
    Address(OneOf),
    /// The sender's address.
    Sender(OneOf),
    /// The sender's domain, or one it belongs to.
    SenderDomain(OneOf),
    /// The writer's language.
    Language(OneOf),
    /// The component.
    Topic(OneOf),
    /// The level is one of these.
    Level(Vec<u8>),
    /// The address answers as white label.
    WhiteLabel(bool),
    /// The client is a key client.
    KeyClient(bool),
    /// One trouble for several clients, by the words of this mail.
    SeveralClients(bool),
    /// The urgency is one of these.
    Urgency(Vec<Urgency>),
    /// The urgency is that high or higher.
    UrgencyAtLeast(Urgency),
    /// The urgency is that low or lower.
    UrgencyAtMost(Urgency),
    /// One of these signals, at least that strong.
    Signal {
        /// Ids.
        ids: Vec<String>,
        /// How strong.
        at_least: Strength,
    },
    /// One of these words.
    Words {
        /// The words.
        pattern: Pattern,
        /// Where to look.
        within: Look,
    },
    /// A regular expression over folded text.
    Matches {
        /// The expression.
        pattern: Pattern,
        /// Where to look.
        within: Look,
    },
    /// Nothing was found for one of these.
    Missing(Vec<Field>),
    /// A field was found with less confidence.
    ConfidenceBelow {
        /// The bound.
        below: f32,
        /// Which field; any if not named.
        of: Option<Field>,
    },
    /// Something is attached.
    Attachment(Attached),
    /// When it came.
    Time(Hours),
    /// It came within the open hours of that calendar.
    During(NamedCalendar),
    /// Where it stands in its thread: one of these.
    Thread(Vec<Thread>),
    /// Which promise was broken: one of these.
    Promise(Vec<Metric>),
    /// So many within that time, this mail included.
    Count {
        /// What is counted.
        what: Counted,
        /// What they have in common.
        same: Same,
        /// How many.
        at_least: u32,
        /// Within this time.
        within: SignedDuration,
    },
    /// So many clients are less probable than one in so many.
    Unusual {
        /// `1000` for "1 in 1000".
        in_so_many: u32,
        /// Within this time.
        within: SignedDuration,
    },
    /// Patience is lost in one of these ways.
    Accumulated(Vec<Accumulated>),
}

impl When {
    /// The round in which it can be judged: 1 asks for neither urgency nor level, 2 for the urgency, 3 for the level.
    #[must_use]
    pub fn round(&self) -> u8 {
        match self {
            Self::All(list) | Self::Any(list) | Self::None(list) => {
                list.iter().map(Self::round).max().unwrap_or(1)
            }
            Self::Is(Criterion::Level(_)) => 3,
            Self::Is(
                Criterion::Urgency(_) | Criterion::UrgencyAtLeast(_) | Criterion::UrgencyAtMost(_),
            ) => 2,
            Self::Is(_) => 1,
        }
    }

    /// Calls `look` for every condition of the tree.
    pub fn each(&self, look: &mut impl FnMut(&Criterion)) {
        match self {
            Self::All(list) | Self::Any(list) | Self::None(list) => {
                list.iter().for_each(|when| when.each(look));
            }
            Self::Is(criterion) => look(criterion),
        }
    }
}
