"""House rules that no linter has, each with a proof that breaking it is noticed."""

import ast
from pathlib import PurePosixPath

import pytest

from architecture.sources import SRC, TESTS, Trees, imported_names, is_within, trees_below

KIT = "cronjobs_core/testing/"
USE_CASES = "cronjobs_core/usecases/"
SUBJECTLESS = {"base", "common", "helper", "helpers", "misc", "shared", "util", "utils"}
MOCKS = ("unittest.mock", "mock", "pytest_mock")


def production() -> Trees:
    """Return the modules of the three packages."""
    trees: Trees = {}
    for package in ("cronjobs_core", "cronjobs_adapters", "cronjobs_http"):
        found = trees_below(SRC / package)
        assert found, package
        trees |= found
    return trees


def committing_files(trees: Trees) -> list[str]:
    """List the files, the contract kit aside, that commit a unit of work or a transaction."""
    return [
        path
        for path, tree in trees.items()
        if not path.startswith(KIT)
        and any(
            isinstance(node, ast.Attribute) and node.attr == "commit" for node in ast.walk(tree)
        )
    ]


def files_without_subject(trees: Trees) -> list[str]:
    """List the modules and packages whose name says where code ended up, not what it is about."""
    return [
        path
        for path in trees
        if SUBJECTLESS & {part.strip("_") for part in PurePosixPath(path).with_suffix("").parts}
    ]


def imports_of(packages: tuple[str, ...], trees: Trees) -> list[str]:
    """List the imports of the packages or of anything inside them."""
    return [
        f"{path} imports {name}"
        for path, tree in trees.items()
        for name in imported_names(tree)
        if any(is_within(name, package) for package in packages)
    ]


def relative_imports(trees: Trees) -> list[str]:
    """List the imports that are written relative to the importing module."""
    return [
        f"{path} imports {name}"
        for path, tree in trees.items()
        for name in imported_names(tree)
        if name.startswith(".")
    ]


def test_commit_is_called_by_use_cases_and_by_one_adapter_file() -> None:
    """Where a transaction ends is a use case's decision; one adapter file carries it out."""
    files = committing_files(production())
    elsewhere = [path for path in files if not path.startswith(USE_CASES)]
    assert len(files) > len(elsewhere), "no use case commits"
    assert len(elsewhere) == 1, elsewhere
    assert elsewhere[0].startswith("cronjobs_adapters/"), elsewhere


def test_every_module_is_named_by_its_subject() -> None:
    """What has no subject attracts everything, so no module is a `utils` or a `common`."""
    assert files_without_subject(production()) == []


def test_every_import_is_absolute() -> None:
    """A module can be found by the name that its importers write."""
    assert relative_imports(production() | trees_below(TESTS)) == []


def test_nothing_is_mocked() -> None:
    """A mock repeats the code; what stands in for a port is a fake that passes the contract."""
    assert imports_of(MOCKS, production() | trees_below(TESTS)) == []


def test_production_does_not_import_the_contract_kit() -> None:
    """The kit needs pytest, which an installation of the service does not have."""
    trees = {path: tree for path, tree in production().items() if not path.startswith(KIT)}
    assert imports_of(("cronjobs_core.testing", "pytest"), trees) == []


@pytest.mark.parametrize(
    "source", ["uow.commit()", "await self.connection.commit()", "later(uow.commit)"]
)
def test_a_commit_is_seen(source: str) -> None:
    """A commit counts when it is called and when it is handed over to be called."""
    trees = {"cronjobs_http/routes/jobs.py": ast.parse(f"async def f(self, uow):\n    {source}")}
    assert committing_files(trees) == ["cronjobs_http/routes/jobs.py"]


@pytest.mark.parametrize("path", ["cronjobs_core/domain/_utils.py", "cronjobs_http/common/x.py"])
def test_a_name_without_subject_is_seen(path: str) -> None:
    """Modules, private ones and packages are all looked at."""
    assert files_without_subject({path: ast.Module(body=[], type_ignores=[])}) == [path]


@pytest.mark.parametrize("source", ["from unittest import mock", "import unittest.mock as m"])
def test_a_mock_is_seen(source: str) -> None:
    """Each way to write the import is found."""
    assert len(imports_of(MOCKS, {"tests/x.py": ast.parse(source)})) == 1


@pytest.mark.parametrize("source", ["from . import cron", "from ..domain.cron import parse"])
def test_a_relative_import_is_seen(source: str) -> None:
    """One dot or two, the import is found."""
    assert len(relative_imports({"cronjobs_core/domain/x.py": ast.parse(source)})) == 1
