"""Which adapter stands behind which port: the composition root, and nothing else."""

from datetime import timedelta
from pathlib import Path

from dependency_injector import containers, providers

from cronjobs_adapters.apscheduler.timer import ApschedulerTimer
from cronjobs_adapters.file_lock import FileLock, default_lock_path
from cronjobs_adapters.http.router import HttpDeliverer
from cronjobs_adapters.queues.in_process import InProcessQueue
from cronjobs_adapters.security import JwtTokens, PasslibHasher
from cronjobs_adapters.sqlalchemy.engine import make_engine
from cronjobs_adapters.sqlalchemy.unit_of_work import SqlStore
from cronjobs_adapters.system import SystemClock, new_uuid
from cronjobs_core.assemble import Options, Ports, assemble
from cronjobs_core.domain.misfires import MisfirePolicy
from cronjobs_core.usecases.run_jobs import RunRules
from cronjobs_core.usecases.sign_in import Lifetimes
from cronjobs_http.settings import Settings

MANUAL_DEADLINE = 25.0
"""The longest that a run by hand may take, in seconds: the frontend waits for 30."""


def options_of(settings: Settings) -> Options:
    """The settings as the core needs them."""
    return Options(
        zone=settings.zone,
        targets=settings.target_rules,
        runs=RunRules(
            deadline=settings.http_timeout_seconds,
            manual_deadline=min(settings.http_timeout_seconds, MANUAL_DEADLINE),
            misfires=MisfirePolicy(timedelta(seconds=settings.misfire_window_seconds)),
        ),
        lifetimes=Lifetimes(
            access=settings.jwt_access_token_expires, refresh=settings.jwt_refresh_token_expires
        ),
        reconcile_every=timedelta(seconds=settings.poll_seconds),
        tell_everyone_of_runs=settings.notify_run_results == "all",
        ask_current_password=settings.require_current_password,
    )


def _deliverer(settings: Settings) -> HttpDeliverer:
    return HttpDeliverer(
        settings.target_rules,
        version=settings.app_version,
        github_token=settings.github_token or "",
        github_url=settings.github_api_url,
    )


def _lock(settings: Settings, clock: SystemClock) -> FileLock:
    chosen = settings.scheduler_lock_path
    path = Path(chosen) if chosen else default_lock_path(settings.store_url)
    return FileLock(path, owner=new_uuid(), clock=clock)


class Container(containers.DeclarativeContainer):
    """One object of each kind for the life of a process."""

    settings = providers.Dependency(instance_of=Settings)

    clock = providers.Singleton(SystemClock)
    engine = providers.Singleton(make_engine, settings.provided.store_url)
    store = providers.Singleton(SqlStore, engine)
    scheduler = providers.Singleton(ApschedulerTimer, clock)
    leadership = providers.Singleton(_lock, settings, clock)
    queue = providers.Singleton(InProcessQueue, concurrency=settings.provided.run_concurrency)
    deliverer = providers.Singleton(_deliverer, settings)
    hasher = providers.Singleton(PasslibHasher)
    tokens = providers.Singleton(
        JwtTokens,
        settings.provided.signing_key,
        algorithm=settings.provided.jwt_algorithm,
        new_id=providers.Object(new_uuid),
    )

    ports = providers.Singleton(
        Ports,
        store=store,
        clock=clock,
        new_id=providers.Object(new_uuid),
        scheduler=scheduler,
        leadership=leadership,
        queue=queue,
        deliverer=deliverer,
        hasher=hasher,
        tokens=tokens,
    )
    services = providers.Singleton(assemble, ports, providers.Singleton(options_of, settings))


def make_container(settings: Settings) -> Container:
    """The adapters that `settings` ask for; nothing is opened before it is used."""
    return Container(settings=settings)
