"""What every deliverer promises: one test per sentence of `ports.targets.Deliverer`."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Final

import anyio
import pytest

from cronjobs_core.domain.executions import Delivery, Reason, Run
from cronjobs_core.domain.targets import GitHubWorkflow, Target, Webhook
from cronjobs_core.ports.targets import Deliverer
from cronjobs_core.testing.builders import an_execution

DEADLINE: Final = 0.4
"""Seconds that each run of this suite is given."""
SECRET: Final = "MARKER-of-a-token-that-nobody-may-see"  # noqa: S105 -- a marker, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class FarEnds:
    """Targets with a known behaviour, and how many attempts reached any of them so far."""

    accepting: Target
    """Takes what it gets."""
    refusing: Target
    """Answers that it does not."""
    revealing: Target
    """The same, and repeats in its answer all that it was sent, headers included."""
    silent: Target
    """Takes the request and never answers."""
    unreachable: Target
    """Nobody is there."""
    attempts: Callable[[], int]

    def all(self) -> list[Target]:
        """Every target."""
        values = (getattr(self, one.name) for one in fields(self))
        return [value for value in values if isinstance(value, Webhook | GitHubWorkflow)]


def a_run(target: Target | None, **overrides: Any) -> Run:
    """A run of a manual execution, with a secret token."""
    values: dict[str, Any] = {
        "execution": an_execution(),
        "job_name": "Nightly report",
        "metadata": {"n": 1},
        "deadline": DEADLINE,
        "github_token": SECRET,
    }
    return Run(target=target, **values | overrides)


STRANGE_RUNS: Final = (
    a_run(Webhook(url="")),
    a_run(Webhook(url="no url at all")),
    a_run(Webhook(url="https://[::1")),
    a_run(Webhook(url="https://host.invalid:99999/\ud800")),
    a_run(Webhook(url="https://a..b/")),
    a_run(Webhook(url="gopher://127.0.0.1/")),
    a_run(GitHubWorkflow(owner="..", repo="%2e%2e", workflow="a/b")),
    a_run(GitHubWorkflow(owner="", repo="", workflow="")),
)


@pytest.mark.anyio
class DelivererContract:
    """Subclass it, and override the two fixtures."""

    @pytest.fixture
    def deliverer(self) -> Deliverer:
        """The deliverer under test."""
        raise NotImplementedError

    @pytest.fixture
    def far_ends(self) -> FarEnds:
        """Targets that `deliverer` reaches."""
        raise NotImplementedError

    async def test_a_target_that_accepts_makes_a_success(
        self, deliverer: Deliverer, far_ends: FarEnds
    ) -> None:
        """What the target took counts as delivered, without a reason or an error."""
        delivery = await deliver_in_time(deliverer, a_run(far_ends.accepting))
        assert delivery.succeeded
        assert (delivery.reason, delivery.error_message) == (None, None)

    async def test_one_call_is_one_attempt(self, deliverer: Deliverer, far_ends: FarEnds) -> None:
        """A target meets one request per delivery, whether it accepts, refuses or keeps silent."""
        for target in (far_ends.accepting, far_ends.refusing, far_ends.silent):
            before = far_ends.attempts()
            await deliver_in_time(deliverer, a_run(target))
            assert far_ends.attempts() == before + 1, target

    async def test_a_target_that_never_answers_ends_with_the_deadline(
        self, deliverer: Deliverer, far_ends: FarEnds
    ) -> None:
        """No target holds a run for longer than its deadline and a second."""
        delivery = await deliver_in_time(deliverer, a_run(far_ends.silent))
        assert delivery.reason is Reason.TIMEOUT

    async def test_what_target_and_network_do_is_a_failure_and_no_error(
        self, deliverer: Deliverer, far_ends: FarEnds
    ) -> None:
        """A refusal, a silence and an absence come back with a reason and a sentence."""
        for target in (far_ends.refusing, far_ends.silent, far_ends.unreachable):
            assert_failed(await deliver_in_time(deliverer, a_run(target)))

    @pytest.mark.parametrize("run", STRANGE_RUNS, ids=lambda run: repr(str(run.target)))
    async def test_a_strange_target_raises_nothing(self, deliverer: Deliverer, run: Run) -> None:
        """A stored target that could never be called ends like any other: in a delivery."""
        delivery = await deliver_in_time(deliverer, run)
        assert delivery.succeeded or delivery.reason is not None

    @pytest.mark.parametrize("value", ["\ud800", "\x00", float("nan"), object(), None])
    async def test_strange_metadata_raises_nothing(
        self, deliverer: Deliverer, far_ends: FarEnds, value: object
    ) -> None:
        """Metadata that cannot be sent is a failure of the run and not of the service."""
        delivery = await deliver_in_time(
            deliverer, a_run(far_ends.accepting, metadata={"key": value})
        )
        assert delivery.succeeded or delivery.reason is not None

    async def test_a_run_without_a_target_fails(self, deliverer: Deliverer) -> None:
        """A job that names nothing to call says so in its history."""
        delivery = await deliver_in_time(deliverer, a_run(None))
        assert_failed(delivery)
        assert delivery.reason is Reason.INVALID_TARGET

    async def test_no_secret_of_the_run_is_returned(
        self, deliverer: Deliverer, far_ends: FarEnds
    ) -> None:
        """A run's own token appears in nothing that is stored, even if the target repeats it."""
        for target in far_ends.all():
            delivery = await deliver_in_time(deliverer, a_run(target))
            assert SECRET not in repr(delivery), target


async def deliver_in_time(deliverer: Deliverer, run: Run) -> Delivery:
    """Deliver `run`, and fail the test if that takes longer than its deadline and a second."""
    started = time.monotonic()
    with anyio.fail_after(run.deadline + 5):
        delivery = await deliverer.deliver(run)
    assert time.monotonic() - started <= run.deadline + 1
    return delivery


def assert_failed(delivery: Delivery) -> None:
    """The delivery is a failure with a reason and a sentence."""
    assert not delivery.succeeded
    assert delivery.reason is not None
    assert delivery.error_message
