"""Words in files that mean yes, no, or the state of an address, in English and French."""

_YES = (
    "1 true t y yes on x ok oui o vrai v j ja si sim subscribed optin abonné abonnée inscrit"
    " inscrite granted accepted accepté actif active"
)
_NO = (
    "0 false f n no off non faux nein unsubscribed optout désabonné désabonnée desabonne"
    " désinscrit désinscrite desinscrit refused refusé inactif inactive none never jamais"
)
_STATES = {
    "hard": "hard hardbounce hardbounced bounced invalid invalide dur npai",
    "soft": "soft softbounce softbounced mou temporary temporaire",
    "valid": "valid valide ok deliverable delivered verified vérifié none 0",
}
YES_NO = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)
BOUNCES = {word: state for state, words in _STATES.items() for word in words.split()}


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def read_answer(text: str) -> bool | None:
    """Read a yes or no; None for a blank cell, `ValueError` for anything else."""
    if not text.strip():
        return None
    answer = YES_NO.get(_bare(text))
    if answer is None and text.strip() in {"✓", "✔", "☑"}:
        return True
    if answer is None:
        raise ValueError(text)
    return answer


def read_bounce(text: str) -> str | None:
    """Read the state of an address: `hard`, `soft` or `valid`; None for a blank cell."""
    if not text.strip():
        return None
    state = BOUNCES.get(_bare(text))
    if state is None:
        raise ValueError(text)
    return state
