"""Targets on this machine, and an application whose jobs may call them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from api import Api, Person
from integration.api.town import Town, copy_of
from servers.github import TOKEN, FakeGitHub
from servers.hostile import HostileServer

LOOPBACK: Final = {"webhook_allow_http": True, "webhook_allowed_networks": "127.0.0.0/8"}
TRIO: Final = {
    "github_owner": "acme",
    "github_repo": "reports",
    "github_workflow_name": "daily.yml",
}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What jobs may call: a web server and GitHub."""

    hook: HostileServer
    github: FakeGitHub

    def forget(self) -> None:
        """Empty the logs, and let GitHub know its one workflow and one token again."""
        self.hook.requests.clear()
        self.github.requests.clear()
        self.github.answers = {"acme/reports/daily.yml": (204, "")}
        self.github.tokens = {TOKEN}


@asynccontextmanager
async def neighbours() -> AsyncIterator[Neighbours]:
    """Give both servers, listening."""
    async with HostileServer() as hook, FakeGitHub() as github:
        yield Neighbours(hook, github)


@asynccontextmanager
async def calling(
    town: Town, folder: Path, near: Neighbours, **settings: Any
) -> AsyncIterator[Api]:
    """Give an application whose jobs may call the neighbours."""
    to_github = {"github_api_url": near.github.url("").rstrip("/"), "github_token": TOKEN}
    async with copy_of(town, folder, **{**LOOPBACK, **to_github, **settings}) as api:
        yield api


async def run(person: Person, job: dict[str, Any], body: Any = None) -> dict[str, Any]:
    """Run the job by hand and return the execution; it must be admitted."""
    answer = await person.post(f"/jobs/{job['id']}/execute", body)
    assert answer.status_code == 200, answer.text
    execution: dict[str, Any] = answer.json()["execution"]
    return execution
