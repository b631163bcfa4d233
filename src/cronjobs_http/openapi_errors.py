"""The errors in the OpenAPI document: which an operation can answer with, and how they look."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, Field

from cronjobs_core.domain.errors import (
    CronjobsError,
    DuplicateSlug,
    InvalidFields,
    RoleRequired,
    Unauthenticated,
    Unavailable,
    job_not_found,
)
from cronjobs_http.errors import body_of
from cronjobs_http.openapi_examples import JOB_ID

JSON: Final = "application/json"
_TOO_LARGE: Final = "Content Too Large"


class ErrorBody(BaseModel):
    """Every error. `error` is a short title, `message` a sentence; the rest comes where it fits."""

    error: str
    message: str | None = None
    detail: str | None = Field(None, description="The message again, on errors about accounts.")
    details: dict[str, str] | None = Field(None, description="One sentence for each field.")
    missing_fields: list[str] | None = Field(None, description="Of a job that lacks fields.")
    missing: list[str] | None = Field(None, description="Of an account that lacks fields.")
    error_id: str | None = Field(None, description="Under which the log has an unexpected error.")


def error_responses(operation: Mapping[str, Any], method: str, *, restricted: bool) -> Any:
    """The errors that an operation can answer with, by status; never 422 (C-01).

    `restricted`: there are callers, signed in, who may not do this.
    """
    return {
        status: _RESPONSES[status]
        for status in sorted(_statuses(operation, method, restricted=restricted))
    }


def _statuses(operation: Mapping[str, Any], method: str, *, restricted: bool) -> Iterator[str]:
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    writes = method != "get"
    yield from ("500", "503")
    if "query" in places or "requestBody" in operation or method == "delete":
        yield "400"
    if "requestBody" in operation:
        yield "413"
    if "path" in places:
        yield "404"
    if "security" in operation or "requestBody" in operation:
        yield "401"
    if restricted:
        yield "403"
    if writes and "security" in operation:
        yield "409"


def _response(description: str, example: Mapping[str, Any], **headers: Any) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ErrorBody"}
    content = {JSON: {"schema": schema, "example": example}}
    return {"description": description, "headers": headers, "content": content}


def _known(description: str, error: CronjobsError, **headers: Any) -> dict[str, Any]:
    return _response(description, body_of(error), **headers)


def _plain(text: str) -> dict[str, str]:
    return {"error": text, "message": text, "detail": text}


_RESPONSES: Final[Mapping[str, dict[str, Any]]] = {
    "400": _known(
        "What was sent cannot be accepted; nothing was changed.",
        InvalidFields({"page": "Input should be greater than or equal to 1"}),
    ),
    "401": _known(
        "No token or password, or one that is not (or no longer) good.",
        Unauthenticated("Not authenticated"),
        **{"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
    ),
    "403": _known("The caller may not do this.", RoleRequired("Admin access required")),
    "404": _known("No such thing.", job_not_found(JOB_ID)),
    "409": _known(
        "The present state of things refuses it.", DuplicateSlug("Category", "smoke-tests")
    ),
    "413": _response("The body is too large.", _plain(_TOO_LARGE)),
    "500": _response(
        "A fault of this service; nothing was changed.",
        {
            "error": "Internal server error",
            "message": "An unexpected error occurred.",
            "error_id": "0f6a1f0e-6f0d-4f57-9d0b-5f6f2f8f3c11",
        },
    ),
    "503": _known(
        "The store is out of reach, or busy; nothing was changed.",
        Unavailable("The database is out of reach."),
        **{
            "Retry-After": {
                "required": True,
                "description": "Seconds after which to try again.",
                "schema": {"type": "integer", "minimum": 0},
            }
        },
    ),
}
