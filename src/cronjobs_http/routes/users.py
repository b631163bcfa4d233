"""Users and what they chose (contract 4.3)."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.policy import Action
from cronjobs_core.domain.preferences import NotificationPreferences, UiPreferences
from cronjobs_core.domain.users import Role
from cronjobs_http.access import (
    JsonBodyDep,
    MayDeleteUsers,
    MayListUsers,
    MayReadPreferences,
    MayReadUsers,
    MayUpdatePreferences,
    MayUpdateUsers,
    ServicesDep,
)
from cronjobs_http.openapi import documented_body
from cronjobs_http.routes.auth import Email, NewPassword, UserOut
from cronjobs_http.wire import Instant, WireModel

router = APIRouter(prefix="/auth/users", tags=["users"])


class UserList(WireModel):
    """All users, the oldest account first."""

    count: int
    users: list[UserOut]


class UserAnswer(WireModel):
    """One user."""

    user: UserOut


class UserUpdated(UserAnswer):
    """A user after a change, and what of them was changed."""

    message: str = "User updated successfully"
    updated_fields: list[str]


class DeletedUser(WireModel):
    """Who was deleted."""

    id: str
    username: str


class UserDeleted(WireModel):
    """A user was deleted; their jobs stay and belong to nobody."""

    message: str = "User deleted successfully"
    deleted_user: DeletedUser


class NotificationPreferencesOut(WireModel):
    """Which mails a user gets about their jobs."""

    id: str
    user_id: str
    email_on_job_success: bool
    email_on_job_failure: bool
    email_on_job_disabled: bool
    browser_notifications: bool
    daily_digest: bool
    weekly_report: bool
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, stored: NotificationPreferences) -> "NotificationPreferencesOut":
        """The wire form: the flags stand beside the rest."""
        flags = stored.flags
        return cls(
            id=stored.id,
            user_id=stored.user_id,
            email_on_job_success=flags.email_on_job_success,
            email_on_job_failure=flags.email_on_job_failure,
            email_on_job_disabled=flags.email_on_job_disabled,
            browser_notifications=flags.browser_notifications,
            daily_digest=flags.daily_digest,
            weekly_report=flags.weekly_report,
            created_at=stored.created_at,
            updated_at=stored.updated_at,
        )


class PreferencesAnswer(WireModel):
    """A user's mail flags."""

    message: str
    preferences: NotificationPreferencesOut


class Columns(WireModel):
    """The columns of the job table that can be hidden, and whether each is shown."""

    pic_team: bool
    end_date: bool
    cron_expression: bool
    target_url: bool
    last_execution_at: bool


class TableColumns(WireModel):
    """Which columns the job table shows."""

    jobs_table_columns: Columns


class UiPreferencesAnswer(WireModel):
    """A user's table columns."""

    preferences: TableColumns

    @classmethod
    def of(cls, stored: UiPreferences) -> "UiPreferencesAnswer":
        """The wire form of stored columns."""
        columns = Columns.model_validate(dict(stored.jobs_table_columns))
        return cls(preferences=TableColumns(jobs_table_columns=columns))


class UserPatch(BaseModel):
    """What to change about a user; role and state are for admins to change."""

    email: Email | None = Field(None, description='null and "" leave it.')
    password: NewPassword | None = Field(None, description='null and "" leave it.')
    current_password: str | None = None
    role: Role | None = None
    is_active: bool | None = None


class PreferencesPatch(BaseModel):
    """The flags to set; those left out stay."""

    email_on_job_success: bool | None = None
    email_on_job_failure: bool | None = None
    email_on_job_disabled: bool | None = None
    browser_notifications: bool | None = None
    daily_digest: bool | None = None
    weekly_report: bool | None = None


class ColumnsPatch(BaseModel):
    """The columns to show or hide; those left out fall back to the default."""

    pic_team: bool | None = None
    end_date: bool | None = None
    cron_expression: bool | None = None
    target_url: bool | None = None
    last_execution_at: bool | None = None


class UiPreferencesPatch(BaseModel):
    """The columns of the job table."""

    jobs_table_columns: ColumnsPatch


@router.get("")
async def list_users(actor: MayListUsers, core: ServicesDep) -> UserList:
    """List all users."""
    users = await core.manage_users.list_all(actor)
    return UserList(count=len(users), users=[UserOut.model_validate(user) for user in users])


@router.get("/{user_id}")
async def get_user(user_id: str, actor: MayReadUsers, core: ServicesDep) -> UserAnswer:
    """Read a user: oneself, or anybody for admins."""
    user = await core.manage_users.get(actor, UserId(user_id))
    return UserAnswer(user=UserOut.model_validate(user))


@router.put("/{user_id}", openapi_extra=documented_body(UserPatch))
async def update_user(
    user_id: str, actor: MayUpdateUsers, body: JsonBodyDep, core: ServicesDep
) -> UserUpdated:
    """Change a user, all of what is sent or nothing."""
    body.require_type()
    await core.manage_users.check_access(actor, Action.UPDATE_USER, UserId(user_id))
    user, changed = await core.manage_users.change(actor, UserId(user_id), await body.read())
    return UserUpdated(user=UserOut.model_validate(user), updated_fields=changed)


@router.delete("/{user_id}")
async def delete_user(user_id: str, actor: MayDeleteUsers, core: ServicesDep) -> UserDeleted:
    """Delete a user, with their notifications and preferences."""
    user = await core.manage_users.delete(actor, UserId(user_id))
    return UserDeleted(deleted_user=DeletedUser.model_validate(user))


@router.get("/{user_id}/preferences")
async def get_preferences(
    user_id: str, actor: MayReadPreferences, core: ServicesDep
) -> PreferencesAnswer:
    """Read the mail flags."""
    stored = await core.keep_preferences.notification_flags(actor, UserId(user_id))
    return PreferencesAnswer(
        message="Notification preferences retrieved successfully",
        preferences=NotificationPreferencesOut.of(stored),
    )


@router.put("/{user_id}/preferences", openapi_extra=documented_body(PreferencesPatch))
async def update_preferences(
    user_id: str, actor: MayUpdatePreferences, body: JsonBodyDep, core: ServicesDep
) -> PreferencesAnswer:
    """Set mail flags."""
    core.keep_preferences.check_owner(actor, UserId(user_id))
    body.require_type()
    await core.keep_preferences.check_user(UserId(user_id))
    stored = await core.keep_preferences.change_notification_flags(
        actor, UserId(user_id), await body.read()
    )
    return PreferencesAnswer(
        message="Notification preferences updated successfully",
        preferences=NotificationPreferencesOut.of(stored),
    )


@router.get("/{user_id}/ui-preferences")
async def get_ui_preferences(
    user_id: str, actor: MayReadPreferences, core: ServicesDep
) -> UiPreferencesAnswer:
    """Read which columns the job table shows."""
    return UiPreferencesAnswer.of(await core.keep_preferences.table_columns(actor, UserId(user_id)))


@router.put("/{user_id}/ui-preferences", openapi_extra=documented_body(UiPreferencesPatch))
async def update_ui_preferences(
    user_id: str, actor: MayUpdatePreferences, body: JsonBodyDep, core: ServicesDep
) -> UiPreferencesAnswer:
    """Choose the columns of the job table."""
    core.keep_preferences.check_owner(actor, UserId(user_id))
    body.require_type()
    await core.keep_preferences.check_user(UserId(user_id))
    return UiPreferencesAnswer.of(
        await core.keep_preferences.change_table_columns(actor, UserId(user_id), await body.read())
    )
