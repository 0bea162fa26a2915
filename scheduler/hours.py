"""When a batch ends that starts in a window: in it, or after the breaks that it rests over."""

from scheduler.indexed import Indexed


def end_from(
    indexed: Indexed, machine: int, window: int, start: int, seconds: int
) -> tuple[int, int] | None:
    """Return (end, window of the end); None if a batch may not start then in that window."""
    opens, closes = indexed.opens[machine], indexed.closes[machine]
    end = start + seconds
    if not indexed.resources[machine].resumable or end <= closes[window]:
        return (end, window) if end <= closes[window] else None
    if start >= closes[window]:
        return None
    for later in range(window + 1, len(opens)):
        end += opens[later] - closes[later - 1]
        if end <= closes[later]:
            return end, later
    return None
