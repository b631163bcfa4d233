"""Every error that a caller of the core can meet.

Each carries the contract's `error` (a short stable title), `message` (a sentence, or None
where the contract fixes a body without one) and `extra` (further keys of the body). The HTTP
status belongs to the shell, which maps the seven groups below and nothing finer.

    CronjobsError
    ├── InvalidInput             what was sent cannot be accepted; the same call fails again
    │   ├── InvalidFields        the shape of a request, before any rule of the domain
    │   ├── InvalidAccount       what a registration or a sign-in says about a user
    │   ├── InvalidCronExpression
    │   ├── InvalidTarget        a webhook URL or a GitHub workflow that may not be used
    │   ├── DuplicateJobName
    │   ├── JobExpired
    │   └── MissingTarget
    ├── NotFound
    ├── Conflict                 the state of the store refuses it
    │   ├── AccountTaken         user name or e-mail address
    │   ├── DuplicateSlug
    │   ├── AlreadyFinished      a second outcome for one execution
    │   └── NotLeader
    ├── Forbidden
    │   ├── RoleRequired         the role never may
    │   └── NotYours             the role may, on its own things only
    ├── Unauthenticated
    ├── TooManyRequests
    └── Unavailable              storage or a neighbour is out of reach; try again later
"""

from collections.abc import Mapping


class CronjobsError(Exception):
    """Base of all errors of the core."""

    def __init__(self, error: str, message: str | None = None, **extra: object) -> None:
        super().__init__(message or error)
        self.error = error
        self.message = message
        self.extra: Mapping[str, object] = extra


class InvalidInput(CronjobsError, ValueError):
    """What the caller sent breaks a rule; nothing was changed."""


class NotFound(CronjobsError, LookupError):
    """No such thing, or not for this caller."""


class Conflict(CronjobsError):
    """The request is well formed, but the present state refuses it."""


class Forbidden(CronjobsError):
    """The caller is known and may not do this."""


class Unauthenticated(CronjobsError):
    """The caller is not known: no token, or one that is not (or no longer) good."""

    def __init__(self, message: str, *, error: str = "Unauthorized") -> None:
        super().__init__(error, message)


class TooManyRequests(CronjobsError):
    """Refused for now; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__("Too many requests", message)
        self.retry_after = retry_after


class Unavailable(CronjobsError):
    """Something this service needs is out of reach; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: float = 5.0) -> None:
        super().__init__("Service unavailable", message)
        self.retry_after = retry_after


class InvalidFields(InvalidInput):
    """A request whose shape is wrong before any rule of the domain is asked (E-VAL)."""

    def __init__(self, details: Mapping[str, str]) -> None:
        first = next(iter(details.values()))
        super().__init__("Validation error", first, details=dict(details))


class InvalidAccount(InvalidInput):
    """A registration or sign-in that lacks something or breaks a rule about accounts."""


class InvalidCronExpression(InvalidInput):
    """A cron text that is not five valid fields, or that can never fire.

    `field` names the field at fault ("minute", "hour", "day of month", "month",
    "day of week"), or is None where the text as a whole is.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__("Invalid cron expression", message)
        self.field = field


class InvalidTarget(InvalidInput):
    """A target that may not be called: its form, its scheme or its address is refused."""


class DuplicateJobName(InvalidInput):
    """Another job has this name; `hint` is added to the message (contract: on create only)."""

    def __init__(self, name: str, *, hint: str = "") -> None:
        super().__init__(
            "Duplicate job name", f'A job with the name "{name}" already exists.{hint}'
        )


class JobExpired(InvalidInput):
    """The job's end date has passed."""

    def __init__(self, message: str) -> None:
        super().__init__("Job expired", message)


class MissingTarget(InvalidInput):
    """Neither a webhook URL nor a complete GitHub trio."""

    def __init__(self, message: str) -> None:
        super().__init__("Missing target configuration", message)


class AccountTaken(Conflict):
    """Another user has this user name or e-mail address (`what` is "Username" or "Email")."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} already exists", f"{what} already exists")


class DuplicateSlug(Conflict):
    """Another category or PIC team (`kind`) has this slug."""

    def __init__(self, kind: str, slug: str) -> None:
        super().__init__("Duplicate slug", f'{kind} slug "{slug}" already exists.')


class AlreadyFinished(Conflict):
    """An execution has one outcome; a second one is refused."""

    def __init__(self, execution_id: str) -> None:
        super().__init__("Already finished", f"Execution {execution_id} has already finished.")


class NotLeader(Conflict):
    """Only the leading scheduler can do this, and it is not in this process."""

    def __init__(self) -> None:
        message = "Scheduler is not running as leader in this process."
        super().__init__("Not the leader", message)


class RoleRequired(Forbidden):
    """The caller's role never may do this."""

    def __init__(self, message: str) -> None:
        super().__init__("Insufficient permissions", message)


class NotYours(Forbidden):
    """The caller may do this to their own things only."""


def job_not_found(job_id: str) -> NotFound:
    """The contract's 404 for a job."""
    return NotFound("Job not found", f"No job found with ID: {job_id}")


def execution_not_found(execution_id: str, job_id: str | None = None) -> NotFound:
    """The contract's 404 for an execution, with its job where one was named."""
    where = f" for job: {job_id}" if job_id is not None else ""
    message = f"No execution found with ID: {execution_id}{where}"
    return NotFound("Execution not found", message)
