"""Compiled kernels in children that plan: loaded where these are forked from, or as they prepare.

Loading takes a second, which no quick plan may spend; so a child either has them or does without.
"""

from controller.kernels import find_kernels

_LOADED: list[bool] = []


def are_loaded() -> bool:
    """Say whether this process can search with compiled kernels at once."""
    return bool(_LOADED)


def load() -> None:
    """Load compiled kernels, if they are ready and not loaded yet."""
    if _LOADED:
        return  # by the server that this process was forked from
    kernels = find_kernels(None)
    if kernels.folder is None or not kernels.are_ready:
        return
    kernels.use()
    from scheduler import rehearse  # noqa: PLC0415 loads numba, which reads the variables that are set

    rehearse.load_sums()
    _LOADED.append(True)
