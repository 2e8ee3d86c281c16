"""Short lines that speak to the visitor of a page and are no text: on scripts, on policies, and
appeals to share, to subscribe, to click; marks of advertisements.

English words alone, and a line about them is none.
"""

import re

from pipeline.quality.lines import POLICY

_MOST_WORDS, _MOST_CHARACTERS = 25, 400  # up to which a line is a notice, not about one
_READER = r"(?:please|you(?:r|rs)?|must|needs? to|(?:this|our) (?:web)?(?:site|page|app)|browser)"
_SWITCH = (
    r"(?:enabled?|enabling|disabled?|turn(?:ed)? (?:it )?o(?:n|ff)|activated?|required|support)"
)
_SCRIPTS = (
    re.compile(rf"\b{_SWITCH}\b.*\bjavascript\b|\bjavascript\b.*\b{_SWITCH}\b"),
    re.compile(rf"\b{_READER}\b"),
)
_POLICIES = (
    re.compile(rf"\b(?:{POLICY})\b"),
    re.compile(
        r"\b(?:we|our|you|your|agree|(?:this|our) (?:web)?site|rights reserved|copyright|click)\b|©"
    ),
)
_NAMED_WORDS = 6  # of a line that is but the names of policies
_POST = r"(?:story|article|post|page|recipe|news|event|entry|video|blog)"
_NETWORK = (
    r"(?:facebook|twitter|x|instagram|youtube|linkedin|tiktok|pinterest|telegram|whatsapp|reddit"
    r"|discord|mastodon|threads|bluesky|snapchat|social media)"
)
_FRIENDS = rf"(?:{_NETWORK}|(?:your |a )?friends?|others|e-?mail)"
_LETTER = r"(?:newsletters?|inbox|mailing list|youtube channel|subscribers)"
_CALL = r"(?:read|share|subscribe|follow|get|sign up|tell|join|check|see|leave|support|buy)"
_POLITE = r"(?:please\s+|if you (?:liked?|loved?|enjoy(?:ed)?) [^.,;]{1,40},\s*(?:please\s+)?)?"
_REST = r"\b[^.!?:]*\W*$"  # no second sentence, which may say something
_APPEAL = re.compile(
    rf"\W*{_POLITE}(?:"
    rf"share (?:this|it)(?: {_POST})?(?:\W*$| (?:on|via|with|using|to) {_FRIENDS}{_REST})"
    r"|sharing is caring\W*$"
    rf"|(?:liked?|loved?|enjoyed|enjoying) (?:this(?: {_POST})?|what you\W?re \w+)\? {_CALL}\b"
    r"|click (?:here )?to (?:expand|enlarge|tweet)\W*$"
    rf"|click here to (?:get|subscribe|join)\b[^.!?]*\b(?:app|{_LETTER})\W*$"
    rf"|(?:advertisements?|sponsored content)\s*$|(?:story|article) continues below{_REST}"
    rf"|(?:follow|like|find|join) us on {_NETWORK}{_REST}|scroll down to continue\W*$"
    rf"|(?:subscribe|sign up)\b[^.!?]*\b(?:our {_POST}|{_LETTER}){_REST}"
    rf"|get (?:our|the) (?:latest|newest|best)\b[^.!?]*\b{_LETTER}{_REST}"
    rf"|join (?:our|[\d,.]+[km]?\+?)(?!\w)[^.!?]*\b{_LETTER}{_REST}"
    r")",
    re.IGNORECASE,
)


def notice(line: str, words: int) -> str:
    """What kind of notice a line of so many words is: javascript, policy or appeal, else nothing.

    An appeal stands alone: with a second sentence a line may say something too.
    """
    if words > _MOST_WORDS or len(line) > _MOST_CHARACTERS:
        return ""
    lower = line.lower()
    if "javascript" in lower and all(found.search(lower) for found in _SCRIPTS):
        return "javascript"
    is_policy = _POLICIES[0].search(lower) is not None
    if is_policy and (words <= _NAMED_WORDS or _POLICIES[1].search(lower) is not None):
        return "policy"
    return "appeal" if _APPEAL.match(line) is not None else ""
