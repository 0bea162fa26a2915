"""What people read about a doubt that two of them decide."""

from controller.doubts.state import Signature
from controller.doubts.value import limit_passed, value_cents
from controller.names import money, person_name
from controller.state import Job, State


def said(verdict: str) -> str:
    """Say a verdict: `made good`."""
    return verdict.replace("_", " ")


def wanted(signature: Signature) -> str:
    """Say what a first verdict waits for."""
    return (
        f"Needs a second person: {person_name(signature.by)} said {said(signature.verdict)}; "
        "another person must confirm or object."
    )


def standing(state: State, job: Job) -> str:
    """Say how far the persons are with a doubt; empty where one person decides it."""
    above = limit_passed(state, job)
    if above is None:
        return ""
    if not job.signatures:
        return f"{worth(state, job, above)}: two persons must say the same."
    withdrawn = "".join(
        f"{person_name(each.by)}'s {said(each.verdict)} is withdrawn. "
        for each in job.signatures[-2:-1]
    )
    return f"{withdrawn}{wanted(job.signatures[-1])}"


def worth(state: State, job: Job, above: int) -> str:
    """Say that a doubt is worth more than the limit: `It is worth EUR 71.20, above EUR 60.00`."""
    plant = state.plant
    return f"It is worth {money(plant, value_cents(state, job))}, above {money(plant, above)}"
