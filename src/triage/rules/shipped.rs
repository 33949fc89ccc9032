//! The files of `rules/`, built into the program, for `parse` and `explain` without a folder of rules.
//!
//! A list rather than a build script: a test compares it with the folder.

use std::sync::OnceLock;

use super::Rules;
use super::check::{Files, rules_and_mistakes};

/// Paths within the folder, and what stands there.
macro_rules! shipped {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../rules/", $path)))),*]
    };
}

const SHIPPED: &[(&str, &str)] = shipped![
    "addresses.toml",
    "calendars.toml",
    "company.toml",
    "contacts.toml",
    "lexicon/asking.toml",
    "lexicon/grammar.toml",
    "lexicon/labels.toml",
    "lexicon/names.toml",
    "lexicon/people.toml",
    "lexicon/since.toml",
    "lexicon/staff.toml",
    "lexicon/steps.toml",
    "lexicon/third-line.toml",
    "lexicon/topics.toml",
    "lexicon/urgency.toml",
    "lexicon/words.toml",
    "partners/brightdesk.toml",
    "partners/northwind.toml",
    "routing.toml",
    "sla.toml",
    "templates/ack-critical.de.txt",
    "templates/ack-critical.en.txt",
    "templates/ack-high.de.txt",
    "templates/ack-high.en.txt",
    "templates/ack.de.txt",
    "templates/ack.en.txt",
    "templates/alarm.de.txt",
    "templates/alarm.en.txt",
    "templates/answer.de.txt",
    "templates/answer.en.txt",
    "templates/brightdesk/level1-handback.de.txt",
    "templates/brightdesk/level1-handback.en.txt",
    "templates/digest.de.txt",
    "templates/digest.en.txt",
    "templates/escalation.de.txt",
    "templates/escalation.en.txt",
    "templates/follow-up-notice.de.txt",
    "templates/follow-up-notice.en.txt",
    "templates/internal-note.de.txt",
    "templates/internal-note.en.txt",
    "templates/ladder-taken.de.txt",
    "templates/ladder-taken.en.txt",
    "templates/level-2-notice.de.txt",
    "templates/level-2-notice.en.txt",
    "templates/level1-handback.de.html",
    "templates/level1-handback.de.txt",
    "templates/level1-handback.en.html",
    "templates/level1-handback.en.txt",
    "templates/missing-details.de.txt",
    "templates/missing-details.en.txt",
    "templates/orders-answer.de.txt",
    "templates/orders-answer.en.txt",
    "templates/promise-at-risk.de.txt",
    "templates/promise-at-risk.en.txt",
    "templates/promise-broken.de.txt",
    "templates/promise-broken.en.txt",
];

/// Files that stand for themselves where a folder has none of that name: what "not" does is the same for every desk,
/// and rules that were written before these files read as they did.
const STANDING: [&str; 6] = [
    "lexicon/grammar.toml",
    "lexicon/names.toml",
    "lexicon/people.toml",
    "lexicon/since.toml",
    "lexicon/staff.toml",
    "lexicon/steps.toml",
];

/// The day for which the shipped rules are judged: what runs out does not matter to them.
const AT: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

/// The shipped files.
#[must_use]
pub fn files() -> Files {
    SHIPPED
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

/// The shipped files that stand in for those that `files` has not.
pub(super) fn standing_in(files: &Files) -> impl Iterator<Item = (&'static str, &'static str)> {
    let shipped = SHIPPED.iter().copied();
    shipped.filter(|(path, _)| STANDING.contains(path) && !files.contains_key(*path))
}

impl Rules {
    /// The rules that ship with triaged, built into the program: read and checked at the first call only.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static RULES: OnceLock<Rules> = OnceLock::new();
        // A test keeps them free of mistakes.
        RULES.get_or_init(|| rules_and_mistakes(&files(), AT).0)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::*;
    use crate::finding::{Colour, draw};

    #[test]
    fn the_shipped_rules_have_no_mistake_and_no_warning() {
        for day in [date(2026, 6, 1), date(2026, 11, 24)] {
            let (rules, findings) = crate::triage::rules::check::check(&files(), day);
            assert!(
                findings.is_empty(),
                "{}",
                draw(&findings, &files(), Colour::Plain)
            );
            assert!(rules.is_some());
        }
    }

    #[test]
    fn a_sender_belongs_to_one_partner() {
        let check = |address: &str, expected: Option<&str>| {
            let partner = Rules::shipped().partner_of(address);
            assert_eq!(
                partner.map(|partner| partner.id.as_str()),
                expected,
                "{address}"
            );
        };
        check("jo@northwind.example", Some("northwind"));
        check("Jo@Mail.Northwind.Example", Some("northwind"));
        check("jo@notnorthwind.example", None);
        check("jo@northwind.example.evil.example", None);
        check("ops@harborbank.example", Some("northwind"));
        check("jo@cobalt.example", Some("brightdesk"));
        check("someone@elsewhere.example", None);
        check("", None);
        check("northwind.example", None);
    }

    #[test]
    fn a_white_label_address_answers_under_its_own_brand() {
        let rules = Rules::shipped();
        let check = |address: &str, expected: &str| {
            let own = rules.addresses.iter().find(|own| own.address == address);
            assert_eq!(rules.brand_of(own.unwrap()).id, expected);
        };
        check("support@everythingcloud.com", "company");
        check("help@brightdesk.example", "brightdesk");
    }

    /// Every letter that a client of a white-label brand can get, filled in with everything: nowhere the vendor.
    #[test]
    fn no_white_label_letter_names_the_vendor() {
        use crate::triage::letter::leak::{Looked, leaks};
        use crate::triage::letter::template::{BrandValues, PointerValues, Values};
        let rules = Rules::shipped();
        let brand = rules.partners["brightdesk"].brand.as_ref().unwrap();
        let pointers = brand.pointers.iter().map(|pointer| PointerValues {
            title: pointer.title.clone(),
            url: pointer.url.clone(),
        });
        let values = Values {
            brand: BrandValues {
                signature: brand.signature.clone(),
                product: brand.product.clone(),
                pointers: pointers.collect(),
            },
            missing: vec!["client".to_owned(), "steps".to_owned()],
            ask: Some("missing-details".to_owned()),
            ..Values::default()
        };
        for choice in &rules.reply {
            for language in ["de", "en", "fr"] {
                let letter = rules
                    .templates
                    .render(&choice.template, "brightdesk", language, &values)
                    .unwrap();
                let looked = Looked {
                    subject: &letter.subject,
                    text: &letter.text,
                    html: &letter.html,
                    ..Looked::default()
                };
                assert_eq!(
                    leaks(&rules.company.never_mention, &looked),
                    [],
                    "{letter:?}"
                );
                assert!(letter.text.contains("BrightDesk Support"));
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending != "md") {
                    found.push(
                        path.strip_prefix(&root)
                            .unwrap()
                            .to_str()
                            .unwrap()
                            .to_owned(),
                    );
                }
            }
        }
        found.sort();
        let mut listed: Vec<String> = SHIPPED.iter().map(|(path, _)| (*path).to_owned()).collect();
        listed.sort();
        assert_eq!(
            found, listed,
            "list new files in src/triage/rules/shipped.rs"
        );
    }

    const README: &str = include_str!("../../../rules/README.md");

    #[test]
    fn the_examples_of_the_readme_have_no_mistake() {
        let mut files = files();
        let mut examples = 0;
        for block in README.split("```").skip(1).step_by(2) {
            let (head, text) = block.split_once('\n').unwrap();
            // ```toml partners/acme.toml
            let Some((_, path)) = head.split_once(' ') else {
                continue;
            };
            let file = files.entry(path.to_owned()).or_default();
            if !file.is_empty() {
                file.push('\n');
            }
            file.push_str(text);
            examples += 1;
        }
        let (_, findings) = crate::triage::rules::check::check(&files, AT);
        assert!(
            findings.is_empty(),
            "{}",
            draw(&findings, &files, Colour::Plain)
        );
        assert_eq!(examples, 8);
    }

    #[test]
    fn the_readme_names_every_placeholder() {
        for placeholder in crate::triage::letter::template::PLACEHOLDERS {
            let name = format!("`{}`", placeholder.name);
            assert!(README.contains(&name), "{name}");
        }
    }

    #[test]
    fn the_readme_names_every_table_of_the_lexicon() {
        use crate::triage::report::lexicon::Table;
        for kind in Table::KINDS {
            for (name, _) in Table::of_kind(kind) {
                let table = format!("`[{kind}.{name}]`");
                assert!(README.contains(&table), "{table}");
            }
        }
    }

    /// A table that ships without words would only seem to be there.
    #[test]
    fn every_table_of_the_lexicon_ships_with_words() {
        use crate::triage::report::lexicon::Table;
        let tables = &Rules::shipped().lexicon.words.tables;
        for (name, table) in Table::KINDS.into_iter().flat_map(Table::of_kind) {
            assert!(
                tables.get(&table).is_some_and(|words| !words.is_empty()),
                "{name}"
            );
        }
    }

    #[test]
    fn the_readme_names_every_code() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![root.join("triage/rules"), root.join("finding")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let source = std::fs::read_to_string(&path).unwrap();
                for piece in source.split('"').filter(|piece| is_code(piece)) {
                    assert!(README.contains(piece), "{piece} of {}", path.display());
                }
            }
        }
    }

    fn is_code(text: &str) -> bool {
        let digits = text
            .strip_prefix(['E', 'W'])
            .map(|rest| rest.trim_end_matches('b'));
        digits.is_some_and(|digits| {
            digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    }
}
