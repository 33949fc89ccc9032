//! A made-up file, and every mistake that is found in it.

use super::super::{Colour, Texts, draw};
use super::*;

/// Reads `text` as a small made-up file and compares all mistakes, drawn.
fn check(text: &str, expected: &[&str]) {
    let mistakes = Mistakes::default();
    let value = parse("a.toml", text, &mistakes);
    let mut top = Section::of(&value, "a.toml", &mistakes).unwrap();
    if let Some(mut house) = top.section("house", "[house]") {
        let _ = house.need_text("name");
        let _ = house.texts("tags");
        let _ = house.number("floors");
        let _ = house.flag("garden");
        let _ = house.date("built");
        let _ = house.one_of("colour", &[("red", 1), ("green", 2)]);
        house.done();
    }
    for mut tree in top.sections("tree", "a [[tree]]") {
        let _ = tree.decimal("height");
        tree.done();
    }
    top.done();
    let texts = Texts::from([("a.toml".to_owned(), text.to_owned())]);
    let findings = mistakes.worst_first();
    let drawn = draw(&findings, &texts, Colour::Plain);
    let found: Vec<String> = findings
        .iter()
        .map(|f| {
            let (line, column) = super::super::line_and_column(text, f.spot.span.start);
            format!("{} {line}:{column} {} {}", f.code, f.sentence, f.spot.label)
                .trim()
                .to_owned()
        })
        .collect();
    assert_eq!(found, expected, "{drawn}");
}

#[test]
fn a_file_without_mistakes_has_none() {
    check(
        "[house]\nname = \"x\"\ntags = [\"a\"]\nfloors = 2\ngarden = true\nbuilt = 2020-01-02\ncolour = \"red\"\n[[tree]]\nheight = 2\n",
        &[],
    );
}

#[test]
fn every_mistake_is_named_at_its_place() {
    check(
        "[house]\nnaem = \"x\"\ntags = [1]\nfloors = \"two\"\ngarden = 1\nbuilt = \"soon\"\ncolour = \"gren\"\n[[tree]]\nheight = \"tall\"\nheigth = 1\n",
        &[
            "E107 1:1 [house] needs \"name\" it is not written here",
            "E101 2:1 \"naem\" is not known in [house] did you mean \"name\"?",
            "E102 3:9 \"tags\" of [house] must be a text in quotes, or a list of them, not a number",
            "E102 4:10 \"floors\" of [house] must be a whole number, not a text",
            "E102 5:10 \"garden\" of [house] must be true or false, not a number",
            "E102 6:9 \"built\" of [house] must be a day such as 2026-12-31, not a text",
            "E105 7:10 \"colour\" of [house] cannot be \"gren\" did you mean \"green\"?",
            "E102 9:10 \"height\" of a [[tree]] must be a number, not a text",
            "E101 10:1 \"heigth\" is not known in a [[tree]] did you mean \"height\"?",
        ],
    );
}

#[test]
fn reading_goes_on_after_a_mistake_of_syntax() {
    let mistakes = Mistakes::default();
    let _ = parse(
        "a.toml",
        "[house]\nname = \nfloors = 1\nfloors = 2\n",
        &mistakes,
    );
    let codes: Vec<&str> = mistakes.worst_first().iter().map(|f| f.code).collect();
    assert!(
        codes.len() >= 2 && codes.iter().all(|code| *code == "E103"),
        "{codes:?}"
    );
}
