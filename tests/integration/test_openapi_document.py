"""The OpenAPI document says all that a client generator and its readers need, and says the truth.

That it declares every answer is shown by test_openapi_fuzz, that it is committed by test_openapi.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import httpx2
import jsonschema_rs
import pytest

from architecture.sources import PROJECT
from cronjobs_core.domain.users import Role
from integration.forgetful import Forgetful

DOCUMENT: Final = json.loads((PROJECT / "docs" / "openapi.json").read_text())
ERROR: Final = {"$ref": "#/components/schemas/ErrorBody"}
OF_THEIR_OWN: Final = "/notifications/{notification_id}"
"""What only its recipient may touch; an admin may do everything else."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and definition of every operation."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


OPERATIONS: Final = {one["operationId"]: (path, method, one) for path, method, one in operations()}


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what an operation takes and answers with: status or "request", and the media object."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield "request", media
    for status, response in operation["responses"].items():
        for media in response["content"].values():
            yield status, media


def success(operation: dict[str, Any]) -> int:
    """Return the one status that says that all went well."""
    [status] = [int(status) for status in operation["responses"] if status < "400"]
    return status


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_can_be_generated_from_and_read(name: str) -> None:
    """No route is without words, a group, a model of what it returns and one of its errors."""
    _, _, operation = OPERATIONS[name]
    assert name.isidentifier()
    assert operation["summary"]
    assert operation["description"].endswith(".")
    [tag] = operation["tags"]
    assert tag in {one["name"] for one in DOCUMENT["tags"] if one["description"]}
    for status, media in contents(operation):
        assert ("$ref" in media["schema"]) or media["schema"] == {"type": "string"}
        assert "example" in media
        if status >= "400" and status != "request":
            assert media["schema"] == ERROR
    assert success(operation) in {200, 201}
    assert {"422", "default"}.isdisjoint(operation["responses"])


@pytest.mark.parametrize("name", OPERATIONS)
def test_examples_are_what_their_schemas_say(name: str) -> None:
    """Whoever believes an example and whoever believes the schema write the same program."""
    _, _, operation = OPERATIONS[name]
    for _, media in contents(operation):
        schema = {**media["schema"], "components": DOCUMENT["components"]}
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(media["example"])


def test_an_example_that_breaks_its_schema_is_seen() -> None:
    """The check above looks into what schemas refer to, and at how instants are written."""
    schema = {"$ref": "#/components/schemas/Health", "components": DOCUMENT["components"]}
    _, _, operation = OPERATIONS["health"]
    example = operation["responses"]["200"]["content"]["application/json"]["example"]
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    assert validator.is_valid(example)
    assert not validator.is_valid({**example, "timestamp": "yesterday"})


def test_signing_in_is_described() -> None:
    """The documentation pages and generated clients can get a token, and know who needs one."""
    [(name, scheme)] = DOCUMENT["components"]["securitySchemes"].items()
    token_url = scheme["flows"]["password"]["tokenUrl"]
    form = DOCUMENT["paths"][token_url]["post"]["requestBody"]["content"]
    assert list(form) == ["application/x-www-form-urlencoded"]
    public = {
        key for key, (_, _, one) in OPERATIONS.items() if {name: []} not in one.get("security", [])
    }
    assert public == {"health", "login", "login_form"}


@pytest.fixture(scope="module")
async def application(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Forgetful]:
    """Give the application with what the examples name."""
    app = Forgetful(tmp_path_factory.mktemp("examples"))
    async with app.started():
        yield app


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_example_that_is_sent_succeeds(application: Forgetful, name: str) -> None:
    """Whoever copies a request from the documentation gets what stands beside it."""
    path, method, operation = OPERATIONS[name]
    names = {one["name"]: one.get("example") for one in operation.get("parameters", ())}
    caller = Role.USER if OF_THEIR_OWN in path else Role.ADMIN
    token = application.tokens[caller]["refresh_token" if name == "refresh" else "access_token"]
    transport = httpx2.ASGITransport(app=application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.request(
            method,
            path.format(**names),
            headers={"Authorization": f"Bearer {token}"},
            **request(operation),
        )
    assert answer.status_code == success(operation), answer.text
    assert answer.headers["content-type"].partition(";")[0] in answer_types(operation)


def request(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the body of the example, as the client sends it."""
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        example = dict(media["example"])
        match kind:
            case "multipart/form-data":
                file = {"file": ("jobs.csv", example.pop("file"))}
                return {"files": file, "data": example}
            case "application/x-www-form-urlencoded":
                return {"data": example}
            case _:
                return {"json": example}
    return {}


def answer_types(operation: dict[str, Any]) -> set[str]:
    """Return the types of what an operation answers with where it can."""
    return set(operation["responses"][str(success(operation))]["content"])
