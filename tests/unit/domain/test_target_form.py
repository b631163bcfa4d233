"""From a request to the target of a job: shorthand, default owner, clearing."""

from dataclasses import replace

import pytest

from cronjobs_core.domain.errors import InvalidTarget
from cronjobs_core.domain.target_form import target_values
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.testing.builders import a_job

RULES = TargetRules()
WITH_OWNER = TargetRules(github_owner="octo-org")
URL = "https://hooks.example.com/run"
TRIO = {"github_owner": "octo-org", "github_repo": "nightly", "github_workflow_name": "build.yml"}
WEBHOOK_JOB = a_job(target_url=URL)
GITHUB_JOB = replace(WEBHOOK_JOB, target_url=None, **TRIO)


def test_a_webhook() -> None:
    """A URL is stored as it was sent, without the blanks around it."""
    assert target_values({"target_url": f" {URL} "}, None, RULES) == {"target_url": URL}


def test_a_workflow() -> None:
    """The three names are stored as they were sent."""
    assert target_values(TRIO, None, RULES) == TRIO


def test_both_may_be_stored() -> None:
    """A job may hold a URL and a workflow together."""
    assert target_values({"target_url": URL, **TRIO}, None, RULES) == {"target_url": URL, **TRIO}


@pytest.mark.parametrize("job", [None, WEBHOOK_JOB], ids=["new", "change"])
def test_a_shorthand_becomes_the_trio(job: object) -> None:
    """`owner/repo/workflow` as the URL is the workflow, and there is no URL then."""
    values = target_values({"target_url": "octo-org/nightly/build.yml"}, job, RULES)
    assert values == {"target_url": None, **TRIO}


def test_a_shorthand_is_judged() -> None:
    """A shorthand must hold plain names of an admitted repository."""
    with pytest.raises(InvalidTarget, match="must end with"):
        target_values({"target_url": "octo-org/nightly/build.txt"}, None, RULES)
    only = TargetRules(github_repos=("octo-org/other",))
    with pytest.raises(InvalidTarget, match="octo-org/nightly is not allowed here"):
        target_values({"target_url": "octo-org/nightly/build.yml"}, None, only)


def test_the_default_owner_completes_a_workflow() -> None:
    """Repository and workflow alone belong to the operator's default owner."""
    alone = {"github_repo": "nightly", "github_workflow_name": "build.yml"}
    assert target_values(alone, None, WITH_OWNER) == TRIO
    assert target_values({**alone, "github_owner": ""}, None, WITH_OWNER) == TRIO


def test_without_a_default_owner_a_workflow_stays_incomplete() -> None:
    """Where the operator names no default owner, a job must."""
    alone = {"github_repo": "nightly", "github_workflow_name": "build.yml"}
    assert target_values(alone, None, RULES)["github_owner"] is None


def test_the_default_owner_is_for_workflows_without_a_url() -> None:
    """With a URL, repository and workflow alone stay incomplete and the URL is called."""
    fields = {"target_url": URL, "github_repo": "nightly", "github_workflow_name": "build.yml"}
    assert "github_owner" not in target_values(fields, None, WITH_OWNER)


def test_the_default_owner_is_judged_as_any() -> None:
    """A workflow completed by the default owner must be of an admitted repository."""
    rules = TargetRules(github_owner="octo-org", github_repos=("octo-org/other",))
    with pytest.raises(InvalidTarget, match="octo-org/nightly is not allowed here"):
        target_values({"github_repo": "nightly", "github_workflow_name": "b.yml"}, None, rules)


def test_an_empty_text_clears() -> None:
    """An empty text clears its field, null leaves it."""
    cleared = target_values(dict.fromkeys(("target_url", *TRIO), ""), GITHUB_JOB, RULES)
    assert cleared == dict.fromkeys(("target_url", *TRIO))
    assert target_values(dict.fromkeys(("target_url", *TRIO)), GITHUB_JOB, RULES) == {}


def test_a_changed_name_is_judged_with_the_stored_ones() -> None:
    """A change of one name must leave a repository that is admitted."""
    rules = TargetRules(github_repos=("octo-org/nightly",))
    with pytest.raises(InvalidTarget, match="octo-org/other is not allowed here"):
        target_values({"github_repo": "other"}, GITHUB_JOB, rules)
    changed = {"github_workflow_name": "test.yaml"}
    assert target_values(changed, GITHUB_JOB, rules) == changed


def test_a_workflow_that_is_not_touched_is_not_judged() -> None:
    """An edit of something else succeeds although the rules have become stricter."""
    strict = TargetRules(github_repos=("octo-org/other",))
    assert target_values({"name": "New"}, GITHUB_JOB, strict) == {}
