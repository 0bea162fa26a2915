"""What a sum over orders, setups and batches cannot go below, as a stream beside the search."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from scheduler.bounding.offers import Floats, Offers, offers
from scheduler.bounding.prices import raise_prices
from scheduler.bounding.settled import settled
from scheduler.bounding.tasks import speakers
from scheduler.bounds import least, settled_cents, settled_score
from scheduler.construct import construct
from scheduler.decode import rows_of, sequences_of, to_schedule
from scheduler.exact_batches import Range, ask, is_batch_problem, solver_for
from scheduler.exact_columns import choose, is_by_size
from scheduler.exact_late import least_late
from scheduler.indexed import Rows, index
from scheduler.objectives import HOUR_S, measure_levels
from scheduler.placing import UnplannableError
from scheduler.problem import Aim, Problem
from scheduler.schedule import Schedule, violations
from scheduler.solution import Solution
from scheduler.times import decode_rows

SLICES = (0.5, 4.0, 32.0, 256.0, 2048.0)
"""Deterministic seconds of solving between two looks at what others have found; a slice forgets what
the one before has learnt, so they grow fast."""
MOST_TASKS = 80
"""Beyond, the model of sequences alone takes seconds to build, and its answer hours. Source: trial."""
MOST_LATE_TASKS = 260
"""The same for the model without times, where all orders are late."""
MOST_CHOSEN_TASKS = 1_000
"""The same for the choice among whole batches."""
MOST_STARTED_TASKS = 1_000
"""Beyond, a proof of money begins without a plan."""
SAFE = 1e-7
"""Relatively: by this much a sum of floats may be too large."""
WORTH_TELLING = 1e-5
MOST_FLOW_S = 600.0
"""Wall seconds after which a flow of whole machines is left alone."""


def prove_sums(
    problem: Problem,
    stop: Callable[[], bool],
    seed: int = 0,
    hint: Schedule | None = None,
    progress: Callable[[Solution], None] | None = None,
    visitor: Callable[[], Schedule | None] | None = None,
    hopeful: Callable[[], None] | None = None,
    awaited: Callable[[], Schedule | None] | None = None,
) -> Solution:
    """Raise the bound by prices, then ask the exact solver where that has a chance."""
    proof = _Proof(problem, stop, progress, visitor, hopeful, awaited)
    if problem.aim is Aim.CENTS and hint is None and len(problem.tasks) > MOST_STARTED_TASKS:
        # What a flow costs needs no plan, and the list heuristic takes longer than the flow.
        proof.raise_to(least(problem))
        _by_flow(proof)
        return proof.solution
    try:
        proof.offer(construct(problem) if hint is None else hint)
    except UnplannableError as error:
        return Solution(schedule=None, why=str(error))
    if proof.solution.schedule is None:
        return Solution(schedule=None, why="There was no right plan to begin with.")
    proof.raise_to(least(problem))
    if problem.aim is Aim.CENTS and not proof.is_over:
        _by_flow(proof)
    if problem.aim is Aim.SCORE and not proof.is_over:
        batches, prices = _by_prices(proof)
        if is_batch_problem(proof.indexed) and len(problem.tasks) <= MOST_CHOSEN_TASKS:
            _exactly(proof, batches, prices, seed)
    return proof.solution


class _Proof:
    """The best schedule and the best bound, and whom to tell of them."""

    def __init__(
        self,
        problem: Problem,
        stop: Callable[[], bool],
        progress: Callable[[Solution], None] | None,
        visitor: Callable[[], Schedule | None] | None,
        hopeful: Callable[[], None] | None,
        awaited: Callable[[], Schedule | None] | None,
    ) -> None:
        self.problem, self.indexed, self.stop = problem, index(problem), stop
        self._progress, self._visitor = progress, visitor
        self._awaited = awaited
        self.hope = hopeful if hopeful is not None else lambda: None
        self.solution = Solution(schedule=None, bound=0)

    @property
    def value(self) -> int:
        """Return what the best schedule is worth."""
        return dict(self.solution.levels)[self.problem.aim.value]

    @property
    def bound(self) -> int:
        """Return what no schedule goes below."""
        return self.solution.bound or 0

    @property
    def is_over(self) -> bool:
        """Say whether the proof is done or has to end."""
        return self.solution.proven or self.stop()

    @property
    def rows(self) -> Rows:
        """Return the sequences of the best schedule."""
        assert self.solution.schedule is not None, "There was one to begin with."
        rows = rows_of(self.indexed, sequences_of(self.solution.schedule))
        assert rows is not None, "It is a right schedule."
        return rows

    def visit(self) -> bool:
        """Take what a search has found; say whether that is better."""
        other = None if self._visitor is None else self._visitor()
        return other is not None and self.offer(other)

    def wait(self) -> bool:
        """Wait for something better from a search; False if nothing comes before the end."""
        if self._awaited is None:
            return False
        return any(self.offer(other) for other in iter(self._awaited, None))

    def offer(self, schedule: Schedule) -> bool:
        """Keep a schedule if it is right and better."""
        levels = measure_levels(self.problem, schedule)
        known = self.solution.schedule is not None
        is_better = not known or dict(levels)[self.problem.aim.value] < self.value
        if not is_better or any(violations(self.problem, schedule)):
            return False
        self.solution = replace(self.solution, schedule=schedule, levels=levels)
        self._tell(self.solution)
        return True

    def raise_to(self, bound: int) -> None:
        """Take a better bound."""
        if bound > self.bound:
            self.solution = replace(self.solution, bound=bound)
            self._tell(Solution(schedule=None, bound=bound))
        if self.solution.schedule is not None and self.value <= self.bound:
            self.solution = replace(self.solution, proven=True)

    def note(self, step: str) -> None:
        """Say where a step has come to."""
        said = f"{step}: bound {self.bound}{', proven' if self.solution.proven else ''}"
        self.solution = replace(self.solution, tiers=(*self.solution.tiers, said))

    def _tell(self, solution: Solution) -> None:
        if self._progress is not None:
            self._progress(solution)


def _by_prices(proof: _Proof) -> tuple[Offers, Floats]:
    beside, told = settled_score(proof.problem), 0.0
    batches = offers(proof.indexed)
    best = batches.most
    for value, prices in raise_prices(batches, float(proof.value), lambda: proof.is_over):
        best = prices
        if value > told * (1 + WORTH_TELLING):
            told = value
            proof.raise_to(beside + whole(value))
    proof.note("prices")
    return batches, best


def _by_flow(proof: _Proof) -> None:
    # Only plants ask for it, and it loads another solver.
    from scheduler.bounds_flow import least_flow  # noqa: PLC0415

    settled = settled_cents(proof.problem)
    for cents in () if proof.is_over else least_flow(proof.indexed, MOST_FLOW_S):
        proof.raise_to(settled + cents // HOUR_S)
        if proof.is_over:
            break
    proof.note("flow")


def whole(value: float) -> int:
    """Return the whole number that a bound proves."""
    return ceil(value - SAFE * max(1.0, abs(value)))


def _exactly(proof: _Proof, batches: Offers, prices: Floats, seed: int) -> None:
    beside, at, chosen = settled_score(proof.problem), 0, False

    def raised(bound: int) -> None:
        proof.raise_to(min(bound + beside, proof.value))

    while at < len(SLICES) and not proof.is_over:
        proof.visit()
        known = Range(proof.bound - beside, proof.value - beside)
        late = _known(proof, batches, prices, known.most)
        all_late = all(late.get(o, False) for o, cost in enumerate(proof.indexed.late_cost) if cost)
        if all_late and not chosen and is_by_size(proof.indexed):
            chosen = True
            proof.hope()
            _by_choice(proof, beside, seed)
        few = len(proof.problem.tasks) <= MOST_LATE_TASKS
        if all_late and few and not proof.is_over:
            raised(least_late(proof.indexed, known, solver_for(SLICES[at], seed)))
        if proof.is_over:
            break
        if len(proof.problem.tasks) > MOST_TASKS:
            # With a better plan, more orders may be late in all that are better still.
            at += 1 if all_late and few else 0 if proof.wait() else len(SLICES)
            continue
        proof.hope()
        rows = proof.rows
        known = Range(proof.bound - beside, known.most)
        answer = ask(proof.indexed, rows, known, late, solver_for(SLICES[at], seed), raised)
        found = answer.schedule is not None and proof.offer(answer.schedule)
        raised(answer.bound)
        at += not found
    proof.note("exact")


def _by_choice(proof: _Proof, beside: int, seed: int) -> None:
    """Choose whole batches, given that all orders are late in every better schedule."""
    indexed = proof.indexed
    answers = choose(indexed, proof.rows, lambda: proof.value - beside, lambda: proof.is_over, seed)
    for answer in answers:
        proof.visit()
        times = None if answer.rows is None else decode_rows(indexed, answer.rows)
        if answer.rows is not None and times is not None:
            proof.offer(to_schedule(indexed, answer.rows, times))
        proof.raise_to(min(answer.bound + beside, proof.value))
        if proof.is_over:
            break
    proof.note("choice")


def _known(proof: _Proof, batches: Offers, prices: Floats, most: int) -> dict[int, bool]:
    """Return which orders are late, and which are not, in every schedule that is no worse than `most`."""
    indexed = proof.indexed
    speaking, said = speakers(indexed), settled(batches, prices, most)
    known = {
        order: True for order, end_s in enumerate(indexed.floor_end) if end_s > indexed.due_s[order]
    }
    known |= {indexed.order_of[task]: True for task in said.late & speaking}
    alone = (
        task
        for task in said.in_time & speaking
        if indexed.order_of.count(indexed.order_of[task]) == 1
    )
    return {indexed.order_of[task]: False for task in alone} | known
