"""What the exact solvers' models do not know, and must therefore prove nothing about."""

from scheduler.indexed import Indexed


def why_not_exact(indexed: Indexed) -> str:
    """Return the rules that the exact solver's model does not know; nothing if it knows all."""
    if any(each.resumable for each in indexed.resources):
        return "work that rests over breaks"
    if indexed.buffers.are_full_already:
        return "buffers that are full already"
    return ""


def why_not_by_batches(indexed: Indexed) -> str:
    """Return the rules that the model of whole batches does not know; nothing if it knows all."""
    if any(each.most_run_s or each.most_run_size for each in indexed.resources):
        return "longest runs of a family"
    if indexed.pools.are_used:
        return "pools that machines share"
    if indexed.buffers.are_used:
        return "buffers"
    if indexed.keeps:
        return "work that keeps for so long only"
    return why_not_exact(indexed)
