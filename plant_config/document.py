"""One YAML text as plain values that know where they stand."""

from dataclasses import dataclass
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from plant_config.mistakes import ConfigError
from plant_config.wording import TextError

Path: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = "int | float | str | bool | list[Plain] | dict[str, Plain] | None"

_DEEPEST = 32
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, counted from 1, and where its key does."""

    line: int
    column: int
    key_line: int
    key_column: int
    text_column: int
    """Where the text of a plain or quoted value begins; 0 when it is folded over lines."""


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a file and the place of each."""

    file: str
    value: Plain
    places: dict[Path, Place]

    def mistake(
        self, path: Path, wrong: str, maybe: str | None = None, *, at_key: bool = False
    ) -> ConfigError:
        """Say what is wrong with the value at a path, or with its key."""
        place = self.places[path]
        line, column = (place.line, place.column)
        if at_key:
            line, column = place.key_line, place.key_column
        shown = path[-1] if at_key and path else self.at(path)
        return ConfigError(self.file, line, column, shown_value(shown), wrong, maybe)

    def misread(self, path: Path, error: TextError) -> ConfigError:
        """Say what is wrong inside the text at a path."""
        place = self.places[path]
        column = place.text_column + error.column - 1 if place.text_column else place.column
        value = shown_value(self.at(path))
        return ConfigError(self.file, place.line, column, value, error.wrong, error.maybe)

    def at(self, path: Path) -> Plain:
        """Return the value at a path."""
        value = self.value
        for item in path:
            value = value[item]  # type: ignore[index]
        return value

    def nearest(self, path: Path) -> Path:
        """Return the part of a path that exists; what a parser adds to it is left out."""
        found: Path = ()
        for item in path:
            if (*found, item) in self.places:
                found = (*found, item)
        return found


def shown_value(value: object) -> str:
    """Show a value in a message; lists and mappings have none."""
    if isinstance(value, list | dict) or value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else f"{text[:76]}...'"  # noqa: PLR2004


def read_document(file: str, text: str) -> tuple[Document | None, list[ConfigError]]:
    """Read a YAML text; the document is None when the text is not YAML at all."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        wrong = f"this is not YAML: {error.problem or error.context}"
        return None, [ConfigError(file, line, column, "", wrong)]
    except YAMLError as error:
        return None, [ConfigError(file, 1, 1, "", f"this is not YAML: {error}")]
    if node is None:
        return None, [ConfigError(file, 1, 1, "", "the file is empty")]
    errors: list[ConfigError] = []
    places: dict[Path, Place] = {(): _place(node, node)}
    value = _plain(file, node, (), places, errors)
    return Document(file, value, places), errors


def _plain(
    file: str, node: Node, path: Path, places: dict[Path, Place], errors: list[ConfigError]
) -> Plain:
    if len(path) > _DEEPEST:
        place = places[path]
        errors.append(ConfigError(file, place.line, place.column, "", "nested too deep"))
        return None
    match node:
        case SequenceNode():
            items: list[Plain] = []
            for i, each in enumerate(node.value):
                places[(*path, i)] = _place(each, each)
                items.append(_plain(file, each, (*path, i), places, errors))
            return items
        case MappingNode():
            return _mapping(file, node, path, places, errors)
        case ScalarNode():
            return _scalar(node)
        case _:
            raise AssertionError(node)


def _mapping(
    file: str, node: MappingNode, path: Path, places: dict[Path, Place], errors: list[ConfigError]
) -> Plain:
    values: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        place = _place(value_node, key_node)
        if not isinstance(key_node, ScalarNode) or key in values:
            wrong = "stands here twice" if key in values else "a key must be a word"
            errors.append(ConfigError(file, place.key_line, place.key_column, repr(key), wrong))
            continue
        places[(*path, key)] = place
        values[key] = _plain(file, value_node, (*path, key), places, errors)
    return values


def _scalar(node: ScalarNode) -> Plain:
    text = str(node.value)
    match str(node.tag).removeprefix(_TAG):
        case "int":
            return int(text.replace("_", ""), 0 if text[:2].lower() in ("0x", "0o", "0b") else 10)
        case "float":
            return float(text.replace("_", ""))
        case "bool":
            return text.lower() == "true"
        case "null":
            return None
        case _:
            return text


def _place(node: Node, key: Node) -> Place:
    start, key_start = node.start_mark, key.start_mark
    quoted = isinstance(node, ScalarNode) and node.style in ("'", '"')
    folded = start.line != node.end_mark.line
    return Place(
        line=start.line + 1,
        column=start.column + 1,
        key_line=key_start.line + 1,
        key_column=key_start.column + 1,
        text_column=0 if folded else start.column + 1 + int(quoted),
    )
