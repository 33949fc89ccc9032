//! The dresses that one and the same mail comes in: how it is typed, what stands below it, how it travels.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use unicode_normalization::UnicodeNormalization as _;

/// A mail that can be dressed.
#[derive(Clone)]
pub(crate) struct Worn {
    subject: String,
    /// The writer's own words.
    words: String,
    signature: String,
    /// An earlier mail, and how this one quotes it.
    quotes: Option<Quotes>,
    body: Body,
    encoding: Encoding,
    line_end: &'static str,
}

#[derive(Clone, Copy)]
enum Quotes {
    Marked,
    Headed,
}

#[derive(Clone, Copy)]
enum Body {
    Text,
    Html,
    OfficeHtml,
    Both,
}

#[derive(Clone, Copy)]
enum Encoding {
    EightBit,
    Base64,
    QuotedPrintable,
}

/// Its name, and how it is put on.
type Dress = (&'static str, fn(&mut Worn));

/// Put on in this order.
pub(crate) const DRESSES: [Dress; 25] = [
    ("capitals", |worn| worn.retype(|text| text.to_uppercase())),
    ("small letters", |worn| {
        worn.retype(|text| text.to_lowercase());
    }),
    ("no accents", |worn| worn.retype(without_accents)),
    ("accents written apart", |worn| {
        worn.retype(|text| text.nfd().collect());
    }),
    ("doubled blanks", |worn| {
        worn.retype(|text| text.replace(' ', "  "));
    }),
    ("hard blanks", |worn| {
        worn.retype(|text| text.replace(' ', "\u{a0}"));
    }),
    ("curly quotes", |worn| {
        worn.retype(|text| text.replace('\'', "’"))
    }),
    ("short lines", |worn| {
        worn.words = lines(&worn.words, |line| broken(line, 60))
    }),
    ("blanks at line ends", |worn| {
        worn.words = worn.words.replace('\n', "  \n")
    }),
    ("blank lines", |worn| {
        worn.words = worn.words.replace("\n\n", "\n\n\n\n")
    }),
    ("an indent", |worn| {
        worn.words = lines(&worn.words, |line| format!("  {line}"))
    }),
    ("a byte order mark", |worn| worn.words.insert(0, '\u{feff}')),
    ("a signature", |worn| worn.sign(MARKED_SIGNATURE)),
    ("a name below", |worn| worn.sign(BARE_SIGNATURE)),
    ("a telephone's footer", |worn| {
        worn.sign("Sent from my iPhone\n")
    }),
    ("a disclaimer", |worn| worn.sign(DISCLAIMER)),
    ("a quotation", |worn| worn.quotes = Some(Quotes::Marked)),
    ("a quotation below headers", |worn| {
        worn.quotes = Some(Quotes::Headed)
    }),
    ("Fwd:", |worn| worn.subject.insert_str(0, "Fwd: ")),
    ("HTML", |worn| worn.body = Body::Html),
    ("HTML of an office", |worn| worn.body = Body::OfficeHtml),
    ("text and HTML", |worn| worn.body = Body::Both),
    ("CRLF", |worn| worn.line_end = "\r\n"),
    ("base64", |worn| worn.encoding = Encoding::Base64),
    ("quoted-printable", |worn| {
        worn.encoding = Encoding::QuotedPrintable
    }),
];

const MARKED_SIGNATURE: &str = "-- \nInes Kolb\nAccount Lead\nNorthwind Analytics\nTel. +49 30 5550 1234\nwww.northwind.example\n";

const BARE_SIGNATURE: &str =
    "Best regards,\n\nInes Kolb\nAccount Lead | Northwind Analytics\n+49 30 5550 1234\n";

const DISCLAIMER: &str = "This e-mail and any attachments are confidential and intended only for the addressee. If you have received it in error, please notify the sender immediately and delete it.\n";

/// What somebody else wrote earlier, as alarming as can be.
const EARLIER: &str = "The whole platform is down and nobody can log in!\nClient: Sandford Mutual\nUrgency: critical\nWe will cancel our contract, you broke the SLA.\n";

impl Worn {
    pub(crate) fn new(subject: String, words: &str) -> Self {
        Self {
            subject,
            words: words.to_owned(),
            signature: String::new(),
            quotes: None,
            body: Body::Text,
            encoding: Encoding::EightBit,
            line_end: "\n",
        }
    }

    fn retype(&mut self, change: impl Fn(&str) -> String) {
        self.subject = change(&self.subject);
        self.words = change(&self.words);
    }

    fn sign(&mut self, signature: &str) {
        self.signature.push('\n');
        self.signature.push_str(signature);
    }

    /// As it travels.
    pub(crate) fn mail(&self) -> Vec<u8> {
        // Who quotes a mail answers it.
        let (re, answers) = match self.quotes {
            Some(_) => ("Re: ", "In-Reply-To: <earlier@sandford.example>\n"),
            None => ("", ""),
        };
        let header = format!(
            "From: Ines Kolb <ines@northwind.example>\nTo: support@everythingcloud.com\nSubject: {re}{}\n\
             Message-ID: <worn@northwind.example>\n{answers}Date: Mon, 4 May 2026 09:00:00 +0200\nMIME-Version: 1.0\n",
            self.subject
        );
        let body = match self.body {
            Body::Text => self.part("text/plain", &self.text()),
            Body::Html | Body::OfficeHtml => self.part("text/html", &self.html()),
            Body::Both => format!(
                "Content-Type: multipart/alternative; boundary=both\n\n--both\n{}\n--both\n{}\n--both--\n",
                self.part("text/plain", &self.text()),
                self.part("text/html", &self.html())
            ),
        };
        format!("{header}{body}")
            .replace('\n', self.line_end)
            .into_bytes()
    }

    fn part(&self, kind: &str, content: &str) -> String {
        let (name, content) = match self.encoding {
            Encoding::EightBit => ("8bit", content.to_owned()),
            Encoding::Base64 => ("base64", chunks(&STANDARD.encode(content), 76, "\n")),
            Encoding::QuotedPrintable => ("quoted-printable", quoted_printable(content)),
        };
        format!(
            "Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {name}\n\n{content}\n"
        )
    }

    fn text(&self) -> String {
        let quotation = match self.quotes {
            None => String::new(),
            Some(Quotes::Marked) => format!(
                "\nOn Fri, 1 May 2026 at 17:02, Rolf Kramer <rolf@sandford.example> wrote:\n{}",
                lines(EARLIER, |line| format!("> {line}"))
            ),
            Some(Quotes::Headed) => format!(
                "\n-----Original Message-----\nFrom: Rolf Kramer <rolf@sandford.example>\nSent: Friday, 1 May 2026 17:02\nTo: Ines Kolb\nSubject: Down\n\n{EARLIER}"
            ),
        };
        format!("{}{}{quotation}", self.words, self.signature)
    }

    fn html(&self) -> String {
        let office = matches!(self.body, Body::OfficeHtml);
        let paragraphs = |text: &str| -> String {
            let text = text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace("  ", " &nbsp;");
            if office {
                let lines = text.lines().map(|line| match line {
                    // An empty paragraph has no height.
                    "" => "&nbsp;",
                    line => line,
                });
                return lines.map(|line| format!("<p class=\"MsoNormal\"><span style='font-size:11.0pt'>{line}<o:p></o:p></span></p>\n")).collect();
            }
            let lines = text.lines();
            lines
                .map(|line| format!("<div>{line}<br></div>\n"))
                .collect()
        };
        let quotation = match self.quotes {
            None => String::new(),
            Some(Quotes::Marked) => format!(
                "<div class=\"gmail_quote\"><div class=\"gmail_attr\">On Fri, 1 May 2026 at 17:02, Rolf Kramer &lt;rolf@sandford.example&gt; wrote:<br></div><blockquote class=\"gmail_quote\">{}</blockquote></div>",
                paragraphs(EARLIER)
            ),
            Some(Quotes::Headed) => format!(
                "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>From:</b> Rolf Kramer &lt;rolf@sandford.example&gt;<br><b>Sent:</b> Friday, 1 May 2026 17:02<br><b>To:</b> Ines Kolb<br><b>Subject:</b> Down</p></div>{}",
                paragraphs(EARLIER)
            ),
        };
        format!(
            "<html><head><style>p {{ margin: 0 }}</style></head><body>{}{}{quotation}</body></html>",
            paragraphs(&self.words),
            paragraphs(&self.signature)
        )
    }
}

/// Of letters with a mark of their own, the letters alone; what is written in kana keeps its marks.
fn without_accents(text: &str) -> String {
    let letters = text
        .nfd()
        .filter(|letter| !('\u{300}'..='\u{36f}').contains(letter));
    letters.nfc().collect()
}

fn lines(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines()
        .map(|line| {
            if line.is_empty() {
                "\n".to_owned()
            } else {
                format!("{}\n", change(line))
            }
        })
        .collect()
}

/// Broken as mail programs break lines; lines without blanks stay.
fn broken(line: &str, columns: usize) -> String {
    let (mut out, mut column) = (String::new(), 0);
    for piece in line.split_inclusive(' ') {
        let word = piece.trim_end().chars().count();
        if column > 0 && word > 0 && column + word > columns {
            out.truncate(out.trim_end().len());
            out.push('\n');
            column = 0;
        }
        out.push_str(piece);
        column += piece.chars().count();
    }
    out
}

fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let mut column = 0;
        for byte in line.trim_end_matches('\n').bytes() {
            let word = match byte {
                b'=' | 0..=31 | 127.. => format!("={byte:02X}"),
                plain => char::from(plain).to_string(),
            };
            if column + word.len() > 72 {
                out.push_str("=\n");
                column = 0;
            }
            column += word.len();
            out.push_str(&word);
        }
        out.push('\n');
    }
    out
}

fn chunks(text: &str, size: usize, between: &str) -> String {
    let pieces = text.as_bytes().chunks(size);
    let pieces: Vec<_> = pieces.map(String::from_utf8_lossy).collect();
    pieces.join(between)
}
