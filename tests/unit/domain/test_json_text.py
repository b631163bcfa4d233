"""Reading JSON texts."""

import pytest

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.json_text import MAX_DEPTH, parse_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        (b'{"a": [1, 2.5, "x", true]}', {"a": [1, 2.5, "x", True]}),
        (str(2**63 - 1), 2**63 - 1),
        ('"\\u00e9\\ud83d\\ude00"', "é\U0001f600"),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, None),
    ],
)
def test_json_is_read(text: str | bytes, value: object) -> None:
    """Every value that both databases store alike is accepted, up to the last good depth."""
    read = parse_json(text)
    assert value is None or read == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('["\\u0000"]', "NUL"),
        ('{"\\ud800": 1}', "surrogates"),
        (str(2**63), "Integers"),
        ("[-1e999]", "Numbers"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "Nesting"),
        ("[" * 100_000, "Nesting"),
        ('{"a":' * 100_000, "Nesting"),
    ],
    ids=["NUL", "surrogate", "integer", "float", "depth", "lists", "objects"],
)
def test_what_databases_do_not_store_alike_is_refused(text: str, problem: str) -> None:
    """Such a value would be stored by one database, refused by another, and break a third party."""
    with pytest.raises(InvalidInput, match=problem):
        parse_json(text)


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "[NaN]", "-Infinity", b"\xff", "1" * 5000])
def test_what_is_no_json_is_told_in_the_parsers_words(text: str | bytes) -> None:
    """A text that is no JSON, or that only JavaScript would read, is a ValueError."""
    with pytest.raises(ValueError, match=r".") as caught:
        parse_json(text)
    assert not isinstance(caught.value, InvalidInput)
