"""Permissions: the whole table, action by role."""

import pytest

from cronjobs_core.domain.errors import NotYours, RoleRequired
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.policy import (
    PERMISSIONS,
    Action,
    Scope,
    authorise,
    authorise_on,
    scope,
)
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import an_actor

# admin, user, viewer; by the headings of the contract's section 4.
EXPECTED = {
    Action.READ: ("any", "any", "any"),
    Action.READ_INACTIVE_TAXONOMY: ("any", "no", "no"),
    Action.OWN_SESSION: ("own", "own", "own"),
    Action.CREATE_JOB: ("any", "any", "no"),
    Action.UPDATE_JOB: ("any", "own", "no"),
    Action.DELETE_JOB: ("any", "own", "no"),
    Action.EXECUTE_JOB: ("any", "own", "no"),
    Action.MANAGE_TAXONOMY: ("any", "no", "no"),
    Action.IMPORT_JOBS: ("any", "any", "no"),
    Action.TRY_TARGET: ("any", "any", "no"),
    Action.REGISTER_USER: ("any", "no", "no"),
    Action.LIST_USERS: ("any", "no", "no"),
    Action.READ_USER: ("any", "own", "own"),
    Action.UPDATE_USER: ("any", "own", "own"),
    Action.DELETE_USER: ("any", "no", "no"),
    Action.READ_PREFERENCES: ("any", "own", "own"),
    Action.UPDATE_PREFERENCES: ("any", "own", "own"),
    Action.OWN_NOTIFICATIONS: ("own", "own", "own"),
    Action.MANAGE_SLACK: ("any", "no", "no"),
    Action.MANAGE_SCHEDULER: ("any", "no", "no"),
}
TABLE = [
    (action, role, Scope(reach))
    for action, row in EXPECTED.items()
    for role, reach in zip((Role.ADMIN, Role.USER, Role.VIEWER), row, strict=True)
]
ON_JOBS = (Action.UPDATE_JOB, Action.DELETE_JOB, Action.EXECUTE_JOB)
every_cell = pytest.mark.parametrize(("action", "role", "reach"), TABLE)


def test_the_table_is_complete() -> None:
    """Every action says for every role how far it reaches, here and in the policy."""
    assert set(PERMISSIONS) == set(Action) == set(EXPECTED)
    assert all(set(row) == set(Role) for row in PERMISSIONS.values())


@every_cell
def test_the_reach_of_each_permission(action: Action, role: Role, reach: Scope) -> None:
    """Each role may do each action as far as the contract says."""
    assert scope(an_actor(role=role), action) is reach


@every_cell
def test_a_role_that_never_may_is_refused(action: Action, role: Role, reach: Scope) -> None:
    """An actor whose role never may is refused with the words for who may; others pass."""
    actor = an_actor(role=role)
    if reach is not Scope.NO:
        authorise(actor, action)
        return
    who = "Admin" if EXPECTED[action][1] == "no" else "User or admin"
    with pytest.raises(RoleRequired) as refused:
        authorise(actor, action)
    assert refused.value.error == "Insufficient permissions"
    assert refused.value.message == f"{who} access required"


@pytest.mark.parametrize("action", ON_JOBS)
@pytest.mark.parametrize("owner", ["own", "another", "nobody"])
@pytest.mark.parametrize("role", Role)
def test_jobs_belong_to_their_owner_and_the_admins(action: Action, owner: str, role: Role) -> None:
    """Admins may do it to any job, also nobody's, users to their own, viewers to none."""
    actor = an_actor(role=role)
    owners = {"own": actor.user_id, "another": UserId("another"), "nobody": None}
    expected: type[Exception] | None = None
    if role is Role.VIEWER:
        expected = RoleRequired
    elif role is Role.USER and owner != "own":
        expected = NotYours
    if expected is None:
        authorise_on(actor, action, owners[owner])
        return
    with pytest.raises(expected):
        authorise_on(actor, action, owners[owner])


WORDS = {
    Action.UPDATE_JOB: ("Insufficient permissions", "You can only update your own jobs"),
    Action.DELETE_JOB: ("Insufficient permissions", "You can only delete your own jobs"),
    Action.EXECUTE_JOB: ("Insufficient permissions", "You can only execute your own jobs"),
    Action.READ_USER: ("Forbidden. You can only view your own profile.", None),
    Action.UPDATE_USER: ("Forbidden. You can only update your own profile.", None),
    Action.READ_PREFERENCES: ("Forbidden: Cannot access other users preferences", None),
    Action.UPDATE_PREFERENCES: ("Forbidden: Cannot update other users preferences", None),
}


@pytest.mark.parametrize("action", WORDS)
def test_the_words_for_what_is_somebody_elses(action: Action) -> None:
    """A user learns in the contract's words that the thing is not theirs (4.3, 4.5, 4.6)."""
    with pytest.raises(NotYours) as refused:
        authorise_on(an_actor(), action, UserId("another"))
    assert (refused.value.error, refused.value.message) == WORDS[action]


@pytest.mark.parametrize("action", [one for one in WORDS if one not in ON_JOBS])
@pytest.mark.parametrize("role", Role)
def test_an_account_is_its_users_and_the_admins(action: Action, role: Role) -> None:
    """Every role may do it to the own account, an admin to any."""
    actor = an_actor(role=role)
    authorise_on(actor, action, actor.user_id)
    if role is Role.ADMIN:
        authorise_on(actor, action, UserId("another"))
