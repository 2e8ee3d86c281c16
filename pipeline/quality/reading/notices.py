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
_LETTER = r"(?:newsletters?|blog|channel|podcast|e-?mails?|updates|inbox|mailing list)"
_POLITE = r"(?:please\s+|if you (?:liked?|loved?|enjoy(?:ed)?) [^.,;]{1,40},\s*(?:please\s+)?)?"
_APPEAL = re.compile(
    rf"\W*{_POLITE}(?:"
    rf"share (?:this|it)(?: {_POST})?(?: (?:on|via|with|using|to)\b[^.]*)?\W*$|sharing is caring\b"
    rf"|(?:liked?|loved?|enjoyed|enjoying) (?:this|what you)\b[^.?]*\?"
    r"|click (?:here )?to (?:expand|enlarge|tweet|share)\b|click here to (?:get|subscribe|join)\b"
    r"|(?:advertisements?|sponsored content|(?:story|article) continues below[^.]*)\W*$"
    r"|(?:follow|like|find|join) us on\b|scroll down to continue\b"
    rf"|(?:subscribe|sign up)\b.*\b{_LETTER}\b"
    rf"|get (?:our|the) (?:latest|newest|best)\b.*\b{_LETTER}\b"
    rf"|join (?:our|[\d,.]+[km]?\+?)\b.*\b(?:{_LETTER}|subscribers|readers|community)\b"
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
