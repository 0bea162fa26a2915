"""A part of a file that was read beside the loop becomes facts."""

from controller import events as e
from controller.judged import Judged
from controller.names import local_time
from controller.orders.read import Today, settle
from controller.requests import FileTotals, Imported, RefusedRow, TakeOrders
from controller.state import State


def take(state: State, request: TakeOrders, now_s: int) -> Judged:
    """Take the orders that are new now; what was refused is recorded once for a file."""
    first_day = local_time(state, 0).date()
    today = Today(state.plant, now_s, state.known_orders, first_day)
    read = settle(request.ready, today, request.names)
    refused = (*request.refused, *read.refused)
    facts: list[e.Event] = [
        e.OrderAccepted(
            order=each.order,
            cost_cents=each.cost_cents,
            premium_cents=each.premium_cents,
            file=request.digest,
        )
        for each in read.accepted
    ]
    news = request.digest not in state.files
    if news:
        facts += [
            e.RowRefused(
                file=request.digest, row=row.row, column=row.column, reason=impersonal(row)
            )
            for row in refused
        ]
    reply = Imported(
        accepted=tuple(each.order.id for each in read.accepted),
        repeated=read.repeated,
        refused=refused,
    )
    if news and request.before is not None:
        facts.append(_imported(request, request.before, reply))
    return Judged(
        facts=tuple(facts),
        reply=reply,
        people={each.order.id: each.person for each in read.accepted},
        refused=tuple((request.name, row) for row in refused),
    )


def impersonal(row: RefusedRow) -> str:
    """Keep the refused value, which may be a name or a text of the customer, out of the journal."""
    return row.reason.replace(row.value, "…") if row.value else row.reason


def _imported(request: TakeOrders, before: FileTotals, reply: Imported) -> e.FileImported:
    return e.FileImported(
        digest=request.digest,
        name=request.name,
        accepted=before.accepted + len(reply.accepted),
        refused=before.refused + len(reply.refused),
        repeated=before.repeated + len(reply.repeated),
    )
