"""Words that people answer with to leave, and to come back: the whole message, however written."""

import unicodedata

# Those Twilio knows itself, and what the French write (`STOP` is the word of the law there).
STOP = frozenset(
    {
        *("stop", "stopall", "stop all", "stop sms", "unsubscribe", "cancel", "end", "quit"),
        *("revoke", "optout", "opt out", "arret", "arreter", "arretez", "stopper", "stoppez"),
        *("desabonner", "desabonnement", "desinscrire", "desinscription"),
    }
)
START = frozenset(
    {*("start", "unstop", "resume", "optin", "opt in", "reprendre", "reprise", "reabonner")}
)


def plain(text: str) -> str:
    """Return a message without accents, capitals, signs at its ends and doubled spaces."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(bare.split()).strip(" .,!?;:\"'()[]*-").strip()


def leaves(text: str, said: str = "") -> bool:
    """Say whether somebody leaves; `said` is what the provider understood (`OptOutType`)."""
    return said.upper() == "STOP" or (not said and _is(text, STOP))


def returns(text: str, said: str = "") -> bool:
    """Say whether somebody comes back."""
    return said.upper() == "START" or (not said and _is(text, START))


def _is(text: str, known: frozenset[str]) -> bool:
    word = plain(text)
    # `STOP 36111`: in France the number to leave stands beside the word.
    first, _space, rest = word.partition(" ")
    return word in known or (first in known and rest.isdigit())
