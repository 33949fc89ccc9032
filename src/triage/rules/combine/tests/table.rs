//! What the shipped rules make of facts, row by row.

use super::*;
use Strength::{Certain, Likely, Possible};

/// Judges a scene by the shipped rules.
fn check(scene: &Scene, expected: &str) {
    assert_eq!(
        in_a_line(&scene.judged(Rules::shipped())),
        expected,
        "{scene:?}"
    );
}

/// A mail that says who and how, and nothing pressing.
fn plain() -> Scene {
    Scene {
        client: Some("Globex"),
        steps: true,
        ..Scene::default()
    }
}

#[test]
fn pressing_matters_go_where_the_process_says() {
    check(&plain(), "Medium 2 -> ack; level-2-reaches-support");
    check(
        &Scene {
            steps: false,
            client: None,
            ..plain()
        },
        "Medium 2 -> ack; unsure-goes-to-a-person ask-for-what-is-missing level-2-reaches-support; ask missing-details; review",
    );
    check(
        &Scene {
            urgency: Some(Urgency::High),
            ..plain()
        },
        "High 2 -> ack-high; level-2-reaches-support",
    );
    check(
        &Scene {
            urgency: Some(Urgency::Critical),
            steps: false,
            ..plain()
        },
        "Critical 2 -> ack-high; level-2-reaches-support",
    );
    check(
        &Scene {
            signals: vec![("outage", Likely)],
            urgency: Some(Urgency::Critical),
            ..plain()
        },
        "Critical 3 Outage -> ack-critical; third-line-outage",
    );
    check(
        &Scene {
            signals: vec![("outage", Likely)],
            ..plain()
        },
        "Medium 2 -> ack; level-2-reaches-support possible-third-line-gets-a-look; review",
    );
    check(
        &Scene {
            signals: vec![("outage", Likely), ("high-profile", Certain)],
            ..plain()
        },
        "High 3 Outage -> ack-critical; third-line-high-profile third-line-outage",
    );
    check(
        &Scene {
            signals: vec![("churn", Likely)],
            key_client: true,
            ..plain()
        },
        "High 3 Churn -> ack-critical; third-line-client-leaving third-line-key-client-leaving",
    );
    check(
        &Scene {
            signals: vec![("churn", Likely)],
            ..plain()
        },
        "High 3 Churn -> ack-critical; third-line-client-leaving",
    );
    check(
        &Scene {
            signals: vec![("churn", Possible)],
            ..plain()
        },
        "Medium 2 -> ack; level-2-reaches-support possible-third-line-gets-a-look; review",
    );
    check(
        &Scene {
            signals: vec![("churn", Possible)],
            key_client: true,
            ..plain()
        },
        "High 3 Churn -> ack-critical; third-line-key-client-leaving",
    );
    check(
        &Scene {
            signals: vec![("sla-complaint", Likely), ("churn", Certain)],
            key_client: true,
            ..plain()
        },
        "High 3 Churn -> ack-critical; third-line-client-leaving third-line-key-client-leaving third-line-sla-concern",
    );
    check(
        &Scene {
            several_clients: true,
            signals: vec![("outage", Certain)],
            ..plain()
        },
        "Critical 3 MultiClient -> ack-critical; third-line-speaks-of-several-clients third-line-outage",
    );
    check(
        &Scene {
            signals: vec![("high-profile", Possible)],
            ..plain()
        },
        "Medium 2 -> ack; level-2-reaches-support possible-third-line-gets-a-look; review",
    );
}

#[test]
fn how_to_goes_back_once_and_nothing_is_lowered() {
    check(
        &Scene {
            signals: vec![("asks-for-help", Likely)],
            component: Some("login"),
            ..plain()
        },
        "Medium 1 -> level1-handback; how-to-goes-back",
    );
    check(
        &Scene {
            signals: vec![("asks-for-help", Likely)],
            component: Some("api"),
            ..plain()
        },
        "Medium 2 -> ack; level-2-reaches-support",
    );
    check(
        &Scene {
            signals: vec![("asks-for-help", Likely)],
            component: Some("login"),
            handed_back: true,
            ..plain()
        },
        "Medium 2 -> ack; level-2-reaches-support",
    );
    // A reply never lowers what stands.
    check(
        &Scene {
            standing: Some((Urgency::Critical, 3)),
            ..plain()
        },
        "Critical 3 -> ack-critical; ",
    );
    check(
        &Scene {
            broken: Some(Metric::FirstResponse),
            standing: Some((Urgency::High, 2)),
            ..plain()
        },
        "High 3 SlaBreach; third-line-promise-broken",
    );
    check(
        &Scene {
            broken: Some(Metric::FirstResponse),
            standing: Some((Urgency::Medium, 2)),
            ..plain()
        },
        "Medium 2; ",
    );
    check(
        &Scene {
            broken: Some(Metric::UpdateEvery),
            standing: Some((Urgency::High, 2)),
            ..plain()
        },
        "High 2; ",
    );
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
        signals: vec![("asks-for-help", Strength::Likely)],
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
