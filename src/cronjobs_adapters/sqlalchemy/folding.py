"""Texts without regard to case, whatever their script, on both databases.

`lower()` of SQLite knows ASCII only: a function of ours stands beside it. That of PostgreSQL goes
by the locale of the database, and from version 17 on by one that knows all letters.
"""

import re
from typing import Any, Final

from sqlalchemy import ColumnElement, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from cronjobs_adapters.sqlalchemy.types import Key

FUNCTION: Final = "folded"
"""The name under which every connection to SQLite has to know `fold`."""
_LONGEST: Final = 2_000
"""More letters than there are in what is searched; SQLite takes no pattern of 50,000 bytes."""
_SPECIAL: Final = re.compile(r"([%_\\])")


class Folded(FunctionElement[str]):
    """A text in lower-case letters, which sorts by their code points."""

    name = FUNCTION
    inherit_cache = True
    type = String()


def fold(text: str | None) -> str | None:
    """The function of ours on SQLite."""
    return None if text is None else str(text).lower()


def holds(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Whether the text stands anywhere in the column, in any case of letters."""
    wanted = _SPECIAL.sub(r"\\\1", text[:_LONGEST])
    pattern = literal(f"%{wanted}%", Key(2 * _LONGEST))
    return Folded(column).like(Folded(pattern), escape="\\")


@compiles(Folded)
def _ours(element: Folded, compiler: SQLCompiler, **options: Any) -> str:
    return f"{FUNCTION}({compiler.process(element.clauses, **options)})"


@compiles(Folded, "postgresql")
def _theirs(element: Folded, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    knows_all = (compiler.dialect.server_version_info or ()) >= (17,)
    locale = ' COLLATE "pg_c_utf8"' if knows_all else ""
    return f'lower(({text}){locale}) COLLATE "C"'
