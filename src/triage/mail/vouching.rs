//! What a mail server of ours found out about the writer (Authentication-Results, RFC 8601).
//!
//! Anybody can write such a header, so only those of servers that are named as ours count: they take away what pretends
//! to be theirs (RFC 8601, 5) before they add their own.

use super::trust::Road;

/// Whether the writer's domain stands behind a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouching {
    /// A server of ours found that it does: DMARC passed, or a signature of that domain is good.
    Passed,
    /// A server of ours found that DMARC failed.
    Failed,
    /// Nobody of ours says anything about it.
    Silent,
}

impl Road {
    /// What the newest results of one of `servers` say about a mail from `domain`. SPF alone says nothing: it is about
    /// the envelope, and whoever forwards breaks it.
    #[must_use]
    pub fn vouching(&self, servers: &[String], domain: &str) -> Vouching {
        let is_ours = |id: &str| servers.iter().any(|server| server.eq_ignore_ascii_case(id));
        let newest = self
            .authentication_results
            .iter()
            .find(|(id, _)| is_ours(id));
        let Some((_, results)) = newest else {
            return Vouching::Silent;
        };
        let results = parsed(results);
        let says = |method: &str, result: &str| {
            let found = results.iter().filter(move |one| one.is(method, result));
            found.collect::<Vec<_>>()
        };
        let passed = says("dmarc", "pass")
            .iter()
            .any(|one| one.value("header.from").is_some_and(|of| of == domain))
            || says("dkim", "pass")
                .iter()
                .any(|one| one.signer().is_some_and(|signer| is_above(signer, domain)));
        match (says("dmarc", "fail").is_empty(), passed) {
            (false, _) => Vouching::Failed,
            (true, true) => Vouching::Passed,
            (true, false) => Vouching::Silent,
        }
    }
}

/// One method's result with its properties: `dkim=pass header.d=acme.example`.
#[derive(Debug)]
struct Found {
    words: Vec<(String, String)>,
}

impl Found {
    fn is(&self, method: &str, result: &str) -> bool {
        self.words
            .first()
            .is_some_and(|(name, value)| name == method && value == result)
    }

    fn value(&self, property: &str) -> Option<&str> {
        let found = self.words.iter().find(|(name, _)| name == property);
        found.map(|(_, value)| value.as_str())
    }

    /// The domain that signed: `header.d`, or what stands behind the `@` of `header.i`.
    fn signer(&self) -> Option<&str> {
        let by_identity = || Some(self.value("header.i")?.rsplit_once('@')?.1);
        self.value("header.d").or_else(by_identity)
    }
}

/// A domain itself, or one above it that is no mere top-level domain (relaxed alignment, RFC 7489, 3.1.1).
fn is_above(signer: &str, domain: &str) -> bool {
    let below = domain.strip_suffix(signer);
    signer.contains('.') && below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The results of a header. What strangers put into it stands in comments and between quotation marks, and separates
/// nothing there.
fn parsed(header: &str) -> Vec<Found> {
    let mut results = vec![Found { words: Vec::new() }];
    let mut word = String::new();
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_u32);
    for char in header.chars().chain([';']) {
        match char {
            char if escaped => {
                escaped = false;
                if depth == 0 {
                    word.push(char);
                }
            }
            '\\' if quoted || depth > 0 => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            char if quoted => word.push(char),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            ';' => {
                finish(&mut word, &mut results);
                results.push(Found { words: Vec::new() });
            }
            char if char.is_whitespace() => finish(&mut word, &mut results),
            char => word.push(char),
        }
    }
    results
}

fn finish(word: &mut String, results: &mut [Found]) {
    let word = std::mem::take(word).to_ascii_lowercase();
    let pair = word.split_once('=');
    if let (Some((name, value)), Some(result)) = (pair, results.last_mut()) {
        result.words.push((name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mail;
    use super::Vouching;

    #[track_caller]
    fn check(headers: &[&str], expected: Vouching) {
        let lines: Vec<String> = headers
            .iter()
            .map(|header| format!("Authentication-Results: {header}\n"))
            .collect();
        let mail = format!("{}From: anna@us.example\n\nHello", lines.concat());
        let ours = ["mx.us.example".to_owned()];
        let found = Mail::read(mail.as_bytes())
            .road
            .vouching(&ours, "us.example");
        assert_eq!(found, expected, "{headers:?}");
    }

    #[test]
    fn only_a_server_of_ours_is_believed() {
        let passed = "mx.us.example; dmarc=pass (p=reject) header.from=us.example";
        check(&[passed], Vouching::Passed);
        check(
            &["MX.us.example 1; dkim=pass header.d=us.example"],
            Vouching::Passed,
        );
        check(
            &["mx.us.example; dkim=pass header.i=@us.example"],
            Vouching::Passed,
        );
        check(
            &["mx.us.example; dmarc=fail header.from=us.example"],
            Vouching::Failed,
        );
        check(
            &["mx.evil.example; dmarc=pass header.from=us.example"],
            Vouching::Silent,
        );
        check(&["mx.us.example; none", passed], Vouching::Silent);
        check(&["mx.other.example; dmarc=fail", passed], Vouching::Passed);
        check(
            &["mx.us.example; spf=pass smtp.mailfrom=us.example"],
            Vouching::Silent,
        );
        check(
            &["mx.us.example; dmarc=pass header.from=evil.example"],
            Vouching::Silent,
        );
        check(
            &["mx.us.example; dkim=pass header.d=evil.example"],
            Vouching::Silent,
        );
        check(
            &["mx.us.example; dkim=pass header.d=example"],
            Vouching::Silent,
        );
        check(
            &["mx.us.example; dkim=pass header.d=s.example"],
            Vouching::Silent,
        );
        check(&[], Vouching::Silent);
    }

    #[test]
    fn what_a_stranger_put_in_separates_nothing() {
        check(
            &[
                "mx.us.example; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=us.example\"@evil.example",
            ],
            Vouching::Silent,
        );
        check(
            &[
                "mx.us.example; spf=fail (said ; dmarc=pass header.from=us.example) smtp.mailfrom=evil.example",
            ],
            Vouching::Silent,
        );
        check(
            &["mx.us.example; spf=fail reason=\"x\\\"; dmarc=pass header.from=us.example\""],
            Vouching::Silent,
        );
    }
}
