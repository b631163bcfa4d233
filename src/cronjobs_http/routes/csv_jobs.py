"""Jobs as CSV files: upload, export and template (contract 4.7)."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from cronjobs_core.domain.csv_jobs import RowError
from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.jobs import Job
from cronjobs_core.usecases.import_jobs import ImportReport
from cronjobs_http.access import MayImportJobs, MayRead, ServicesDep
from cronjobs_http.openapi import documented_body
from cronjobs_http.openapi_examples import CSV
from cronjobs_http.wire import WireModel

router = APIRouter(prefix="/jobs", tags=["jobs"])

MAX_UPLOAD: Final = 5 * 1024 * 1024
"""The largest body of an upload, in bytes."""
_MAX_FILES: Final = 1
_MAX_FIELDS: Final = 9
_MAX_FIELD: Final = 4096
"""The longest form field that is no file, in bytes."""
_TRUE: Final = frozenset({"1", "true", "yes", "y", "on"})
_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes a file for one in the machine's old code page."""


class BulkUploadIn(BaseModel):
    """A file of jobs, and how to take it."""

    file: bytes = Field(description="CSV in UTF-8 or Windows-31J, at most 5,000 rows.")
    default_github_owner: str = Field("", description="For rows that name no GitHub owner.")
    dry_run: str = Field("", description="1, true, yes, y or on: check the file, write nothing.")


class CsvFile(Response):
    """A CSV file to be saved under a name of ours."""

    media_type = "text/csv"

    def __init__(self, text: str, name: str) -> None:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        super().__init__(_BYTE_ORDER_MARK + text, headers=headers)


_CSV_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A CSV file in UTF-8 with a byte order mark.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": CSV}},
    }
}


class CsvStatsOut(WireModel):
    """What the file held, and what was left out of it."""

    original_column_count: int
    original_row_count: int
    removed_column_count: int
    removed_empty_row_count: int


class RowErrorOut(WireModel):
    """Why a row made no job. Only the keys that apply are there."""

    row: int
    job_name: str | None = None
    name: str | None = None
    error: str
    message: str | None = None
    pic_team: str | None = None
    pic_team_slug: str | None = None


class ImportedJobOut(WireModel):
    """A job of the file; `id` is null in a dry run."""

    id: str | None
    name: str
    is_active: bool
    cron_expression: str
    end_date: str
    pic_team: str


class BulkUploadOut(WireModel):
    """What became of the file. `error` is there where no job was created."""

    error: str | None = None
    message: str
    dry_run: bool
    stats: CsvStatsOut
    created_count: int
    error_count: int
    errors: list[RowErrorOut]
    jobs: list[ImportedJobOut]
    created: int
    updated: int
    failed: int


@router.post(
    "/bulk-upload",
    response_model_exclude_unset=True,
    openapi_extra=documented_body(BulkUploadIn, media_type="multipart/form-data"),
)
async def bulk_upload(request: Request, actor: MayImportJobs, core: ServicesDep) -> BulkUploadOut:
    """Create a job for each good row of a CSV file, in one transaction; errors are told by row."""
    async with request.form(
        max_files=_MAX_FILES, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD
    ) as form:
        file = form.get("file")
        owner, dry_run = form.get("default_github_owner"), form.get("dry_run")
        if not isinstance(file, UploadFile):
            message = 'Upload a CSV file using form field "file".'
            raise InvalidInput("Missing file", message)
        if not file.filename:
            raise InvalidInput("Missing file", "No file selected.")
        data = await file.read()
    report = await core.import_jobs.upload(
        actor,
        data,
        default_owner=owner.strip() if isinstance(owner, str) else "",
        dry_run=isinstance(dry_run, str) and dry_run.strip().lower() in _TRUE,
    )
    return _report_out(report)


@router.get("/export", status_code=200, response_class=CsvFile, responses=_CSV_ANSWER)
async def export_jobs(actor: MayRead, core: ServicesDep) -> CsvFile:
    """Download every job as CSV; uploading the file where none of them is makes the same jobs."""
    return CsvFile(await core.export_jobs.export(actor), "jobs.csv")


@router.get("/import-template", status_code=200, response_class=CsvFile, responses=_CSV_ANSWER)
async def import_template(actor: MayRead, core: ServicesDep) -> CsvFile:
    """Download an empty CSV file with the columns of an upload."""
    return CsvFile(await core.export_jobs.template(actor), "jobs-template.csv")


def _report_out(report: ImportReport) -> BulkUploadOut:
    created, failed = len(report.jobs), len(report.errors)
    return BulkUploadOut(
        **_outcome(report),
        dry_run=report.dry_run,
        stats=CsvStatsOut.model_validate(report.stats),
        created_count=created,
        error_count=failed,
        errors=[_row_error_out(one) for one in report.errors],
        jobs=[_job_out(job, dry_run=report.dry_run) for job in report.jobs],
        created=created,
        updated=0,
        failed=failed,
    )


def _outcome(report: ImportReport) -> dict[str, str]:
    match report.dry_run, bool(report.jobs):
        case True, True:
            return {"message": "CSV validated successfully"}
        case True, False:
            return {"error": "CSV validation failed", "message": "CSV validation failed"}
        case False, True:
            return {"message": "Bulk upload completed"}
        case _:
            message = "No jobs were created. Fix CSV errors and try again."
            return {"error": "Bulk upload failed", "message": message}


def _row_error_out(one: RowError) -> RowErrorOut:
    """The keys that the contract gives this error, and no others."""
    texts = {"job_name": one.job_name, "name": one.job_name, "message": one.message}
    told = {key: text for key, text in texts.items() if text is not None}
    return RowErrorOut.model_validate({"row": one.row, "error": one.error, **told, **one.extra})


def _job_out(job: Job, *, dry_run: bool) -> ImportedJobOut:
    return ImportedJobOut(
        id=None if dry_run else job.id,
        name=job.name,
        is_active=job.is_active,
        cron_expression=job.cron_expression,
        end_date=job.end_date.isoformat() if job.end_date is not None else "",
        pic_team=job.pic_team or "",
    )
