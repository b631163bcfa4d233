"""The core imports the standard library and croniter: an allow-list, where a linter has none."""

import ast
import sys

import pytest

from architecture.sources import SRC, Trees, imported_names, trees_below

ALLOWED = sys.stdlib_module_names | {"cronjobs_core", "croniter"}
ALLOWED_IN_KIT = ALLOWED | {"anyio", "pytest"}
KIT = "cronjobs_core/testing/"
DYNAMIC = {"__import__", "import_module"}


def foreign_imports(trees: Trees) -> list[str]:
    """List what the modules import beyond the allow-list, each with the file that does."""
    return [
        f"{path} imports {name}"
        for path, tree in trees.items()
        for name in imported_names(tree)
        if name.partition(".")[0] not in (ALLOWED_IN_KIT if path.startswith(KIT) else ALLOWED)
    ]


def dynamic_imports(trees: Trees) -> list[str]:
    """List the uses of functions that import by a computed name."""
    return [
        f"{path}:{node.lineno}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in DYNAMIC
    ]


def test_the_core_imports_only_the_standard_library_and_croniter() -> None:
    """Nothing else is imported by the core; its contract kit may use pytest and anyio as well."""
    trees = trees_below(SRC / "cronjobs_core")
    for part in ("domain", "ports", "usecases", "testing"):
        assert any(path.startswith(f"cronjobs_core/{part}/") for path in trees), part
    assert foreign_imports(trees) == []


def test_the_core_imports_nothing_by_a_computed_name() -> None:
    """The allow-list cannot be evaded by an import that a reader of the syntax does not see."""
    assert dynamic_imports(trees_below(SRC / "cronjobs_core")) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("cronjobs_core/domain/jobs.py", "import sqlalchemy.orm"),
        ("cronjobs_core/domain/jobs.py", "def later():\n    from pydantic import BaseModel"),
        ("cronjobs_core/domain/jobs.py", "from cronjobs_adapters import system"),
        ("cronjobs_core/domain/jobs.py", "from . import cron"),
        ("cronjobs_core/usecases/testing.py", "import pytest"),
        ("cronjobs_core/testing/fakes.py", "import httpx2"),
    ],
)
def test_a_foreign_import_is_seen(path: str, source: str) -> None:
    """The allow-list refuses frameworks, other packages of ours, and pytest outside the kit."""
    assert len(foreign_imports({path: ast.parse(source)})) == 1


@pytest.mark.parametrize("source", ["__import__('x')", "importlib.import_module('x')"])
def test_a_computed_import_is_seen(source: str) -> None:
    """Both ways to import by a string are found."""
    assert len(dynamic_imports({"cronjobs_core/ports/x.py": ast.parse(source)})) == 1
