//! Elements of HTML: what each writes when it opens and closes, and what holds while it is open.

use super::super::markup::{
    Tag, after_close, attribute, begins_history, has_effect, is_hidden, is_tight, line_ends,
    marked, name, pixels,
};
use super::super::paper::Paper;
use super::{Image, Mark, MarkKind, Reader};

/// Images that are noted. Newsletters have a hundred, and link to most.
const IMAGES_MAX: usize = 200;

/// Elements that are open at once; deeper ones have no effect of their own.
const OPEN_MAX: usize = 256;

/// What an element does while it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    Hidden,
    Quote,
    Preformatted,
    /// Next number, or none for a list with dots.
    List(Option<u32>),
    Link {
        target: String,
        start: usize,
    },
    Marked(MarkKind, usize),
    /// A paragraph without space around it, which is how Outlook writes lines.
    Tight,
}

pub(super) struct Open {
    pub(super) tag: Tag,
    pub(super) effect: Effect,
}

impl Reader {
    pub(super) fn element<'t>(&mut self, tag: Tag, attributes: &str, rest: &'t str) -> &'t str {
        if matches!(name(&tag), "div" | "hr" | "span") && begins_history(attributes) {
            let at = self.paper.position();
            self.history.get_or_insert(at);
        }
        match name(&tag) {
            "script" => return after_close(rest, "</script"),
            "style" => return after_close(rest, "</style"),
            "title" => return after_close(rest, "</title"),
            "br" => self.unhidden(Paper::line_break),
            "hr" => self.unhidden(|paper| {
                paper.end_line(1);
                paper.word("---");
                paper.end_line(1);
            }),
            "img" => self.image(attributes),
            "tr" => {
                self.cells = 0;
                self.unhidden(|paper| paper.end_line(1));
            }
            "td" | "th" => {
                if self.cells > 0 {
                    self.unhidden(Paper::cell);
                }
                self.cells += 1;
            }
            "li" => self.item(),
            "p" if is_tight(attributes) => self.unhidden(|paper| paper.end_line(1)),
            name => self.unhidden(|paper| paper.end_line(line_ends(name))),
        }
        if has_effect(name(&tag)) && self.open.len() < OPEN_MAX && !attributes.ends_with('/') {
            self.push(tag, attributes);
        }
        rest
    }

    fn push(&mut self, tag: Tag, attributes: &str) {
        let effect = self.effect(name(&tag), attributes);
        match &effect {
            Effect::Hidden => self.hidden += 1,
            Effect::Quote => self.set_quotes(self.quotes + 1),
            Effect::Preformatted => self.preformatted += 1,
            Effect::None
            | Effect::List(_)
            | Effect::Link { .. }
            | Effect::Marked(..)
            | Effect::Tight => {}
        }
        self.open.push(Open { tag, effect });
    }

    fn effect(&mut self, tag: &str, attributes: &str) -> Effect {
        if !attributes.is_empty() && is_hidden(attributes) {
            return Effect::Hidden;
        }
        match tag {
            "p" if is_tight(attributes) => Effect::Tight,
            "head" => Effect::Hidden,
            "blockquote" if !attributes.contains("border:none") => Effect::Quote,
            "pre" | "textarea" => Effect::Preformatted,
            "ol" => Effect::List(Some(1)),
            "ul" | "dir" | "menu" => Effect::List(None),
            "a" => Effect::Link {
                target: attribute(attributes, "href").unwrap_or_default(),
                start: self.paper.position(),
            },
            _ if attributes.is_empty() => Effect::None,
            _ => marked(attributes).map_or(Effect::None, |kind| {
                Effect::Marked(kind, self.paper.position())
            }),
        }
    }

    pub(super) fn close(&mut self, tag: Tag) {
        let tight = name(&tag) == "p"
            && self
                .open
                .last()
                .is_some_and(|open| open.effect == Effect::Tight);
        self.unhidden(|paper| paper.end_line(if tight { 1 } else { line_ends(name(&tag)) }));
        if !has_effect(name(&tag)) {
            return;
        }
        if let Some(at) = self.open.iter().rposition(|open| open.tag == tag) {
            while self.open.len() > at {
                self.pop();
            }
        }
    }

    pub(super) fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.pop();
        }
    }

    fn pop(&mut self) {
        match self.open.pop().map(|open| open.effect) {
            Some(Effect::Hidden) => self.hidden -= 1,
            Some(Effect::Quote) => self.set_quotes(self.quotes - 1),
            Some(Effect::Preformatted) => self.preformatted -= 1,
            Some(Effect::Link { target, start }) => self.link(&target, start),
            Some(Effect::Marked(kind, start)) => self.marks.push(Mark {
                kind,
                range: start..self.paper.position(),
            }),
            Some(Effect::None | Effect::List(_) | Effect::Tight) | None => {}
        }
    }

    fn set_quotes(&mut self, quotes: usize) {
        self.quotes = quotes;
        self.paper.end_line(1);
        self.paper.set_quote_depth(quotes);
    }

    /// Writes a link's target unless the words already say it.
    fn link(&mut self, target: &str, start: usize) {
        let Some(words) = self.paper.text.get(start..) else {
            return;
        };
        let bare = target
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .trim_start_matches("mailto:");
        let bare = bare.split('?').next().unwrap_or(bare).trim_end_matches('/');
        let web = target.starts_with("http") || target.starts_with("mailto:");
        if self.hidden == 0
            && web
            && !bare.is_empty()
            && !words.trim().is_empty()
            && !words.contains(bare)
        {
            let target = target.trim_start_matches("mailto:").to_owned();
            self.paper.blank();
            self.paper.word(&format!("<{target}>"));
        }
    }

    fn image(&mut self, attributes: &str) {
        if self.hidden > 0 {
            return;
        }
        let source = attribute(attributes, "src").unwrap_or_default();
        if self.images.len() < IMAGES_MAX && !source.contains("://") && !source.starts_with("data:")
        {
            let source = source.trim_start_matches("cid:").replace("%40", "@");
            self.images.push(Image {
                source,
                at: self.paper.position(),
                pixels: pixels(attributes),
            });
        }
        if let Some(words) = attribute(attributes, "alt").filter(|alt| !alt.trim().is_empty()) {
            self.paper.flowing(&words);
        }
    }

    fn item(&mut self) {
        if self.hidden > 0 {
            return;
        }
        self.paper.end_line(1);
        let list = self
            .open
            .iter_mut()
            .rev()
            .find_map(|open| match &mut open.effect {
                Effect::List(next) => Some(next),
                Effect::None
                | Effect::Hidden
                | Effect::Quote
                | Effect::Preformatted
                | Effect::Link { .. }
                | Effect::Marked(..)
                | Effect::Tight => None,
            });
        match list {
            Some(Some(number)) => {
                self.paper.lead(format!("{number}. "));
                *number += 1;
            }
            Some(None) | None => self.paper.lead("- ".to_owned()),
        }
    }
}
