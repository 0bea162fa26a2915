"""Why somebody may not, in a sentence."""

from typing import Literal


class AccessError(Exception):
    """Access is refused; whoever asked can do something about it. `slow` is to be tried later.

    `code` is to be tried again with a code of the second factor."""

    def __init__(
        self,
        kind: Literal["unknown", "conflict", "wrong", "refused", "slow", "code"],
        why: str,
        *,
        retry_s: int = 0,
    ) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why
        self.retry_s = retry_s
