"""Pages and date ranges."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.paging import DateRange, Page


def utc(*parts: int) -> datetime:
    """Return the instant in UTC."""
    return datetime(*parts, tzinfo=UTC)


@given(total=st.integers(0, 500), size=st.integers(1, 60))
def test_pages_cover_a_list_once(total: int, size: int) -> None:
    """All pages together hold every entry once, and no page but the last is short."""
    entries = list(range(total))
    count = Page(1, size).count(total)
    pages = [Page(number, size) for number in range(1, count + 1)]
    slices = [entries[page.offset : page.offset + page.size] for page in pages]
    assert [one for part in slices for one in part] == entries
    assert all(len(part) == size for part in slices[:-1])
    assert all(slices)


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (20, 1), (21, 2)])
def test_how_many_pages(total: int, pages: int) -> None:
    """An empty list has no page; one entry more than fits makes another page."""
    assert Page(1, 20).count(total) == pages


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-15", utc(2026, 1, 15)),
        (" 2026-01-15 ", utc(2026, 1, 15)),
        ("2026-01-15T10:30:00", utc(2026, 1, 15, 10, 30)),
        ("2026-01-15T10:30:00Z", utc(2026, 1, 15, 10, 30)),
        ("2026-01-15T10:30:00.123Z", utc(2026, 1, 15, 10, 30, 0, 123_000)),
        ("2026-01-15T10:30:00+09:00", utc(2026, 1, 15, 1, 30)),
        ("2026-01-15T10:30:00 09:00", utc(2026, 1, 15, 1, 30)),
        ("2026-01-15T10:30:00 0900", utc(2026, 1, 15, 1, 30)),
        ("2026-01-15T10:30:00-05:00", utc(2026, 1, 15, 15, 30)),
        ("2026-01-15 10:30", utc(2026, 1, 15, 10, 30)),
        ("2026-01-15 10:30:00", utc(2026, 1, 15, 10, 30)),
    ],
)
def test_how_an_instant_may_be_written(text: str, instant: datetime) -> None:
    """Dates and ISO times are read, without an offset as UTC, a lost plus sign restored."""
    since = DateRange.parse(text, None).since
    assert since == instant
    assert since.tzinfo is UTC


def test_a_date_as_the_end_includes_that_day() -> None:
    """A date on the right stands for the midnight after it; a time stands for itself."""
    assert DateRange.parse(None, "2026-01-15").until == utc(2026, 1, 16)
    assert DateRange.parse(None, "2026-01-15T00:00").until == utc(2026, 1, 15)


def test_a_day_from_itself_to_itself_is_that_day() -> None:
    """From and to the same date is the whole day."""
    day = DateRange.parse("2026-01-15", "2026-01-15")
    assert (day.since, day.until) == (utc(2026, 1, 15), utc(2026, 1, 16))


@pytest.mark.parametrize("absent", [None, ""])
def test_a_range_may_be_open(absent: str | None) -> None:
    """What is absent or empty leaves its side open."""
    assert DateRange.parse(absent, absent) == DateRange(None, None)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-01-16", "2026-01-15"),
        ("2026-01-16", "2026-01-16T00:00:00"),
        ("2026-01-15T10:00:00Z", "2026-01-15T10:00:00Z"),
        ("2026-01-15T10:00:00Z", "2026-01-15T18:00:00+09:00"),
    ],
)
def test_an_empty_range_is_refused(since: str, until: str) -> None:
    """A range must begin before it ends, compared as instants."""
    with pytest.raises(InvalidInput) as refused:
        DateRange.parse(since, until)
    assert refused.value.error == "Invalid date range"
    assert refused.value.message == '"from" must be earlier than "to".'


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "15.01.2026",
        "12:00",
        " ",
        "9" * 400,
        "\uff12026-01-15",
    ],
)
@pytest.mark.parametrize("side", ["from", "to"])
def test_what_is_no_date_is_refused(text: str, side: str) -> None:
    """What cannot be read is refused in the contract's words, on either side."""
    with pytest.raises(InvalidInput) as refused:
        DateRange.parse(*((text, None) if side == "from" else (None, text)))
    assert (refused.value.error, refused.value.message) == ("Invalid date", "Invalid date")


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("0001-01-01T00:00:00+09:00", None),
        (None, "9999-12-31T23:59:59-09:00"),
        (None, "9999-12-31"),
    ],
)
def test_an_instant_beyond_the_calendar_is_refused(since: str | None, until: str | None) -> None:
    """An instant that has no year in UTC is refused as any other text, not with a crash."""
    with pytest.raises(InvalidInput, match="Invalid date"):
        DateRange.parse(since, until)
