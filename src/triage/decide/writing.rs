//! Letters of a decision: words from a template, the sheet they stand on, what becomes of those that must not leave.
//!
//! A letter to a sender whose template fails is not written, and the operators are told; a letter to our own people
//! then goes out in plain words.

use super::Reason;
use super::drafting::Drafting;
use super::facts::Case;
use super::reason::LetterReason;
use crate::triage::letter::compose::{self, Draft, Thread};
use crate::triage::letter::echo::{self, View};
use crate::triage::letter::escalation;
use crate::triage::letter::template::{BrandValues, COMPANY, RenderError, Rendered, Values, names};
use crate::triage::letter::{LetterId, Purpose, Stationery};
use crate::triage::mail::thread::Clue;
use crate::triage::mail::{File, Person};
use crate::triage::rules::{Brand, Contact, OwnAddress};
use crate::triage::ticket::Change;

/// A letter to one of our own people, before it has headers.
#[derive(Clone, Debug)]
pub(super) struct ToStaff<'v> {
    pub(super) purpose: Purpose,
    pub(super) template: &'v str,
    pub(super) values: Values,
    /// What asked for it, for the reasons.
    pub(super) by: String,
}

/// A letter to the sender, before it has headers.
#[derive(Clone, Debug)]
pub(super) struct ToSender<'v> {
    pub(super) purpose: Purpose,
    pub(super) template: &'v str,
    pub(super) language: &'v str,
    pub(super) to: &'v Person,
    pub(super) values: Values,
    pub(super) references: &'v [String],
    pub(super) answers: Option<&'v str>,
    pub(super) held: Option<String>,
    /// What asked for it, for the reasons.
    pub(super) by: String,
}

/// A letter that must not leave, and why.
struct Held {
    letter: LetterId,
    purpose: Purpose,
    to: String,
    because: String,
}

impl<'a> Drafting<'a> {
    /// Writes to the sender under the brand's name. True if there is a letter now, held or not.
    pub(super) fn write_to_sender(&mut self, letter: ToSender<'_>, case: &Case<'_>) -> bool {
        self.write_with_files(letter, &[], case)
    }

    /// The same with files.
    pub(super) fn write_with_files(
        &mut self,
        letter: ToSender<'_>,
        files: &[&File],
        case: &Case<'_>,
    ) -> bool {
        let brand = case.brand();
        let rendered = self.rules().templates.render(
            letter.template,
            &brand.id,
            letter.language,
            &letter.values,
        );
        let words = match rendered {
            Ok(words) => words,
            Err(error) => {
                self.not_written(letter.purpose, &letter.to.address, &error);
                return false;
            }
        };
        let stationery = self.stationery(brand, &case.address);
        let draft = Draft {
            id: self.next_letter(),
            ticket: self.ticket().map(|ticket| ticket.id),
            purpose: letter.purpose,
            to: letter.to,
            words,
            thread: Thread {
                answers: letter.answers,
                references: letter.references,
            },
            files,
            held: letter.held,
        };
        self.write(draft, &stationery, letter.by)
    }

    /// Writes to one of our own people, in plain words if the template fails.
    pub(super) fn write_to_staff(
        &mut self,
        letter: &ToStaff<'_>,
        reader: &Contact,
        case: &Case<'_>,
    ) {
        self.write_to_staff_with(letter, reader, (case, &[]));
    }

    /// The same with files.
    pub(super) fn write_to_staff_with(
        &mut self,
        letter: &ToStaff<'_>,
        reader: &Contact,
        (case, files): (&Case<'_>, &[&File]),
    ) {
        let language = reader.languages.first().map_or("", String::as_str);
        let to = Person {
            name: Some(reader.name.clone()).filter(|name| !name.is_empty()),
            address: reader.email.clone(),
        };
        let sheet = self.company_sheet(Some(&case.address));
        self.write_to_ours(letter, &to, language, (&sheet, files));
    }

    /// Tells the operators of something wrong with our own work.
    pub(super) fn alarm(&mut self, what: String, why: Option<String>, to_do: &str) {
        self.because(Reason::Trouble { what: what.clone() });
        let operators = self.setting.alarms_to;
        self.alarm_to(operators, what, why, to_do);
    }

    /// The same, to others.
    pub(super) fn alarm_to(
        &mut self,
        readers: &[String],
        what: String,
        why: Option<String>,
        to_do: &str,
    ) {
        let view = View {
            zone: jiff::tz::TimeZone::UTC,
            never_mention: &[],
        };
        let mut values = match self.ticket() {
            Some(ticket) => echo::values(ticket, None, &view),
            None => Values::default(),
        };
        values.brand = brand_values(&self.rules().company.brand);
        values.trouble = escalation::trouble(what, why, to_do, self.setting.instance);
        let letter = ToStaff {
            purpose: Purpose::Alarm,
            template: names::ALARM,
            values,
            by: "the alarm for operators".to_owned(),
        };
        let sheet = self.company_sheet(None);
        for address in readers {
            let to = Person {
                name: None,
                address: address.to_lowercase(),
            };
            self.write_to_ours(&letter, &to, "", (&sheet, &[]));
        }
    }

    /// A letter to a contact who may not be one of the rules' contacts any more, such as a digest.
    pub(super) fn write_to_address(&mut self, letter: &ToStaff<'_>, address: &str) {
        let contacts = &self.rules().contacts;
        let known = contacts.values().find(|contact| contact.email == address);
        let language = known.and_then(|contact| contact.languages.first());
        let to = Person {
            name: known
                .map(|contact| contact.name.clone())
                .filter(|name| !name.is_empty()),
            address: address.to_owned(),
        };
        let sheet = self.company_sheet(None);
        let language = language.map_or("", String::as_str);
        self.write_to_ours(letter, &to, language, (&sheet, &[]));
    }

    fn write_to_ours(
        &mut self,
        letter: &ToStaff<'_>,
        to: &Person,
        language: &str,
        (sheet, files): (&Stationery<'a>, &[&File]),
    ) {
        let view = View {
            zone: jiff::tz::TimeZone::UTC,
            never_mention: &[],
        };
        let values = escalation::for_reader(letter.values.clone(), to, &view);
        let language = match language {
            "" => &self.rules().company.default_language,
            own => own,
        };
        let rendered = self
            .rules()
            .templates
            .render(letter.template, COMPANY, language, &values);
        let words: Rendered = rendered
            .unwrap_or_else(|error| escalation::in_plain_words(&values, &error.to_string()));
        // Letters to our people answer the client's mail too, so that mail programs show one thread.
        let ticket = self.ticket().cloned();
        let draft = Draft {
            id: self.next_letter(),
            ticket: ticket.as_ref().map(|ticket| ticket.id),
            purpose: letter.purpose,
            to,
            words,
            thread: Thread {
                answers: ticket
                    .as_ref()
                    .and_then(|ticket| ticket.last_message_id.as_deref()),
                references: ticket.as_ref().map_or(&[], |ticket| &ticket.references),
            },
            files,
            held: None,
        };
        self.write(draft, sheet, letter.by.clone());
    }

    /// Finishes the letter and notes it. True if there is a letter now, held or not.
    fn write(&mut self, draft: Draft<'_>, stationery: &Stationery<'_>, by: String) -> bool {
        let (purpose, to) = (draft.purpose, draft.to.address.clone());
        let asked_to_hold = draft.held.is_some();
        let letter = match compose::finish(draft, stationery) {
            Ok(letter) => letter,
            Err(unwritable) => {
                self.note_not_written(purpose, &to, &unwritable.to_string());
                return false;
            }
        };
        self.because(LetterReason::Wrote {
            letter: letter.id,
            purpose,
            to: letter.to.clone(),
            by,
        });
        if letter.ticket.is_some() {
            self.clue(Clue::MessageId(letter.message_id.clone()));
        }
        self.change(Change::Wrote {
            letter: letter.id,
            purpose,
            to: letter.to.clone(),
            message_id: letter.message_id.clone(),
        });
        let held = letter.held.clone().map(|because| Held {
            letter: letter.id,
            purpose,
            to: letter.to.clone(),
            because,
        });
        self.letter(letter);
        if let Some(held) = held {
            self.hold(held, asked_to_hold);
        }
        true
    }

    /// Notes that a letter must not leave; what a person did not ask for is told to the operators.
    fn hold(&mut self, held: Held, asked_for: bool) {
        let Held {
            letter: LetterId(id),
            purpose,
            to,
            because,
        } = held;
        self.change(Change::Note(format!("Letter {id} is held: {because}.")));
        self.because(LetterReason::Held {
            letter: LetterId(id),
            because: because.clone(),
        });
        if asked_for {
            return;
        }
        let number = self
            .ticket()
            .map(|ticket| ticket.number.clone())
            .unwrap_or_default();
        let what = format!(
            "The {} of {number} to {to} is held, because it names the vendor",
            purpose.name()
        );
        let mend = if purpose.is_of_a_person() {
            "Let whoever wrote it write it again without that name"
        } else {
            "Correct the template or the brand"
        };
        let to_do = format!(
            "{mend}, then `triaged outbox drop {id}` or, if it may go as it is, `triaged outbox retry {id}`."
        );
        self.alarm(what, Some(because), &to_do);
    }

    fn not_written(&mut self, purpose: Purpose, to: &str, error: &RenderError) {
        let because = error.to_string();
        self.note_not_written(purpose, to, &because);
        let number = self
            .ticket()
            .map(|ticket| ticket.number.clone())
            .unwrap_or_default();
        self.alarm(
            format!("No {} could be written for {number}", purpose.name()),
            Some(because),
            "Correct the template, and answer this ticket by hand.",
        );
    }

    fn note_not_written(&mut self, purpose: Purpose, to: &str, because: &str) {
        self.change(Change::Note(format!(
            "No {} to {to}: {because}.",
            purpose.name()
        )));
        self.change(Change::Review(true));
        self.because(LetterReason::NotWritten {
            purpose,
            to: to.to_owned(),
            because: because.to_owned(),
        });
    }

    /// The brand's own sheet, for letters to the sender.
    fn stationery(&self, brand: &'a Brand, address: &OwnAddress) -> Stationery<'a> {
        let from = brand.from.clone().unwrap_or_else(|| Person {
            name: Some(brand.signature.clone()).filter(|name| !name.is_empty()),
            address: address.address.clone(),
        });
        let never_mention: &[String] = if brand.white_label {
            &self.rules().company.never_mention
        } else {
            &[]
        };
        Stationery {
            brand: &brand.id,
            from,
            message_id_domain: &brand.message_id_domain,
            plus_address: brand.plus_address,
            relay: &brand.relay,
            never_mention,
            instance: self.setting.instance,
            key: self.setting.key,
            written_at: self.now(),
        }
    }

    /// At which address answers of our own people reach us, and whether tags behind a plus may follow its local part.
    pub(super) fn answers_reach(&self, case: &Case<'_>) -> (String, bool) {
        let sheet = self.company_sheet(Some(&case.address));
        (sheet.from.address, sheet.plus_address)
    }

    /// The company's sheet, for letters to our own people. It leaves from an address that serves all partners, so
    /// that an answer to it comes back to us and never to a partner's brand.
    fn company_sheet(&self, written_to: Option<&OwnAddress>) -> Stationery<'a> {
        let own = written_to
            .filter(|own| own.partner.is_none())
            .or_else(|| {
                self.rules()
                    .addresses
                    .iter()
                    .find(|own| own.partner.is_none())
            })
            .or(written_to)
            .or(self.rules().addresses.first());
        let unlisted = OwnAddress {
            address: self.setting.alarms_to.first().cloned().unwrap_or_default(),
            partner: None,
            white_label: false,
            forwarded_by: Vec::new(),
        };
        self.stationery(&self.rules().company.brand, own.unwrap_or(&unlisted))
    }
}

/// Under which name a letter leaves, as templates see it, without pointers.
pub(super) fn brand_values(brand: &Brand) -> BrandValues {
    BrandValues {
        signature: brand.signature.clone(),
        product: brand.product.clone(),
        pointers: Vec::new(),
    }
}
