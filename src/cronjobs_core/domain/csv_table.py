"""From the bytes of a CSV file to a table: headers in lower case, trimmed cells, no blank rows.

Contract 4.7 says how a file is normalised; S45 of the reliability checklist says what is too much.
What is wrong with the file as a whole is one error that names the row as a spreadsheet counts it,
the header being row 1.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Final

from cronjobs_core.domain.errors import InvalidInput

MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 50
MAX_CELL: Final = 64 * 1024
"""The longest cell, in bytes of UTF-8."""

_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# Bytes that make sense in Windows-31J and hardly ever in Latin-1: a lead byte of kana or of a
# common kanji with a high byte, or two Japanese characters in a row.
_JAPANESE: Final = re.compile(
    rb"[\x81-\x9f][\x80-\xfc]|(?:[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa6-\xdf]){2}"
)
_UNDECODABLE: Final = re.compile("[\udc80-\udcff]")
_NOT_MULTIBYTE: Final = re.compile("[\x00-\x7f\udc80-\udcff]+")
_DELIMITERS: Final = {";": "semicolons", "\t": "tabs"}
_DEFUSED: Final = re.compile("'+[=+\\-@\t\r＝＋－＠]")  # noqa: RUF001 -- spreadsheets run those too
_EXECUTABLE: Final = re.compile("'*[=+\\-@\t\r＝＋－＠]")  # noqa: RUF001

Cells = Mapping[str, str]
"""The cells of one row by header; where a header is repeated, the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvStats:
    """What a file held, and what was left out of it. Rows are counted without the header."""

    original_column_count: int
    original_row_count: int
    removed_column_count: int
    removed_empty_row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """The rows that are not blank, in order."""

    rows: tuple[Cells, ...]
    stats: CsvStats


def read_table(data: bytes) -> CsvTable:
    """Read a CSV file in UTF-8 (with or without a byte order mark) or Windows-31J.

    A byte that is neither stays in its cell as a lone surrogate; see `is_decodable`. Raises
    InvalidInput ("Invalid CSV") for a file that is no such thing, or too much of it.
    """
    records = _records(_decoded(data))
    header = next(records, None)
    if header is None:
        raise InvalidInput("Invalid CSV", "CSV is empty.")
    names = _names(header)
    kept: list[Cells] = []
    total = 0
    for record in records:
        total += 1
        cells = _cells(names, record)
        if any(cells.values()):
            kept.append(cells)
        if len(kept) > MAX_ROWS:
            raise _invalid(total + 1, f"at most {MAX_ROWS} rows are accepted")
    stats = CsvStats(
        original_column_count=len(header),
        original_row_count=total,
        removed_column_count=names.count(""),
        removed_empty_row_count=total - len(kept),
    )
    return CsvTable(rows=tuple(kept), stats=stats)


def is_decodable(text: str) -> bool:
    """Whether every byte of the text was read; what was not must be neither stored nor shown."""
    return _UNDECODABLE.search(text) is None


def shown(text: str) -> str:
    """The text with a replacement character for each byte that could not be read."""
    return _UNDECODABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def defused(cell: str) -> str:
    """The cell as a spreadsheet may see it: what it would run is made text by an apostrophe (S46).

    Reading a file takes that one apostrophe away again.
    """
    return f"'{cell}" if _EXECUTABLE.match(cell) else cell


def _decoded(data: bytes) -> str:
    if data.startswith(_WIDE):
        message = "The file is UTF-16 or UTF-32. Save it as CSV in UTF-8 and upload it again."
        raise InvalidInput("Invalid CSV", message)
    text = data.decode("utf-8-sig", "surrogateescape")
    if is_decodable(text):
        return text
    strange = len(text) - len(_UNDECODABLE.sub("", text))
    mostly_utf8 = strange < len(_NOT_MULTIBYTE.sub("", text))
    if mostly_utf8 or not _JAPANESE.search(data):
        return text
    return data.decode("cp932", "surrogateescape")


class _Lines:
    """The lines of a text; `inside` tells whether the record being read has begun."""

    def __init__(self, text: str) -> None:
        self._lines = StringIO(text, newline="")
        self.inside = False
        self.cut_off = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.inside = True
            yield line
        self.cut_off = self.inside


def _records(text: str) -> Iterator[list[str]]:
    """The records one by one, each within the limits; raises InvalidInput at the first that is not.

    The csv module takes the end of the file for the end of a quotation; we do not.
    """
    if not text.strip():
        return
    lines = _Lines(text)
    reader = csv.reader(iter(lines))
    number = 0
    while True:
        number += 1
        lines.inside = False
        try:
            record = next(reader, None)
        except csv.Error as error:
            problem = "a cell is larger than 64 KiB, or a quotation mark is not closed"
            raise _invalid(number, problem) from error
        if record is None:
            return
        if lines.cut_off:
            raise _invalid(number, "a quotation mark is not closed")
        _check_record(number, record)
        yield record


def _check_record(number: int, record: list[str]) -> None:
    if len(record) > MAX_COLUMNS:
        raise _invalid(number, f"at most {MAX_COLUMNS} columns are accepted")
    for cell in record:
        if "\x00" in cell:
            raise _invalid(number, "a cell holds a NUL character")
        if len(cell.encode("utf-8", "surrogateescape")) > MAX_CELL:
            raise _invalid(number, "a cell is larger than 64 KiB")


def _invalid(number: int, problem: str) -> InvalidInput:
    return InvalidInput("Invalid CSV", f"Row {number}: {problem}.", row=number)


def _names(header: list[str]) -> list[str]:
    """The headers as they are looked up, "" for a column that is left out."""
    names = [name.strip().lower() for name in header]
    used = [place for place, name in enumerate(names) if name]
    if not used:
        raise InvalidInput("Invalid CSV", "CSV header row has no usable column names.")
    for delimiter, what in _DELIMITERS.items():
        if len(header) == 1 and delimiter in header[0].strip():
            message = f"The columns are separated by {what}. Save the file with commas."
            raise InvalidInput("Invalid CSV", message)
    # The frontend's template ends in these four characters instead of a line end.
    names[used[-1]] = names[used[-1]].removesuffix(r"\r\n").rstrip()
    return names


def _cells(names: list[str], record: list[str]) -> Cells:
    padded = record + [""] * (len(names) - len(record))
    return {name: _intact(cell.strip()) for name, cell in zip(names, padded, strict=False) if name}


def _intact(cell: str) -> str:
    return cell[1:] if _DEFUSED.match(cell) else cell
