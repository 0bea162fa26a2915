"""What one run of the controller knows beside the journal; a restart begins with none of it."""

from dataclasses import dataclass, field

from controller.requests import Request, TakeOrders


@dataclass(slots=True)
class Transient:
    """Effects under way, and what was asked since each link came up."""

    epoch: int = 1
    """Number of this leadership; a machine refuses what an older one sends (R4)."""
    flying: set[str] = field(default_factory=set[str])
    """Keys of released effects whose outcome is not known yet."""
    reconciled: set[str] = field(default_factory=set[str])
    """Machines that said what they hold since their link came up (R7)."""
    checked: set[str] = field(default_factory=set[str])
    """Job orders that were looked up, or answered, since their machine's link came up."""
    forget: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """(machine, closed job order) that the machine still holds and may let go of."""
    not_before: dict[str, int] = field(default_factory=dict[str, int])
    """Effect key -> plant second before which it is not tried again."""
    plan_asked: int = -1
    plan_asked_s: int = 0
    improvable: bool = False
    """The last plan was asked for in a hurry."""
    back_s: int | None = None
    """When it came back, if nothing had been recorded for long and no plan was asked for since."""
    file_since_s: int | None = None
    """When the first part of a file of orders came, while more of it is to come."""
    undelivered: bool = False
    """Other systems could not be told something, and a person has not decided about it."""

    def follow(self, request: Request, now_s: int) -> None:
        """Know whether more of a file of orders is to come."""
        if isinstance(request, TakeOrders):
            is_last = request.before is not None
            since_s = now_s if self.file_since_s is None else self.file_since_s
            self.file_since_s = None if is_last else since_s

    def relink(self, machine: str, job_order: str) -> None:
        """Forget what was known of a machine over its old link."""
        self.reconciled.discard(machine)
        self.checked.discard(job_order)
