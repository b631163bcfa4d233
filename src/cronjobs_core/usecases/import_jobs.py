"""Jobs from a CSV file, and back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.csv_export import csv_of_jobs, csv_template
from cronjobs_core.domain.csv_jobs import Judgement, Known, RowError, judge, names_in
from cronjobs_core.domain.csv_table import CsvStats, CsvTable, read_table
from cronjobs_core.domain.errors import DuplicateJobName, Unavailable
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job, JobOrder, JobQuery
from cronjobs_core.domain.masking import shown_job
from cronjobs_core.domain.notifications import jobs_imported
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.schedule import today
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.ports.telling import Tell
from cronjobs_core.ports.world import Clock, NewId

ATTEMPTS: Final = 5
"""How often an upload is judged anew because the store changed under it."""

JobsChanged = Callable[[Sequence[JobId]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file. In a dry run `jobs` are those that would be created."""

    dry_run: bool
    stats: CsvStats
    jobs: tuple[Job, ...]
    errors: tuple[RowError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJobs:
    """Uploads of CSV files.

    `tell` writes the one notification of an upload within the unit of work; `changed` is told
    after the commit of all its jobs.
    """

    store: Store
    clock: Clock
    new_id: NewId
    zone: ZoneInfo
    targets: TargetRules
    tell: Tell
    changed: JobsChanged

    async def upload(
        self, actor: Actor, data: bytes, *, default_owner: str = "", dry_run: bool = False
    ) -> ImportReport:
        """Create a job for each good row, in one transaction; a dry run writes nothing.

        `default_owner` stands in for the operator's default GitHub owner. Rows are judged outside
        of any unit of work; where the lists or the names are others by the time of writing, they
        are judged again. Raises InvalidInput for a file that is no CSV table.
        """
        authorise(actor, Action.IMPORT_JOBS)
        table = await asyncio.to_thread(read_table, data)
        targets = replace(self.targets, github_owner=default_owner or self.targets.github_owner)
        for _ in range(ATTEMPTS):
            async with self.store.reading() as view:
                known = await self._known(view, table, targets)
            judgement = await asyncio.to_thread(judge, table.rows, known)
            report = self._report(actor, table, judgement, dry_run=dry_run)
            if dry_run or not report.jobs:
                return report
            if await self._write(actor, table, known, report):
                await self.changed([job.id for job in report.jobs])
                return report
        raise Unavailable("The jobs change too fast to import others. Try again.")

    async def _known(self, view: Reading, table: CsvTable, targets: TargetRules) -> Known:
        return Known(
            categories=tuple(await view.taxonomy.categories()),
            teams=tuple(await view.taxonomy.pic_teams()),
            names_taken=frozenset(await view.jobs.names_taken(names_in(table.rows))),
            targets=targets,
            today=today(self.clock.now(), self.zone),
        )

    def _report(
        self, actor: Actor, table: CsvTable, judgement: Judgement, *, dry_run: bool
    ) -> ImportReport:
        now = self.clock.now()
        jobs = tuple(
            Job(
                id=JobId(self.new_id()),
                created_by=actor.user_id,
                created_at=now,
                updated_at=now,
                **values,
            )
            for values in judgement.jobs
        )
        return ImportReport(dry_run=dry_run, stats=table.stats, jobs=jobs, errors=judgement.errors)

    async def _write(
        self, actor: Actor, table: CsvTable, known: Known, report: ImportReport
    ) -> bool:
        """Store the jobs, unless what they were judged against is no longer so."""
        async with self.store.writing() as uow:
            if await self._known(uow, table, known.targets) != known:
                return False
            try:
                # In one order everywhere, so that no two uploads wait for each other.
                await uow.jobs.add_many(sorted(report.jobs, key=lambda job: job.name))
            except DuplicateJobName:  # by one who committed after we had looked
                return False
            await uow.audit.add(self._audit_entry(actor, report))
            await self.tell(uow, jobs_imported(len(report.jobs), actor))
            await uow.commit()
        return True

    def _audit_entry(self, actor: Actor, report: ImportReport) -> AuditEntry:
        """One entry for the upload; what the jobs were made of stands on them."""
        job_ids = [job.id for job in report.jobs]
        return AuditEntry(
            id=self.new_id(),
            at=self.clock.now(),
            actor_id=actor.user_id,
            actor_name=actor.username,
            action="job.import",
            entity_type="job_import",
            entity_id=self.new_id(),
            before={},
            after={"job_ids": job_ids, "refused_rows": len(report.errors)},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJobs:
    """Downloads of CSV files that `ImportJobs` takes."""

    store: Store

    async def export(self, actor: Actor) -> str:
        """Every job, by name, as the text of a CSV file; viewers get it without secrets."""
        authorise(actor, Action.READ)
        by_name = JobQuery(sort_by=JobOrder.NAME, descending=False)
        async with self.store.reading() as view:
            listed, _ = await view.jobs.find(by_name)
        shown = [shown_job(one.job, actor) for one in listed]
        return await asyncio.to_thread(csv_of_jobs, shown)

    async def template(self, actor: Actor) -> str:
        """The header line of a file to be filled in."""
        authorise(actor, Action.READ)
        return csv_template()
