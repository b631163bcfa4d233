"""Runs by hand of jobs whose targets misbehave, through the whole service."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from api import Person
from processes import LOOPBACK, Service, make_job, make_team, serving
from servers.hostile import HostileServer
from servers.sockets import closed_port

DEADLINE = 1
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """A service, its admin, and the target that misbehaves."""

    service: Service
    admin: Person
    target: HostileServer

    def peak_memory(self) -> int:
        """The most bytes of memory that the service ever had."""
        status = Path(f"/proc/{self.service.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """Give a service with a short deadline, for all tests of this file."""
    settings = {**LOOPBACK, "HTTP_TIMEOUT_SECONDS": str(DEADLINE)}
    async with (
        HostileServer() as target,
        serving(tmp_path_factory.mktemp("hostile"), settings) as service,
        service.admin() as admin,
    ):
        await make_team(admin)
        yield Place(service, admin, target)


@pytest.mark.parametrize(
    ("path", "reason", "words"),
    [
        ("refuse", "connection", "refused"),
        ("hang-up", "connection", "closed the connection"),
        ("blackhole", "timeout", "within 1 second"),
        ("drip/1/0.2", "timeout", "within 1 second"),
        ("status/500", "http_status", "Webhook returned status 500"),
        ("redirect/302/http%3A%2F%2F127.0.0.1%2F", "http_status", "redirects are not followed"),
        ("half-then-close", "bad_response", "cut short"),
    ],
)
async def test_a_bad_end_is_told(place: Place, path: str, reason: str, words: str) -> None:
    """Whatever the target does, the caller has an answer in time, with a reason and a sentence."""
    port = closed_port() if path == "refuse" else place.target.port
    execution = await executed(place, f"http://127.0.0.1:{port}/{path}")
    assert (execution["status"], execution["reason"]) == ("failed", reason)
    assert words in str(execution["error_message"])


async def test_a_gibibyte_is_not_kept(place: Place) -> None:
    """An enormous answer costs neither the deadline nor memory."""
    before = place.peak_memory()
    execution = await executed(place, place.target.url(f"/big/{1024 * MIB}"))
    assert execution["status"] in {"success", "failed"}
    assert place.peak_memory() - before < 50 * MIB


async def executed(place: Place, url: str) -> dict[str, object]:
    """Run a job that calls `url`; its run has kept to the deadline."""
    job_id = await make_job(place.admin, str(uuid4()), url, is_active=False)
    answer = await place.admin.post(f"/jobs/{job_id}/execute")
    assert answer.status_code == 200, answer.text
    execution: dict[str, object] = answer.json()["execution"]
    duration = execution["duration_seconds"]
    assert isinstance(duration, float)
    assert duration <= DEADLINE + 1
    return execution
