"""Every promise of a port has a contract that exercises it."""

import ast
from collections.abc import Iterator

import pytest

from architecture.sources import SRC, Trees, trees_below

STORE, REPOSITORIES = "store", "_repositories"


def protocols(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """Yield the Protocols of a module."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and "Protocol" in {
            base.id for base in node.bases if isinstance(base, ast.Name)
        }:
            yield node


def methods(protocol: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the public methods and properties of a Protocol."""
    for item in protocol.body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name[0] != "_":
            yield item


def repository_names(store: ast.Module) -> dict[str, str]:
    """Return by what name a unit of work gives each repository: the class, then the property."""
    return {
        item.returns.id: item.name
        for protocol in protocols(store)
        for item in methods(protocol)
        if isinstance(item.returns, ast.Name) and item.decorator_list
    }


def uses(contract: list[ast.Module]) -> set[str]:
    """Return the attributes that contracts use, as `name` and as `owner.name`."""
    found = set()
    for tree in contract:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else ""
                found |= {node.attr, f"{name}.{node.attr}"}
    return found


def unexercised(ports: Trees, contracts: Trees) -> list[str]:
    """List the port methods that no contract module of their port uses.

    A module's contract is the module of its name and those that continue it, `name_more`; the
    repositories belong to the store's, where each is reached through a unit of work.
    """
    given_as = repository_names(ports["ports/store.py"])
    missing = []
    for path, tree in ports.items():
        module = path.removeprefix("ports/").removesuffix(".py")
        port = STORE if module.endswith(REPOSITORIES) else module
        used = uses(
            [
                contract
                for name, contract in contracts.items()
                if name == f"contracts/{port}.py" or name.startswith(f"contracts/{port}_")
            ]
        )
        for protocol in protocols(tree):
            owner = f"{given_as[protocol.name]}." if protocol.name in given_as else ""
            names = [f"{owner}{method.name}" for method in methods(protocol)]
            missing += [f"{path}: {name}" for name in names if name not in used]
    return missing


def test_every_port_method_is_exercised() -> None:
    """A method that no contract calls would promise what no adapter has to keep."""
    ports = trees_below(SRC / "cronjobs_core" / "ports")
    contracts = trees_below(SRC / "cronjobs_core" / "testing" / "contracts")
    assert len(repository_names(ports["ports/store.py"])) > 5
    assert unexercised(ports, contracts) == []


@pytest.mark.parametrize(
    ("contract", "missing"),
    [
        ("store.ping(), unit.rows.add(1)", []),
        ("store.ping(), unit.rows", ["ports/row_repositories.py: rows.add"]),
        ("store.ping(), unit.rows, unit.others.add(1)", ["ports/row_repositories.py: rows.add"]),
        ("ping(), unit.rows.add(1)", ["ports/store.py: ping"]),
    ],
)
def test_a_method_without_contract_is_seen(contract: str, missing: list[str]) -> None:
    """Methods count by the repository that they belong to; other ports' contracts do not count."""
    ports = {
        "ports/row_repositories.py": """
class Rows(Protocol):
    async def add(self, row): ...
    def _secret(self): ...
class Plain:
    def other(self): ...
""",
        "ports/store.py": """
class Reading(Protocol):
    @property
    def rows(self) -> Rows: ...
class Store(Protocol):
    async def ping(self): ...
""",
    }
    contracts = {"contracts/store_more.py": contract, "contracts/queue.py": "x.ping, x.rows.add"}
    assert (
        unexercised(
            {path: ast.parse(source) for path, source in ports.items()},
            {path: ast.parse(source) for path, source in contracts.items()},
        )
        == missing
    )
