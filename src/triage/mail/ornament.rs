//! Images that a mail shows and nobody needs to look at: logos of signatures, icons, tracking pixels, old quoted pictures.
//!
//! Where the HTML shows an image says most: a screenshot stands among the writer's words, a logo below them. But people
//! paste screenshots below their signature, too, so a large image never is a logo.

use super::body::Body;
use super::html::Image;
use super::{Attachment, Part, trim};

/// The largest logo. Screenshots begin at about 20 KB.
const LOGO_BYTES_MAX: u64 = 60 * 1024;

/// How high a logo is shown at most.
const LOGO_PIXELS_MAX: u32 = 200;

/// What stands among words and is no higher than two lines of them is an icon.
const ICON_PIXELS_MAX: u32 = 40;
const ICON_BYTES_MAX: u64 = 20 * 1024;

/// Tracking pixels and spacers: the smallest GIF of one pixel has 35 bytes.
const PIXEL_BYTES_MAX: u64 = 50;
const DOTS_MAX: u32 = 5;

/// Marks the attachments that are ornaments. In a forwarded mail what looks quoted is what it is about.
pub(super) fn mark(body: &mut Body, forwards: bool) {
    let pages = std::mem::take(&mut body.pages);
    let mut verdicts: Vec<Option<bool>> = vec![None; body.attachments.len()];
    for mut page in pages {
        let images = std::mem::take(&mut page.images);
        let read = Body {
            text: page.text,
            marks: page.marks,
            ..Body::default()
        };
        let segments = trim::segments(&read, None);
        let part_before = |at: usize| {
            let before = at.saturating_sub(1);
            let found = segments
                .iter()
                .find(|segment| segment.range.contains(&before));
            found.map_or(Part::New, |segment| segment.part)
        };
        for (at, file) in body.attachments.iter().enumerate() {
            let source = body.sources.get(at).and_then(Option::as_ref);
            let shown = images.iter().filter(|image| Some(&image.source) == source);
            for image in shown.take(10) {
                let verdict = is_ornament(image, part_before(image.at), file, forwards);
                if let Some(so_far) = verdicts.get_mut(at) {
                    *so_far = Some(so_far.unwrap_or(true) && verdict);
                }
            }
        }
    }
    for (file, verdict) in body.attachments.iter_mut().zip(verdicts) {
        file.ornament = verdict.unwrap_or(false);
    }
}

fn is_ornament(image: &Image, part: Part, file: &Attachment, forwards: bool) -> bool {
    if !file.content_type.starts_with("image/") {
        return false;
    }
    let pixels = image.pixels;
    if pixels.map_or(file.size <= PIXEL_BYTES_MAX, |pixels| pixels <= DOTS_MAX) {
        return true;
    }
    let logo = file.size <= LOGO_BYTES_MAX && pixels.is_none_or(|pixels| pixels <= LOGO_PIXELS_MAX);
    let icon =
        file.size <= ICON_BYTES_MAX && pixels.is_some_and(|pixels| pixels <= ICON_PIXELS_MAX);
    match part {
        Part::Quoted if forwards => icon || (logo && is_named_so(file)),
        Part::Quoted => true,
        Part::Signature | Part::Disclaimer => logo,
        Part::New | Part::Forwarded => icon || (logo && is_named_so(file)),
    }
}

/// True for `logo.png`, `linkedin-icon.gif` and the like.
fn is_named_so(file: &Attachment) -> bool {
    const WORDS: [&str; 9] = [
        "logo",
        "icon",
        "signature",
        "signatur",
        "facebook",
        "linkedin",
        "twitter",
        "instagram",
        "youtube",
    ];
    let name = file.name.as_deref().unwrap_or_default().to_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::Mail;

    /// Whether the one image of a mail with this HTML is an ornament.
    fn check(html: &str, name: &str, bytes: usize, ornament: bool) {
        let mail = format!(
            "From: jane@acme.example\nSubject: Re: x\nIn-Reply-To: <1@x>\nContent-Type: multipart/related; boundary=b\n\n\
             --b\nContent-Type: text/html\n\n{html}\n--b\nContent-Type: image/png; name={name}\nContent-ID: <i@x>\n\n{}\n--b--\n",
            "x".repeat(bytes)
        );
        let mail = Mail::read(mail.as_bytes());
        let [image] = mail.attachments.as_slice() else {
            panic!("{:?}", mail.attachments);
        };
        assert!(image.inline, "{html}");
        assert_eq!(image.ornament, ornament, "{html} {name} {bytes}");
    }

    #[test]
    fn tells_logos_from_screenshots() {
        let among = "<p>See:</p><p><img src=\"cid:i@x\" width=600 height=400></p><p>Jane</p>";
        check(among, "image001.png", 50_000, false);
        check(among, "logo.png", 5_000, false);
        let below = "<p>Hi</p><div class=gmail_signature>Jane<br><img src=\"cid:i@x\"></div>";
        check(below, "image001.png", 5_000, true);
        check(below, "image001.png", 500_000, false);
        let plain = "<p>Hi</p><p>-- <br>Jane<br><img src=\"cid:i@x\" height=60></p>";
        check(plain, "image001.png", 5_000, true);
        let icon = "<p>Call <img src=\"cid:i@x\" height=16 width=16> me</p>";
        check(icon, "image001.png", 900, true);
        check("<p>Hi</p><img src=\"cid:i@x\">", "logo.png", 5_000, true);
        check(
            "<p>Hi</p><img src=\"cid:i@x\" width=1 height=1>",
            "a.gif",
            43,
            true,
        );
        let quoted = "<p>Hi</p><blockquote>Before: <img src=\"cid:i@x\"></blockquote>";
        check(quoted, "image001.png", 500_000, true);
    }
}
