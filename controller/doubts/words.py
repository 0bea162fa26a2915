"""What people read about a doubt that two of them decide."""

from controller.doubts.state import Signature
from controller.doubts.value import Above, above_limit
from controller.names import money, person_name
from controller.state import Job, State
from plant_config import Plant


def said(verdict: str) -> str:
    """Say a verdict: `made good`."""
    return verdict.replace("_", " ")


def wanted(by: str, verdict: str) -> str:
    """Say what a first verdict waits for."""
    return (
        f"Needs a second person: {person_name(by)} said {said(verdict)}; "
        "another person must confirm or object."
    )


def withdrawn(signature: Signature) -> str:
    """Say that a verdict no longer stands."""
    return f"{person_name(signature.by)}'s {said(signature.verdict)} is withdrawn."


def standing(state: State, job: Job) -> str:
    """Say how far the persons are with a doubt; empty where one person decides it."""
    above = above_limit(state, job)
    if above is None:
        return ""
    if not job.signatures:
        return f"{worth(state.plant, above)}: two persons must say the same."
    last = job.signatures[-1]
    gone = [withdrawn(each) for each in job.signatures[-2:-1]]
    return " ".join([*gone, wanted(last.by, last.verdict)])


def worth(plant: Plant, above: Above) -> str:
    """Say that a doubt is worth more than the limit: `It is worth EUR 71.20, above EUR 60.00`."""
    return f"It is worth {money(plant, above.value_cents)}, above {money(plant, above.above_cents)}"
