"""From a set of adapters to the use cases, built once and wired to each other."""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.ports.leadership import Leadership
from cronjobs_core.ports.queue import ExecutionQueue
from cronjobs_core.ports.scheduler import Scheduler
from cronjobs_core.ports.security import PasswordHasher, Tokens
from cronjobs_core.ports.store import Store
from cronjobs_core.ports.targets import Deliverer
from cronjobs_core.ports.world import Clock, NewId
from cronjobs_core.usecases.cron_tools import CronTools
from cronjobs_core.usecases.expire_jobs import ExpireJobs
from cronjobs_core.usecases.import_jobs import ExportJobs, ImportJobs
from cronjobs_core.usecases.keep_audit import KeepAudit
from cronjobs_core.usecases.keep_preferences import KeepPreferences
from cronjobs_core.usecases.keep_schedule import KeepSchedule
from cronjobs_core.usecases.manage_jobs import ManageJobs
from cronjobs_core.usecases.manage_slack import ManageSlack
from cronjobs_core.usecases.manage_taxonomy import ManageTaxonomy
from cronjobs_core.usecases.manage_users import ManageUsers
from cronjobs_core.usecases.notify import Notify
from cronjobs_core.usecases.read_executions import ReadExecutions
from cronjobs_core.usecases.read_notifications import ReadNotifications
from cronjobs_core.usecases.record_runs import RecordRuns
from cronjobs_core.usecases.recover_runs import RecoverRuns
from cronjobs_core.usecases.run_jobs import RunJobs, RunRules
from cronjobs_core.usecases.sign_in import Lifetimes, SignIn
from cronjobs_core.usecases.try_target import TryTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One adapter for each port."""

    store: Store
    clock: Clock
    new_id: NewId
    scheduler: Scheduler
    leadership: Leadership
    queue: ExecutionQueue
    deliverer: Deliverer
    hasher: PasswordHasher
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The operator's choices, as the core needs them.

    `reconcile_every` bounds how late the writes of another process are felt.
    """

    zone: ZoneInfo
    targets: TargetRules = field(default_factory=TargetRules)
    runs: RunRules = field(default_factory=RunRules)
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    reconcile_every: timedelta = timedelta(seconds=60)
    tell_everyone_of_runs: bool = False
    ask_current_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases."""

    manage_jobs: ManageJobs
    run_jobs: RunJobs
    read_executions: ReadExecutions
    cron_tools: CronTools
    manage_taxonomy: ManageTaxonomy
    manage_users: ManageUsers
    sign_in: SignIn
    expire_jobs: ExpireJobs
    keep_schedule: KeepSchedule
    recover_runs: RecoverRuns
    try_target: TryTarget
    keep_preferences: KeepPreferences
    read_notifications: ReadNotifications
    manage_slack: ManageSlack
    import_jobs: ImportJobs
    export_jobs: ExportJobs


def assemble(ports: Ports, options: Options) -> Services:
    """Build the use cases over `ports`; nothing is started and nothing is called."""
    store, clock, new_id, zone = ports.store, ports.clock, ports.new_id, options.zone
    tell = Notify(clock=clock, new_id=new_id).tell
    note = KeepAudit(clock=clock, new_id=new_id).note
    expire = ExpireJobs(store=store, clock=clock, zone=zone, note=note, tell=tell)
    recorder = RecordRuns(
        store=store, clock=clock, tell=tell, to_everyone=options.tell_everyone_of_runs
    )
    run_jobs = RunJobs(
        store=store,
        clock=clock,
        new_id=new_id,
        zone=zone,
        targets=options.targets,
        rules=options.runs,
        queue=ports.queue,
        deliverer=ports.deliverer,
        record=recorder.record,
        note=note,
        pause_expired=expire.pause,
    )
    recover = RecoverRuns(store=store, clock=clock, manual_life=2 * options.runs.manual_deadline)
    keep_schedule = KeepSchedule(
        store=store,
        clock=clock,
        zone=zone,
        scheduler=ports.scheduler,
        leadership=ports.leadership,
        period=options.reconcile_every,
        fire=run_jobs.fire,
        pause_expired=expire.pause_all,
        close_interrupted=recover.close_interrupted,
        close_overdue=recover.close_overdue,
    )
    return Services(
        manage_jobs=ManageJobs(
            store=store,
            clock=clock,
            new_id=new_id,
            zone=zone,
            targets=options.targets,
            note=note,
            tell=tell,
            changed=keep_schedule.refresh,
        ),
        run_jobs=run_jobs,
        read_executions=ReadExecutions(store=store),
        cron_tools=CronTools(clock=clock, zone=zone),
        manage_taxonomy=ManageTaxonomy(store=store, clock=clock, new_id=new_id, note=note),
        manage_users=ManageUsers(
            store=store,
            clock=clock,
            new_id=new_id,
            hasher=ports.hasher,
            note=note,
            ask_current=options.ask_current_password,
        ),
        sign_in=SignIn(
            store=store,
            clock=clock,
            new_id=new_id,
            hasher=ports.hasher,
            tokens=ports.tokens,
            lifetimes=options.lifetimes,
        ),
        expire_jobs=expire,
        keep_schedule=keep_schedule,
        recover_runs=recover,
        try_target=TryTarget(
            deliverer=ports.deliverer, clock=clock, new_id=new_id, targets=options.targets
        ),
        keep_preferences=KeepPreferences(store=store, clock=clock, new_id=new_id),
        read_notifications=ReadNotifications(store=store, clock=clock),
        manage_slack=ManageSlack(store=store, clock=clock, note=note),
        import_jobs=ImportJobs(
            store=store,
            clock=clock,
            new_id=new_id,
            zone=zone,
            targets=options.targets,
            tell=tell,
            changed=keep_schedule.refresh,
        ),
        export_jobs=ExportJobs(store=store),
    )
