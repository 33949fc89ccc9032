//! Header blocks in the text: the `From: … Sent: … To: … Subject: …` that clients put above an earlier message.

use super::labels::{self, Announces, Label};
use super::line::Line;
use super::{Person, address};

/// Lines that one field may be folded over.
const FOLDS_MAX: usize = 3;

/// Lines that a whole block may have; long address lists are folded.
const BLOCK_LINES_MAX: usize = 60;

/// A block, and where it lies among the lines.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Block {
    /// The announcing line, if there is one, else the first field.
    pub(super) first: usize,
    /// The first line of the body.
    pub(super) body: usize,
    pub(super) depth: usize,
    pub(super) announced: Option<Announces>,
    fields: Vec<(Label, String)>,
}

impl Block {
    pub(super) fn value(&self, label: Label) -> Option<&str> {
        self.fields
            .iter()
            .find(|(found, _)| *found == label)
            .map(|(_, value)| value.as_str())
    }

    /// Who wrote it: one person, so a comma before the address belongs to the name.
    pub(super) fn from(&self) -> Option<Person> {
        let value = plain_addresses(self.value(Label::From)?);
        let comma_in_name = value
            .split_once('<')
            .filter(|(name, address)| {
                name.contains(',') && !name.contains(['@', '"']) && !address.contains('<')
            })
            .map(|(name, address)| format!("\"{}\" <{address}", name.trim()));
        let mut person = address::first(comma_in_name.as_deref().unwrap_or(&value))?;
        // Some clients write the address twice.
        person.name = person
            .name
            .filter(|name| !name.eq_ignore_ascii_case(&person.address));
        Some(person)
    }

    pub(super) fn to(&self) -> Vec<String> {
        let people = address::list(&plain_addresses(self.value(Label::To).unwrap_or_default()));
        people
            .into_iter()
            .map(|person| person.address)
            .filter(|address| address.contains('@'))
            .collect()
    }

    fn has(&self, label: Label) -> bool {
        self.fields.iter().any(|(found, _)| *found == label)
    }

    fn is_of_a_mail(&self) -> bool {
        let addressed = |label| self.value(label).is_some_and(|value| value.contains('@'));
        self.has(Label::Subject) || addressed(Label::From) || addressed(Label::To)
    }

    /// Enough of a header to be one: more is asked of a block that nothing announces.
    fn is_convincing(&self) -> bool {
        let distinct = [Label::From, Label::To, Label::Date, Label::Subject]
            .iter()
            .filter(|label| self.has(**label))
            .count();
        match self.announced {
            Some(_) => self.has(Label::From) && distinct >= 2,
            // A form may well ask for From, To and Date; only mail has addresses or a subject beside them.
            None => self.has(Label::From) && distinct >= 3 && self.is_of_a_mail(),
        }
    }
}

/// True if a block begins at line `at` below the writer's own words. Less is asked of it than of one that is taken for a
/// forward, since nothing is made of it: From with an address in brackets, and one more field.
pub(super) fn quotes_at(lines: &[Line<'_>], at: usize) -> bool {
    if self::at(lines, at).is_some() {
        return true;
    }
    let from = lines.get(at).and_then(|line| labels::field(line.words));
    let Some((_, value)) = from.filter(|(label, _)| *label == Label::From) else {
        return false;
    };
    let bracketed = value.split_once(['<', '[']);
    let below_blank = at
        .checked_sub(1)
        .and_then(|above| lines.get(above))
        .is_some_and(Line::is_blank);
    let next = lines.get(at + 1).and_then(|line| labels::field(line.words));
    below_blank
        && bracketed.is_some_and(|(_, address)| address.contains('@'))
        && next.is_some_and(|(label, _)| label != Label::Other && label != Label::From)
}

/// The block that begins at line `at`, if one does.
pub(super) fn at(lines: &[Line<'_>], at: usize) -> Option<Block> {
    let line = lines.get(at)?;
    if let Some((announces, rest)) = labels::announcement(line.words) {
        return announced(lines, at, announces, rest);
    }
    let (label, _) = labels::field(line.words)?;
    // Blocks begin with From or, in some clients, with the subject or the date.
    if label == Label::Other || label == Label::Cc {
        return None;
    }
    let mut block = Block {
        first: at,
        depth: line.depth,
        ..Block::default()
    };
    block.body = read_fields(lines, at, &mut block, false);
    block.is_convincing().then_some(block)
}

fn announced(lines: &[Line<'_>], at: usize, announces: Announces, rest: &str) -> Option<Block> {
    let depth = lines.get(at)?.depth;
    let mut block = Block {
        first: at,
        depth,
        announced: Some(announces),
        body: at + 1,
        ..Block::default()
    };
    if !rest.is_empty() {
        block.fields = labels::glued(rest)
            .into_iter()
            .map(|(label, value)| (label, value.to_owned()))
            .collect();
        if block.is_convincing() {
            return Some(block);
        }
        block.fields.clear();
    }
    let fields_at = lines
        .iter()
        .enumerate()
        .skip(at + 1)
        .take(4)
        .find(|(_, line)| !line.is_blank())
        .map(|(at, _)| at)?;
    block.depth = lines.get(fields_at)?.depth;
    block.body = read_fields(lines, fields_at, &mut block, true);
    block.is_convincing().then_some(block)
}

/// Reads fields from line `at` on; returns the first line that is none.
fn read_fields(lines: &[Line<'_>], at: usize, block: &mut Block, announced: bool) -> usize {
    let mut next = at;
    let mut end = at;
    while let Some(line) = lines.get(next).filter(|_| next - at < BLOCK_LINES_MAX) {
        if line.depth != block.depth && !line.is_blank() {
            break;
        }
        match labels::field(line.words) {
            Some((label, value)) if label == Label::Other || !block.has(label) => {
                block.fields.push((label, value.to_owned()));
                next += 1;
                end = next;
            }
            // The same label again: the body begins with a block of its own.
            Some(_) => break,
            None => match continued(lines, next, block, announced) {
                Some(after) => next = after,
                None => break,
            },
        }
    }
    end
}

/// Joins folded lines to the last field; returns the next field's line.
fn continued(lines: &[Line<'_>], at: usize, block: &mut Block, announced: bool) -> Option<usize> {
    let line = lines.get(at)?;
    let (_, value) = block.fields.last()?;
    let open = value.ends_with([',', ';']) || (value.is_empty() && !line.is_blank());
    let next_field = lines
        .iter()
        .enumerate()
        .skip(at)
        .take(FOLDS_MAX)
        .find(|(_, line)| labels::field(line.words).is_some_and(|(label, _)| !block.has(label)));
    let next_field = next_field.map(|(at, _)| at);
    if line.is_blank() {
        // Some clients leave blank lines between fields; a block that is complete ends here.
        let complete = block.has(Label::From) && block.has(Label::Subject);
        let gap_is_blank = next_field.is_some_and(|next| {
            lines
                .get(at..next)
                .is_some_and(|gap| gap.iter().all(Line::is_blank))
        });
        return next_field.filter(|_| announced && !complete && gap_is_blank);
    }
    let after = match (next_field, open) {
        (Some(next), _)
            if lines
                .get(at..next)
                .is_some_and(|gap| gap.iter().all(|line| !line.is_blank())) =>
        {
            next
        }
        (Some(_) | None, true) => at + 1,
        (Some(_) | None, false) => return None,
    };
    let folded: Vec<&str> = lines
        .get(at..after)?
        .iter()
        .map(|line| line.words.trim())
        .collect();
    let (_, value) = block.fields.last_mut()?;
    if value.len() < 10_000 {
        value.push(' ');
        value.push_str(&folded.join(" "));
    }
    Some(after)
}

/// Outlook's `Jane [mailto:jane@x]` and `<jane@x<mailto:jane@x>>` in the usual notation.
fn plain_addresses(value: &str) -> String {
    let value = value.replace("[mailto:", "<").replace(']', ">");
    let mut out = String::with_capacity(value.len());
    let mut rest = value.as_str();
    while let Some(at) = rest.find("<mailto:") {
        let (before, link) = rest.split_at(at);
        let (target, after) = link.split_once('>').unwrap_or((link, ""));
        let address = target.trim_start_matches("<mailto:");
        out.push_str(before);
        // Only a link behind the address itself is superfluous.
        if !before
            .trim_end()
            .to_lowercase()
            .ends_with(&address.to_lowercase())
        {
            out.push('<');
            out.push_str(address);
            out.push('>');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
