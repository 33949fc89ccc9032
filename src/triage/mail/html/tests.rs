//! Pieces of HTML, and what people see of them.

use super::{MarkKind, shown_ids, to_text};

fn check(html: &str, text: &str) {
    assert_eq!(to_text(html).0, text, "{html}");
}

#[test]
fn keeps_what_people_see() {
    check("<p>One</p><p>Two</p>", "One\n\nTwo");
    check("<div>One</div><div>Two<br>Three</div>", "One\nTwo\nThree");
    check(
        "This is <b>bold</b>  and\n <i>fine</i>.",
        "This is bold and fine.",
    );
    check("<ul><li>a<li>b</ul>", "- a\n- b");
    check(
        "<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>",
        "1. a\n2. b\n\n- c",
    );
    check(
        "<table><tr><td>Client</td><td>Acme</td></tr><tr><th>Users<td>7</table>",
        "Client\tAcme\nUsers\t7",
    );
    check(
        "<a href='https://x.example/a'>here</a>",
        "here <https://x.example/a>",
    );
    check("<a href='https://x.example/'>x.example</a>", "x.example");
    check(
        "<a href='mailto:a@x.example'>a@x.example</a>",
        "a@x.example",
    );
    check(
        "<blockquote>old<br>words</blockquote>new",
        "> old\n> words\n\nnew",
    );
    check("<pre>a  b\n  c</pre>", "a  b\n  c");
    check(
        "<p class=MsoNormal>One</p><p class=MsoNormal>Two</p>",
        "One\nTwo",
    );
    check(
        "a&nbsp;b &amp; &auml;&#8364;&#146;&unknown; &",
        "a b & ä€’&unknown; &",
    );
}

#[test]
fn leaves_out_what_they_do_not() {
    check(
        "<head><title>t</title><style>p{}</style></head><body>x<script>var a='<p>';</script>y",
        "xy",
    );
    check(
        "<span style='display: none'>hidden <b>too</b></span>seen",
        "seen",
    );
    check("<!-- a > b -->seen<?xml x?><!doctype html>", "seen");
    check("1 < 2 <3", "1 < 2 <3");
    check("<p title='a > b'>seen</p>", "seen");
}

#[test]
fn says_what_the_mark_up_means() {
    let (text, marks) =
        to_text("<p>new</p><div class=\"gmail_quote\">old</div><div id=Signature>Jane</div>");
    let said: Vec<(MarkKind, &str)> = marks
        .iter()
        .map(|mark| (mark.kind, text[mark.range.clone()].trim()))
        .collect();
    assert_eq!(
        said,
        [(MarkKind::Quote, "old"), (MarkKind::Signature, "Jane")]
    );
    assert_eq!(
        shown_ids(b"<img src=\"cid:a@x\"> <img src='cid:b%40x'>"),
        ["a@x", "b@x"]
    );
}
