"""Health, documentation, and what is answered where there is no route (contract 1, 4.1)."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from api import Api, Person
from integration.api.contents import unchanged
from integration.api.shapes import check_instants
from integration.api.town import ADMIN, Town, at_home, copy_of

HEALTH = {
    "status",
    "service",
    "version",
    "timestamp",
    "api",
    "scheduler_running",
    "scheduled_jobs_count",
    "docs_url",
    # ours
    "database",
    "timezone",
}
ORIGIN = "https://cron.example.com"


@pytest.fixture
async def broken(town: Town, tmp_path: Path) -> AsyncIterator[Api]:
    """Give an application that has lost its table of jobs."""
    async with copy_of(town, tmp_path) as api:
        with closing(sqlite3.connect(tmp_path / "api.db")) as connection:
            connection.execute("DROP TABLE jobs")
        yield api


async def test_health_is_public_and_whole(api: Api) -> None:
    """Monitors and the previous backend's clients find their keys without a token."""
    answer = await api.client.get("/api/v2/health")
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, HEALTH)
    assert body == {
        "status": "healthy",
        "service": "cron-job-scheduler-fastapi",
        "version": "2.0.0",
        "timestamp": "2026-11-24T23:59:30.123Z",
        "api": "v2",
        "scheduler_running": False,
        "scheduled_jobs_count": 0,
        "docs_url": "/docs",
        "database": "ok",
        "timezone": "Asia/Tokyo",
    }
    assert check_instants(body) == 1


async def test_health_tells_of_a_lost_database_and_stays_alive(broken: Api) -> None:
    """F-38: 200 says that the process lives, the body that it cannot work."""
    answer = await broken.client.get("/api/v2/health")
    assert answer.status_code == 200
    assert (answer.json()["database"], answer.json()["status"]) == ("unavailable", "degraded")


async def test_the_root_says_where_to_go(api: Api) -> None:
    """Whoever opens the address in a browser finds the documentation."""
    answer = await api.client.get("/")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "message": "Cron Job Scheduler API",
            "docs": "/docs",
            "redoc": "/redoc",
            "health": "/api/v2/health",
        },
    )


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_the_documentation_is_served(api: Api, path: str) -> None:
    """Section 1: both pages are there and name the document that they show."""
    answer = await api.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "/api/v2/openapi.json" in answer.text


async def test_the_openapi_document_lists_the_routes_and_no_422(api: Api) -> None:
    """C-40, C-01: the paths that exist, and no answer that is never given."""
    document = (await api.client.get("/api/v2/openapi.json")).json()
    assert document["openapi"].startswith("3.")
    assert "/api/v2/health" in document["paths"]
    assert not {"/api/v2/users", "/api/v2/categories", "/api/v2/teams"} & set(document["paths"])
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert all("422" not in operation["responses"] for operation in operations)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/api",
        "/api/v2",
        "/api/v2/",
        "/api/v1/jobs",
        "/api/v2/jobs/x/y",
        "/api/v2/users",
    ],
)
async def test_an_unknown_path_is_404_in_three_texts(api: Api, path: str) -> None:
    """E-404: the frontend shows a text whatever key it looks under."""
    answer = await api.client.get(path)
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "Not Found", "message": "Not Found", "detail": "Not Found"},
    )


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/v2/health", {"GET"}),
        ("PATCH", "/api/v2/jobs", {"GET", "POST"}),
        ("DELETE", "/api/v2/jobs", {"GET", "POST"}),
        ("PATCH", "/api/v2/jobs/x", {"GET", "PUT", "DELETE"}),
        ("GET", "/api/v2/auth/login", {"POST"}),
        ("TRACE", "/api/v2/jobs", {"GET", "POST"}),
        ("PROPFIND", "/api/v2/jobs", {"GET", "POST"}),
        ("GET", "/api/v2/jobs/x/execute", {"POST"}),
    ],
)
async def test_a_method_that_is_not_offered_is_405(
    api: Api, method: str, path: str, allowed: set[str]
) -> None:
    """S53: with the methods that are, and before anybody is asked who they are."""
    async with unchanged(api):
        answer = await api.client.request(method, path)
    text = "Method Not Allowed"
    assert (answer.status_code, answer.json()) == (
        405,
        {"error": text, "message": text, "detail": text},
    )
    assert set(answer.headers["allow"].split(", ")) <= allowed


@pytest.mark.parametrize(
    "path", ["/api/v2/jobs", "/api/v2/executions", "/api/v2/job-categories", "/api/v2/health"]
)
async def test_a_trailing_slash_is_redirected(api: Api, path: str) -> None:
    """Section 1: 307 keeps method and body."""
    answer = await api.client.get(f"{path}/")
    assert answer.status_code == 307
    assert answer.headers["location"].endswith(path)
    assert (await api.client.post("/api/v2/jobs/", json={})).status_code == 307


@pytest.mark.parametrize("headers", [{"authorization": "Bearer x"}, {}], ids=["token", "none"])
async def test_browsers_of_any_origin_may_ask(api: Api, headers: dict[str, str]) -> None:
    """Section 2: by default any origin, without credentials; what axios sends is admitted."""
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization,content-type",
    }
    answer = await api.client.request("OPTIONS", "/api/v2/jobs/x", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    refused = await api.client.get("/api/v2/jobs", headers={"origin": ORIGIN, **headers})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "*"


async def test_only_named_origins_may_ask_where_origins_are_named(
    town: Town, tmp_path: Path
) -> None:
    """S57: another origin, and the origin `null`, get no permission."""
    async with copy_of(town, tmp_path, cors_origins=f"{ORIGIN}, https://b.example.com") as api:
        for origin, admitted in [(ORIGIN, ORIGIN), ("https://evil.example", None), ("null", None)]:
            answer = await api.client.get("/api/v2/health", headers={"origin": origin})
            assert answer.headers.get("access-control-allow-origin") == admitted


@pytest.mark.parametrize("exposed", [False, True])
async def test_a_bug_is_answered_with_an_id_and_without_its_text(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, exposed: bool
) -> None:
    """F-19, E-500: neither SQL nor internals leave, unless the operator asks; browsers see it."""
    async with copy_of(town, tmp_path, expose_error_details=exposed) as api:
        with closing(sqlite3.connect(tmp_path / "api.db")) as connection:
            connection.execute(
                "CREATE TRIGGER bug BEFORE INSERT ON job_categories "
                "BEGIN SELECT RAISE(ABORT, 'a-secret-of-the-house'); END"
            )
        admin = at_home(town.people[ADMIN], api)
        answer = await admin.call(
            "POST", "/job-categories", json={"name": "x"}, headers={"origin": ORIGIN}
        )
    body = answer.json()
    assert (answer.status_code, set(body)) == (500, {"error", "message", "error_id"})
    assert body["error"] == "Internal server error"
    assert ("a-secret-of-the-house" in answer.text) is exposed
    assert exposed or "INSERT" not in answer.text
    logged = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [getattr(record, "error_id", None) for record in logged] == [body["error_id"]]
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_store_that_is_out_of_reach_is_503(town: Town, broken: Api) -> None:
    """Section 1.1: try again later, in words that tell nothing of tables."""
    person: Person = at_home(town.people[ADMIN], broken)
    for answer in (await person.get("/jobs"), await person.get("/jobs/x")):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["error"] == "Service unavailable"
        assert "table" not in answer.text
