//! `mailbox probe` against a real Postfix: each relay is asked for the brands that it carries, and for no others.

use std::fs;

use serde_json::json;

use crate::support::daemon::{Home, Setup};
use crate::support::servers::Servers;

#[test]
fn each_relay_is_asked_for_its_own_brands_and_tells_where_it_names_the_vendor() {
    let servers =
        Servers::start(&[]).unwrap_or_else(|why| panic!("no private mail servers: {why}"));
    let home = Home::new(&servers, &Setup::default());
    let config = fs::read_to_string(home.config()).expect("the configuration");
    let partner = format!(
        "\n[relay.partner]\nhost = \"localhost\"\nport = {}\ntls = \"implicit\"\nca_file = \"{}\"\nuser = \"triaged@everythingcloud.com\"\nsecret = {{ file = \"secret\" }}\nhelo = \"desk.everythingcloud.com\"\n",
        servers.port("SMTPS_PORT"),
        servers.ca_file().display(),
    );
    fs::write(home.config(), config + &partner).expect("the configuration is changed");
    let change = |file: &str, from: &str, to: &str| {
        let path = home.folder.join("rules").join(file);
        let text = fs::read_to_string(&path).expect("a rule file");
        assert!(text.contains(from), "{file}: {from}");
        fs::write(path, text.replace(from, to)).expect("a rule file is changed");
    };
    change("partners/brightdesk.toml", "\"default\"", "\"partner\"");
    change(
        "company.toml",
        "\"Everything Cloud\"",
        "\"relay.example\", \"localhost\"",
    );

    let probed = home.ask(&["mailbox", "probe"]).expect("an answer");
    let relay = |name: &str| {
        let all = probed.as_array().expect("a list");
        let found = all.iter().find(|probe| probe["relay"] == name);
        found.unwrap_or_else(|| panic!("no relay {name} in {probed:#}"))
    };
    let (default, partner) = (relay("default"), relay("partner"));
    assert_eq!(
        default["senders"],
        json!([["support@everythingcloud.com", null]])
    );
    assert_eq!(default["reveals"], json!([]));
    assert_eq!(
        partner["senders"],
        json!([["help@brightdesk.example", null]])
    );
    let must_not = "which white-label letters from help@brightdesk.example must not";
    let expected = [
        "what we call ourselves names `everythingcloud.com`",
        "what it calls itself names `relay.example`",
        "its greeting names `relay.example`",
        "its certificate names `localhost`",
    ];
    let expected = expected.map(|what| format!("{what}, {must_not}"));
    assert_eq!(partner["reveals"], json!(expected));
}
