"""A slot of the plan becomes the job order that a machine is told."""

from controller import events as e
from controller.names import order_of, step_label, subject_name
from controller.state import State
from controller.waiting import family_of
from drivers import JobOrder, Member, job_order_id, recipe_digest
from plant_config import Changeover, changeover, family_parts
from scheduler import Slot


def intend(state: State, machine: str, slot: Slot, epoch: int) -> e.JobIntended:
    """Form the durable intent for a batch: derived id, recipes, digest, evidence before, predictions."""
    group = state.plant.group_of(machine)
    before = family_of(state, machine)
    rule = changeover(group, before, slot.family)
    assert state.plan is not None
    return e.JobIntended(
        job=_job_order(state, machine, slot, epoch),
        plan=state.plan.number,
        setup_s=0 if rule is None else rule.takes,
        setup_cents=0 if rule is None else setup_cents(rule, group.rate),
        setup_says="" if rule is None else rule.says,
        cleaning=rule is not None and rule.cleaning,
        family_before=before,
        planned_start_s=slot.start_s,
        planned_end_s=slot.end_s,
    )


def setup_cents(rule: Changeover, rate_cents: int) -> int:
    """Count a changeover: what it uses up and the time of the machine, rounded half up."""
    return rule.cost + (rule.takes * rate_cents + 1_800) // 3_600


def _job_order(state: State, machine: str, slot: Slot, epoch: int) -> JobOrder:
    members = tuple(_member(state, name) for name in slot.operations)
    shared = tuple(family_parts(slot.family).items())
    return JobOrder(
        id=job_order_id(machine, members),
        label=batch_label(state, machine, slot.operations),
        machine=machine,
        members=members,
        family=slot.family,
        shared=shared,
        recipe_digest=recipe_digest(slot.family, shared, members),
        takes_s=cycle_s(state, machine, slot.operations),
        epoch=epoch,
        expected_boot=state.machines[machine].boot,
        count_before=state.machines[machine].count,
    )


def _member(state: State, name: str) -> Member:
    operation = order_of(state, name).routing.operations[name]
    return Member(name, state.work[name].attempt, operation.subject, operation.recipe)


def cycle_s(state: State, machine: str, operations: tuple[str, ...]) -> int:
    """Return the planned seconds of a batch without setup, by its group's rule (equipment.BatchRule)."""
    rule = state.plant.group_of(machine).batch
    made = [order_of(state, name).routing.operations[name] for name in operations]
    own_s = max(dict(operation.modes)[machine] for operation in made)
    work_s = sum(operation.work for operation in made) * rule.per_work_ms // 1000
    height_s = max(operation.height for operation in made) * rule.per_height_ms // 1000
    return rule.base + work_s + height_s + own_s


def batch_label(state: State, machine: str, operations: tuple[str, ...]) -> str:
    """Name a batch as the floor does: `Plate 121`, or by its one part: `Upper 4136 L`."""
    group = state.plant.group_of(machine)
    if group.batch.capacity or group.batch.max_members:
        number = state.batches.get(group.name, 0) + 1
        return f"{group.batch.noun.capitalize()} {number}"
    opened = order_of(state, operations[0])
    subject = opened.routing.operations[operations[0]].subject
    return f"{step_label(state.plant, opened, operations[0])} {subject_name(state.plant, opened, subject)}"
