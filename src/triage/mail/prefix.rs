//! What clients put before a subject: `Re:`, `AW:`, `WG:`, `Automatic reply:`, in the languages that mail is written in.

use std::sync::LazyLock;

use super::phrases::Phrases;

/// What a prefix says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefix {
    Reply,
    Forward,
}

/// A subject without its prefixes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stripped<'s> {
    pub(super) outermost: Option<Prefix>,
    /// True if any of the prefixes says "forward".
    pub(super) any_forward: bool,
    pub(super) bare: &'s str,
}

const REPLIES: &str = "\
    re|aw|antw|antwort|sv|vs|vá|res|odp|rif|r|ynt|ref|ré|bls|ang|atb|hal|ответ|答复|回复|回覆|返信|rép|réf";

const FORWARDS: &str = "\
    fw|fwd|wg|tr|rv|i|pd|enc|redir|vb|vl|vs|videresend|videresendt|ilt|i̇lt|doorst|doorgestuurd|weitergeleitet|\
    forwarded|reenviado|encaminhado|transféré|inoltrato|tr.|tf|f|továbbítás|fs|reenv|trs|пересл|fwd2|转发|轉寄|転送|prp|ven|\
    inoltro";

/// Takes the prefixes off, `[list]` tags between them included.
pub(super) fn strip(subject: &str) -> Stripped<'_> {
    /// A thread that has bounced about more often says nothing new.
    const PREFIXES_MAX: usize = 20;
    let mut stripped = Stripped {
        outermost: None,
        any_forward: false,
        bare: subject.trim(),
    };
    for _ in 0..PREFIXES_MAX {
        let Some((prefix, rest)) = first(stripped.bare) else {
            break;
        };
        stripped.outermost.get_or_insert(prefix);
        stripped.any_forward |= prefix == Prefix::Forward;
        stripped.bare = rest.trim_start();
    }
    stripped
}

fn first(subject: &str) -> Option<(Prefix, &str)> {
    let (head, rest) = subject.split_once([':', '：'])?;
    let head = without_tag(head).trim();
    // `Re[2]`, `Re (3)`, `Fwd*`
    let word = head
        .split(['[', '(', '^', '*'])
        .next()
        .unwrap_or(head)
        .trim()
        .trim_end_matches('.')
        .to_lowercase();
    // Finnish `VS` forwards and Swedish `VS` answers; `VS` with a quotation is told apart by the quotation.
    if FORWARDS.split('|').any(|known| known == word) {
        return Some((Prefix::Forward, rest));
    }
    REPLIES
        .split('|')
        .any(|known| known == word)
        .then_some((Prefix::Reply, rest))
}

fn without_tag(head: &str) -> &str {
    match head.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, rest)) if !rest.trim().is_empty() => rest,
        Some(_) | None => head,
    }
}

const AUTOMATIC: &str = "\
    auto:|automatic reply|auto-reply|autoreply|auto reply|auto response|auto-response|autoresponse|automated reply|\
    automated response|out of office|out-of-office|autosvar|automatisk svar|automatiskt svar|frånvaro|\
    automatisch antwoord|abwesenheitsnotiz|abwesend:|automatische antwort|automatische rückantwort|\
    risposta automatica|fuori sede|respuesta automática|réponse automatique|absence du bureau|resposta automática|\
    out of the office|autoresponder|automatikus válasz|automatická odpoveď|automatische abwesenheits|\
    автоматический ответ|автоматична відповідь|自動応答|自动答复|自動回覆|자동 회신|자동 응답|otomatik cevap|autom. antwort|\
    otomatik yanıt|автоответ|自动回复|自動返信|automatyczna odpowiedź|automaattinen vastaus|automatická odpověď";

/// The words at the start of a subject by which a machine says that it answers for someone.
pub(super) fn automatic(subject: &str) -> Option<&str> {
    static STARTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::at_start(AUTOMATIC));
    let subject = subject.trim_start();
    subject.get(..STARTS.find(subject)?.len())
}

#[cfg(test)]
mod tests {
    use super::{Prefix, automatic, strip};

    #[test]
    fn takes_prefixes_off() {
        for (subject, outermost, bare) in [
            ("Re: Log-in", Some(Prefix::Reply), "Log-in"),
            ("AW: WG: Log-in", Some(Prefix::Reply), "Log-in"),
            ("[EC] Fwd: Re[2]: Log-in", Some(Prefix::Forward), "Log-in"),
            ("TR : Log-in", Some(Prefix::Forward), "Log-in"),
            ("转发：登录", Some(Prefix::Forward), "登录"),
            ("Report: none", None, "Report: none"),
            ("", None, ""),
        ] {
            let stripped = strip(subject);
            assert_eq!(
                (stripped.outermost, stripped.bare),
                (outermost, bare),
                "{subject}"
            );
        }
    }

    #[test]
    fn knows_automatic_subjects() {
        assert_eq!(
            automatic("Automatic Reply: Log-in"),
            Some("Automatic Reply")
        );
        assert_eq!(
            automatic("Réponse automatique : absent"),
            Some("Réponse automatique")
        );
        assert_eq!(automatic("Re: Automatic reply"), None);
    }
}
