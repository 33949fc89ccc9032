//! Names of clients in Japanese, which marks them with words instead of capitals: `うみかぜ商会様`, `うみかぜ商会の田中です`.
//!
//! People bear the same mark (`田中様`); a name of a firm is longer, or says what kind of firm it is.

use std::ops::Range;

/// How names of firms begin or end.
const FIRMS: [&str; 33] = [
    "株式会社",
    "有限会社",
    "合同会社",
    "会社",
    "商事",
    "商会",
    "商店",
    "書房",
    "書店",
    "百貨店",
    "水産",
    "工業",
    "工務店",
    "製作所",
    "信用組合",
    "信用金庫",
    "銀行",
    "共済会",
    "協会",
    "協同組合",
    "組合",
    "病院",
    "医院",
    "学園",
    "大学",
    "市役所",
    "町役場",
    "旅館",
    "ホテル",
    "物流",
    "運輸",
    "食品",
    "産業",
];
/// Firms of words that are addressed, not named.
const ADDRESSED: [&str; 8] = [
    "担当",
    "各位",
    "お客",
    "御中",
    "皆様",
    "サポート",
    "エンドユーザ",
    "責任者",
];
/// What marks a client of the writer's.
const MARK: char = '様';
/// Behind this a forwarded writer says who writes.
const SELF: char = 'の';
/// A name of a person has fewer characters.
const FIRM_CHARACTERS: usize = 5;
/// No name is longer.
const NAME_CHARACTERS: usize = 20;
/// A client is named early.
const MARKS: usize = 64;

/// Names that `様` stands behind, in order.
pub(super) fn marked(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices(MARK)
        .take(MARKS)
        .filter_map(|(at, _)| name_before(text, at))
}

/// `うみかぜ商会の田中です`: the firm in whose name a forwarded writer begins.
pub(super) fn introduced(text: &str) -> Option<Range<usize>> {
    text.match_indices(SELF).take(MARKS).find_map(|(at, mark)| {
        let rest = text.get(at + mark.len()..)?;
        let sentence = rest.split(['。', '\n', '、']).next()?;
        let presents = ["です", "でございます", "と申します"];
        let person = presents.iter().find_map(|end| sentence.strip_suffix(end))?;
        (person.chars().count() <= 6).then(|| name_before(text, at))?
    })
}

fn name_before(text: &str, end: usize) -> Option<Range<usize>> {
    let before = text.get(..end)?;
    let mut start = end;
    for (at, character) in before.char_indices().rev().take(NAME_CHARACTERS) {
        let joined = character.is_alphanumeric() && !character.is_ascii()
            || character == 'ー'
            || character == '・';
        if !joined {
            break;
        }
        start = at;
    }
    let run = text.get(start..end)?;
    // "弊社のお客様である…" and "下記のとおり…": the name begins behind the last word that is none of it.
    for begin in ["である", "として", "における", "での", "また", "弊社の"] {
        if let Some(at) = run.rfind(begin) {
            start = start.max(end - run.len() + at + begin.len());
        }
    }
    let name = text.get(start..end)?;
    let firm = FIRMS
        .iter()
        .any(|kind| name.starts_with(kind) || name.ends_with(kind));
    let addressed = ADDRESSED.iter().any(|word| name.contains(word));
    let long = name.chars().count() >= FIRM_CHARACTERS;
    (!addressed && (firm || long)).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firms_are_named_and_people_are_not() {
        let check = |text: &str, expected: Option<&str>| {
            let found = marked(text).next().or_else(|| introduced(text));
            assert_eq!(found.and_then(|at| text.get(at)), expected, "{text}");
        };
        check("【うみかぜ商会様】数値の件", Some("うみかぜ商会"));
        check("弊社のお客様であるうみかぜ商会様より", Some("うみかぜ商会"));
        check(
            "お世話になります。うみかぜ商会の田中です。",
            Some("うみかぜ商会"),
        );
        check("田中様", None);
        check("ご担当者様", None);
        check("今日の天気です。", None);
        check("nothing", None);
    }
}
