"""Settings: the only reader of the environment and of `.env` (contract section 2)."""

from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cronjobs_core.domain.addresses import AddressRules
from cronjobs_core.domain.targets import TargetRules

SAMPLE_SECRET: Final = "dev-secret-key-please-change-in-production"  # noqa: S105 -- refused below
SAMPLE_PASSWORDS: Final = frozenset({"admin123"})
MIN_SECRET: Final = 32
DEFAULT_PORT: Final = 5001
MAX_PORT: Final = 65535
_POLL_LIMITS: Final = (10, 300)


class SettingsError(ValueError):
    """The environment asks for something that cannot or must not run; the text says what."""


def _port(value: Any) -> Any:
    """A port that is no number is ignored (contract)."""
    text = str(value).strip()
    good = text.isascii() and text.isdigit() and 0 < int(text) <= MAX_PORT
    return int(text) if good else DEFAULT_PORT


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


OptionalText = Annotated[str | None, BeforeValidator(_blank_is_none)]


class Settings(BaseSettings):
    """One object for everything an operator may choose. Times are in seconds."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True)

    app_name: str = "Cron Job Scheduler API"
    app_version: str = "2.0.0"
    app_env: str = ""
    debug: bool = False
    host: str = Field("0.0.0.0", validation_alias=AliasChoices("FASTAPI_HOST", "HOST"))  # noqa: S104
    port: Annotated[int, BeforeValidator(_port)] = Field(
        DEFAULT_PORT, validation_alias=AliasChoices("FASTAPI_PORT", "PORT")
    )
    cors_origins: str = "*"
    expose_error_details: bool = False
    frontend_base_url: str = "http://localhost:5173"
    testing: bool = False

    secret_key: str = SAMPLE_SECRET
    jwt_secret_key: OptionalText = None
    jwt_algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"
    jwt_access_token_expires: int = Field(3600, gt=0)
    jwt_refresh_token_expires: int = Field(2_592_000, gt=0)
    require_current_password: bool = False
    allow_default_admin: bool = False
    default_admin_username: OptionalText = None
    default_admin_password: OptionalText = None
    default_admin_email: OptionalText = None

    database_url: OptionalText = None
    fastapi_database_url: OptionalText = None
    sql_echo: bool = False

    scheduler_enabled: str = "true"
    scheduler_timezone: str = "Asia/Tokyo"
    scheduler_lock_path: OptionalText = None
    scheduler_poll_seconds: int = 60
    shutdown_grace_seconds: float = Field(30, ge=0)
    misfire_window_seconds: int = Field(300, ge=0)
    run_concurrency: int = Field(100, ge=1)

    http_timeout_seconds: float = Field(10, ge=1, le=900)
    webhook_allow_http: bool = False
    webhook_allowed_networks: str = ""
    github_token: OptionalText = None
    default_github_owner: str = ""
    github_default_ref: str = "master"
    github_api_url: str = "https://api.github.com"
    github_allowed_repos: str = ""
    notify_run_results: Literal["involved", "all"] = "involved"

    @property
    def production(self) -> bool:
        """Whether this instance is declared to be in production."""
        return self.app_env.strip().lower() in {"production", "prod"}

    @property
    def store_url(self) -> str:
        """The one database URL: `FASTAPI_DATABASE_URL`, else `DATABASE_URL`, else a SQLite file."""
        default = f"sqlite:///{Path.cwd() / 'src' / 'instance' / 'cron_jobs.db'}"
        return self.fastapi_database_url or self.database_url or default

    @property
    def signing_key(self) -> str:
        """The key of all tokens."""
        return self.jwt_secret_key or self.secret_key

    @property
    def runs_scheduler(self) -> bool:
        """Whether this process stands for leadership; off only for the literal `false`."""
        return self.scheduler_enabled.strip().lower() != "false" and not self.testing

    @property
    def zone(self) -> ZoneInfo:
        """The scheduler's zone; UTC where the name is none (`zone_problem` says so)."""
        return ZoneInfo("UTC") if self.zone_problem else ZoneInfo(self.scheduler_timezone)

    @property
    def zone_problem(self) -> str | None:
        """What is wrong with `SCHEDULER_TIMEZONE`, or None."""
        try:
            ZoneInfo(self.scheduler_timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return f"SCHEDULER_TIMEZONE={self.scheduler_timezone!r} is unknown: using UTC."
        return None

    @property
    def poll_seconds(self) -> int:
        """The time between two full reconciliations, 10 to 300."""
        low, high = _POLL_LIMITS
        return min(max(self.scheduler_poll_seconds, low), high)

    @property
    def origins(self) -> list[str]:
        """The origins admitted by CORS."""
        return _list(self.cors_origins)

    @property
    def target_rules(self) -> TargetRules:
        """What jobs may call; raises SettingsError for a network that is no CIDR."""
        try:
            addresses = AddressRules.parse(_list(self.webhook_allowed_networks))
        except ValueError as error:
            raise SettingsError(f"WEBHOOK_ALLOWED_NETWORKS: {error}") from error
        return TargetRules(
            allow_http=self.webhook_allow_http,
            addresses=addresses,
            github_owner=self.default_github_owner.strip(),
            github_repos=tuple(_list(self.github_allowed_repos)),
            github_ref=self.github_default_ref.strip() or "master",
        )

    def problems(self) -> list[str]:
        """What makes these settings unsafe, one sentence each; empty where nothing does."""
        found = []
        if self.signing_key == SAMPLE_SECRET:
            found.append("SECRET_KEY is the sample value: set one of your own.")
        elif len(self.signing_key.encode()) < MIN_SECRET:
            found.append(f"SECRET_KEY is shorter than {MIN_SECRET} bytes.")
        if self.allow_default_admin or self.default_admin_password in SAMPLE_PASSWORDS:
            found.append("The default admin has a well-known password.")
        if "*" in self.origins and self.production:
            found.append("CORS_ORIGINS is '*': name the origins.")
        return found

    def warnings(self) -> list[str]:
        """What an operator should know at every start, one sentence each."""
        found = self.problems()
        if self.zone_problem:
            found.append(self.zone_problem)
        one, other = self.database_url, self.fastapi_database_url
        if one and other and _bare_url(one) != _bare_url(other):
            found.append("FASTAPI_DATABASE_URL differs from DATABASE_URL and is the one used.")
        return found


def load_settings(**overrides: Any) -> Settings:
    """Read the environment; raises SettingsError for what is malformed or unsafe in production."""
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise SettingsError(f"{name}: {first['msg']}") from error
    if settings.production and settings.problems():
        raise SettingsError(" ".join(["Refusing to start in production:", *settings.problems()]))
    _ = settings.target_rules
    return settings


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _bare_url(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"
