"""Our deliverers against the published contract."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing

import pytest

from cronjobs_adapters.http import HttpDeliverer
from cronjobs_core.domain.addresses import AddressRules
from cronjobs_core.domain.executions import Delivery, Reason
from cronjobs_core.domain.targets import GitHubWorkflow, TargetRules, Webhook
from cronjobs_core.testing.contracts.targets import SECRET, DelivererContract, FarEnds
from cronjobs_core.testing.fake_deliverer import FakeDeliverer
from servers.github import FakeGitHub
from servers.hostile import HostileServer
from servers.sockets import closed_port


class TestFakeDeliverer(DelivererContract):
    """The deliverer of the unit tests."""

    @pytest.fixture
    def deliverer(self) -> FakeDeliverer:
        return FakeDeliverer()

    @pytest.fixture
    def far_ends(self, deliverer: FakeDeliverer) -> FarEnds:
        refusing, revealing, silent, unreachable = (
            Webhook(url=f"https://{name}.example.com/")
            for name in ("refusing", "revealing", "silent", "unreachable")
        )
        refused = Delivery.failure(Reason.HTTP_STATUS, "Webhook returned status 500", status=500)
        deliverer.script(refusing, refused)
        deliverer.script(revealing, refused)
        deliverer.script(silent, Delivery.failure(Reason.TIMEOUT, "no answer"))
        deliverer.script(unreachable, Delivery.failure(Reason.CONNECTION, "connection refused"))
        return FarEnds(
            accepting=Webhook(url="https://accepting.example.com/"),
            refusing=refusing,
            revealing=revealing,
            silent=silent,
            unreachable=unreachable,
            attempts=lambda: len(deliverer.runs),
        )


class HttpDelivererContract(DelivererContract):
    """The real deliverer, with servers on loopback at the other end."""

    @pytest.fixture
    async def target(self) -> AsyncIterator[HostileServer]:
        async with HostileServer() as server:
            yield server

    @pytest.fixture
    async def github(self) -> AsyncIterator[FakeGitHub]:
        async with FakeGitHub() as server:
            server.tokens.add(SECRET)
            yield server

    @pytest.fixture
    async def deliverer(self, github: FakeGitHub) -> AsyncIterator[HttpDeliverer]:
        rules = TargetRules(allow_http=True, addresses=AddressRules.parse(["127.0.0.0/8"]))
        deliverer = HttpDeliverer(rules, version="0", github_url=github.url(""), lookup=_nowhere)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(aclosing(deliverer))
            yield deliverer


class TestHttpDelivererWithWebhooks(HttpDelivererContract):
    """Webhook targets."""

    @pytest.fixture
    def far_ends(self, target: HostileServer) -> FarEnds:
        return FarEnds(
            accepting=Webhook(url=target.url("/ok")),
            refusing=Webhook(url=target.url("/status/500")),
            revealing=Webhook(url=target.url("/status/501")),
            silent=Webhook(url=target.url("/blackhole")),
            unreachable=Webhook(url=f"http://127.0.0.1:{closed_port()}/"),
            attempts=lambda: len(target.requests),
        )


class TestHttpDelivererWithWorkflows(HttpDelivererContract):
    """GitHub targets; none is unreachable by itself, so an unknown repository stands for it."""

    @pytest.fixture
    def far_ends(self, github: FakeGitHub) -> FarEnds:
        github.answers |= {
            "acme/reports/refused.yml": (422, "no"),
            "acme/reports/revealed.yml": (422, "{headers}"),
            "acme/reports/silent.yml": (0, ""),
        }
        workflows = {
            name: GitHubWorkflow(owner="acme", repo="reports", workflow=f"{file}.yml")
            for name, file in {
                "accepting": "daily",
                "refusing": "refused",
                "revealing": "revealed",
                "silent": "silent",
                "unreachable": "unknown",
            }.items()
        }
        return FarEnds(**workflows, attempts=lambda: len(github.requests))


def _nowhere(_: str) -> list[str]:
    """Know no name: these tests leave the machine alone."""
    raise OSError
