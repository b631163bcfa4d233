"""Jobs (contract 4.4, 4.5)."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import JobView
from cronjobs_core.domain.policy import Action
from cronjobs_http.access import (
    Body,
    LateBody,
    MayCreateJobs,
    MayDeleteJobs,
    MayRead,
    MayUpdateJobs,
    ServicesDep,
)
from cronjobs_http.wire import Instant, LocalInstant, WireModel, documented_body

router = APIRouter(prefix="/jobs", tags=["jobs"])


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
    created_at: Instant
    updated_at: Instant
    last_execution_at: Instant | None = None
    next_execution_at: LocalInstant | None = None

    @classmethod
    def of(cls, view: JobView) -> "JobOut":
        """The wire form of a job as people see it."""
        shown = cls.model_validate(view.job)
        shown.last_execution_at = view.last_execution_at
        shown.next_execution_at = view.next_execution_at
        return shown


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


class OptionalJobFields(BaseModel):
    """The fields of a job that may be left out. The target is `target_url` or the GitHub trio."""

    category: str | None = Field(None, description="Slug or name; `general` by default.")
    target_url: str | None = Field(None, max_length=500, examples=["https://example.com/hook"])
    github_owner: str | None = Field(None, max_length=255)
    github_repo: str | None = Field(None, max_length=255)
    github_workflow_name: str | None = Field(None, max_length=255)
    metadata: dict[str, Any] | None = Field(None, description="Sent as the JSON body or inputs.")
    enable_email_notifications: bool | None = None
    notification_emails: list[str] | None = None
    notify_on_success: bool | None = None
    is_active: bool | None = None


class JobIn(OptionalJobFields):
    """A new job."""

    name: str = Field(max_length=255, examples=["Nightly report"])
    cron_expression: str = Field(max_length=100, examples=["0 2 * * *"])
    end_date: date = Field(description="The last day on which it runs, in the scheduler's zone.")
    pic_team: str = Field(description="Slug or name of an active PIC team.", examples=["payments"])


class JobPatch(OptionalJobFields):
    """The fields of a job to change; those left out stay."""

    name: str | None = Field(None, max_length=255)
    cron_expression: str | None = Field(None, max_length=100)
    end_date: date | None = None
    pic_team: str | None = None


@router.get("")
async def list_jobs(actor: MayRead, core: ServicesDep) -> JobList:
    """List every job, newest first."""
    views = await core.manage_jobs.list_all(actor)
    return JobList(count=len(views), jobs=[JobOut.of(view) for view in views])


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
    job_id: str, actor: MayUpdateJobs, body: LateBody, core: ServicesDep
) -> JobWritten:
    """Change the fields that are sent; all of them or, after an error, none."""
    await core.manage_jobs.check_access(actor, Action.UPDATE_JOB, JobId(job_id))
    view = await core.manage_jobs.change(actor, JobId(job_id), await body())
    return JobWritten(message="Job updated successfully", job=JobOut.of(view))


@router.delete("/{job_id}")
async def delete_job(job_id: str, actor: MayDeleteJobs, core: ServicesDep) -> JobDeleted:
    """Delete a job and its history; it does not fire any more."""
    job = await core.manage_jobs.delete(actor, JobId(job_id))
    return JobDeleted(deleted_job=DeletedJob(id=job.id, name=job.name))
