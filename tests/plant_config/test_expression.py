"""The guard language: what it means, and how its mistakes are told."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from plant_config.expression import Expression, ExpressionError
from plant_config.reduction import reduce
from plant_config.syntax import Constant

KNOWN = {
    "size": "42",
    "size.courses": 1412,
    "colour": "ink",
    "piece": "left",
    "quantity": 2,
    "n": 4,
}


def value(text: str) -> object:
    return Expression.parse(text).evaluate(KNOWN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("size.courses + 12 min", 2132),
        ("1 h 30 min - 5 min", 5100),
        ("EUR 3.00 * quantity", 600),
        ("25 mm", 25_000),
        ("4 g", 4000),
        ("7 / 2", 4),
        ("5 / 2", 3),
        ("-7 / 2", -3),
        ("7 / -2", -3),
        ("ceil(7 / 3)", 3),
        ("ceil(6 / 3)", 2),
        ("7 % 4", 3),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("2 - 3 - 4", -5),
        ("min(n, 3, 9)", 3),
        ("max(n, 3)", 4),
        ("abs(-n)", 4),
        ("size == '42'", True),
        ("size != '42'", False),
        ("n <= 4 and n >= 4", True),
        ("n < 4 or n > 4", False),
        ("not n == 3", True),
        ("colour in ['ink', 'sand']", True),
        ("colour not in ['ink', 'sand']", False),
        ("n in [1, 2, 4]", True),
        ("1 if colour == 'ink' else 2", 1),
        ("1 if n == 1 else 2 if n == 2 else 3", 3),
        ("colour == 'ink' implies n == 4", True),
        ("colour == 'ink' implies n == 5", False),
        ("colour == 'sand' implies n == 5", True),
        ("false implies true implies false", True),
        ('"a b"', "a b"),
        ("true and not false", True),
        ("colour", "ink"),
    ],
)
def test_an_expression_means_what_it_says(text, expected):
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "wrong", "maybe", "column"),
    [
        ("12 mins", "no unit 'mins' here", "min", 4),
        ("n = 4", "did not expect '=' here", "==", 3),
        ("n && 4", "cannot read '&'", "and", 3),
        ("1 < n < 4", "a second comparison; join the two with 'and'", None, 7),
        ("mix(1, 2)", "no function 'mix'", "min", 1),
        ("(1 + 2", "expected ')' but found the end", None, 7),
        ("1 2", "did not expect '2' here", None, 3),
        ("", "did not expect the end here", None, 1),
        ("1 +", "did not expect the end here", None, 4),
        ("1.5", "numbers are whole; give a fraction its unit", None, 1),
        ("'ink", 'cannot read "\'"', "a closing quote", 1),
        ("n in 4", "expected '[' but found '4'", None, 6),
        ("ceil(7)", "ceil rounds a division up: ceil(a / b)", None, 1),
        ("1 h 4 mm", "no unit 'mm' here", None, 7),
        ("and", "did not expect 'and' here", None, 1),
        ("abs(1, 2)", "abs takes one number", None, 1),
    ],
)
def test_a_text_that_is_no_expression_is_refused_at_its_column(text, wrong, maybe, column):
    with pytest.raises(ExpressionError) as caught:
        Expression.parse(text)
    assert caught.value.wrong.startswith(wrong)
    assert caught.value.maybe == maybe
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "wrong", "maybe", "column"),
    [
        ("1 + size.curses", "no 'size.curses' here", "size.courses", 5),
        ("colour < 3", "cannot compare 'ink' with 3: a word and a number", None, 8),
        ("colour < 'sand'", "expected a number, not 'ink'", None, 8),
        ("n == '4'", "cannot compare 4 with '4': a number and a word", None, 3),
        ("true == 1", "cannot compare true with 1: a truth and a number", None, 6),
        ("n / 0", "division by zero", None, 3),
        ("n % 0", "division by zero", None, 3),
        ("colour + 1", "expected a number, not 'ink'", None, 1),
        ("n and true", "expected true or false, not 4", None, 1),
        ("1 if n else 2", "expected true or false, not 4", None, 1),
        ("max(n, colour)", "expected a number, not 'ink'", None, 1),
    ],
)
def test_a_value_that_does_not_fit_is_refused(text, wrong, maybe, column):
    with pytest.raises(ExpressionError) as caught:
        value(text)
    assert caught.value.wrong == wrong
    assert caught.value.maybe == maybe
    assert caught.value.column == column


def test_one_false_part_decides_where_another_has_no_value():
    assert value("n / 0 > 1 and colour == 'sand'") is False
    assert value("colour == 'sand' and n / 0 > 1") is False
    assert value("n / 0 > 1 or colour == 'ink'") is True
    with pytest.raises(ExpressionError, match="division by zero"):
        value("n / 0 > 1 and colour == 'ink'")


def test_the_kind_of_value_that_is_needed_is_insisted_on():
    with pytest.raises(ExpressionError, match="expected true or false"):
        Expression.parse("n").truth(KNOWN)
    with pytest.raises(ExpressionError, match="expected a whole number"):
        Expression.parse("n == 4").number(KNOWN)
    with pytest.raises(ExpressionError, match="not a truth"):
        Expression.parse("n == 4").parameter(KNOWN)


def test_an_expression_knows_what_it_reads():
    assert Expression.parse("size.courses + n if piece == 'left' else 0").names() == {
        "size.courses",
        "n",
        "piece",
    }


def test_endless_texts_and_towers_of_brackets_are_refused():
    with pytest.raises(ExpressionError, match="nested deeper"):
        Expression.parse("(" * 3000)
    with pytest.raises(ExpressionError, match="longer than"):
        Expression.parse("1" + " + 1" * 2000)


def test_files_give_expressions_as_texts_numbers_or_truths():
    adapter = TypeAdapter(Expression)
    assert [adapter.validate_python(v).evaluate({}) for v in ("1 + 1", 7, True)] == [2, 7, True]
    assert adapter.dump_python(adapter.validate_python("1  + 1")) == "1  + 1"


NUMBERS = st.sampled_from(["a", "b", "c", "1", "2", "7", "-3"])
VALUES = st.fixed_dictionaries({n: st.integers(-9, 9) for n in "abc"})


def terms(inner):
    return st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")


SUMS = st.recursive(NUMBERS, terms, max_leaves=8)
TESTS = st.tuples(SUMS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), SUMS).map(" ".join)
TRUTHS = st.recursive(
    TESTS.map("({})".format),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
            lambda t: f"({''.join(t)})"
        ),
        inner.map("(not {})".format),
    ),
    max_leaves=6,
)


@given(st.one_of(SUMS, TRUTHS), VALUES)
def test_it_agrees_with_the_language_that_it_looks_like(text, known):
    assert Expression.parse(text).evaluate(known) == eval(text, {}, dict(known))


@given(st.one_of(SUMS, TRUTHS), VALUES, st.sets(st.sampled_from("abc")))
def test_names_can_be_filled_in_one_after_the_other(text, known, first):
    root = Expression.parse(text).root
    early = {name: known[name] for name in first}
    rest = reduce(reduce(root, early), known)
    assert isinstance(rest, Constant)
    assert rest == reduce(root, known)


@given(VALUES, st.sampled_from([("==", operator.eq), ("<", operator.lt)]))
def test_equal_partial_sums_are_one_rest(known, sign):
    text = f"a + b + c {sign[0]} 4"
    root = Expression.parse(text).root
    total = known["a"] + known["b"]
    one = reduce(root, {"a": known["a"], "b": known["b"]})
    other = reduce(root, {"a": total, "b": 0})
    assert one == other
