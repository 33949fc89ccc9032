//! How findings look: underlined like a compiler's on a terminal, the same without colour in a mail, or as JSON.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::json;

use super::{Finding, Gravity, Spot, Texts, line_and_column};

/// Whether the drawing carries terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// For a terminal (print it through `anstream`, which strips colours where nobody sees them).
    Coloured,
    /// For mails, logs and files.
    Plain,
}

/// Draws findings as they come, a blank line between two.
#[must_use]
pub fn draw(findings: &[Finding], texts: &Texts, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Coloured => Renderer::styled(),
        Colour::Plain => Renderer::plain(),
    };
    let drawn: Vec<String> = findings
        .iter()
        .map(|finding| renderer.render(&[group(finding, texts)]))
        .collect();
    drawn.join("\n\n")
}

/// Findings as JSON: one object each, places with line and column from 1.
#[must_use]
pub fn json(findings: &[Finding], texts: &Texts) -> serde_json::Value {
    findings
        .iter()
        .map(|finding| {
            json!({
                "code": finding.code,
                "gravity": finding.gravity,
                "sentence": finding.sentence,
                "spot": spot_json(&finding.spot, texts),
                "also": finding.also.iter().map(|spot| spot_json(spot, texts)).collect::<Vec<_>>(),
                "help": finding.help,
            })
        })
        .collect()
}

fn spot_json(spot: &Spot, texts: &Texts) -> serde_json::Value {
    let text = texts.get(&spot.file).map_or("", String::as_str);
    let (line, column) = line_and_column(text, spot.span.start);
    let (end_line, end_column) = line_and_column(text, spot.span.end);
    json!({
        "file": spot.file,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "label": spot.label,
    })
}

fn group<'a>(finding: &'a Finding, texts: &'a Texts) -> Group<'a> {
    let level = match finding.gravity {
        Gravity::Error => Level::ERROR,
        Gravity::Warning => Level::WARNING,
    };
    let mut group = level
        .primary_title(&finding.sentence)
        .id(finding.code)
        .element(snippet(finding, texts));
    for spot in finding
        .also
        .iter()
        .filter(|spot| spot.file != finding.spot.file)
    {
        group = group.element(piece(spot, texts, AnnotationKind::Context));
    }
    for line in &finding.help {
        group = group.element(Level::HELP.no_name().message(line));
    }
    group
}

/// The main piece, with other pieces of the same file in the same picture.
fn snippet<'a>(
    finding: &'a Finding,
    texts: &'a Texts,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let beside = finding
        .also
        .iter()
        .filter(|spot| spot.file == finding.spot.file)
        .map(|spot| annotation(spot, texts, AnnotationKind::Context));
    piece(&finding.spot, texts, AnnotationKind::Primary).annotations(beside)
}

fn piece<'a>(
    spot: &'a Spot,
    texts: &'a Texts,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = texts.get(&spot.file).map_or("", String::as_str);
    Snippet::source(text)
        .path(&spot.file)
        .annotation(annotation(spot, texts, kind))
}

fn annotation<'a>(
    spot: &'a Spot,
    texts: &Texts,
    kind: AnnotationKind,
) -> annotate_snippets::Annotation<'a> {
    let text = texts.get(&spot.file).map_or("", String::as_str);
    let label = Some(spot.label.as_str()).filter(|label| !label.is_empty());
    kind.span(within(text, &spot.span)).label(label)
}

/// The span, cut to what the text has and to the first line, so that a whole table does not fill the screen.
fn within(text: &str, span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let floor = |mut byte: usize| {
        byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    };
    let start = floor(span.start);
    let end = floor(span.end).max(start);
    let first_line = text
        .get(start..end)
        .and_then(|piece| piece.find('\n'))
        .map_or(end, |newline| start + newline);
    start..first_line
}

#[cfg(test)]
mod tests {
    use super::super::At;
    use super::*;

    fn texts() -> Texts {
        Texts::from([
            (
                "partners/brightdesk.toml".to_owned(),
                "[[rule]]\nthen.urgency_atleast = \"High\"\n".to_owned(),
            ),
            (
                "routing.toml".to_owned(),
                "[[rule]]\nid = \"x\"\n".to_owned(),
            ),
        ])
    }

    #[test]
    fn a_finding_is_drawn_like_a_compilers() {
        let finding = Finding::error(
            "E101",
            &At::new("partners/brightdesk.toml", 14..29),
            "\"urgency_atleast\" is not something a rule can do",
        )
        .label("did you mean \"urgency_at_least\"?")
        .also(&At::new("routing.toml", 14..17), "the other")
        .help("without this line the rule would match and do nothing");
        let expected = "\
error[E101]: \"urgency_atleast\" is not something a rule can do
 --> partners/brightdesk.toml:2:6
  |
2 | then.urgency_atleast = \"High\"
  |      ^^^^^^^^^^^^^^^ did you mean \"urgency_at_least\"?
  |
 ::: routing.toml:2:6
  |
2 | id = \"x\"
  |      --- the other
  |
  = without this line the rule would match and do nothing";
        assert_eq!(
            draw(std::slice::from_ref(&finding), &texts(), Colour::Plain),
            expected
        );
        let json = json(&[finding], &texts());
        assert_eq!(json.pointer("/0/spot/line"), Some(&2.into()));
        assert_eq!(json.pointer("/0/spot/column"), Some(&6.into()));
        assert_eq!(json.pointer("/0/gravity"), Some(&"error".into()));
    }

    #[test]
    fn a_span_that_does_not_fit_is_cut_and_never_panics() {
        for (start, end) in [(0, 9_999), (9_998, 9_999), (3, 2), (1, 3)] {
            let span = std::ops::Range { start, end };
            let findings = [Finding::warning("W111", &At::new("ä", span), "odd")];
            let texts = Texts::from([("ä".to_owned(), "ääää\nb".to_owned())]);
            assert!(draw(&findings, &texts, Colour::Plain).contains("W111"));
            assert!(draw(&findings, &Texts::new(), Colour::Coloured).contains("W111"));
        }
    }
}
