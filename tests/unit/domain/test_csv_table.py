"""From the bytes of a CSV file to a table."""

import pytest

from cronjobs_core.domain.csv_table import (
    MAX_CELL,
    MAX_ROWS,
    CsvStats,
    defused,
    is_decodable,
    read_table,
    shown,
)
from cronjobs_core.domain.errors import InvalidInput


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a file in UTF-8."""
    return [dict(cells) for cells in read_table(text.encode()).rows]


def refusal(data: bytes) -> tuple[str | None, object]:
    """Return the sentence with which a file is refused, and the row that it names."""
    with pytest.raises(InvalidInput) as caught:
        read_table(data)
    assert caught.value.error == "Invalid CSV"
    return caught.value.message, caught.value.extra.get("row")


def test_headers_are_matched_without_case_and_cells_are_trimmed() -> None:
    """Blanks around headers and cells, and the case of a header, mean nothing."""
    assert rows(" Job NAME ,\tStatus\r\n  a b \t,on\r\n") == [{"job name": "a b", "status": "on"}]


def test_last_of_repeated_headers_wins() -> None:
    """Of two columns with one name the right one counts, even where it is blank (C091)."""
    assert rows("Status,name,STATUS\non,a,off\non,b,\n") == [
        {"status": "off", "name": "a"},
        {"status": "", "name": "b"},
    ]


@pytest.mark.parametrize("last", [r"Request Body\r\n", r"Request Body\r\n ,,"])
def test_literal_line_end_of_the_frontends_template_is_no_part_of_a_header(last: str) -> None:
    """A filled-in template keeps its last column (C091)."""
    assert rows(f"name,{last}\na,{{}}\n") == [{"name": "a", "request body": "{}"}]


def test_what_holds_nothing_is_left_out_and_counted() -> None:
    """Columns without header, cells beyond the header and blank rows go; short rows are filled."""
    table = read_table(b"name,,cron,\na,x,b,y,z\n\n , x,,\nc\n,,,,\n")
    assert table.rows == ({"name": "a", "cron": "b"}, {"name": "c", "cron": ""})
    assert table.stats == CsvStats(
        original_column_count=4,
        original_row_count=5,
        removed_column_count=2,
        removed_empty_row_count=3,
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(mark: bytes, end: str) -> None:
    """A file reads the same from any system, and quoted cells keep their line breaks."""
    text = end.join(["name,body", '"a, ""b""","1\n2"', ""])
    assert read_table(mark + text.encode()).rows == ({"name": 'a, "b"', "body": "1\n2"},)


@pytest.mark.parametrize("text", ["夜間バッチ", "棟", "ﾃｽﾄ", "(ｱ)手順", "給与①", "ジョブ-A"])
def test_windows_31j_is_read(text: str) -> None:
    """What a Japanese Excel saves as CSV arrives as it was written (F-36)."""
    (cells,) = read_table(f"name\n{text}\n".encode("cp932")).rows
    assert cells["name"] == text


@pytest.mark.parametrize(
    "data",
    [
        b"\xc4",
        b"Job \xc4rger",
        b"Pr\xfcfung",
        "Größe".encode("latin-1"),
        "naïve".encode("latin-1"),
        "夜間バッチ".encode() + b"\xff",
        "夜間バッチ".encode("cp932") + b"\x81 ",
    ],
)
def test_bytes_that_are_neither_are_kept_apart(data: bytes) -> None:
    """No byte becomes a letter that nobody wrote; the rows beside it are read (C092)."""
    good, bad = read_table("name\nよい仕事\n".encode()[:5] + b"good\n" + data + b"\n").rows
    assert good == {"name": "good"}
    assert not is_decodable(bad["name"])
    assert is_decodable(shown(bad["name"]))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-be"])
def test_wide_encodings_are_refused_by_name(encoding: str) -> None:
    """Excel's "Unicode text" is refused in words that say what to do (C092)."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    message, _ = refusal(f"{mark}name\na\n".encode(encoding))
    assert message == "The file is UTF-16 or UTF-32. Save it as CSV in UTF-8 and upload it again."


@pytest.mark.parametrize("data", [b"", b" \r\n\n", b"\xef\xbb\xbf"])
def test_empty_file_is_refused(data: bytes) -> None:
    """A file without a header is no table."""
    assert refusal(data) == ("CSV is empty.", None)


@pytest.mark.parametrize("data", [b",,\na,b,c\n", b"\nname\n", b'"",  \n'])
def test_header_without_names_is_refused(data: bytes) -> None:
    """A first line without a single name makes every cell meaningless."""
    assert refusal(data) == ("CSV header row has no usable column names.", None)


@pytest.mark.parametrize(
    ("header", "what"), [("Job Name;Status", "semicolons"), ("Job Name\tStatus", "tabs")]
)
def test_other_delimiters_are_named(header: str, what: str) -> None:
    """A file of a European Excel is refused once, not row by row (C085)."""
    message, _ = refusal(f"{header}\na;b\n".encode())
    assert message == f"The columns are separated by {what}. Save the file with commas."


@pytest.mark.parametrize(
    ("data", "row", "problem"),
    [
        (b"name\na\x00b\n", 2, "a cell holds a NUL character"),
        (b"na\x00me\na\n", 1, "a cell holds a NUL character"),
        (b"name\na\n\x00", 3, "a cell holds a NUL character"),
        (b'name\na\n"b\nc\nd\n', 3, "a quotation mark is not closed"),
        (b'name\na\n"', 3, "a quotation mark is not closed"),
        (b'"name\na\n', 1, "a quotation mark is not closed"),
        (b"name\n" + b"x" * (MAX_CELL + 1), 2, "a cell is larger than 64 KiB"),
        (b"name\n" + "é".encode() * (MAX_CELL // 2 + 1), 2, "a cell is larger than 64 KiB"),
        (b"name\n\n" + b"," * 50, 3, "at most 50 columns are accepted"),
        (b"name," * 50 + b"name\n", 1, "at most 50 columns are accepted"),
        (b"name\n" + b"a\n\n" * (MAX_ROWS + 1), 10_002, "at most 5000 rows are accepted"),
        (
            b"name\na\n" + b"x" * 131_073,
            3,
            "a cell is larger than 64 KiB, or a quotation mark is not closed",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_breaks_the_file_is_told_with_its_row(data: bytes, row: int, problem: str) -> None:
    """Whoever has to mend a file learns which line of it to look at (C088, S45)."""
    assert refusal(data) == (f"Row {row}: {problem}.", row)


@pytest.mark.parametrize(
    "data",
    [
        b"name\n" + b"x" * MAX_CELL,
        b"name" + b",x" * 49,
        b"name\n" + b"a\n\n" * MAX_ROWS,
        b'name\n"a"',
        b'name\na"b',
        b'name\n"a"b\n',
    ],
    ids=["cell", "columns", "rows", "closed quote", "quote inside", "text after a quote"],
)
def test_what_is_within_the_limits_is_read(data: bytes) -> None:
    """The limits are the last values that are good."""
    assert read_table(data).stats.original_column_count >= 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＠x", "'=1"])  # noqa: RUF001
def test_what_a_spreadsheet_would_run_is_defused_and_comes_back(text: str) -> None:
    """A formula in a name is text in a spreadsheet, and itself again after an import (S46)."""
    cell = defused(text)
    assert cell == f"'{text}"
    assert read_table(f'name\n"{cell}"\n'.encode()).rows == ({"name": text},)


@pytest.mark.parametrize("text", ["a=1", "'quoted'", "1-2", "0 9 * * *", "'", ""])
def test_other_cells_are_left_alone(text: str) -> None:
    """Nothing is added to a cell that no spreadsheet would run, and nothing taken away."""
    assert defused(text) == text
    assert read_table(f'x,name\n1,"{text}"\n'.encode()).rows == ({"x": "1", "name": text},)
