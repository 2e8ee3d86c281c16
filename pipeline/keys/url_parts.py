"""What of an address names the visit and not the page."""

import re

# Parameters that name the visit or the campaign, never the page. The families are those that
# browsers' tracking protection and the ClearURLs rules agree on; the sessions are those of PHP,
# ASP, JSP, ColdFusion.
_TRACKING = re.compile(
    r"(?:utm_\w+|mtm_\w+|pk_(?:campaign|kwd|source|medium|content)|hsa_\w+|_hs(?:enc|mi)|hsctatracking"
    r"|fbclid|gclid|gclsrc|[gw]braid|dclid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|mc_[ce]id|mkt_tok"
    r"|_openstat|fb_(?:action_ids|action_types|source|ref)|__twitter_impression|oly_(?:anon|enc)_id"
    r"|vero_(?:conv|id)|wickedid|_ga|_gl|phpsessid|sessionid|session_id|jsessionid|aspsessionid\w*"
    r"|cfid|cftoken|sid(?==[0-9a-f]{32}\Z))(?:=|\Z)",
    re.IGNORECASE,
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)
_SESSION_SEGMENT = re.compile(r"/\([A-Za-z]\([a-z0-9]{20,}\)\)(?=/)", re.IGNORECASE)  # ASP.NET
_WWW = re.compile(r"www\d?\.(?=[^.]+\.)")


def without_www(name: str) -> str:
    """A host without `www.` or `www2.`, where more than a registered name is left."""
    if name[:3] != "www":
        return name
    found = _WWW.match(name)
    return name[found.end() :] if found else name


def parts_key(authority: str, path: str, query: str) -> str:
    """What the parts of a canonical address make of its key."""
    if ";" in path or "(" in path:
        path = _SESSION_SEGMENT.sub("", _SESSION_PATH.sub("", path))
    key = without_www(authority) + path.rstrip("/")
    if query and ("&" in query or _TRACKING.match(query)):
        query = "&".join(p for p in query.split("&") if p and not _TRACKING.match(p))
    return f"{key}?{query}" if query else key
