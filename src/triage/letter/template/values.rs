//! Everything a template may name, as one tree. What is listed in [`PLACEHOLDERS`] is what admins can use.
//!
//! A field that may be empty is an `Option` or a list: templates must say what stands there instead (`or`, `if`).

use jiff::Zoned;
use serde::Serialize;

/// A placeholder that templates may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// As templates write it.
    pub name: &'static str,
    /// It may be empty, so a template must say what stands there instead.
    pub may_be_empty: bool,
}

const fn always(name: &'static str) -> Placeholder {
    Placeholder {
        name,
        may_be_empty: false,
    }
}

const fn maybe(name: &'static str) -> Placeholder {
    Placeholder {
        name,
        may_be_empty: true,
    }
}

/// Every placeholder. A test keeps this list equal to [`Values`].
pub const PLACEHOLDERS: [Placeholder; 68] = [
    always("language"),
    always("ticket.id"),
    always("ticket.urgency"),
    always("ticket.level"),
    maybe("ticket.reason"),
    maybe("ticket.client"),
    maybe("ticket.subject"),
    maybe("ticket.summary"),
    maybe("ticket.steps"),
    maybe("ticket.affected_users"),
    maybe("ticket.since"),
    maybe("ticket.topic"),
    maybe("ticket.labels"),
    maybe("ticket.opened"),
    maybe("mail.subject"),
    maybe("mail.text"),
    maybe("mail.attachments"),
    maybe("mail.received"),
    maybe("mail.link"),
    maybe("sender.first_name"),
    maybe("sender.name"),
    always("sender.address"),
    maybe("reader.first_name"),
    maybe("reader.name"),
    always("reader.address"),
    maybe("promise.acknowledge"),
    maybe("promise.first_response"),
    maybe("promise.next_response"),
    maybe("promise.update_every"),
    maybe("promise.solve"),
    maybe("partner.name"),
    always("brand.signature"),
    always("brand.product"),
    maybe("brand.pointers"),
    maybe("missing"),
    maybe("ask"),
    maybe("evidence"),
    maybe("trust"),
    maybe("reasons"),
    always("broken.promise"),
    maybe("broken.due"),
    always("broken.origin"),
    maybe("ladder.say"),
    maybe("ladder.step"),
    always("ladder.steps"),
    maybe("ladder.repeat"),
    maybe("ladder.because"),
    maybe("ladder.told"),
    maybe("ladder.next"),
    maybe("ladder.next_at"),
    maybe("ladder.ack"),
    maybe("ladder.lapsed"),
    maybe("ladder.failed"),
    maybe("ladder.missed.notices"),
    maybe("ladder.missed.from"),
    maybe("ladder.missed.until"),
    maybe("ladder.taken_by"),
    maybe("ladder.taken_until"),
    maybe("digest"),
    always("answer.text"),
    maybe("spoken.done"),
    maybe("spoken.not_done"),
    maybe("spoken.sent_to"),
    maybe("spoken.left_out"),
    always("trouble.what"),
    maybe("trouble.why"),
    maybe("trouble.what_to_do"),
    always("trouble.instance"),
];

/// The values of one letter.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Values {
    /// The ticket the letter is about.
    pub ticket: TicketValues,
    /// The mail that caused the letter.
    pub mail: MailValues,
    /// Who wrote that mail.
    pub sender: PersonValues,
    /// Whom the letter is written to, for letters to our own people.
    pub reader: PersonValues,
    /// What we promise, in the zone of the reader's side.
    pub promise: PromiseValues,
    /// The sender's partner.
    pub partner: PartnerValues,
    /// Under which name the letter leaves.
    pub brand: BrandValues,
    /// What the mail does not say: `client`, `steps`, `description`, `urgency`.
    pub missing: Vec<String>,
    /// The name of the paragraph that asks for missing details. While rendering it becomes that paragraph.
    pub ask: Option<String>,
    /// The words that decided, strongest first.
    pub evidence: Vec<EvidenceValues>,
    /// Who really wrote, by which road: one line.
    pub trust: Option<String>,
    /// Why the ticket is what it is, one sentence each.
    pub reasons: Vec<String>,
    /// The promise that passed unkept; empty in other letters.
    pub broken: BrokenValues,
    /// The ladder that the letter is a step of; empty in other letters.
    pub ladder: LadderValues,
    /// The notices that a digest stands for; empty in other letters.
    pub digest: Vec<DigestValues>,
    /// What one of us wrote to the client's side; empty in other letters.
    pub answer: AnswerValues,
    /// What became of a mail of one of us; empty in other letters.
    pub spoken: SpokenValues,
    /// What is wrong with triaged's own work; empty in other letters.
    pub trouble: TroubleValues,
}

/// `ticket.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TicketValues {
    /// The number people see, such as `EC-1042`.
    pub id: String,
    /// `Low`, `Medium`, `High` or `Critical`; `| in_words` says it in the letter's language.
    pub urgency: String,
    /// 1, 2 or 3.
    pub level: u8,
    /// Why level 3, such as `outage`; `| in_words` says it in the letter's language.
    pub reason: Option<String>,
    /// The client.
    pub client: Option<String>,
    /// What the ticket is called.
    pub subject: Option<String>,
    /// The key sentence or two.
    pub summary: Option<String>,
    /// Steps to reproduce.
    pub steps: Vec<String>,
    /// Who is affected, as written.
    pub affected_users: Option<String>,
    /// Since when, as written.
    pub since: Option<String>,
    /// The component it is about.
    pub topic: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// When it was opened.
    pub opened: Option<Zoned>,
}

/// `mail.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MailValues {
    /// Its subject.
    pub subject: Option<String>,
    /// The beginning of what the sender wrote this time.
    pub text: Option<String>,
    /// File names of what was attached.
    pub attachments: Vec<String>,
    /// When our server took it over.
    pub received: Option<Zoned>,
    /// How to read the whole mail, such as `triaged ticket show EC-1042`.
    pub link: Option<String>,
}

/// `sender.…` and `reader.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PersonValues {
    /// For the salutation.
    pub first_name: Option<String>,
    /// The whole name.
    pub name: Option<String>,
    /// The address.
    pub address: String,
}

/// `promise.…`: until when, by the partner's plan; empty where nothing is promised.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PromiseValues {
    /// Our confirmation.
    pub acknowledge: Option<Zoned>,
    /// A person answers.
    pub first_response: Option<Zoned>,
    /// A person answers the further message.
    pub next_response: Option<Zoned>,
    /// The next word on how it stands.
    pub update_every: Option<Zoned>,
    /// Solved, or a workaround given.
    pub solve: Option<Zoned>,
}

/// `partner.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PartnerValues {
    /// Its name.
    pub name: Option<String>,
}

/// `brand.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BrandValues {
    /// The last line of the letter.
    pub signature: String,
    /// What clients call the product.
    pub product: String,
    /// Pages that answer the question.
    pub pointers: Vec<PointerValues>,
}

/// One of `brand.pointers`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PointerValues {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// One of `evidence`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EvidenceValues {
    /// What the words speak for, such as `signal outage`.
    pub field: String,
    /// The words themselves.
    pub text: String,
    /// What made them count.
    pub because: String,
}

/// `broken.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BrokenValues {
    /// `first_response` and so on; `| in_words` says it in the letter's language.
    pub promise: String,
    /// Until when it should have been kept.
    pub due: Option<Zoned>,
    /// The plan's cell it came from.
    pub origin: String,
}

/// `ladder.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LadderValues {
    /// What it is for.
    pub say: Option<String>,
    /// Which step this is, from 1.
    pub step: Option<u32>,
    /// Of how many.
    pub steps: u32,
    /// Which repeat of the last step.
    pub repeat: Option<u32>,
    /// What set it off, and what has joined it since.
    pub because: Vec<String>,
    /// Who else is told with this step.
    pub told: Vec<String>,
    /// Who hears of it next.
    pub next: Vec<String>,
    /// When they do, unless somebody takes the matter.
    pub next_at: Option<Zoned>,
    /// The reader's own `mailto:` link that takes the matter.
    pub ack: Option<String>,
    /// Who had taken it before, and for too long.
    pub lapsed: Option<String>,
    /// What became of the step before, where this one comes before its time.
    pub failed: Option<String>,
    /// The notices that this one stands for.
    pub missed: MissedValues,
    /// Who has taken it, in the letter that says so.
    pub taken_by: Option<String>,
    /// Until when that holds.
    pub taken_until: Option<Zoned>,
}

/// `ladder.missed.…`: notices that fell into an outage of triaged.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MissedValues {
    /// How many.
    pub notices: Option<u32>,
    /// When the first of them was due.
    pub from: Option<Zoned>,
    /// When triaged was back.
    pub until: Option<Zoned>,
}

/// One of `digest`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DigestValues {
    /// The letter's subject.
    pub subject: String,
    /// When it was written.
    pub written: Zoned,
    /// Its text.
    pub text: String,
}

/// `trouble.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TroubleValues {
    /// What happened, in one line.
    pub what: String,
    /// What the other side said, or the findings.
    pub why: Option<String>,
    /// What to do next.
    pub what_to_do: Option<String>,
    /// Which instance of triaged writes.
    pub instance: String,
}

/// `answer.…`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AnswerValues {
    /// The words, without orders, signature and quotation.
    pub text: String,
}

/// `spoken.…`: sentences and names.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SpokenValues {
    /// What was done.
    pub done: Vec<String>,
    /// What was not done, and why.
    pub not_done: Vec<String>,
    /// Addresses that the words went to.
    pub sent_to: Vec<String>,
    /// Files that did not fit and people who were too many.
    pub left_out: Vec<String>,
}
