"""What viewers do not see."""

import pytest

from cronjobs_core.domain.masking import masked_url, shown_execution, shown_job
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import a_job, an_actor, an_execution

SECRET = "https://ann:pw@hooks.example.com:8443/run?token=abc&flag&x=#part"  # noqa: S105
MASKED = "https://***@hooks.example.com:8443/run?token=***&flag&x=***#***"


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        (SECRET, MASKED),
        ("https://hooks.example.com/run", "https://hooks.example.com/run"),
        ("https://[broken/run?token=abc", "***"),
    ],
)
def test_only_the_secret_parts_of_a_url_are_hidden(url: str, masked: str) -> None:
    """Host and path stay readable; user-info and query values never show (decision 0.15)."""
    assert masked_url(url) == masked


def test_viewers_see_jobs_and_executions_without_secrets() -> None:
    """A viewer sees masked URLs and header names; users and admins see what is stored."""
    viewer, user = an_actor(role=Role.VIEWER), an_actor(role=Role.USER)
    job = a_job(target_url=SECRET, options={"headers": {"X-Api-Key": "abc"}, "retries": 1})
    execution = an_execution(target=SECRET)
    shown = shown_job(job, viewer)
    assert shown.target_url == MASKED
    assert shown.options == {"headers": {"X-Api-Key": "***"}, "retries": 1}
    assert shown_execution(execution, viewer).target == MASKED
    assert shown_job(job, user) is job
    assert shown_execution(execution, user) is execution


def test_what_holds_no_secret_is_shown_as_it_is() -> None:
    """A workflow's name is no URL, and a job without a URL has nothing to hide."""
    viewer = an_actor(role=Role.VIEWER)
    execution = an_execution(target="owner/repo/build.yml")
    assert shown_execution(execution, viewer) is execution
    assert shown_job(a_job(target_url=None), viewer).target_url is None
