//! What no change of rule files may ever change.

use proptest::prelude::*;

use super::*;

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
        Just("asks-for-help")
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
