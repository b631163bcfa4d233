"""Jobs (contract 4.4, 4.5)."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.job_form import MAX_CRON, MAX_NAME
from cronjobs_core.domain.job_options import MAX_HEADERS
from cronjobs_core.domain.jobs import JobOrder, JobQuery, JobView
from cronjobs_core.domain.paging import MAX_PAGE, Page
from cronjobs_core.domain.policy import Action
from cronjobs_core.domain.targets import MAX_GITHUB_NAME, MAX_URL
from cronjobs_core.domain.taxonomy import slugify
from cronjobs_http.access import (
    Body,
    JsonBodyDep,
    MayCreateJobs,
    MayDeleteJobs,
    MayRead,
    MayUpdateJobs,
    ServicesDep,
)
from cronjobs_http.openapi import documented_body
from cronjobs_http.wire import Instant, LocalInstant, WireModel, utc_text

router = APIRouter(prefix="/jobs", tags=["jobs"])


_NOT_NULL = WithJsonSchema({"type": "string", "format": "date"})
"""Of the end date, which can be left out but not taken away (decision 0.12)."""
MAX_PER_PAGE = 1000
DEFAULT_PER_PAGE = 50


class JobOut(WireModel):
    """A job. `next_execution_at` carries the scheduler's offset, every other instant is UTC."""

    id: str
    name: str
    cron_expression: str
    target_url: str | None
    github_owner: str | None
    github_repo: str | None
    github_workflow_name: str | None
    metadata: dict[str, Any]
    category: str
    end_date: date | None
    pic_team: str | None
    enable_email_notifications: bool
    notification_emails: list[str]
    notify_on_success: bool
    created_by: str | None
    is_active: bool
    options: dict[str, Any]
    created_at: Instant
    updated_at: Instant
    last_execution_at: Instant | None = None
    next_execution_at: LocalInstant | None = None

    @classmethod
    def of(cls, view: JobView) -> "JobOut":
        """The wire form of a job as people see it."""
        return cls.model_validate(cls.plain(view))

    @staticmethod
    def plain(view: JobView) -> dict[str, Any]:
        """The same as plain values, for lists so long that models would be felt."""
        job, last, due = view.job, view.last_execution_at, view.next_execution_at
        return {
            "id": job.id,
            "name": job.name,
            "cron_expression": job.cron_expression,
            "target_url": job.target_url,
            "github_owner": job.github_owner,
            "github_repo": job.github_repo,
            "github_workflow_name": job.github_workflow_name,
            "metadata": job.metadata,
            "category": job.category,
            "end_date": job.end_date,
            "pic_team": job.pic_team,
            "enable_email_notifications": job.enable_email_notifications,
            "notification_emails": job.notification_emails,
            "notify_on_success": job.notify_on_success,
            "created_by": job.created_by,
            "is_active": job.is_active,
            "options": job.options,
            "created_at": utc_text(job.created_at),
            "updated_at": utc_text(job.updated_at),
            "last_execution_at": None if last is None else utc_text(last),
            "next_execution_at": None if due is None else due.isoformat(),
        }


class JobList(WireModel):
    """Jobs, newest first; `count` is their number."""

    count: int
    jobs: list[JobOut]


class JobAnswer(WireModel):
    """One job."""

    job: JobOut


class JobWritten(JobAnswer):
    """A job after it was created or changed."""

    message: str


class DeletedJob(WireModel):
    """What was deleted."""

    id: str
    name: str


class JobDeleted(WireModel):
    """A job was deleted."""

    message: str = "Job deleted successfully"
    deleted_job: DeletedJob


class JobOptionsIn(BaseModel):
    """How a job is called, retried and planned beyond its plain fields; null is the default."""

    model_config = ConfigDict(extra="forbid")

    timezone: str | None = Field(None, description="The schedule's zone, as Europe/Berlin.")
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] | None = None
    headers: dict[str, str] | None = Field(None, max_length=MAX_HEADERS)
    timeout_seconds: float | None = Field(None, ge=1, le=900)
    expect_status: list[Annotated[int, Field(ge=100, le=599)]] | None = Field(None, min_length=1)
    retries: int | None = Field(None, ge=0, le=10)
    retry_delay_seconds: float | None = Field(None, ge=1, le=3600)
    overlap: Literal["skip", "allow"] | None = None
    misfire_window_seconds: int | None = Field(None, ge=0, le=86_400)
    dst: Literal["run", "skip"] | None = None


class OptionalJobFields(BaseModel):
    """The fields of a job that may be left out. The target is `target_url` or the GitHub trio."""

    category: str | None = Field(None, description="Slug or name; `general` by default.")
    target_url: str | None = Field(None, max_length=MAX_URL)
    github_owner: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    github_repo: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    github_workflow_name: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    metadata: dict[str, Any] | None = Field(None, description="Sent as the JSON body or inputs.")
    enable_email_notifications: bool | None = None
    notification_emails: list[str] | None = None
    notify_on_success: bool | None = None
    is_active: bool | None = None
    options: JobOptionsIn | None = None


class JobIn(OptionalJobFields):
    """A new job."""

    name: str = Field(min_length=1, max_length=MAX_NAME)
    cron_expression: str = Field(min_length=1, max_length=MAX_CRON)
    end_date: date = Field(description="The last day on which it runs, in the scheduler's zone.")
    pic_team: str = Field(min_length=1, description="Slug or name of an active PIC team.")


class JobPatch(OptionalJobFields):
    """The fields of a job to change; those left out stay."""

    name: str | None = Field(None, min_length=1, max_length=MAX_NAME)
    cron_expression: str | None = Field(None, min_length=1, max_length=MAX_CRON)
    end_date: Annotated[date | None, _NOT_NULL] = None
    pic_team: str | None = Field(None, min_length=1)


class SortDirection(StrEnum):
    """Up or down."""

    ASC = "asc"
    DESC = "desc"


Words = Annotated[str | None, Query(max_length=200)]
PageNumber = Annotated[int | None, Query(ge=1, le=MAX_PAGE)]
PageSize = Annotated[int | None, Query(ge=1, le=MAX_PER_PAGE)]


async def job_query(
    *,
    search: Words = None,
    category: Words = None,
    pic_team: Words = None,
    is_active: bool | None = None,
    sort_by: JobOrder = JobOrder.CREATED_AT,
    sort_dir: SortDirection | None = None,
) -> JobQuery:
    """What a list of jobs is narrowed to; the newest come first unless another order is asked."""
    default = SortDirection.DESC if sort_by is JobOrder.CREATED_AT else SortDirection.ASC
    return JobQuery(
        search=search or None,
        category=slugify(category) if category else None,
        pic_team=slugify(pic_team) if pic_team else None,
        is_active=is_active,
        sort_by=sort_by,
        descending=(sort_dir or default) is SortDirection.DESC,
    )


@router.get("", response_model=JobList)
async def list_jobs(
    actor: MayRead,
    core: ServicesDep,
    query: Annotated[JobQuery, Depends(job_query)],
    *,
    page: PageNumber = None,
    per_page: PageSize = None,
) -> Response:
    """List jobs: all that match, or one page of them; `count` is the number of all that match."""
    paged = page is not None or per_page is not None
    wanted = Page(page or 1, per_page or DEFAULT_PER_PAGE) if paged else None
    views, total = await core.manage_jobs.find(actor, query, wanted)
    body = {"count": total, "jobs": [JobOut.plain(view) for view in views]}
    return Response(orjson.dumps(body), media_type="application/json")


@router.post("", status_code=201, openapi_extra=documented_body(JobIn))
async def create_job(actor: MayCreateJobs, body: Body, core: ServicesDep) -> JobWritten:
    """Create a job; it is on the timetable when the answer comes."""
    view = await core.manage_jobs.create(actor, body)
    return JobWritten(message="Job created successfully", job=JobOut.of(view))


@router.get("/{job_id}")
async def get_job(job_id: str, actor: MayRead, core: ServicesDep) -> JobAnswer:
    """Read a job."""
    return JobAnswer(job=JobOut.of(await core.manage_jobs.get(actor, JobId(job_id))))


@router.put("/{job_id}", openapi_extra=documented_body(JobPatch))
async def update_job(
    job_id: str, actor: MayUpdateJobs, body: JsonBodyDep, core: ServicesDep
) -> JobWritten:
    """Change the fields that are sent; all of them or, after an error, none."""
    await core.manage_jobs.check_access(actor, Action.UPDATE_JOB, JobId(job_id))
    view = await core.manage_jobs.change(actor, JobId(job_id), await body.read())
    return JobWritten(message="Job updated successfully", job=JobOut.of(view))


@router.delete("/{job_id}")
async def delete_job(job_id: str, actor: MayDeleteJobs, core: ServicesDep) -> JobDeleted:
    """Delete a job and its history; it does not fire any more."""
    job = await core.manage_jobs.delete(actor, JobId(job_id))
    return JobDeleted(deleted_job=DeletedJob(id=job.id, name=job.name))
