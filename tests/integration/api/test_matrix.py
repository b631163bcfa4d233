"""Every route, every caller: who is admitted, and in which words the others are refused (S21)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.routing import iter_route_contexts

from api import Api, Person, settings_for
from cronjobs_http.app import create_app
from cronjobs_http.container import make_container
from integration.api.contents import unchanged
from integration.api.matrix import (
    CALLERS,
    DOCUMENTS,
    JSON,
    NOBODY,
    OWNER,
    ROUTES,
    Answer,
    Refusal,
    Route,
)
from integration.api.shapes import check_instants, texts_of
from integration.api.things import path_to_nothing, path_with_things
from integration.api.town import Town, at_home, copy_of

Cell = tuple[Route, str]
CELLS = [
    pytest.param(route, caller, id=f"{route} {caller}") for route in ROUTES for caller in CALLERS
]
REFUSED = [
    pytest.param(route, caller, id=f"{route} {caller}")
    for route in ROUTES
    for caller in CALLERS
    if isinstance(route.answer(caller), Refusal)
    # Without a bearer token, this one looks for a token in the body.
    and (str(route), caller) != ("POST /auth/refresh", NOBODY)
]
WITH_THINGS = [
    pytest.param(route, caller, id=f"{route} {caller}")
    for route in ROUTES
    for caller in CALLERS
    if path_to_nothing(route.path)
]


@pytest.fixture(scope="module")
async def application(town: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """Give an application whose jobs may call this machine, where a run by hand fails at once."""
    folder = tmp_path_factory.mktemp("matrix")
    settings = {"webhook_allow_http": True, "webhook_allowed_networks": "127.0.0.0/8"}
    async with copy_of(town, folder, **settings) as api:
        yield api


@pytest.fixture
def owner(town: Town, api: Api) -> Person:
    """Give the user to whom belongs what paths name."""
    return at_home(town.people[OWNER], api)


def headers_of(caller: str, town: Town) -> dict[str, str]:
    """Return the credentials of a caller."""
    if caller == NOBODY:
        return {}
    return {"Authorization": f"Bearer {town.people[caller].tokens['access_token']}"}


def check(response: httpx2.Response, answer: Answer, media: str = JSON) -> None:
    """Fail unless the response is what the matrix says; refusals are always JSON."""
    expected = JSON if isinstance(answer, Refusal) else media
    assert response.headers["content-type"] == expected
    if isinstance(answer, Refusal):
        assert (response.status_code, response.json()) == (answer.status, answer.body)
        assert response.headers.get("www-authenticate") == (
            "Bearer" if answer.status == 401 else None
        )
    else:
        assert response.status_code == answer, response.text


def test_every_route_of_the_application_is_in_the_matrix(tmp_path: Path) -> None:
    """Nobody adds a route without saying who may call it, or keeps a line for one that is gone."""
    app = create_app(make_container(settings_for(tmp_path)))
    found = {
        (method, route.path)
        for route in iter_route_contexts(app.routes)
        if route.path not in DOCUMENTS
        for method in route.methods or {"?"}
    }
    assert found == {(route.method, route.path) for route in ROUTES}


@pytest.mark.parametrize(("route", "caller"), CELLS)
async def test_each_caller_gets_what_their_role_gives_them(
    api: Api, town: Town, owner: Person, route: Route, caller: str
) -> None:
    """Whoever may, may; whoever may not is told so in the contract's words, and nothing happens."""
    path = await path_with_things(api, owner, route.path)
    answer = route.answer(caller)
    sent: dict[str, Any] = {"headers": headers_of(caller, town), **route.request}
    if isinstance(answer, Refusal):
        async with unchanged(api):
            check(await api.client.request(route.method, path, **sent), answer)
        return
    response = await api.client.request(route.method, path, **sent)
    check(response, answer, route.media)
    if route.media != JSON:
        return
    check_instants(response.json())
    for key, text in texts_of(response.json()):
        assert "password" not in key
        assert "$argon2" not in text


@pytest.mark.parametrize(("route", "caller"), WITH_THINGS)
async def test_an_unknown_id_is_404_to_those_whose_role_may(
    api: Api, town: Town, route: Route, caller: str
) -> None:
    """Decision 0.10: the role is judged before the thing is looked for, ownership after."""
    sent: dict[str, Any] = {"headers": headers_of(caller, town), **route.request}
    async with unchanged(api):
        response = await api.client.request(route.method, path_to_nothing(route.path), **sent)
    check(response, route.answer_to_unknown(caller))


@pytest.mark.parametrize(("route", "caller"), REFUSED)
async def test_a_refusal_comes_before_anybody_looks_at_the_body(
    api: Api, town: Town, owner: Person, route: Route, caller: str
) -> None:
    """A stranger cannot make the server parse what they send, or learn how it is judged."""
    path = await path_with_things(api, owner, route.path)
    headers = headers_of(caller, town) | {"Content-Type": "application/json"}
    response = await api.client.request(route.method, path, headers=headers, content=b"{")
    check(response, route.answer(caller))
