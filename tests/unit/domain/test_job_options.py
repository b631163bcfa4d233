"""A job's options: how it is called, retried and planned."""

import pytest

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.job_options import FORBIDDEN_HEADERS, MAX_HEADERS, read_options

FULL = {
    "timezone": "Europe/Berlin",
    "method": "PUT",
    "headers": {"X-Team": "payments"},
    "timeout_seconds": 2.5,
    "expect_status": [200, 204],
    "retries": 3,
    "retry_delay_seconds": 30,
    "overlap": "allow",
    "misfire_window_seconds": 0,
    "dst": "skip",
}


def problem(name: str, value: object) -> str:
    """Return the sentence with which an option is refused."""
    with pytest.raises(InvalidInput) as refused:
        read_options({name: value})
    assert refused.value.error == "Invalid options"
    assert refused.value.message is not None
    return refused.value.message


def test_all_options_together() -> None:
    """Every option that is in order is kept as it was sent."""
    assert read_options(FULL) == FULL


@pytest.mark.parametrize("sent", [None, {}, dict.fromkeys(FULL)])
def test_no_options(sent: object) -> None:
    """Null is no options, and an option that is null is not there."""
    assert read_options(sent) == {}


@pytest.mark.parametrize("sent", [[], "x", 5, True])
def test_options_are_an_object(sent: object) -> None:
    """Anything but an object is refused."""
    with pytest.raises(InvalidInput) as refused:
        read_options(sent)
    assert refused.value.message == "options must be a JSON object."


def test_a_misspelt_option_is_noticed() -> None:
    """An unknown option is refused with the list of those that there are."""
    told = problem("retrys", 3)
    assert told.startswith("options: unknown option 'retrys'; known are ")
    assert all(name in told for name in FULL)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("timeout_seconds", 1, 900),
        ("retries", 0, 10),
        ("retry_delay_seconds", 1, 3600),
        ("misfire_window_seconds", 0, 86_400),
    ],
)
def test_numbers_have_limits(name: str, low: int, high: int) -> None:
    """Both limits are accepted, what lies beyond them, and what is no number, is refused."""
    assert read_options({name: low}) == {name: low}
    assert read_options({name: high}) == {name: high}
    for value in (low - 1, high + 1, "1", True, [1], float("nan"), float("inf")):
        assert f"{name} must be a" in problem(name, value)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("timeout_seconds", False),
        ("retry_delay_seconds", False),
        ("retries", True),
        ("misfire_window_seconds", True),
    ],
)
def test_which_numbers_are_whole(name: str, whole: bool) -> None:
    """Seconds to wait may have a fraction, counts may not."""
    if whole:
        assert f"{name} must be a whole number from" in problem(name, 1.5)
    else:
        assert read_options({name: 1.5}) == {name: 1.5}


@pytest.mark.parametrize("method", ["GET", "post", "Patch", "DELETE", "head"])
def test_methods(method: str) -> None:
    """A method may be written in any case of letters and is kept in capitals."""
    assert read_options({"method": method}) == {"method": method.upper()}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("method", "CONNECT"),
        ("method", 5),
        ("method", ["GET"]),
        ("overlap", "SKIP"),
        ("overlap", "queue"),
        ("dst", True),
    ],
)
def test_choices(name: str, value: object) -> None:
    """Anything but one of the choices is refused, and the choices are named."""
    assert f"options: {name} must be one of " in problem(name, value)


@pytest.mark.parametrize("name", ["UTC", "Asia/Tokyo", "America/Argentina/Ushuaia"])
def test_zones(name: str) -> None:
    """The name of a zone of the database is accepted."""
    assert read_options({"timezone": name}) == {"timezone": name}


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Asia", 5])
def test_what_is_no_zone(name: object) -> None:
    """An unknown name, a path and a directory of the database are refused."""
    assert "must be the name of a time zone" in problem("timezone", name)


def test_headers_have_a_limit() -> None:
    """Twenty headers are accepted, one more is refused."""
    twenty = {f"X-{number}": "v" for number in range(MAX_HEADERS)}
    assert read_options({"headers": twenty}) == {"headers": twenty}
    assert "at most 20" in problem("headers", {**twenty, "X-more": "v"})
    assert "at most 20" in problem("headers", ["X: v"])


@pytest.mark.parametrize(
    "name", [*sorted(FORBIDDEN_HEADERS), "Host", "", "a b", "a:b", "a\nb", "ä"]
)
def test_headers_that_may_not_be_set(name: str) -> None:
    """A header that frames or routes the request, or that is no name, is refused."""
    assert "headers must not set" in problem("headers", {name: "v"})


@pytest.mark.parametrize("value", [5, None, "a\r\nX-Other: b", "a\x00b", "v" * 4097])
def test_header_values_are_one_line(value: object) -> None:
    """A value that would begin another header, or is too long, is refused."""
    assert "must be one line of text" in problem("headers", {"X-Team": value})


def test_header_values_are_ascii() -> None:
    """A value that cannot be sent as it is, is refused before it is stored."""
    assert "must be ASCII" in problem("headers", {"X-Team": "ä"})


def test_expected_statuses() -> None:
    """Statuses are kept in order, each once."""
    assert read_options({"expect_status": [302, 200, 302]}) == {"expect_status": [200, 302]}


@pytest.mark.parametrize("value", [[], [99], [600], ["200"], [True], 200, [200, None]])
def test_what_is_no_list_of_statuses(value: object) -> None:
    """An empty list and anything that is no HTTP status is refused."""
    assert "must be a list of HTTP statuses" in problem("expect_status", value)
