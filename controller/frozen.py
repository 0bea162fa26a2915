"""What the planner may not touch, read off the state: finished and running work, machines that are away."""

from controller.state import Job, JobPhase, Phase, State
from controller.waiting import family_of, job_end_s, mode_of
from plant_config import Mode
from scheduler import Frozen, Slot

REPAIR_S = 1_800
"""Until a failed machine is back, when nobody said; assumed."""
_LOOK_S = 60
"""Until a person has looked at a machine that nothing has to be taken off; assumed."""
UNSAID_S = 28_800
"""Until a machine is back that is out of service and nobody said for how long: a shift; assumed."""
AWAY_S = 600
"""Until a lost link is back; assumed."""


def frozen_of(state: State, now_s: int) -> Frozen:
    """Return the frozen work as it stands now."""
    done = {name: work.ended_s for name, work in state.work.items() if work.phase is Phase.DONE}
    running = tuple(
        Slot(
            machine=job.intended.job.machine,
            operations=tuple(member.operation for member in job.intended.job.members),
            family=job.intended.job.family,
            setup_start_s=job.intended_s,
            start_s=job.intended_s + job.intended.setup_s,
            end_s=_end_s(state, job, now_s),
        )
        for job in state.jobs.values()
        if job.phase is not JobPhase.OVER
    )
    return Frozen(
        done=done,
        running=running,
        lies=_lying(state),
        family_of={name: family_of(state, name) for name in state.machines},
        down_until={
            name: until_s
            for name in state.machines
            if (until_s := _down_until_s(state, name, now_s)) > now_s
        },
    )


def _lying(state: State) -> dict[str, str]:
    """Return where finished work was put; whether it still lies there follows from its routing."""
    if not state.plant.buffers:
        return {}
    made = ((n, work.machine) for n, work in state.work.items() if work.phase is Phase.DONE)
    found = {n: state.plant.group_of(machine).buffer for n, machine in made if machine}
    return {name: buffer for name, buffer in found.items() if buffer}


def _end_s(state: State, job: Job, now_s: int) -> int:
    """Return when a job order's parts are expected to be at hand; one in doubt waits for a person."""
    if job.phase is JobPhase.DOUBT:
        return now_s + REPAIR_S
    return job_end_s(job, now_s) + state.plant.group_of(job.intended.job.machine).handling


def _down_until_s(state: State, machine: str, now_s: int) -> int:
    known = state.machines[machine]
    if mode_of(state, machine) is Mode.WATCH:
        return now_s + UNSAID_S
    if known.out is not None:
        back_s = known.out.until_s
        return now_s + UNSAID_S if back_s is None else max(back_s, now_s + REPAIR_S // 6)
    if known.failed:
        return now_s + REPAIR_S
    if not known.linked:
        return now_s + AWAY_S
    if known.needs_clear or known.orphan:
        return now_s + max(_LOOK_S, state.plant.group_of(machine).handling)
    return now_s
