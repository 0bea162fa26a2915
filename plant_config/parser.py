"""Read the text of an expression into its tree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plant_config.syntax import (
    FUNCTIONS,
    Among,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    ExpressionError,
    Junction,
    Name,
    Node,
    Not,
    Sum,
    constant,
)
from plant_config.units import UNITS, parse_cents, whole_units
from plant_config.wording import TextError, one_of, suggest

LONGEST = 4000
DEEPEST = 40


def parse(text: str) -> Node:
    """Read an expression. Raises `ExpressionError` with the column."""
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters; split it into facts or rules")
    reader = _Reader(tuple(_tokens(text)))
    node = _choice(reader)
    if (token := reader.now).kind != "end":
        raise _unexpected(token)
    return node


_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    |(?P<text>'[^']*'|"[^"]*")|(?P<sign>==|!=|<=|>=|[-+*/%<>()\[\],=])|(?P<other>\S))""",
    re.VERBOSE,
)
_WORDS = ("and", "or", "not", "in", "if", "else", "implies", "true", "false")
_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_INSTEAD = {
    "=": "==",
    "&": "and",
    "|": "or",
    "!": "not",
    "'": "a closing quote",
    '"': "a closing quote",
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


@dataclass(slots=True)
class _Reader:
    tokens: tuple[_Token, ...]
    at: int = 0
    depth: int = 0

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> _Token | None:
        """Take the next token if it is one of these signs or keywords."""
        token = self.now
        if token.kind in ("sign", "keyword") and token.text in texts:
            self.at += 1
            return token
        return None

    def need(self, text: str) -> None:
        if self.take(text) is None:
            raise ExpressionError(
                f"expected {text!r} but found {_shown(self.now)}", None, self.now.column
            )


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while found := _TOKEN.match(text, at):
        kind = found.lastgroup or "other"
        said, column = found[kind], found.start(kind) + 1
        if kind == "other":
            instead = _INSTEAD.get(said)
            raise ExpressionError(f"cannot read {said!r}", instead, column)
        yield _Token("keyword" if said in _WORDS else kind, said, column)
        at = found.end()
    yield _Token("end", "", len(text) + 1)


def _shown(token: _Token) -> str:
    return "the end" if token.kind == "end" else repr(token.text)


def _unexpected(token: _Token) -> ExpressionError:
    maybe = _INSTEAD.get(token.text)
    if token.text in _COMPARISONS:
        return ExpressionError("a second comparison; join the two with 'and'", None, token.column)
    if token.kind == "word" and maybe is None:
        maybe = suggest(token.text, (*_WORDS, *UNITS))
    return ExpressionError(f"did not expect {_shown(token)} here", maybe, token.column)


def _choice(reader: _Reader) -> Node:
    reader.depth += 1
    if reader.depth > DEEPEST:
        raise ExpressionError(f"nested deeper than {DEEPEST}", None, reader.now.column)
    node = _implication(reader)
    if reader.take("if"):
        condition = _implication(reader)
        reader.need("else")
        node = Choice(condition, node, _choice(reader))
    reader.depth -= 1
    return node


def _implication(reader: _Reader) -> Node:
    parts = [_disjunction(reader)]
    while reader.take("implies"):
        parts.append(_disjunction(reader))
    node = parts.pop()
    while parts:
        node = Junction("or", (Not(parts.pop()), node))
    return node


def _disjunction(reader: _Reader) -> Node:
    parts = [_conjunction(reader)]
    while reader.take("or"):
        parts.append(_conjunction(reader))
    return Junction("or", tuple(parts)) if len(parts) > 1 else parts[0]


def _conjunction(reader: _Reader) -> Node:
    parts = [_negation(reader)]
    while reader.take("and"):
        parts.append(_negation(reader))
    return Junction("and", tuple(parts)) if len(parts) > 1 else parts[0]


def _negation(reader: _Reader) -> Node:
    count = 0
    while reader.take("not"):
        count += 1
    node = _comparison(reader)
    return Not(node) if count % 2 else node


def _comparison(reader: _Reader) -> Node:
    left = _sum(reader)
    if sign := reader.take(*_COMPARISONS):
        return Comparison(sign.text, left, _sum(reader), sign.column)
    if reader.now.text == "not" and reader.tokens[reader.at + 1].text == "in":
        reader.need("not")
        return Not(_among(reader, left))
    return _among(reader, left) if reader.now.text == "in" else left


def _among(reader: _Reader, item: Node) -> Node:
    column = reader.now.column
    reader.need("in")
    reader.need("[")
    options = [_sum(reader)]
    while reader.take(","):
        options.append(_sum(reader))
    reader.need("]")
    return Among(item, tuple(options), column)


def _sum(reader: _Reader) -> Node:
    node = _product(reader)
    terms = [node]
    while sign := reader.take("+", "-"):
        term = _product(reader)
        terms.append(_negative(term, sign.column) if sign.text == "-" else term)
    return Sum(0, tuple(terms)) if len(terms) > 1 else node


def _negative(node: Node, column: int) -> Node:
    return Arithmetic("*", constant(-1), node, column)


def _product(reader: _Reader) -> Node:
    node = _signed(reader)
    while sign := reader.take("*", "/", "%"):
        node = Arithmetic(sign.text, node, _signed(reader), sign.column)
    return node


def _signed(reader: _Reader) -> Node:
    negative, column = False, reader.now.column
    while reader.take("-"):
        negative = not negative
    node = _atom(reader)
    return _negative(node, column) if negative else node


def _atom(reader: _Reader) -> Node:
    token = reader.now
    if reader.take("("):
        node = _choice(reader)
        reader.need(")")
        return node
    if token.kind in {"end", "sign"}:
        raise _unexpected(token)
    if token.kind == "keyword" and token.text not in ("true", "false"):
        raise _unexpected(token)
    reader.at += 1
    match token.kind:
        case "number":
            return _quantity(reader, token)
        case "text":
            return constant(token.text[1:-1])
        case "keyword":
            return constant(token.text == "true")
        case _:
            return _word(reader, token)


def _quantity(reader: _Reader, number: _Token) -> Node:
    """A count, or numbers with units that add up: `1 h 30 min`."""
    unit = reader.now
    if unit.kind != "word":
        if "." in number.text:
            raise ExpressionError(
                "numbers are whole; give a fraction its unit", None, number.column
            )
        return constant(int(number.text))
    total, dimension = 0, None
    while reader.now.kind == "word" and number.kind == "number":
        unit = reader.now
        try:
            total += whole_units(number.text, unit.text, dimension)
        except TextError as error:
            maybe = None if unit.text in UNITS else suggest(unit.text, (*UNITS, *_WORDS))
            raise ExpressionError(error.wrong, maybe, unit.column) from None
        dimension = UNITS[unit.text][0]
        reader.at += 1
        number = reader.now
        if number.kind == "number" and reader.tokens[reader.at + 1].kind == "word":
            reader.at += 1
        else:
            break
    return constant(total)


def _word(reader: _Reader, word: _Token) -> Node:
    if len(word.text) == 3 and word.text.isupper() and reader.now.kind == "number":  # noqa: PLR2004
        amount = reader.now
        reader.at += 1
        try:
            return constant(parse_cents(f"{word.text} {amount.text}"))
        except TextError as error:
            raise ExpressionError(error.wrong, None, word.column) from None
    if reader.take("("):
        return _call(reader, word)
    return Name(word.text, word.column)


def _call(reader: _Reader, word: _Token) -> Node:
    if word.text not in FUNCTIONS:
        raise ExpressionError(
            f"no function {word.text!r}; expected {one_of(FUNCTIONS)}",
            suggest(word.text, FUNCTIONS),
            word.column,
        )
    arguments = [_choice(reader)]
    while reader.take(","):
        arguments.append(_choice(reader))
    reader.need(")")
    if word.text == "ceil":
        inner = arguments[0]
        if len(arguments) != 1 or not isinstance(inner, Arithmetic) or inner.sign != "/":
            raise ExpressionError("ceil rounds a division up: ceil(a / b)", None, word.column)
        return Arithmetic("ceil", inner.left, inner.right, word.column)
    if word.text == "abs" and len(arguments) != 1:
        raise ExpressionError("abs takes one number", None, word.column)
    return Call(word.text, tuple(arguments), word.column)
