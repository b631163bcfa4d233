"""`python -m benchmarks [NAME …]`: run all benchmarks, or those named."""

import sys
from importlib import import_module
from pkgutil import iter_modules

import benchmarks


def main() -> None:
    """Run the benchmarks in the order of their names."""
    names = sorted(one.name for one in iter_modules(benchmarks.__path__) if one.name[0] != "_")
    for name in sys.argv[1:] or names:
        print(f"\n== {name}\n", flush=True)
        import_module(f"benchmarks.{name}").main()


main()
