//! Two sets of values that every template is tried with when the rules are read: everything there, and as
//! little as there can be. A template that survives both survives every mail.

use jiff::Timestamp;
use jiff::Zoned;
use jiff::tz::TimeZone;

use super::values::{
    AnswerValues, BrandValues, BrokenValues, DigestValues, EvidenceValues, LadderValues,
    MailValues, MissedValues, PartnerValues, PersonValues, PointerValues, PromiseValues,
    SpokenValues, TicketValues, TroubleValues, Values,
};

/// As little as there can be.
pub(super) fn bare() -> Values {
    Values {
        ticket: TicketValues {
            id: "EC-1".to_owned(),
            urgency: "Medium".to_owned(),
            level: 2,
            ..TicketValues::default()
        },
        sender: person_without_name(),
        reader: person_without_name(),
        brand: BrandValues {
            signature: "Support".to_owned(),
            product: "the platform".to_owned(),
            pointers: Vec::new(),
        },
        ..Values::default()
    }
}

/// Everything there.
pub(super) fn full() -> Values {
    let text = |text: &str| Some(text.to_owned());
    Values {
        ticket: ticket(),
        mail: MailValues {
            subject: text("Dashboards unavailable"),
            text: text("Nobody can open the dashboards.\nPlease help."),
            attachments: vec!["screen.png".to_owned()],
            received: Some(instant()),
            link: text("triaged ticket show EC-1042"),
        },
        sender: person("Jo Doe"),
        reader: person("Dana Reyes"),
        promise: PromiseValues {
            acknowledge: Some(instant()),
            first_response: Some(instant()),
            next_response: Some(instant()),
            update_every: Some(instant()),
            solve: Some(instant()),
        },
        partner: PartnerValues {
            name: text("Northwind"),
        },
        brand: BrandValues {
            signature: "Support".to_owned(),
            product: "the platform".to_owned(),
            pointers: vec![PointerValues {
                title: "Log in".to_owned(),
                url: "https://help.example/log-in".to_owned(),
            }],
        },
        missing: ["client", "steps", "description", "urgency"]
            .map(str::to_owned)
            .to_vec(),
        ask: text("Please tell us more."),
        evidence: vec![EvidenceValues {
            field: "signal outage".to_owned(),
            text: "nobody can open".to_owned(),
            because: "words.nobody + words.can + words.use-it".to_owned(),
        }],
        trust: text("jo@northwind.example, passed DKIM"),
        reasons: vec!["Major outage reported".to_owned()],
        broken: BrokenValues {
            promise: "first_response".to_owned(),
            due: Some(instant()),
            origin: "sla.gold.Critical (sla.toml:7)".to_owned(),
        },
        ladder: ladder(),
        digest: vec![DigestValues {
            subject: "EC-1042".to_owned(),
            written: instant(),
            text: "Nobody can open the dashboards.".to_owned(),
        }],
        answer: AnswerValues {
            text: "The dashboards are back.\nPlease try again.".to_owned(),
        },
        spoken: SpokenValues {
            done: vec!["EC-1042 is solved".to_owned()],
            not_done: vec!["\"anja\" is no contact of contacts.toml".to_owned()],
            sent_to: vec!["jo@northwind.example".to_owned()],
            left_out: vec!["film.mp4: all files together may have 10 MB".to_owned()],
        },
        trouble: TroubleValues {
            what: "The mail server refused our log-in".to_owned(),
            why: text("535 5.7.8"),
            what_to_do: text("Change the password"),
            instance: "desk-1".to_owned(),
        },
    }
}

fn ladder() -> LadderValues {
    let text = |text: &str| Some(text.to_owned());
    LadderValues {
        say: text("Level 3: urgent or executive matter"),
        step: Some(2),
        steps: 3,
        repeat: Some(1),
        because: vec!["Major outage reported".to_owned()],
        told: vec!["Dana Reyes".to_owned()],
        next: vec!["Tech leads".to_owned()],
        next_at: Some(instant()),
        ack: text("mailto:support@own.example?subject=ack"),
        lapsed: text("anna@own.example"),
        failed: text("the notice to anna@own.example did not arrive"),
        missed: MissedValues {
            notices: Some(3),
            from: Some(instant()),
            until: Some(instant()),
        },
        taken_by: text("Anna Kern"),
        taken_until: Some(instant()),
    }
}

fn ticket() -> TicketValues {
    let text = |text: &str| Some(text.to_owned());
    TicketValues {
        id: "EC-1042".to_owned(),
        urgency: "Critical".to_owned(),
        level: 3,
        reason: text("outage"),
        client: text("Harbor Bank"),
        subject: text("Dashboards unavailable"),
        summary: text("Nobody can open the dashboards."),
        steps: vec!["Open a dashboard".to_owned(), "Wait".to_owned()],
        affected_users: text("all branches"),
        since: text("this morning"),
        topic: text("dashboard"),
        labels: vec!["outage".to_owned()],
        opened: Some(instant()),
    }
}

fn person(name: &str) -> PersonValues {
    PersonValues {
        first_name: name.split(' ').next().map(str::to_owned),
        name: Some(name.to_owned()),
        address: "someone@northwind.example".to_owned(),
    }
}

fn person_without_name() -> PersonValues {
    PersonValues {
        first_name: None,
        name: None,
        address: "someone@northwind.example".to_owned(),
    }
}

/// 2026-05-04T09:02:00Z, any instant would do.
fn instant() -> Zoned {
    Timestamp::constant(1_777_885_320, 0).to_zoned(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::values::PLACEHOLDERS;
    use super::*;

    /// Every path of a tree down to texts, numbers, lists and nothing, with whether it is empty.
    fn leaves(path: &str, value: &serde_json::Value, into: &mut BTreeMap<String, bool>) {
        if let serde_json::Value::Object(map) = value {
            for (key, value) in map {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                leaves(&path, value, into);
            }
            return;
        }
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        into.insert(path.to_owned(), empty);
    }

    #[test]
    fn the_list_of_placeholders_is_what_letters_really_have() {
        let mut found = BTreeMap::from([("language".to_owned(), false)]);
        leaves("", &serde_json::to_value(bare()).unwrap(), &mut found);
        let listed: BTreeMap<String, bool> = PLACEHOLDERS
            .iter()
            .map(|placeholder| (placeholder.name.to_owned(), placeholder.may_be_empty))
            .collect();
        assert_eq!(found, listed);

        let mut full_ones = BTreeMap::new();
        leaves("", &serde_json::to_value(full()).unwrap(), &mut full_ones);
        assert!(full_ones.values().all(|empty| !empty), "{full_ones:?}");
    }
}
