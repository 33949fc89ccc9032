//! What the shipped rules make of facts, and what no change of rule files may ever change.

use jiff::civil::date;
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::triage::mail::{Kind, Mail};
use crate::triage::promise::Metric;
use crate::triage::promise::calendar::Calendar;
use crate::triage::report::{Found, Report, Signal, Topic, Within};
use crate::triage::rules::check::{Files, check};
use crate::triage::rules::shipped;

/// Facts in a few words, as a row of a table gives them.
#[derive(Clone, Debug, Default)]
struct Scene {
    mail: &'static str,
    signals: Vec<(&'static str, Strength)>,
    urgency: Option<Urgency>,
    several_clients: bool,
    partner: Option<&'static str>,
    client: Option<&'static str>,
    key_client: bool,
    component: Option<&'static str>,
    steps: bool,
    handed_back: bool,
    standing: Option<(Urgency, u8)>,
    broken: Option<Metric>,
}

impl Scene {
    fn judged(&self, rules: &Rules) -> Judgement {
        let raw = format!(
            "From: jo@northwind.example\r\nSubject: Help\r\n\r\n{}\r\n",
            self.mail
        );
        let mail = Mail::read(raw.as_bytes());
        let report = self.report();
        let calendar = Calendar::always();
        let at = Timestamp::constant(1_777_885_320, 0).to_zoned(TimeZone::UTC);
        let is_mail = self.broken.is_none();
        let facts = Facts {
            mail: is_mail.then_some(&mail),
            report: is_mail.then_some(&report),
            kind: Kind::Request,
            partner: self.partner,
            client: self.client,
            key_client: self.key_client,
            address: "support@everythingcloud.com",
            white_label: false,
            first_message: self.standing.is_none(),
            reopened: false,
            handed_back: self.handed_back,
            calendar: &calendar,
            event: self.broken.map(|_| ClockEvent::PromiseBroken),
            broken: self.broken,
            at: &at,
            standing: self.standing,
        };
        judge(&facts, rules)
    }

    fn report(&self) -> Report {
        Report {
            urgency: self.urgency.map(|urgency| found(urgency, "urgency")),
            client: self.client.map(|client| found(client.to_owned(), "client")),
            steps: self
                .steps
                .then(|| found(vec!["open it".to_owned()], "steps")),
            several_clients: self.several_clients.then(|| found(true, "several clients")),
            signals: self
                .signals
                .iter()
                .map(|(id, strength)| signal(id, *strength))
                .collect(),
            topic: Topic {
                component: self.component.map(str::to_owned),
                symptom: None,
            },
            language: Some("en".to_owned()),
            ..Report::default()
        }
    }
}

fn found<T>(value: T, field: &str) -> Found<T> {
    Found {
        value,
        confidence: 0.9,
        evidence: vec![evidence(field)],
    }
}

fn signal(id: &str, strength: Strength) -> Signal {
    Signal {
        id: id.to_owned(),
        strength,
        ratio: 1.0,
        evidence: vec![evidence(id)],
    }
}

fn evidence(field: &str) -> Evidence {
    Evidence {
        field: field.to_owned(),
        text: format!("the words for {field}"),
        start: 0,
        end: 1,
        within: Within::Text,
        because: String::new(),
    }
}

/// `Critical 3 outage -> ack-critical; rules: …; ladders: …; tell: …; review`
fn in_a_line(judgement: &Judgement) -> String {
    let mut line = format!("{} {}", judgement.urgency, judgement.level);
    if let Some(reason) = judgement.third_line_reason {
        line.push_str(&format!(" {reason:?}"));
    }
    if let Some(reply) = &judgement.reply {
        line.push_str(&format!(" -> {reply}"));
    }
    let rules: Vec<&str> = judgement
        .matches
        .iter()
        .map(|matched| matched.rule.as_str())
        .collect();
    line.push_str(&format!("; {}", rules.join(" ")));
    if let Some(ask) = &judgement.ask {
        line.push_str(&format!("; ask {ask}"));
    }
    if judgement.review {
        line.push_str("; review");
    }
    line
}

#[test]
fn the_shipped_rules_judge_as_the_process_says() {
    use Strength::{Certain, Likely, Possible};
    let check = |scene: Scene, expected: &str| {
        assert_eq!(
            in_a_line(&scene.judged(Rules::shipped())),
            expected,
            "{scene:?}"
        );
    };
    let scene = || Scene {
        client: Some("Globex"),
        steps: true,
        ..Scene::default()
    };
    check(scene(), "Medium 2 -> ack; level-2-reaches-support");
    check(
        Scene {
            steps: false,
            client: None,
            ..scene()
        },
        "Medium 2 -> ack; unsure-goes-to-a-person ask-for-what-is-missing level-2-reaches-support; ask missing-details; review",
    );
    check(
        Scene {
            urgency: Some(Urgency::High),
            ..scene()
        },
        "High 2 -> ack-high; level-2-reaches-support",
    );
    check(
        Scene {
            urgency: Some(Urgency::Critical),
            steps: false,
            ..scene()
        },
        "Critical 2 -> ack-high; level-2-reaches-support",
    );
    check(
        Scene {
            signals: vec![("outage", Likely)],
            urgency: Some(Urgency::Critical),
            ..scene()
        },
        "Critical 3 Outage -> ack-critical; third-line-outage",
    );
    check(
        Scene {
            signals: vec![("outage", Likely)],
            ..scene()
        },
        "Medium 2 -> ack; level-2-reaches-support possible-third-line-gets-a-look; review",
    );
    check(
        Scene {
            signals: vec![("outage", Likely), ("high-profile", Certain)],
            ..scene()
        },
        "High 3 Outage -> ack-critical; third-line-high-profile third-line-outage",
    );
    check(
        Scene {
            signals: vec![("churn", Likely)],
            key_client: true,
            ..scene()
        },
        "High 3 Churn -> ack-critical; third-line-key-client-leaving",
    );
    check(
        Scene {
            signals: vec![("churn", Likely)],
            ..scene()
        },
        "Medium 2 -> ack; manager-hears-of-churn level-2-reaches-support possible-third-line-gets-a-look; review",
    );
    check(
        Scene {
            signals: vec![("sla-complaint", Likely), ("churn", Certain)],
            key_client: true,
            ..scene()
        },
        "High 3 Churn -> ack-critical; third-line-key-client-leaving third-line-sla-concern",
    );
    check(
        Scene {
            several_clients: true,
            signals: vec![("outage", Certain)],
            ..scene()
        },
        "Critical 3 MultiClient -> ack-critical; third-line-several-clients third-line-outage",
    );
    check(
        Scene {
            signals: vec![("high-profile", Possible)],
            ..scene()
        },
        "Medium 2 -> ack; level-2-reaches-support possible-third-line-gets-a-look; review",
    );
    check(
        Scene {
            signals: vec![("how-to", Likely)],
            component: Some("login"),
            ..scene()
        },
        "Medium 1 -> level1-handback; how-to-goes-back",
    );
    check(
        Scene {
            signals: vec![("how-to", Likely)],
            component: Some("api"),
            ..scene()
        },
        "Medium 2 -> ack; level-2-reaches-support",
    );
    check(
        Scene {
            signals: vec![("how-to", Likely)],
            component: Some("login"),
            handed_back: true,
            ..scene()
        },
        "Medium 2 -> ack; level-2-reaches-support",
    );
    // A reply never lowers what stands.
    check(
        Scene {
            standing: Some((Urgency::Critical, 3)),
            ..scene()
        },
        "Critical 3 -> ack-critical; ",
    );
    check(
        Scene {
            broken: Some(Metric::FirstResponse),
            standing: Some((Urgency::High, 2)),
            ..scene()
        },
        "High 3 SlaBreach; third-line-promise-broken",
    );
    check(
        Scene {
            broken: Some(Metric::FirstResponse),
            standing: Some((Urgency::Medium, 2)),
            ..scene()
        },
        "Medium 2; ",
    );
    check(
        Scene {
            broken: Some(Metric::UpdateEvery),
            standing: Some((Urgency::High, 2)),
            ..scene()
        },
        "High 2; ",
    );
}

/// The shipped rules with text added to one file.
fn with(path: &str, more: &str) -> Rules {
    let mut files = shipped::files();
    files
        .entry(path.to_owned())
        .or_default()
        .push_str(&format!("\n{more}\n"));
    rules_of(&files)
}

fn rules_of(files: &Files) -> Rules {
    let (rules, findings) = check(files, date(2026, 6, 1));
    rules.unwrap_or_else(|| panic!("{findings:?}"))
}

fn rule(id: &str, when: &str, then: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\nsay = \"{id}\"\nwhen = {when}\n{then}")
}

#[test]
fn floors_beat_caps_and_the_lowest_cap_counts() {
    let check = |floor: &str, caps: &[&str], expected: Urgency| {
        let mut text = format!(
            "{}\n",
            rule(
                "floor",
                "{ client = \"Globex\" }",
                &format!("then.urgency_at_least = \"{floor}\"")
            )
        );
        for (number, cap) in caps.iter().enumerate() {
            let then = format!("then.urgency_at_most = \"{cap}\"");
            text.push_str(&rule(
                &format!("cap-{number}"),
                "{ client = \"Globex\" }",
                &then,
            ));
            text.push('\n');
        }
        let scene = Scene {
            client: Some("Globex"),
            urgency: Some(Urgency::High),
            ..Scene::default()
        };
        assert_eq!(scene.judged(&with("routing.toml", &text)).urgency, expected);
    };
    check("Low", &[], Urgency::High);
    check("Low", &["Medium"], Urgency::Medium);
    check("Low", &["Medium", "Low"], Urgency::Low);
    check("Critical", &["Low"], Urgency::Critical);
}

#[test]
fn a_partner_may_switch_a_rule_off_until_a_day() {
    let scene = |partner| Scene {
        signals: vec![("how-to", Strength::Likely)],
        component: Some("login"),
        client: Some("Globex"),
        partner: Some(partner),
        ..Scene::default()
    };
    // The scene is of 2026-05-04.
    let check = |until: &str, partner, level| {
        let text = format!("[[suppress]]\nrule = \"how-to-goes-back\"\nreason = \"x\"\n{until}");
        let rules = with("partners/northwind.toml", &text);
        assert_eq!(
            scene(partner).judged(&rules).level,
            level,
            "{until} {partner}"
        );
    };
    check("", "northwind", 2);
    check("", "brightdesk", 1);
    check("until = 2026-05-04", "northwind", 2);
    check("until = 2026-05-03", "northwind", 1);
}

#[test]
fn words_are_looked_for_in_new_text_and_subject_and_evidence_points_there() {
    let rules = with(
        "routing.toml",
        &rule(
            "w",
            "{ words = [\"straßenbahn*\"] }",
            "then.label = [\"tram\"]",
        ),
    );
    let scene = |mail| Scene {
        mail,
        ..Scene::default()
    };
    let hit = scene("The STRASSENBAHNEN are late.").judged(&rules);
    let evidence = &hit
        .matches
        .iter()
        .find(|matched| matched.rule == "w")
        .unwrap()
        .evidence[0];
    assert_eq!(hit.labels, ["tram"]);
    assert_eq!(evidence.text, "STRASSENBAHNEN");
    assert_eq!((evidence.start, evidence.end), (4, 18));
    let quoted =
        scene("Thanks.\r\n\r\nOn Mon, 4 May 2026, Jo wrote:\r\n> The Straßenbahnen are late.");
    assert!(quoted.judged(&rules).labels.is_empty());
}

fn strengths() -> impl Strategy<Value = Strength> {
    prop_oneof![
        Just(Strength::Possible),
        Just(Strength::Likely),
        Just(Strength::Certain)
    ]
}

fn scenes() -> impl Strategy<Value = Scene> {
    let ids = prop_oneof![
        Just("outage"),
        Just("churn"),
        Just("sla-complaint"),
        Just("high-profile"),
        Just("how-to")
    ];
    let urgencies = proptest::option::of(proptest::sample::select(Urgency::ALL.to_vec()));
    let partners = prop_oneof![
        Just(None),
        Just(Some("northwind")),
        Just(Some("brightdesk"))
    ];
    let components = prop_oneof![Just(None), Just(Some("login")), Just(Some("export"))];
    let mails = prop_oneof![
        Just("Hello"),
        Just("The month-end is near"),
        Just("our board waits")
    ];
    (
        proptest::collection::vec((ids, strengths()), 0..3),
        (urgencies, any::<bool>(), any::<bool>(), any::<bool>()),
        (partners, components, mails),
    )
        .prop_map(
            |(
                signals,
                (urgency, several_clients, key_client, steps),
                (partner, component, mail),
            )| Scene {
                signals,
                urgency,
                several_clients,
                key_client,
                steps,
                partner,
                component,
                mail,
                client: key_client.then_some("Harbor Bank"),
                ..Scene::default()
            },
        )
}

/// A rule that only raises: whatever it is, nothing may get lower by it.
fn raising_rules() -> impl Strategy<Value = String> {
    let when = prop_oneof![
        Just("{ key_client = true }"),
        Just("{ signal = \"outage\", at_least = \"possible\" }"),
        Just("{ topic = \"export\" }"),
        Just("{ words = [\"board\"] }"),
        Just("{ missing = \"steps\" }"),
        Just("{ any = [ { client = \"unknown\" }, { language = \"en\" } ] }"),
    ];
    let then = prop_oneof![
        Just("then.urgency_at_least = \"High\""),
        Just("then.urgency_at_least = \"Critical\""),
        Just("then.level = 3"),
        Just("then.level = 2"),
        Just("then.tell = [\"tech-leads\"]"),
        Just("then.review = true"),
    ];
    (when, then).prop_map(|(when, then)| rule("added", when, then))
}

/// The same judgement, wherever its rules stand.
fn without_places(mut judgement: Judgement) -> Judgement {
    judgement.reply_place = None;
    judgement
        .matches
        .iter_mut()
        .for_each(|matched| matched.place.clear());
    judgement
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_rules_means_nothing(scene in scenes(), seed in any::<u64>()) {
        let mut files = shipped::files();
        let routing = files.get("routing.toml").unwrap().clone();
        let (rules, replies) = routing.split_once("\n[[choose.reply]]").unwrap();
        let mut blocks: Vec<&str> = rules.split("\n[[rule]]").skip(1).collect();
        let length = blocks.len();
        for at in 0..length {
            blocks.swap(at, (seed.rotate_left(u32::try_from(at).unwrap() * 7) as usize) % length);
        }
        let shuffled: String = blocks.iter().map(|block| format!("\n[[rule]]{block}")).collect();
        files.insert("routing.toml".to_owned(), format!("{shuffled}\n[[choose.reply]]{replies}"));
        prop_assert_eq!(
            without_places(scene.judged(&rules_of(&files))),
            without_places(scene.judged(Rules::shipped()))
        );
    }

    #[test]
    fn an_added_rule_never_lowers_anything(scene in scenes(), added in raising_rules()) {
        let before = scene.judged(Rules::shipped());
        let after = scene.judged(&with("routing.toml", &added));
        prop_assert!(after.urgency >= before.urgency);
        prop_assert!(after.level >= before.level);
        prop_assert!(after.review || !before.review || after.level == 3);
        prop_assert!(before.ladders.iter().all(|ladder| after.ladders.iter().any(|(name, _)| *name == ladder.0)));
    }

    #[test]
    fn a_partners_file_changes_nothing_for_others(scene in scenes(), added in raising_rules()) {
        let rules = with("partners/northwind.toml", &added);
        let scene = Scene { partner: scene.partner.filter(|partner| *partner != "northwind"), ..scene };
        prop_assert_eq!(scene.judged(&rules), scene.judged(Rules::shipped()));
    }

    #[test]
    fn judging_twice_is_judging_once(scene in scenes()) {
        prop_assert_eq!(scene.judged(Rules::shipped()), scene.judged(Rules::shipped()));
    }
}
