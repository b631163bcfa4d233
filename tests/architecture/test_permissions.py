"""Every route says who may use it, and the README says the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute

from api import settings_for
from architecture.permission_table import README, permission_table, with_table
from cronjobs_core.domain.policy import Action
from cronjobs_http.access import MayRead, Permitted
from cronjobs_http.app import create_app
from cronjobs_http.container import make_container

PUBLIC = {
    "GET /",
    "GET /docs",
    "GET /docs/oauth2-redirect",
    "GET /redoc",
    "GET /api/v2/openapi.json",
    "GET /api/v2/health",
    "POST /api/v2/auth/login",
    "POST /api/v2/auth/login/form",
    "POST /api/v2/auth/refresh",
}
"""What needs no permission: where to find things, and how to sign in."""


def actions_by_route(routes: list[BaseRoute]) -> dict[str, list[Action]]:
    """Return the actions that each route names, by method and path."""
    found = {}
    for route in iter_route_contexts(routes):
        actions: list[Action] = []
        if isinstance(route.original_route, APIRoute):
            actions = list(named_actions(route.dependant))
        for method in sorted((route.methods or {"ANY"}) - {"HEAD"}):
            found[f"{method} {route.path}"] = actions
    return found


def named_actions(dependant: Dependant) -> Iterator[Action]:
    """Yield the actions of the `Permitted` dependencies, at any depth."""
    if isinstance(dependant.call, Permitted):
        yield dependant.call.action
    for inner in dependant.dependencies:
        yield from named_actions(inner)


@pytest.fixture
def routes(tmp_path: Path) -> dict[str, list[Action]]:
    """Give the routes of the whole application."""
    return actions_by_route(create_app(make_container(settings_for(tmp_path))).routes)


def test_every_route_names_one_action_or_is_public(routes: dict[str, list[Action]]) -> None:
    """Nobody can add a route and forget to say who may use it."""
    assert "GET /api/v2/jobs/{job_id}" in routes
    unnamed = {route for route, actions in routes.items() if not actions and not is_asset(route)}
    assert unnamed == PUBLIC
    assert {route: actions for route, actions in routes.items() if len(actions) > 1} == {}


def is_asset(route: str) -> bool:
    """Tell whether it serves the files of the documentation pages."""
    return route == "ANY /docs-assets"


def test_a_route_without_an_action_is_seen() -> None:
    """A route is looked at wherever its router was included, and so is what it depends on."""
    inner, outer, app = APIRouter(prefix="/inner"), APIRouter(prefix="/outer"), FastAPI()

    async def nested(actor: MayRead) -> None: ...

    @inner.get("/open")
    async def open_to_all() -> None: ...

    @inner.get("/deep")
    async def deep(_: Annotated[None, Depends(nested)]) -> None: ...

    outer.include_router(inner)
    app.include_router(outer, prefix="/api")
    found = actions_by_route(app.routes)
    assert found["GET /api/outer/inner/open"] == []
    assert found["GET /api/outer/inner/deep"] == [Action.READ]


def test_the_readme_shows_the_permissions() -> None:
    """The README's table is the one that the core enforces; `make permissions` renews it."""
    readme = README.read_text()
    assert readme == with_table(readme, permission_table())
    assert "| update job | any | own | no |\n" in readme
