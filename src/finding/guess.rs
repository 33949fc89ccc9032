//! "Did you mean …?": the known word that is one or two slips of a finger away, or a synonym people use.

/// Words people bring from other programs, and what triaged calls the thing. A synonym counts only where its
/// meaning is one of the known words.
const SYNONYMS: [(&str, &str); 40] = [
    ("priority", "urgency"),
    ("priority", "urgency_at_least"),
    ("urgency", "urgency_at_least"),
    ("severity", "urgency_at_least"),
    ("ticket.number", "ticket.id"),
    ("ticket.key", "ticket.id"),
    ("sender.firstname", "sender.first_name"),
    ("prio", "urgency"),
    ("severity", "urgency"),
    ("urgent", "Critical"),
    ("blocker", "Critical"),
    ("normal", "Medium"),
    ("minor", "Low"),
    ("cc", "tell"),
    ("notify", "tell"),
    ("to", "tell"),
    ("tell", "notify"),
    ("tags", "label"),
    ("tag", "label"),
    ("labels", "label"),
    ("queue", "level"),
    ("tier", "level"),
    ("escalate", "ladder"),
    ("timezone", "zone"),
    ("time_zone", "zone"),
    ("tz", "zone"),
    ("holidays", "closed"),
    ("days", "hours"),
    ("mail", "email"),
    ("address", "email"),
    ("email", "address"),
    ("description", "say"),
    ("title", "say"),
    ("name", "id"),
    ("inherit", "like"),
    ("extends", "like"),
    ("server", "host"),
    ("username", "user"),
    ("login", "user"),
    ("directory", "folder"),
];

/// How many slips of a finger still count as the same word.
const SLIPS_MAX: usize = 2;

/// The known word that was probably meant.
#[must_use]
pub fn meant<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let known: Vec<&str> = known.into_iter().collect();
    let lower = word.to_lowercase();
    // A short word is two slips away from nearly everything.
    let slips_max = SLIPS_MAX.min(lower.chars().count().saturating_sub(1) / 2);
    let near = known
        .iter()
        .map(|candidate| (slips(&lower, &candidate.to_lowercase()), *candidate))
        .filter(|(slips, _)| *slips <= slips_max)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate);
    synonym(&lower, &known).or(near)
}

/// `did you mean "…"?`, or nothing.
#[must_use]
pub fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    meant(word, known).map_or_else(String::new, |meant| format!("did you mean \"{meant}\"?"))
}

/// `known: a, b, c`, cut where it gets long.
#[must_use]
pub fn known_are<'k>(known: impl IntoIterator<Item = &'k str>) -> String {
    const SHOWN_MAX: usize = 24;
    let known: Vec<&str> = known.into_iter().collect();
    let shown = known.iter().take(SHOWN_MAX).copied().collect::<Vec<_>>();
    let rest = known.len().saturating_sub(SHOWN_MAX);
    match (shown.is_empty(), rest) {
        (true, _) => "none is known here".to_owned(),
        (false, 0) => format!("known: {}", shown.join(", ")),
        (false, rest) => format!("known: {} and {rest} more", shown.join(", ")),
    }
}

fn synonym<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    SYNONYMS
        .iter()
        .filter(|(said, _)| *said == word)
        .find_map(|(_, meaning)| known.iter().find(|candidate| *candidate == meaning))
        .copied()
}

/// Damerau-Levenshtein distance over whole words: a swap of neighbours is one slip.
fn slips(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > SLIPS_MAX {
        return usize::MAX;
    }
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, one) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let replaced = at(&last, j) + usize::from(one != other);
            let mut best = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped =
                i > 0 && j > 0 && a.get(i - 1) == Some(other) && b.get(j - 1) == Some(one);
            if swapped {
                best = best.min(at(&before_last, j - 1) + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    at(&last, b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_or_two_slips_and_synonyms_are_understood() {
        let known = [
            "urgency_at_least",
            "urgency",
            "level",
            "tell",
            "Critical",
            "zone",
        ];
        let check = |word, meaning| assert_eq!(meant(word, known), meaning, "{word}");
        check("urgency_atleast", Some("urgency_at_least"));
        check("urgnecy", Some("urgency"));
        check("Levl", Some("level"));
        check("critical", Some("Critical"));
        check("priority", Some("urgency"));
        check("Urgent", Some("Critical"));
        check("cc", Some("tell"));
        check("timezone", Some("zone"));
        check("colour", None);
        check("x", None);
    }

    #[test]
    fn a_swap_is_one_slip() {
        for (a, b, expected) in [
            ("ab", "ba", 1),
            ("abc", "abc", 0),
            ("abc", "axc", 1),
            ("", "ab", 2),
        ] {
            assert_eq!(slips(a, b), expected, "{a} {b}");
        }
    }
}
