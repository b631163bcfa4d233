"""The OpenAPI document: what FastAPI finds in the routes, made true where it cannot know."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, Field

from cronjobs_core.domain.policy import PERMISSIONS, Action, Scope
from cronjobs_http.access import Permitted
from cronjobs_http.openapi_errors import ERRORS, ErrorBody
from cronjobs_http.openapi_examples import BY_NAME, example_of

