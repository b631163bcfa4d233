"""Query parameters that no sensible client sends: 400 or the nearest limit, never 5xx."""

from typing import Any

import pytest

from api import Api, Person
from cronjobs_core.domain.ids import JobId
from cronjobs_core.testing.builders import an_execution
from integration.api.contents import unchanged
from integration.api.shapes import refusal

HUGE = str(10**20)
LISTS = ["/executions", "/executions/statistics", "/jobs/{job_id}/executions"]
PAGED = ["/executions", "/jobs/{job_id}/executions"]
NO_DATE = refusal("Invalid date", "Invalid date")
NO_RANGE = refusal("Invalid date range", '"from" must be earlier than "to".')


@pytest.fixture
async def job_id(api: Api, user: Person) -> str:
    """Give a job with three executions."""
    job = await user.create_job()
    async with api.container.store().writing() as uow:
        await uow.executions.claim([an_execution(job_id=JobId(job["id"])) for _ in range(3)])
        await uow.commit()
    return str(job["id"])


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize(
    ("limit", "shown"), [("0", 1), ("-1", 1), (f"-{HUGE}", 1), ("2", 2), ("201", 3), (HUGE, 3)]
)
async def test_a_limit_out_of_range_is_the_nearest_in_it(
    viewer: Person, job_id: str, path: str, limit: str, shown: int
) -> None:
    """C-28, C107: a list is shown, with as many rows as may be."""
    answer = await viewer.get(path.format(job_id=job_id), limit=limit)
    assert answer.status_code == 200
    assert len(answer.json()["executions"]) == shown
    assert answer.json().get("limit", 1) in range(1, 201)


@pytest.mark.parametrize("page", ["0", "-1", f"-{HUGE}", HUGE, "1000001"])
async def test_a_page_out_of_range_is_400(viewer: Person, page: str) -> None:
    """Decision 0.19, C107: neither an overflow in the driver nor somebody else's page."""
    answer = await viewer.get("/executions", page=page)
    assert_validation_error(answer, "page")


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize(
    "number", ["1e3", "\u0663", "", " ", "abc", "1.5", "0x10", "1,0", "NaN", "\0"]
)
async def test_a_limit_that_is_no_number_is_400(
    viewer: Person, job_id: str, path: str, number: str
) -> None:
    """C107, C-01: 400 in the contract's words, not 422."""
    answer = await viewer.get(path.format(job_id=job_id), limit=number)
    assert_validation_error(answer, "limit")


@pytest.mark.parametrize("number", ["1e3", "\u0663", "", " ", "abc", "1.5", "NaN", "\0"])
async def test_a_page_that_is_no_number_is_400(viewer: Person, number: str) -> None:
    """C107, C-01: the same for the page."""
    answer = await viewer.get("/executions", page=number)
    assert_validation_error(answer, "page")


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "2026-02-30",
        "2026-13-01",
        "31.12.2026",
        "\u0662\u0660\u0662\u0666-01-01",
        "2026-01-01T25:00:00",
        "2026-01-01T00:00:00+99:00",
        "0001-01-01T00:00:00+09:00",
        "9999-12-31T23:59:59-09:00",
        "2026-01-01\0",
        "0",
        "-1",
        HUGE,
        "null",
    ],
)
async def test_a_date_that_is_none_is_400(viewer: Person, job_id: str, text: str) -> None:
    """C-29, F-13: a bad date was a fault of the server once; exactly these words."""
    for path in LISTS:
        for side in ("from", "to"):
            answer = await viewer.get(path.format(job_id=job_id), **{side: text})
            assert (answer.status_code, answer.json()) == (400, NO_DATE)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-01-02", "2026-01-01"),
        ("2026-01-02T00:00:00Z", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-01-01T09:00:00+09:00"),
    ],
)
async def test_a_range_that_runs_backwards_is_400(
    viewer: Person, job_id: str, since: str, until: str
) -> None:
    """Section 4.10: compared as instants, after the day of `to` was taken whole."""
    for path in LISTS:
        answer = await viewer.get(path.format(job_id=job_id), **{"from": since, "to": until})
        assert (answer.status_code, answer.json()) == (400, NO_RANGE)


@pytest.mark.parametrize(
    ("query", "since"),
    [
        ("from=2026-01-01T00:00:00", "2026-01-01T00:00:00.000Z"),
        ("from=2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
        ("from=2026-01-01T00:00:00%2B09:00", "2025-12-31T15:00:00.000Z"),
        ("from=2026-01-01T00:00:00+09:00", "2025-12-31T15:00:00.000Z"),
        ("from=2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:00.123Z"),
        ("from=2026-01-01", "2026-01-01T00:00:00.000Z"),
        ("from=2025-11-02T01:30", "2025-11-02T01:30:00.000Z"),
        ("from=2025-03-09T02:30", "2025-03-09T02:30:00.000Z"),
        ("from=", None),
        ("", None),
    ],
)
async def test_an_instant_without_an_offset_is_utc(
    viewer: Person, query: str, since: str | None
) -> None:
    """C109, C110: whatever the server's zone, hours that it lacks or has twice included."""
    answer = await viewer.call("GET", f"/executions/statistics?{query}")
    assert answer.json()["range"]["from"] == since


@pytest.mark.parametrize(
    "query",
    [
        {"status": "\0"},
        {"status": "," * 5000},
        {"status": ",".join(["success"] * 2000)},
        {"job_id": "\0"},
        {"job_id": "%' OR 1=1 --"},
        {"trigger_type": "\0"},
        {"execution_type": "🚀"},
    ],
    ids=lambda query: ascii(query)[:30],
)
async def test_odd_filters_find_nothing_or_are_refused(
    api: Api, viewer: Person, job_id: str, query: dict[str, Any]
) -> None:
    """S49, S52: what cannot be stored cannot be found, and asking for it breaks nothing."""
    async with unchanged(api):
        for path in LISTS:
            answer = await viewer.get(path.format(job_id=job_id), **query)
            assert answer.status_code in {200, 400}, answer.text


@pytest.mark.parametrize("name", ["job_id", "trigger_type", "execution_type", "from", "to"])
async def test_a_filter_has_a_limit(viewer: Person, name: str) -> None:
    """S48: every text has a maximum."""
    answer = await viewer.get("/executions", **{name: "x" * 201})
    assert_validation_error(answer, name)


def assert_validation_error(answer: Any, field: str) -> None:
    """Fail unless the answer is the contract's E-VAL for this field: texts, never lists."""
    body = answer.json()
    assert answer.status_code == 400
    assert set(body) == {"error", "message", "detail", "details"}
    assert body["error"] == "Validation error"
    assert body["message"] == body["detail"] == body["details"][field]
    assert isinstance(body["message"], str)
