//! Spellings that hide a name, and words that name nobody.

use super::*;

fn words() -> Vec<String> {
    ["EverythingCloud", "everythingcloud.com", "Bürowolke", "EC"]
        .map(str::to_owned)
        .to_vec()
}

/// What of `text` names the vendor.
fn check(text: &str, expected: &[&str]) {
    let words = words();
    let found: Vec<&str> = places(text, &words)
        .into_iter()
        .map(|(place, _)| text.get(place).unwrap())
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn no_spelling_hides_a_name() {
    check("Your team at EverythingCloud", &["EverythingCloud"]);
    check(
        "EVERYTHING cloud, everything-cloud",
        &["EVERYTHING cloud", "everything-cloud"],
    );
    check("Évèrything\u{a0}Çloud", &["Évèrything\u{a0}Çloud"]);
    check(
        "Every\u{ad}thing\u{200b}Cloud",
        &["Every\u{ad}thing\u{200b}Cloud"],
    );
    check("Ｅverythingcloud", &["Ｅverythingcloud"]);
    check(
        "<a href=\"https://help.everythingcloud.com/x\">",
        &["everythingcloud.com"],
    );
    check(
        "https://x.example/?q=%45verything%43loud",
        &["%45verything%43loud"],
    );
    check(
        "&#69;verything&nbsp;&#x43;loud",
        &["&#69;verything&nbsp;&#x43;loud"],
    );
    check("https://xn--browolke-65a.example/", &["xn--browolke-65a"]);
    check(
        "Buerowolke, burowolke, BÜROWOLKE",
        &["burowolke", "BÜROWOLKE"],
    );
    check("the whole\neverything\ncloud", &["everything\ncloud"]);
}

#[test]
fn what_names_nobody_stays() {
    check("We keep everything in the cloud. Everything. Cloud?", &[]);
    check("second, EC-1042, tech", &["EC"]);
    check("", &[]);
    check("100 % & more; xn-- x &#0000000000; %zz", &[]);
    assert_eq!(places("anything", &[]), []);
    assert_eq!(places("anything", &["--".to_owned(), String::new()]), []);
}

#[test]
fn an_echo_leaves_the_name_out_and_keeps_the_rest() {
    let text = "Since EverythingCloud moved, everything cloud-based fails at ÄÖÜ.";
    assert_eq!(
        without_vendor(text, &words()),
        format!("Since {LEFT_OUT} moved, {LEFT_OUT}-based fails at ÄÖÜ.")
    );
    assert_eq!(without_vendor("nothing", &words()), "nothing");
}

#[test]
fn every_part_of_a_letter_is_looked_at() {
    let headers = [(
        "Reply-To".to_owned(),
        "support@everythingcloud.com".to_owned(),
    )];
    let links = ["https://everything-cloud.example".to_owned()];
    let letter = Looked {
        subject: "everythingcloud",
        text: "EverythingCloud",
        html: "<i title='Everything Cloud'>",
        headers: &headers,
        links: &links,
    };
    let within: Vec<String> = leaks(&words(), &letter)
        .into_iter()
        .map(|leak| leak.within)
        .collect();
    assert_eq!(
        within,
        ["subject", "text", "html", "header Reply-To", "link"]
    );
}

proptest::proptest! {
    #[test]
    fn places_lie_on_characters_in_order_and_leave_nothing_behind(text in "\\PC{0,60}") {
        let words = words();
        let mut last = 0;
        for (place, _) in places(&text, &words) {
            assert!(place.start >= last && place.end > place.start);
            assert!(text.get(place.clone()).is_some());
            last = place.end;
        }
        let left = without_vendor(&text, &words[..1]);
        assert_eq!(places(&left, &words[..1]), []);
    }
}
