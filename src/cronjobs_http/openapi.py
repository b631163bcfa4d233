"""The OpenAPI document: what FastAPI finds in the routes, made true where it cannot know."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel

from cronjobs_core.domain.policy import PERMISSIONS, Action, Scope
from cronjobs_http.access import Permitted
from cronjobs_http.openapi_errors import JSON, ErrorBody, error_responses
from cronjobs_http.openapi_examples import BY_NAME, example_of

Json = dict[str, Any]

TAGS: Final = [
    {"name": "health", "description": "Is the service alive?"},
    {"name": "auth", "description": "Signing in and out; making accounts."},
    {"name": "users", "description": "Accounts, and what their owners chose."},
    {"name": "cron", "description": "Checking cron expressions before a job is made of them."},
    {"name": "jobs", "description": "Jobs: a schedule and what it calls. As JSON and as CSV."},
    {"name": "executions", "description": "The history of runs, and runs by hand."},
    {"name": "taxonomy", "description": "Categories and PIC teams, to which jobs belong."},
    {"name": "notifications", "description": "What the caller was told about jobs."},
    {"name": "settings", "description": "Where Slack messages go."},
    {"name": "scheduler", "description": "The scheduler of the process that answers."},
]
_BODY: Final = "x-body"
_REF: Final = "#/components/schemas/{model}"


def documented_body(
    model: type[BaseModel], *, required: bool = True, media_type: str = JSON
) -> Json:
    """What a route says of a body that the core reads by itself.

    Reading by hand keeps the contract's order of errors, which a parsing model cannot; `model`
    documents the body and does not parse it.
    """
    content = {media_type: {"schema": model.model_json_schema(ref_template=_REF)}}
    return {_BODY: {"name": model.__name__, "required": required, "content": content}}


def describe(app: FastAPI) -> Json:
    """The OpenAPI document of `app`, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> Json:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    schemas = document["components"]["schemas"]
    schemas["ErrorBody"] = ErrorBody.model_json_schema()
    restricted = set(_restricted(app))
    for operations in document["paths"].values():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            _add_body(operation, schemas)
            _add_parameters(operation)
            _add_answer(operation, schemas)
            operation["responses"] |= error_responses(
                operation, method, restricted=operation["operationId"] in restricted
            )
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document


def _restricted(app: FastAPI) -> Iterator[str]:
    """The operations that some of those who are signed in may not do, to all things or to some."""
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, APIRoute):
            continue
        scopes = {scope for one in _actions(route.dependant) for scope in PERMISSIONS[one].values()}
        if Scope.NO in scopes or (Scope.OWN in scopes and route.dependant.path_params):
            yield str(route.name)


def _actions(dependant: Dependant) -> Iterator[Action]:
    if isinstance(dependant.call, Permitted):
        yield dependant.call.action
    for inner in dependant.dependencies:
        yield from _actions(inner)


def _add_body(operation: Json, schemas: Json) -> None:
    """Put the documented body where OpenAPI has it, and its models among the components."""
    body = operation.pop(_BODY, None)
    if body is not None:
        name = body.pop("name")
        for media in body["content"].values():
            schema = media["schema"]
            schemas |= schema.pop("$defs", {})
            schemas[name] = schema
            media["schema"] = {"$ref": _REF.format(model=name)}
        operation["requestBody"] = body
    for media in operation.get("requestBody", {}).get("content", {}).values():
        media["example"] = example_of(media["schema"], schemas)


def _add_parameters(operation: Json) -> None:
    """Show what paths name, and what lists are narrowed by; a query cannot say null."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        choices = [one for one in schema.pop("anyOf", ()) if one != {"type": "null"}]
        for choice in choices:
            schema.update(choice)
        if parameter["in"] == "path":
            parameter["example"] = BY_NAME[parameter["name"]]


def _add_answer(operation: Json, schemas: Json) -> None:
    """Say in words and by an example what an operation answers with where it can."""
    for response in operation["responses"].values():
        media = response.get("content", {}).get(JSON)
        if media is not None:
            model = media["schema"]["$ref"].rpartition("/")[2]
            response["description"] = schemas[model]["description"]
            media["example"] = example_of(media["schema"], schemas)
