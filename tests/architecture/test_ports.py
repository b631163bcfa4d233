"""Every promise of a port has a contract that exercises it."""

import ast

import pytest

from architecture.sources import SRC, Trees, trees_below

PORTS, CONTRACTS = "ports/", "contracts/"


def port_methods(tree: ast.Module) -> set[str]:
    """Return the names of the public methods and properties of a module's Protocols."""
    return {
        item.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and is_protocol(node)
        for item in node.body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
        and not item.name.startswith("_")
    }


def is_protocol(node: ast.ClassDef) -> bool:
    """Tell whether the class says that it is a Protocol."""
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)


def used_names(contract: Trees) -> set[str]:
    """Return what the contract classes of some modules read or call as an attribute."""
    return {
        node.attr
        for tree in contract.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    }


def contract_of(port: str, contracts: Trees) -> Trees:
    """Return the contract modules of a port: the one of its name and those that continue it."""
    return {
        path: tree
        for path, tree in contracts.items()
        if (name := path.removeprefix(CONTRACTS).removesuffix(".py")) == port
        or name.startswith(f"{port}_")
    }


def unexercised(ports: Trees, contracts: Trees) -> list[str]:
    """List the port methods that no contract of their port mentions."""
    return [
        f"{path}: {method}"
        for path, tree in ports.items()
        for method in sorted(
            port_methods(tree)
            - used_names(contract_of(path.removeprefix(PORTS).removesuffix(".py"), contracts))
        )
    ]


def test_every_port_method_is_exercised() -> None:
    """A method that no contract calls would promise what no adapter has to keep."""
    ports = trees_below(SRC / "cronjobs_core" / "ports")
    contracts = trees_below(SRC / "cronjobs_core" / "testing" / "contracts")
    assert sum(len(port_methods(tree)) for tree in ports.values()) > 40
    assert unexercised(ports, contracts) == []


@pytest.mark.parametrize(
    ("contract", "missing"),
    [
        ("await store.ping(); store.rows", []),
        ("await store.ping()", ["ports/store.py: rows"]),
        ("ping(rows)", ["ports/store.py: ping", "ports/store.py: rows"]),
    ],
)
def test_a_method_without_contract_is_seen(contract: str, missing: list[str]) -> None:
    """Methods and properties count, in each contract module of the port; private ones do not."""
    port = """
class Store(Protocol):
    async def ping(self): ...
    @property
    def rows(self): ...
    def _secret(self): ...
class Plain:
    def other(self): ...
"""
    source = f"async def test(store):\n    {contract}"
    contracts = {
        "contracts/store_more.py": ast.parse(source),
        "contracts/queue.py": ast.parse("queue.ping, queue.rows"),
    }
    assert unexercised({"ports/store.py": ast.parse(port)}, contracts) == missing
