"""Where a request comes from: which host it was sent to, and whether a page of ours sent it."""

from collections.abc import Mapping

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Names of this machine for a browser on it; any other may be a rebound name."""
PROOF = ("x-lotwright", "x-actor", "idempotency-key", "if-match")
"""Headers that no form and no link of another site can set; a change by cookie carries one."""
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
"""Types that a form of another site can send without asking."""


def host_name(host: str) -> str:
    """Return the name without its port, in lower case."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def by_browser(headers: Mapping[str, str]) -> bool:
    """Programs send neither header; browsers send at least one of them with every change."""
    return "sec-fetch-site" in headers or "origin" in headers


def same_origin(headers: Mapping[str, str], scheme: str) -> bool:
    """Tell whether a change was asked for by a page of ours, as far as a browser tells."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    return headers.get("origin", f"{scheme}://{headers['host']}") == f"{scheme}://{headers['host']}"


def proven(headers: Mapping[str, str]) -> bool:
    """Tell whether a change by cookie carries a header that only our pages' scripts can set."""
    return any(name in headers for name in PROOF)
