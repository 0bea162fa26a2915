"""What is wrong in a plant's files, told so that who wrote them can correct it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ConfigError:
    """One mistake at one place of one file. Who writes the file can correct it."""

    file: str
    line: int
    column: int
    value: str
    """What stands there, as shown; empty when the mistake is that nothing does."""
    wrong: str
    maybe: str | None = None

    def __str__(self) -> str:
        """Say where, what, why, and what may have been meant."""
        value = f"{self.value}: " if self.value else ""
        maybe = f" Maybe you mean {self.maybe!r}?" if self.maybe else ""
        return f"{self.file}:{self.line}:{self.column}: {value}{self.wrong}.{maybe}"


class PlantErrors(Exception):  # noqa: N818
    """All mistakes of a plant's folder. Who writes the files can correct them."""

    def __init__(self, errors: tuple[ConfigError, ...]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        """Say them all, one a line."""
        return "\n".join(str(error) for error in self.errors)
