"""What the plan in force changed for people, as the console of the demo says it."""

from controller.state import State
from controller.web.times import clock_text

_NOTHING = "nothing moved."


def plan_change(state: State, now_s: int) -> str:
    """Say which orders the last plan that changed something moved, and which promises are at risk:
    `11:32, plan 9: 2 orders moved (4127, 4131), 4127 is now at risk (4 min to spare). (P3 failed)`."""
    plan, before = state.plan, state.previous
    if plan is None:
        return ""
    at = f"{clock_text(state, state.plan_s, now_s)}, "
    # A better plan may follow the repair within seconds; what the repair changed still holds.
    if before is not None and plan.says.endswith(_NOTHING):
        plan, at = before, ""
    if not plan.says or plan.says.endswith(_NOTHING):
        return ""
    says = f"{plan.says[:1].lower()}{plan.says[1:]}" if at else plan.says
    return f"{at}{says}{f' ({plan.why})' if plan.why else ''}"
