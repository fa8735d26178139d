"""Words that people answer with to leave, and to come back: the whole message, however written."""

import unicodedata

# Whom the law names, with what people put behind it: `STOP au 36111`, `stop svp`.
_FIRM = frozenset(
    {
        *("stop", "stopp", "stopper", "stoppez", "arret", "arreter", "arretez", "unsubscribe"),
        *("desabonne", "desabonner", "desabonnez", "desabonnement"),
        *("desinscrire", "desinscris", "desinscrivez", "desinscription"),
    }
)
# Those Twilio knows itself, and what the French and their neighbours write.
STOP = _FIRM | frozenset(
    {
        *("stopall", "stop all", "cancel", "end", "quit", "revoke", "optout", "opt out"),
        *("abmelden", "baja", "basta", "parar", "sair", "afmelden"),
    }
)
START = frozenset(
    {*("start", "unstop", "resume", "optin", "opt in", "reprendre", "reprise", "reabonner")}
)
_BEHIND = frozenset(
    {
        *("au", "a", "all", "tout", "me", "moi", "svp", "stp", "merci", "please", "pls", "thanks"),
        *("pub", "pubs", "publicite", "sms", "text", "texts", "message", "messages", "now"),
    }
)
# So many words are no sentence yet.
_MOST_BEHIND = 3


def plain(text: str) -> str:
    """Return the words of a message alone, without accents, capitals, signs and emoji."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    # What cannot be seen and what stands above a letter parts no word.
    seen = (sign for sign in apart if unicodedata.category(sign) not in {"Cf", "Mn", "Me"})
    return " ".join("".join(sign if sign.isalnum() else " " for sign in seen).split())


def leaves(text: str, said: str = "") -> bool:
    """Say whether somebody leaves; `said` is what the provider understood (`OptOutType`).

    The first line counts: a signature may follow.
    """
    if said:
        return said.upper() == "STOP"
    words = next((words for line in text.splitlines() if (words := plain(line))), "")
    return _is(words, STOP) or _is_firm(words)


def returns(text: str, said: str = "") -> bool:
    """Say whether somebody comes back."""
    return said.upper() == "START" or (not said and _is(plain(text), START))


def _is(words: str, known: frozenset[str]) -> bool:
    # `STOP 36111`: in France the number to leave stands beside the word.
    first, _space, rest = words.partition(" ")
    return words in known or (first in known and rest.isdigit())


def _is_firm(words: str) -> bool:
    first, *behind = words.split() or [""]
    if first.rstrip("0123456789") not in _FIRM or len(behind) > _MOST_BEHIND:
        return False
    return all(word in _BEHIND or word.isdigit() for word in behind)
