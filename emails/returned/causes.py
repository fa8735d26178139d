"""What a server's words and codes say about an address: dead for good, or only this mail's trouble.

Only what names the address itself as dead is hard: no such user, no such host, moved, takes no
mail at all. A full or closed mailbox, a block list, a policy, a time-out say nothing about whether
the address exists. The words are looked at before the codes, since many servers send 5.1.1 or
5.0.0 for everything.

* cause_of(words, status, *, delayed=False) -> Cause
"""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = 4_000


class Cause(models.TextChoices):
    """Why a mail came back."""

    UNKNOWN_USER = "unknown_user", _("no such mailbox")
    UNKNOWN_HOST = "unknown_host", _("no such domain")
    MOVED = "moved", _("the mailbox has moved")
    NO_MAIL = "no_mail", _("takes no mail at all")
    FULL = "mailbox_full", _("the mailbox is full")
    CLOSED = "mailbox_closed", _("the mailbox is closed or suspended")
    BLOCKED = "blocked", _("our server is blocked or limited")
    CONTENT = "content", _("refused for its content")
    SIZE = "too_large", _("too large")
    POLICY = "policy", _("refused by a rule of the server")
    EXPIRED = "expired", _("not delivered in time")
    NETWORK = "network", _("the server cannot be reached")
    SYSTEM = "system", _("trouble of the server")
    OTHER = "other", _("for reasons it does not tell")


# What is told of us, of the text or of the server's own rules never counts against an address.
BLAMELESS = frozenset({Cause.BLOCKED, Cause.CONTENT, Cause.SIZE, Cause.POLICY, Cause.SYSTEM})
HARD = frozenset({Cause.UNKNOWN_USER, Cause.UNKNOWN_HOST, Cause.MOVED, Cause.NO_MAIL})


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


# In this order: the first that is found in what the server said. Gaps are bounded.
WORDS: tuple[tuple[Cause, re.Pattern[str]], ...] = (
    # Microsoft's words for an address that its directory lacks.
    (Cause.UNKNOWN_USER, _any(r"recipient address rejected: access denied")),
    (Cause.UNKNOWN_HOST, _any(r"the account or domain may not exist")),
    (Cause.NETWORK, _any(r"not found,? try again|temporary (?:lookup|name|DNS)")),
    (
        Cause.FULL,
        _any(
            r"(?:mail ?box|inbox|account|mail ?drop|user|recipient)[^.\n]{0,60}"
            r"(?:\bfull\b|over ?-?quota|quota exceeded|out of (?:storage|space))",
            r"(?:over|exceed(?:s|ed)?|above)[^.\n]{0,40}(?:disk |mail ?box |storage |mail )?quota",
            r"quota[^.\n]{0,30}(?:exceeded|exceeds|full|would exceed|violation|reached|overdrawn)",
            r"mailbox size limit|storage (?:limit|allocation|quota)"
            r"|insufficient (?:disk )?space in",
            r"not enough (?:storage )?space in[^.\n]{0,30}(?:mailbox|disk)",
            r"exceeded (?:its |their |the )?(?:storage|disk|mailbox|maximum mailbox)",
            r"(?:bo[iî]te|messagerie)[^.\n]{0,40}(?:pleine|quota)|postfach is[t] voll"
            r"|buz[oó]n lleno",
            r"user is over the quota|has too many messages|mailfolder is over",
        ),
    ),
    (
        Cause.SIZE,
        _any(
            r"(?:message|mail|data|body)[^.\n]{0,40}(?:too (?:big|large|long))\b",
            r"message (?:size|length)[^.\n]{0,60}(?:exceed|limit|too)|size limit|exceeds? (?:the )?"
            r"(?:fixed )?max(?:imum)?[^.\n]{0,20}(?:message )?size|exceeds size",
        ),
    ),
    (
        Cause.CLOSED,
        _any(
            r"(?:account|mail ?box|user|recipient|address|domain)[^.\n<>]{0,60}"
            r"(?:disabled|suspended|inactive|deactivated|locked|frozen|on hold|not activated"
            r"|temporarily (?:unavailable|disabled|closed)|has expired|been blocked"
            r"|not (?:yet )?active\b)",
            r"(?:disabled|suspended|inactive|expired) (?:user|account|mail ?box|recipient)",
            r"mailbox currently (?:not available|suspended)|invalid/inactive user",
            r"is currently not accepting|not accepting (?:any )?(?:mail|messages) (?:for|at)",
            r"boite du destinataire archivee|account closed due to inactivity|vacation mode",
        ),
    ),
    (
        Cause.POLICY,
        _any(
            r"relay(?:ing)?[^.\n]{0,30}(?:denied|not (?:permitted|allowed)|prohibited|forbidden)",
            r"(?:unable|not (?:allowed|permitted|authori[sz]ed)|cannot|refused?|denied|don't)"
            r"[^.\n]{0,25}\brelay|we do not relay|sorry, that domain isn't in my list|"
            r"not a (?:gateway|relay)|insecure mail relay|this system is not configured to relay",
            r"\b(?:DMARC|DKIM|SPF|sender policy framework)\b",
            r"unauthenticated (?:e?mail|senders?)|authentication (?:failed|required|is required)",
            r"sender (?:address )?(?:rejected|verify failed|denied|refused|domain must"
            r"|not allowed)",
            r"(?:sender|return|from)[^.\n]{0,40}(?:domain|address)[^.\n]{0,40}"
            r"(?:not exist|not resolve|invalid|not found|no valid)",
            r"domain of sender|unresolvable (?:return|sender)|unknown (?:sender|from) ",
            r"reverse[ -]?(?:DNS|record|lookup|hostname)|\bPTR\b|cannot find your"
            r"(?: reverse)? hostname|unable to verify (?:your )?(?:hostname|sender)|fcrdns",
            r"(?:security|local|mail|server|site|domain|group|company|administrative) polic(?:y"
            r"|ies)",
            r"polic(?:y|ies) (?:violation|reasons?|restriction|rejection)|prohibited by admin",
            r"(?:pas|not) autoris|access denied(?!\. AS)",
            r"(?:not|n't)(?: \w+){0,3} (?:allowed|permitted|authori[sz]ed|permission)"
            r"[^.\n]{0,40}(?:to (?:send|post|submit|write)|from|sender)",
            r"not have permission to (?:post|send|submit)|members? (?:can|may|are allowed to) post",
            r"TLS (?:is )?required|must issue a STARTTLS|requires? (?:TLS|encryption)",
        ),
    ),
    (
        Cause.BLOCKED,
        _any(
            r"black ?-?list|block ?-?list|deny ?list|\bRBLs?\b|\bDNSBL\b|spamhaus|spamcop|barracuda"
            r"|senderbase|proofpoint|cloudmark|\bSORBS\b|\bPBL\b|uribl|surbl|spam ?rats|spamsource",
            r"(?:ip|address|host|client|connection|server|domain|sender|network|you)"
            r"[^.\n@]{0,40}(?:is|are|was|has been|have been|been|temporarily|permanently) "
            r"(?:\w+ )?(?:blocked|banned|refused|blacklisted|listed|throttled|deferred)",
            r"(?:blocked|banned|rejected|refused) (?:by|using|due to|because|for|from)"
            r"[^.\n]{0,30}(?:\bip\b|list|reputation|abuse|spam|\[|dynamic|unusual)",
            r"reputation|dynamic (?:ip|address|host|pool)|dial-?up|residential",
            r"too many (?:connections|concurrent|messages|sessions|errors|mails|emails|recipients"
            r"|invalid|unknown|spam)|rate ?-?limit|receiving mail at a rate|unusual rate|too fast"
            r"|throttl|connection (?:rate|frequency) limit|limit on the number|exceeded the"
            r"[^.\n]{0,20}(?:number|limit|rate)|message rate|try again later|slow down",
            r"grey ?-?list|gray ?-?list|access denied[^.\n]{0,40}(?:ip|host|\[)|bad (?:HELO|EHLO)"
            r"|(?:HELO|EHLO)[^.\n]{0,40}(?:rejected|invalid|refused)|invalid domain name"
            r"|client host (?:rejected|\[)|access from ip|no SMTP service here for you"
            r"|not accepting mail from (?:your|this)|mail from \d|unauthorized (?:ip|host)"
            r"|connections? (?:from|by)[^.\n]{0,50}(?:rejected|refused|not (?:accepted|allowed))"
            r"|my name was rejected|unsolicited|bulk (?:mail|email|sender)",
        ),
    ),
    (
        Cause.CONTENT,
        _any(
            r"\bspam\b|\bUBE\b|\bUCE\b|junk ?mail|phish|spamassassin|identified as (?:spam|bulk)",
            r"virus|malware|trojan|worm\b|infected|dangerous|banned (?:content|file|attach)",
            r"(?:message|mail|content|attachment|header|body)s?[^.\n]{0,40}"
            r"(?:rejected (?:due|for|because|by)|not acceptable|unacceptable|prohibited|forbidden"
            r"|blocked|not allowed|not RFC|violat)",
            r"message content rejected|content (?:filter|policy|restriction)|illegal attachment"
            r"|duplicate header|header (?:syntax|error|too)|mime error|8-?bit data|not (?:RFC )?"
            r"compliant|RFC ?5?[28]22|improper use of|message filtered|refused by filter"
            r"|too many (?:hops|received)|rejected message because|message was rejected by",
        ),
    ),
    (
        Cause.UNKNOWN_HOST,
        _any(
            r"(?:host|domain|hostname|mx|mail server|name)s?\b[^.\n]{0,60}"
            r"(?:not found|unknown|does(?: not|n't) exist|nonexistent|no such|cannot be found"
            r"|could not be (?:found|resolved)|couldn't be found|isn't (?:valid|found)|not exist)",
            r"(?:unknown|no such|nonexistent|non-existent|illegal|invalid|bad) (?:mail )?"
            r"(?:host|domain)\b(?! name\b)|unrouteable (?:mail )?(?:address|domain)|NXDOMAIN"
            r"|couldn't find any host|can't find any host|no (?:valid )?(?:mx|mail exchangers?|dns)"
            r"[^.\n]{0,30}(?:for|record|found|of)|name or service not known|name service error"
            r"|no mail server|illegal host/domain|domain must exist|host unreachable"
            r"|unable to (?:resolve|find)[^.\n]{0,30}(?:host|domain|mx|recipient)|bad destination"
            r" (?:host|system)|domain[^.\n]{0,30}is not reachable|all relevant mx records point to"
            r"|no route for current request|domain (?:is )?unknown",
        ),
    ),
    (
        Cause.NO_MAIL,
        _any(
            r"null ?mx|indicated no smtp service|find a mail exchanger|receive email according"
            r"|does not accept (?:any )?(?:e?mail|messages)|no mail accept"
            r"|accepts no mail|host (?:is )?not accepting mail|doesn't accept mail"
            r"|don't handle mail|no smtp server|mx (?:record )?(?:list )?points? to"
            r"|protocol returned a permanent error|only send(?:s|ing)",
        ),
    ),
    (
        Cause.MOVED,
        _any(
            r"(?:user|address|mailbox|recipient|account|has)[^.\n]{0,40}\bmoved\b|has been replaced"
            r"|no longer on (?:this )?server|changed (?:his|her|their|its) address"
            r"|a changé d.adresse|new address",
        ),
    ),
    (
        Cause.UNKNOWN_USER,
        _any(
            r"(?:user(?:id|name)?|mail ?box|account|recipient|address|addressee|alias|person"
            r"|local[- ]part"
            r"|destinataire|utilisateur|inbox|customer)s?\b[^.;:\n]{0,60}?\b"
            r"(?:unknown|not known|not found|not exist|doesn't exist|doesn't have"
            r"|no longer (?:valid"
            r"|exists?|available|active|accepts?|in use)|not (?:be )?(?:found|listed|available"
            r"|valid"
            r"|local|present|recogni[sz]ed|registered|in service)|invalid|is not an? (?:known|valid"
            r"|active|local)|nonexistent|non-existent|terminated|deleted|removed|unavailable"
            r"|couldn't be found|inconnu|inexistan[t]|isn't valid|don't exist)",
            r"(?:unknown|no such|invalid|nonexistent|non-existent|non existent|bad|illegal"
            r"|unrecogni[sz]ed|not a valid|not a known|no valid|no) (?:final delivery )?"
            r"(?:virtual |local |destination |e?-?mail |remote |alias |to )?(?:or unknown )?"
            r"(?:virtual )?(?:user(?:id)?|mail ?box|account|recipient|address|person|alias|rcpt"
            r"|inbox"
            r"|local[- ]part|customer)\b",
            r"adresse d.{0,12}(?:destinataire|invalide)|no existe|unbekannt|existiert nicht|gibt es"
            r" nicht|n'existe pas|bad ?rcpt ?to|recip(?:ient)?notfound|address rejected(?!:)"
            r"|> ?(?:[.:,]{1,4} ?)?not found|no one (?:here )?(?:at|by) th|there is no one"
            r"|missing home directory|not listed in (?:public )?(?:name|domino)|can't accept user"
            r"|no thank you|were unknown|spectator does not exist|\b54[27] \S{1,320} rejected"
            r"|rejected by the recipient domain|account that you tried to reach does not exist",
        ),
    ),
    (
        Cause.NETWORK,
        _any(
            r"connection (?:timed out|refused|lost|closed|reset|dropped)|time-?d? ?-?out|timeout"
            r"|network (?:error|is unreachable|unreachable)|no route to host|routing loop|mail loop"
            r"|loops? back|could not connect|cannot connect|unable to connect|DNS (?:error|failure"
            r"|lookup)|host[^.\n]{0,30}(?:unreachable|not responding)|no answer|bad connection",
        ),
    ),
    (
        Cause.EXPIRED,
        _any(
            r"(?:delivery|retry)[^.\n]{0,30}(?:expired|time (?:has )?(?:expired|exceeded)|delayed)"
            r"|queue[^.\n]{0,20}too long|could not be delivered (?:for|within)|been in the queue"
            r"|retry (?:timeout|time not reached)|not delivered within"
            r"|unable to deliver[^.\n]{0,40}"
            r"(?:hours|days)|message expired|still being retried|will keep trying|giv(?:en|ing) up",
        ),
    ),
)
# Of codes, where the words say nothing: RFC 3463, by its subject and detail.
CODES = {
    **dict.fromkeys(("1.1", "1.3", "1.10", "1.351"), Cause.UNKNOWN_USER),
    **dict.fromkeys(("1.2",), Cause.UNKNOWN_HOST),
    "1.6": Cause.MOVED,
    "2.1": Cause.CLOSED,
    "2.2": Cause.FULL,
    **dict.fromkeys(("2.3", "3.4"), Cause.SIZE),
    "3.2": Cause.NO_MAIL,
    "4.7": Cause.EXPIRED,
    **dict.fromkeys(("1.7", "1.8", "1.9"), Cause.POLICY),
}
SUBJECTS = {
    "2": Cause.CLOSED,
    "3": Cause.SYSTEM,
    "4": Cause.NETWORK,
    "5": Cause.SYSTEM,
    "6": Cause.CONTENT,
    "7": Cause.POLICY,
}
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")


def status_in(words: str) -> str:
    """Return the most telling enhanced status among a server's words; empty where none is."""
    found = [each[0] for each in _STATUS.finditer(words[:LONGEST])]
    telling = [one for one in found if not one.endswith(".0.0")]
    return next(iter(telling or found), "")


# Not of the address: a server that takes recipients and then says so filters by content.
AFTER_DATA = re.compile(
    r">>> DATA\s{1,9}<<< 5|(?:in reply to|response to|after|following) (?:the )?(?:end of )?DATA\b",
    re.IGNORECASE,
)
# From here on it is the other server that speaks.
_ANSWER = re.compile(r"(?:(?<=[\s:;(\"'<])|^)[45]\d\d[ -]|#[45]\.\d|(?<!\S)5\.\d\.\d")
# What a relay writes in front of whatever the other server said.
_RELAYED = re.compile(r"5\.1\.0 - Unknown address error(?= \d{3}[ -])")
_DIRECTORY = frozenset({"1.1", "1.10", "1.351"})


def cause_of(words: str, status: str = "", *, delayed: bool = False, data: bool = False) -> Cause:
    """Say why a mail came back.

    `delayed` ones may still arrive, so nothing is for good; `data` says that the address had been
    accepted before.
    """
    if words.lower().startswith("x-unix"):
        # Of a program on that machine, whatever it was about.
        return Cause.SYSTEM
    cause = _cause(_RELAYED.sub("", " ".join(words[:LONGEST].split())), status)
    if cause not in HARD:
        return cause
    if delayed or status.startswith("2."):
        return Cause.EXPIRED
    if cause == Cause.UNKNOWN_USER and data and status[2:] not in _DIRECTORY:
        return Cause.OTHER
    if status.startswith("4.") and cause != Cause.UNKNOWN_USER:
        return Cause.NETWORK
    return cause


def _cause(words: str, status: str) -> Cause:
    answer = _ANSWER.search(words)
    for text in (words[answer.start() :] if answer else "", words):
        for cause, pattern in WORDS:
            if pattern.search(text):
                return cause
    return _by_code(status)


def _by_code(status: str) -> Cause:
    found = _STATUS.search(status)
    if found is None:
        return Cause.OTHER
    number = f"{found[2]}.{found[3]}"
    if found[1] == "4" and CODES.get(number) in HARD:
        return Cause.SYSTEM
    return CODES.get(number) or SUBJECTS.get(found[2]) or Cause.OTHER
