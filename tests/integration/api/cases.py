"""Tables of cases, with an id for each row."""

from collections.abc import Iterable
from typing import Any

import pytest
from _pytest.mark import ParameterSet

MAX_ID = 50


def numbered(rows: Iterable[Any]) -> list[ParameterSet]:
    """Return the rows for `parametrize`, each named by its number and what it begins with."""
    return [
        _named(number, row if isinstance(row, tuple) else (row,)) for number, row in enumerate(rows)
    ]


def _named(number: int, row: tuple[Any, ...]) -> ParameterSet:
    shown = ascii(row[0])[:MAX_ID]
    return pytest.param(*row, id=f"{number}-{shown}")
