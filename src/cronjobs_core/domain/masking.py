"""What a viewer does not see: the parts of a job in which secrets travel (decision 0.15).

Target URLs are shown whole but for user-info and the values of their query; headers are shown by
name.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from cronjobs_core.domain.executions import Execution
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.users import Actor, Role

MASK: Final = "***"


def shown_job(job: Job, actor: Actor) -> Job:
    """The job as the actor may see it."""
    if actor.role is not Role.VIEWER:
        return job
    url = job.target_url
    return replace(
        job, target_url=masked_url(url) if url else url, options=_without_headers(job.options)
    )


def shown_execution(execution: Execution, actor: Actor) -> Execution:
    """The execution as the actor may see it."""
    target = execution.target
    if actor.role is not Role.VIEWER or target is None or "://" not in target:
        return execution
    return replace(execution, target=masked_url(target))


def masked_url(url: str) -> str:
    """The URL with user-info and the values of its query hidden; all of it where it is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    secret, at, host = parts.netloc.rpartition("@")
    netloc = f"{MASK}{at}{host}" if secret else host
    pairs = [pair.partition("=") for pair in parts.query.split("&") if pair]
    query = "&".join(f"{name}={MASK}" if sign else name for name, sign, _ in pairs)
    fragment = MASK if parts.fragment else ""
    return urlunsplit((parts.scheme, netloc, parts.path, query, fragment))


def _without_headers(options: Mapping[str, Any]) -> Mapping[str, Any]:
    headers = options.get("headers")
    if not headers:
        return options
    return {**options, "headers": dict.fromkeys(headers, MASK)}
