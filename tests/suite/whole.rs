//! Nothing that somebody wrote is lost, and nobody's words are taken for another's: replies and forwards as the usual
//! clients write them, around words that occur once in the world.

use proptest::prelude::*;
use triaged::triage::mail::{Mail, Part};

/// How a client puts an earlier mail below one's words: text before it and around each line, the same in HTML.
#[derive(Debug)]
struct Client {
    name: &'static str,
    part: Part,
    before: &'static str,
    mark: &'static str,
    html: (&'static str, &'static str),
}

const CLIENTS: [Client; 12] = [
    Client {
        name: "Gmail, English",
        part: Part::Quoted,
        before: "On Fri, 27 Mar 2026 at 09:30, Jane Doe <jane@x.example> wrote:\n\n",
        mark: "> ",
        html: (
            "<div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Fri, 27 Mar 2026 at 09:30, Jane Doe &lt;jane@x.example&gt; wrote:<br></div><blockquote class=\"gmail_quote\">",
            "</blockquote></div>",
        ),
    },
    Client {
        name: "Thunderbird, German",
        part: Part::Quoted,
        before: "Am 27.03.2026 um 09:30 schrieb Jane Doe:\n",
        mark: "> ",
        html: (
            "<div class=\"moz-cite-prefix\">Am 27.03.2026 um 09:30 schrieb Jane Doe:<br></div><blockquote type=\"cite\">",
            "</blockquote>",
        ),
    },
    Client {
        name: "Apple Mail, French",
        part: Part::Quoted,
        before: "> Le 27 mars 2026 à 09:30, Jane Doe <jane@x.example> a écrit :\n> \n",
        mark: "> ",
        html: (
            "<div><br><blockquote type=\"cite\"><div>Le 27 mars 2026 à 09:30, Jane Doe &lt;jane@x.example&gt; a écrit :</div><br>",
            "</blockquote></div>",
        ),
    },
    Client {
        name: "Gmail, Spanish",
        part: Part::Quoted,
        before: "El vie, 27 mar 2026 a las 9:30, Jane Doe (<jane@x.example>) escribió:\n\n",
        mark: "> ",
        html: (
            "<div class=\"gmail_quote\"><div class=\"gmail_attr\">El vie, 27 mar 2026 a las 9:30, Jane Doe (&lt;jane@x.example&gt;) escribió:<br></div><blockquote class=\"gmail_quote\">",
            "</blockquote></div>",
        ),
    },
    Client {
        name: "Gmail, Dutch",
        part: Part::Quoted,
        before: "Op vr 27 mrt 2026 om 09:30 schreef Jane Doe <jane@x.example>:\n\n",
        mark: "> ",
        html: (
            "<div class=\"gmail_quote\"><div class=\"gmail_attr\">Op vr 27 mrt 2026 om 09:30 schreef Jane Doe &lt;jane@x.example&gt;:<br></div><blockquote class=\"gmail_quote\">",
            "</blockquote></div>",
        ),
    },
    Client {
        name: "Gmail, Italian",
        part: Part::Quoted,
        before: "Il giorno ven 27 mar 2026 alle ore 09:30 Jane Doe <jane@x.example> ha scritto:\n\n",
        mark: "> ",
        html: (
            "<div class=\"gmail_quote\"><div class=\"gmail_attr\">Il giorno ven 27 mar 2026 alle ore 09:30 Jane Doe &lt;jane@x.example&gt; ha scritto:<br></div><blockquote class=\"gmail_quote\">",
            "</blockquote></div>",
        ),
    },
    Client {
        name: "Gmail, Portuguese",
        part: Part::Quoted,
        before: "Em sex., 27 de mar. de 2026 às 09:30, Jane Doe <jane@x.example> escreveu:\n\n",
        mark: "> ",
        html: (
            "<div class=\"gmail_quote\"><div class=\"gmail_attr\">Em sex., 27 de mar. de 2026 às 09:30, Jane Doe &lt;jane@x.example&gt; escreveu:<br></div><blockquote class=\"gmail_quote\">",
            "</blockquote></div>",
        ),
    },
    Client {
        name: "Gmail, Japanese",
        part: Part::Quoted,
        before: "2026年3月27日(金) 9:30 Jane Doe <jane@x.example>:\n\n",
        mark: "> ",
        html: (
            "<div class=\"gmail_quote\"><div class=\"gmail_attr\">2026年3月27日(金) 9:30 Jane Doe &lt;jane@x.example&gt;:<br></div><blockquote class=\"gmail_quote\">",
            "</blockquote></div>",
        ),
    },
    Client {
        name: "Outlook, German",
        part: Part::Quoted,
        before: "-----Ursprüngliche Nachricht-----\nVon: Jane Doe <jane@x.example>\nGesendet: Freitag, 27. März 2026 09:30\nAn: support@everythingcloud.com\nBetreff: Frage\n\n",
        mark: "",
        html: (
            "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>Von:</b> Jane Doe &lt;jane@x.example&gt; <br><b>Gesendet:</b> Freitag, 27. März 2026 09:30<br><b>An:</b> support@everythingcloud.com<br><b>Betreff:</b> Frage</p></div></div>",
            "",
        ),
    },
    Client {
        name: "Gmail, forwarded",
        part: Part::Forwarded,
        before: "---------- Forwarded message ---------\nFrom: Jane Doe <jane@x.example>\nDate: Fri, 27 Mar 2026 at 09:30\nSubject: Question\nTo: <support@everythingcloud.com>\n\n\n",
        mark: "",
        html: (
            "<div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">---------- Forwarded message ---------<br>From: <strong class=\"gmail_sendername\" dir=\"auto\">Jane Doe</strong> <span dir=\"auto\">&lt;jane@x.example&gt;</span><br>Date: Fri, 27 Mar 2026 at 09:30<br>Subject: Question<br>To: &lt;support@everythingcloud.com&gt;<br></div><br><br>",
            "</div>",
        ),
    },
    Client {
        name: "Apple Mail, forwarded",
        part: Part::Forwarded,
        before: "Begin forwarded message:\n\nFrom: Jane Doe <jane@x.example>\nSubject: Question\nDate: 27 March 2026 at 09:30:00 CET\nTo: support@everythingcloud.com\n\n",
        mark: "",
        html: (
            "<div><br><blockquote type=\"cite\"><div>Begin forwarded message:</div><br><div><b>From: </b>Jane Doe &lt;jane@x.example&gt;<br></div><div><b>Subject: </b><b>Question</b><br></div><div><b>Date: </b>27 March 2026 at 09:30:00 CET<br></div><div><b>To: </b>support@everythingcloud.com<br></div><br>",
            "</blockquote></div>",
        ),
    },
    Client {
        name: "Thunderbird, forwarded in German",
        part: Part::Forwarded,
        before: "-------- Weitergeleitete Nachricht --------\nBetreff: Frage\nDatum: Fri, 27 Mar 2026 09:30:00 +0100\nVon: Jane Doe <jane@x.example>\nAn: support@everythingcloud.com\n\n\n",
        mark: "",
        html: (
            "<div class=\"moz-forward-container\"><br>-------- Weitergeleitete Nachricht --------<table class=\"moz-email-headers-table\"><tbody><tr><th>Betreff: </th><td>Frage</td></tr><tr><th>Datum: </th><td>Fri, 27 Mar 2026 09:30:00 +0100</td></tr><tr><th>Von: </th><td>Jane Doe &lt;jane@x.example&gt;</td></tr><tr><th>An: </th><td>support@everythingcloud.com</td></tr></tbody></table><br>",
            "</div>",
        ),
    },
];

/// The mail's own words, a signature or none, the earlier mail's words: all occur once.
#[derive(Clone, Debug)]
struct Words {
    own: Vec<String>,
    signature: Vec<String>,
    earlier: Vec<String>,
}

/// So many lines each, of so many words.
fn words() -> impl Strategy<Value = Words> {
    let lines = |most: usize| prop::collection::vec(3_usize..12, 1..most);
    (lines(6), any::<bool>(), lines(6)).prop_map(|(own, signed, earlier)| {
        let mut number = 0;
        let mut line = |words: usize| {
            let words = (0..words).map(|_| {
                number += 1;
                word(number)
            });
            let mut line = words.collect::<Vec<_>>().join(" ");
            line.push('.');
            line
        };
        let own = own.into_iter().map(&mut line).collect();
        let signature = if signed {
            vec![line(2), line(3)]
        } else {
            Vec::new()
        };
        Words {
            own,
            signature,
            earlier: earlier.into_iter().map(line).collect(),
        }
    })
}

/// A word that no language has, another for each number.
fn word(mut number: usize) -> String {
    let mut word = "zu".to_owned();
    for _ in 0..4 {
        let (consonants, vowels) = (b"bdfgklmnprt", b"aeiou");
        word.push(char::from(consonants[number % consonants.len()]));
        number /= consonants.len();
        word.push(char::from(vowels[number % vowels.len()]));
        number /= vowels.len();
    }
    word
}

fn mail(words: &Words, client: &Client, as_html: bool) -> Vec<u8> {
    let (subject, answers) = match client.part {
        Part::Forwarded => ("Fwd: Question", ""),
        Part::New | Part::Quoted | Part::Signature | Part::Disclaimer => {
            ("Re: Question", "In-Reply-To: <1@x.example>\n")
        }
    };
    let (kind, body) = if as_html {
        let lines = |lines: &[String]| -> String {
            lines
                .iter()
                .map(|line| format!("<div>{line}</div>\n"))
                .collect()
        };
        let signature = if words.signature.is_empty() {
            String::new()
        } else {
            format!("<div>-- <br></div>{}", lines(&words.signature))
        };
        let (before, behind) = client.html;
        let earlier = format!("{before}{}{behind}", lines(&words.earlier));
        let own = lines(&words.own);
        let page = format!("<html><body>{own}<br>{signature}<br>{earlier}</body></html>");
        ("text/html", page)
    } else {
        let marked = |mark: &str, lines: &[String]| -> String {
            lines.iter().map(|line| format!("{mark}{line}\n")).collect()
        };
        let signature = if words.signature.is_empty() {
            String::new()
        } else {
            format!("-- \n{}\n", marked("", &words.signature))
        };
        let earlier = format!("{}{}", client.before, marked(client.mark, &words.earlier));
        (
            "text/plain",
            format!("{}\n{signature}{earlier}", marked("", &words.own)),
        )
    };
    format!(
        "From: Ines Kolb <ines@northwind.example>\nTo: support@everythingcloud.com\nSubject: {subject}\nMessage-ID: <2@northwind.example>\n\
         {answers}Date: Fri, 27 Mar 2026 10:00:00 +0100\nContent-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"
    )
    .into_bytes()
}

/// The words of all stretches of one kind.
fn of_part(mail: &Mail, part: Part) -> String {
    let stretches = mail.segments.iter().filter(|segment| segment.part == part);
    let pieces = stretches.map(|segment| &mail.text[segment.range.clone()]);
    pieces.collect::<Vec<_>>().join("\n")
}

fn check(words: &Words, client: &Client, as_html: bool) -> Result<(), TestCaseError> {
    let raw = mail(words, client, as_html);
    let mail = Mail::read(&raw);
    for (lines, part) in [
        (&words.own, Part::New),
        (&words.signature, Part::Signature),
        (&words.earlier, client.part),
    ] {
        let there = of_part(&mail, part);
        for word in lines
            .iter()
            .flat_map(|line| line.trim_end_matches('.').split(' '))
        {
            let places = mail.text.matches(word).count();
            let how = || {
                format!(
                    "{word} as {part:?}, {}, HTML {as_html}:\n{}\n{:?}",
                    client.name, mail.text, mail.segments
                )
            };
            prop_assert_eq!(places, 1, "lost or doubled: {}", how());
            prop_assert!(there.contains(word), "taken for another's: {}", how());
        }
    }
    let whole: String = mail
        .segments
        .iter()
        .map(|segment| &mail.text[segment.range.clone()])
        .collect();
    prop_assert_eq!(&whole, &mail.text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_word_comes_out_as_whose_it_is(words in words(), client in 0..CLIENTS.len(), as_html in any::<bool>()) {
        check(&words, &CLIENTS[client], as_html)?;
    }
}
