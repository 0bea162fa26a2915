"""How a scan is refused: the answer for the page, and what of it the journal keeps."""

from controller.identity import facts as f
from controller.identity import requests as r
from controller.identity.parts import PartNow
from controller.judged import Judged
from controller.requests import Refusal

FOREIGN = "a code that is none of ours"
"""What the journal keeps of a foreign code, which may hold anything."""


def refused(request: r.ScanPart, code: str, why: str, *, kept: str = "") -> Judged:
    """Refuse a scan and keep that it happened."""
    fact = f.ScanRefused(
        machine=request.machine, job_order=request.job_order, code=code, why=kept or why
    )
    return Judged(facts=(fact,), reply=Refusal(kind="wrong", why=why))


def belongs(part: PartNow) -> str:
    """Say where a part belongs: `tote T-9`, `in pair 4127`."""
    return f"tote {part.tote}" if part.tote and part.stands == "made" else part.where


def capital(words: str) -> str:
    """Begin a sentence with them."""
    return f"{words[:1].upper()}{words[1:]}"
