"""Who may do what: one table, action by role. Every route names its action."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cronjobs_core.domain.errors import NotYours, RoleRequired
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.users import Actor, Role


class Scope(StrEnum):
    """How far a permission reaches."""

    ANY = "any"
    OWN = "own"
    NO = "no"


class Action(StrEnum):
    """Everything that needs a permission."""

    READ = "read"
    """Read jobs, executions, statistics, active categories and teams; use the cron tools."""
    READ_INACTIVE_TAXONOMY = "read_inactive_taxonomy"
    OWN_SESSION = "own_session"
    """Who am I, is my token good, sign out."""
    CREATE_JOB = "create_job"
    UPDATE_JOB = "update_job"
    DELETE_JOB = "delete_job"
    EXECUTE_JOB = "execute_job"
    MANAGE_TAXONOMY = "manage_taxonomy"
    IMPORT_JOBS = "import_jobs"
    TRY_TARGET = "try_target"
    REGISTER_USER = "register_user"
    LIST_USERS = "list_users"
    READ_USER = "read_user"
    UPDATE_USER = "update_user"
    DELETE_USER = "delete_user"
    READ_PREFERENCES = "read_preferences"
    UPDATE_PREFERENCES = "update_preferences"
    OWN_NOTIFICATIONS = "own_notifications"
    MANAGE_SLACK = "manage_slack"
    MANAGE_SCHEDULER = "manage_scheduler"


_ADMIN_ONLY: Final = {Role.ADMIN: Scope.ANY, Role.USER: Scope.NO, Role.VIEWER: Scope.NO}
_EVERY_ROLE: Final = dict.fromkeys(Role, Scope.ANY)
_EVERY_ROLE_OWN: Final = dict.fromkeys(Role, Scope.OWN)
_WRITERS: Final = {Role.ADMIN: Scope.ANY, Role.USER: Scope.ANY, Role.VIEWER: Scope.NO}
_OWN_ACCOUNT: Final = {Role.ADMIN: Scope.ANY, Role.USER: Scope.OWN, Role.VIEWER: Scope.OWN}
_OWN_JOBS: Final = {Role.ADMIN: Scope.ANY, Role.USER: Scope.OWN, Role.VIEWER: Scope.NO}

PERMISSIONS: Final[Mapping[Action, Mapping[Role, Scope]]] = {
    Action.READ: _EVERY_ROLE,
    Action.READ_INACTIVE_TAXONOMY: _ADMIN_ONLY,
    Action.OWN_SESSION: _EVERY_ROLE_OWN,
    Action.CREATE_JOB: _WRITERS,
    Action.UPDATE_JOB: _OWN_JOBS,
    Action.DELETE_JOB: _OWN_JOBS,
    Action.EXECUTE_JOB: _OWN_JOBS,
    Action.MANAGE_TAXONOMY: _ADMIN_ONLY,
    Action.IMPORT_JOBS: _WRITERS,
    Action.TRY_TARGET: _WRITERS,
    Action.REGISTER_USER: _ADMIN_ONLY,
    Action.LIST_USERS: _ADMIN_ONLY,
    Action.READ_USER: _OWN_ACCOUNT,
    Action.UPDATE_USER: _OWN_ACCOUNT,
    Action.DELETE_USER: _ADMIN_ONLY,
    Action.READ_PREFERENCES: _OWN_ACCOUNT,
    Action.UPDATE_PREFERENCES: _OWN_ACCOUNT,
    Action.OWN_NOTIFICATIONS: _EVERY_ROLE_OWN,
    Action.MANAGE_SLACK: _ADMIN_ONLY,
    Action.MANAGE_SCHEDULER: _ADMIN_ONLY,
}

_JOBS: Final = "Insufficient permissions"
_NOT_YOURS: Final[Mapping[Action, tuple[str, str | None]]] = {
    Action.UPDATE_JOB: (_JOBS, "You can only update your own jobs"),
    Action.DELETE_JOB: (_JOBS, "You can only delete your own jobs"),
    Action.EXECUTE_JOB: (_JOBS, "You can only execute your own jobs"),
    Action.READ_USER: ("Forbidden. You can only view your own profile.", None),
    Action.UPDATE_USER: ("Forbidden. You can only update your own profile.", None),
    Action.READ_PREFERENCES: ("Forbidden: Cannot access other users preferences", None),
    Action.UPDATE_PREFERENCES: ("Forbidden: Cannot update other users preferences", None),
}
"""The contract's title and sentence for each action on what belongs to somebody else."""


def scope(actor: Actor, action: Action) -> Scope:
    """How far the actor's permission reaches."""
    return PERMISSIONS[action][actor.role]


def authorise(actor: Actor, action: Action) -> None:
    """Raise RoleRequired where the actor's role never may do this."""
    if scope(actor, action) is Scope.NO:
        others = PERMISSIONS[action][Role.USER] is not Scope.NO
        raise RoleRequired(f"{'User or admin' if others else 'Admin'} access required")


def authorise_on(actor: Actor, action: Action, owner: UserId | None) -> None:
    """Raise RoleRequired or NotYours unless the actor may do this to a thing of `owner`.

    What belongs to nobody (its creator was deleted) is the admins' alone (S26).
    """
    authorise(actor, action)
    if scope(actor, action) is Scope.OWN and owner != actor.user_id:
        raise NotYours(*_NOT_YOURS[action])
