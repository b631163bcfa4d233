"""Trying a target out (contract 4.9, F-05, F-22, C-20)."""

from typing import Any

import pytest

from cronjobs_core.domain.addresses import AddressRules
from cronjobs_core.domain.errors import InvalidInput, InvalidTarget, MissingTarget, RoleRequired
from cronjobs_core.domain.executions import Delivery, Reason, TriggerType
from cronjobs_core.domain.targets import GitHubWorkflow, TargetRules, Webhook
from cronjobs_core.domain.users import Role
from house import HOOK, House

TRIO = {"github_owner": "acme", "github_repo": "reports", "github_workflow_name": "daily.yml"}
WORKFLOW = GitHubWorkflow(owner="acme", repo="reports", workflow="daily.yml")
URL_HELP = "Webhook URL must start with http:// or https://"
NO_TARGET = "Provide target_url or GitHub config (github_owner, github_repo, github_workflow_name)."


async def test_a_trial_is_delivered_as_a_run_would_be(house: House) -> None:
    """C-20: the same target, metadata and deadline as a run, and the delivery comes back."""
    user = await house.user()
    house.deliverer.script(Webhook(url=HOOK), Delivery(succeeded=True, response_status=204))
    sent = {"target_url": f" {HOOK} ", "metadata": {"a": 1}}
    target, delivery = await house.services.try_target.try_out(user, sent)
    assert target == Webhook(url=HOOK)
    assert (delivery.succeeded, delivery.response_status) == (True, 204)
    (run,) = house.deliverer.runs
    assert (run.target, run.metadata, run.deadline) == (target, {"a": 1}, 10.0)
    assert run.execution.trigger_type is TriggerType.MANUAL
    assert (run.execution.scheduled_for, run.execution.started_at) == (None, house.clock.now())


async def test_a_failure_is_a_result(house: House) -> None:
    """Who tries a target wants to see how it fails."""
    user = await house.user()
    failure = Delivery.failure(Reason.CONNECTION, "Nobody is there.")
    house.deliverer.script(WORKFLOW, failure)
    assert await house.services.try_target.try_out(user, TRIO) == (WORKFLOW, failure)


async def test_nothing_is_stored_and_nobody_is_told(house: House) -> None:
    """A trial leaves no execution, no message and no audit entry."""
    user = await house.user()
    await house.services.try_target.try_out(user, {"target_url": HOOK})
    await house.services.try_target.try_out(user, TRIO)
    assert await house.history() == []
    assert await house.messages(user.user_id) == []
    assert await house.audited() == []


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        (TRIO, WORKFLOW),
        ({**TRIO, "target_url": ""}, WORKFLOW),
        ({**TRIO, "target_url": None}, WORKFLOW),
        ({**TRIO, "target_url": HOOK}, Webhook(url=HOOK)),
        ({"target_url": HOOK, "github_owner": "../x", "github_repo": ""}, Webhook(url=HOOK)),
        ({"target_url": "acme/reports/daily.yml"}, WORKFLOW),
    ],
)
async def test_a_url_wins_over_a_workflow(
    house: House, sent: dict[str, Any], target: Webhook | GitHubWorkflow
) -> None:
    """The form always sends the GitHub fields too; with a URL nobody looks at them."""
    found, _ = await house.services.try_target.try_out(await house.user(), sent)
    assert found == target


async def test_the_operators_owner_completes_a_workflow() -> None:
    """As for jobs: repository and workflow are enough where the operator names an owner."""
    house = House(targets=TargetRules(github_owner="acme"))
    sent = {**TRIO, "github_owner": None}
    found, _ = await house.services.try_target.try_out(await house.user(), sent)
    assert found == WORKFLOW


@pytest.mark.parametrize(
    ("sent", "kind", "error", "message"),
    [
        ({}, MissingTarget, "Missing target configuration", NO_TARGET),
        ({"target_url": "  "}, MissingTarget, "Missing target configuration", NO_TARGET),
        (
            {**TRIO, "github_owner": None},
            MissingTarget,
            "Missing target configuration",
            NO_TARGET,
        ),
        ({**TRIO, "github_repo": ""}, MissingTarget, "Missing target configuration", NO_TARGET),
        (
            {**TRIO, "github_workflow_name": None},
            MissingTarget,
            "Missing target configuration",
            NO_TARGET,
        ),
        ({"metadata": []}, InvalidInput, "Invalid metadata", '"metadata" must be an object.'),
        ({"metadata": "x"}, InvalidInput, "Invalid metadata", '"metadata" must be an object.'),
        ({"target_url": "example.com/x"}, InvalidTarget, "Invalid target_url", URL_HELP),
        ({"target_url": "ftp//x"}, InvalidTarget, "Invalid target_url", URL_HELP),
        (
            {"target_url": "http://example.com/"},
            InvalidTarget,
            "Invalid target_url",
            "target_url must start with https://.",
        ),
        (
            {"target_url": "https://127.0.0.1/"},
            InvalidTarget,
            "Invalid target_url",
            "target_url points to an address that is not allowed.",
        ),
        ({"target_url": 5}, InvalidInput, "Invalid target_url", "target_url must be a string."),
        (
            {"target_url": HOOK, "github_repo": 5},
            InvalidInput,
            "Invalid github_repo",
            "github_repo must be a string.",
        ),
        (
            {**TRIO, "github_repo": "../../user"},
            InvalidTarget,
            "Invalid GitHub target",
            "github_repo may hold only letters, digits, dots, hyphens and underscores.",
        ),
        (
            {"target_url": HOOK, "timeout_seconds": "abc"},
            InvalidInput,
            "Invalid timeout_seconds",
            "timeout_seconds must be a number.",
        ),
        (
            {"target_url": HOOK, "timeout_seconds": True},
            InvalidInput,
            "Invalid timeout_seconds",
            "timeout_seconds must be a number.",
        ),
    ],
)
async def test_what_cannot_be_called_is_not_called(
    house: House, sent: dict[str, Any], kind: type[InvalidInput], error: str, message: str
) -> None:
    """Each problem has its words, and nothing left the house."""
    with pytest.raises(kind) as refused:
        await house.services.try_target.try_out(await house.user(), sent)
    assert (refused.value.error, refused.value.message) == (error, message)
    assert house.deliverer.runs == []


async def test_metadata_is_judged_before_the_target(house: House) -> None:
    """The contract's order: metadata, whether there is a target, what it is."""
    with pytest.raises(InvalidInput) as refused:
        await house.services.try_target.try_out(
            await house.user(), {"metadata": 5, "timeout_seconds": "x"}
        )
    assert refused.value.error == "Invalid metadata"


@pytest.mark.parametrize(
    "sent", [TRIO, {"target_url": "acme/reports/daily.yml"}], ids=["trio", "shorthand"]
)
async def test_the_shared_token_is_kept_to_the_operators_repositories(sent: dict[str, Any]) -> None:
    """Decision 0.4: a trial cannot use the token where a job could not."""
    house = House(targets=TargetRules(github_repos=("umbrella/*",)))
    with pytest.raises(InvalidTarget, match="not allowed here"):
        await house.services.try_target.try_out(await house.user(), sent)
    assert house.deliverer.runs == []


async def test_listed_networks_and_http_are_open() -> None:
    """Decision 0.3: how a developer tries a target on their own machine."""
    rules = TargetRules(allow_http=True, addresses=AddressRules.parse(["127.0.0.0/8"]))
    house = House(targets=rules)
    url = "http://127.0.0.1:8080/x"
    found, _ = await house.services.try_target.try_out(await house.user(), {"target_url": url})
    assert found == Webhook(url=url)


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [(None, 10), (0, 1), (-5, 1), (0.5, 1), (2.5, 2.5), (30, 30), (31, 30), (2**63 - 1, 30)],
)
async def test_a_trial_waits_one_to_thirty_seconds(
    house: House, sent: float | None, seconds: float
) -> None:
    """The frontend gives up after 30 seconds: no trial outlives its asker."""
    fields = {"target_url": HOOK, "timeout_seconds": sent}
    await house.services.try_target.try_out(await house.user(), fields)
    assert house.deliverer.runs[0].deadline == seconds


async def test_viewers_try_nothing(house: House) -> None:
    """Section 3.2: who may not create a job may not call its target either."""
    with pytest.raises(RoleRequired, match="User or admin access required"):
        await house.services.try_target.try_out(await house.user(Role.VIEWER), {"target_url": HOOK})
    assert house.deliverer.runs == []


@pytest.mark.parametrize("field", sorted(TRIO))
async def test_a_workflow_beside_a_url_is_still_text(house: House, field: str) -> None:
    """A wrong type is refused although the URL wins, and nothing is called."""
    with pytest.raises(InvalidInput, match=f"{field} must be a string"):
        await house.services.try_target.try_out(await house.user(), {"target_url": HOOK, field: 5})
    assert house.deliverer.runs == []
