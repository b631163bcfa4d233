"""The project's sources as syntax trees, for the rules that tests hold over them."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SRC = PROJECT / "src"
TESTS = PROJECT / "tests"

Trees = dict[str, ast.Module]


def trees_below(folder: Path) -> Trees:
    """Return each module below the folder by its path, written relative to the folder's parent."""
    return {
        path.relative_to(folder.parent).as_posix(): ast.parse(path.read_bytes(), str(path))
        for path in sorted(folder.rglob("*.py"))
    }


def imported_names(tree: ast.Module) -> Iterator[str]:
    """Yield what the module imports, at any depth, as dotted names; a relative one has dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_within(name: str, package: str) -> bool:
    """Tell whether the dotted name is the package or something inside it."""
    return name == package or name.startswith(f"{package}.")
