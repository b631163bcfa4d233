"""How long reading a cron expression and finding its next occurrence take, beside two libraries.

Prints a table of medians (and maxima) in microseconds and writes benchmarks/results/cron.json.
All three are measured in the same run on the same instants. Ends within half a minute.

    python benchmarks/cron.py
"""

import json
import platform
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, product
from pathlib import Path
from time import perf_counter, perf_counter_ns
from zoneinfo import ZoneInfo, available_timezones

from croniter import croniter
from cronsim import CronSim

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.errors import InvalidCronExpression

RESULTS = Path(__file__).parent / "results" / "cron.json"
EXPRESSIONS = (
    "* * * * *",
    "*/5 * * * *",
    "0 9 * * 1-5",
    "0 0 29 2 *",
    "15,45 8-18 * * mon-fri",
)
ZONES = ("UTC", "America/New_York", "Asia/Tokyo")
INSTANTS = 300
PARSES = 1_000
WORST_SECONDS = 8
SLOW = 50
GARBAGE = (
    "9" * 100,
    "9" * 92 + " * * * *",
    "*/" + "9" * 90 + " * * * *",
    ",".join("0-59/1" for _ in range(13)) + " * * * *",
    "1-" * 46 + " * * * *",
    "/" * 92 + " * * * *",
    "," * 92 + " * * * *",
    "* " * 50,
    "\u0660" * 92 + " * * * *",
    "x" * 10_000_000,
)
# The hardest searches known: an eternity of skipped minutes, 40 years to a date, second passes.
HARD = (
    "*/30 2 8-14 3 */7",
    "* 2 8-14 3 */7",
    "*/30 2 8-15 3 */7",
    "0 0 29 2 */7",
    "0 0 29 2 1",
    "0 0 */29,29 2 */3",
    "59 1 * * *",
    "*/59 */23 */30 */11 */6",
)


def microseconds(calls: list[Callable[[], object]]) -> list[float]:
    """Time each call once."""
    taken = []
    for call in calls:
        start = perf_counter_ns()
        call()
        taken.append((perf_counter_ns() - start) / 1_000)
    return taken


def summary(taken: list[float]) -> dict[str, float]:
    """Return the median and the maximum."""
    return {"median": round(statistics.median(taken), 2), "max": round(max(taken), 1)}


def instants(seed: int) -> list[datetime]:
    """Return the same random instants of the years 2020 to 2029 in every run."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    return [begin + timedelta(seconds=chance.randrange(315_000_000)) for _ in range(INSTANTS)]


def measure_parse(text: str) -> dict[str, dict[str, float]]:
    """Time reading one expression with each library."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    ways: dict[str, Callable[[], object]] = {
        "cronjobs": lambda: CronExpression.parse(text),
        "croniter": lambda: croniter(text, now),
        "cronsim": lambda: CronSim(text, now),
    }
    return {name: summary(microseconds([way] * PARSES)) for name, way in ways.items()}


def measure_next(text: str, zone: str) -> dict[str, dict[str, float]]:
    """Time the next occurrence after random instants.

    The two libraries must be built anew for each instant; they are given that for nothing.
    """
    tz = ZoneInfo(zone)
    cron = CronExpression.parse(text)
    starts = [instant.astimezone(tz) for instant in instants(7)]
    ours = [partial(cron.next_after, start, tz) for start in starts]
    iterators = [croniter(text, start, ret_type=datetime) for start in starts]
    simulations = [CronSim(text, start) for start in starts]
    return {
        "cronjobs": summary(microseconds(ours)),
        "croniter": summary(microseconds([iterator.get_next for iterator in iterators])),
        "cronsim": summary(microseconds([simulation.__next__ for simulation in simulations])),
    }


def random_expressions(chance: random.Random) -> Iterator[str]:
    """Yield valid expressions of all kinds for ever, the known hard ones among them."""
    yield from HARD
    hard = cycle(HARD)
    while True:
        yield next(hard)
        fields = [
            chance.choice(("*", f"*/{chance.randint(1, high)}", f"{chance.randint(low, high)}"))
            for low, high in ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
        ]
        yield " ".join(fields)


def near_changes(zone: str) -> list[datetime]:
    """Return instants around the first changes of the zone's offset after 2024."""
    tz = ZoneInfo(zone)
    hours = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(0, 9_000, 12)]
    return [
        hour + timedelta(minutes=minutes)
        for hour in hours
        if hour.astimezone(tz).utcoffset()
        != (hour + timedelta(hours=12)).astimezone(tz).utcoffset()
        for minutes in range(0, 720, 90)
    ]


def quickest(call: Callable[[], object]) -> float:
    """Time a call; a slow one again, for a pause of the machine is not the program's."""
    (taken,) = microseconds([call])
    return taken if taken < SLOW else min(taken, *microseconds([call] * 6))


def measure_worst() -> dict[str, object]:
    """Time single calls over many expressions, zones and instants; the slowest is the answer."""
    chance = random.Random(11)  # noqa: S311 - no secret
    zones = sorted(available_timezones())
    worst, where, calls = 0.0, ("", "", ""), 0
    until = perf_counter() + WORST_SECONDS
    for text in random_expressions(chance):
        if perf_counter() > until:
            break
        try:
            cron = CronExpression.parse(text)
        except InvalidCronExpression:  # 30 February and its like
            continue
        zone = chance.choice((*ZONES, chance.choice(zones)))
        far = datetime(1900, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(365_000))
        tz = ZoneInfo(zone)
        for instant in [far, *near_changes(zone)[:4]]:
            taken = quickest(partial(cron.next_after, instant, tz))
            calls += 1
            if taken > worst:
                worst, where = taken, (text, zone, instant.isoformat())
    return {"max": round(worst, 1), "calls": calls, "where": where}


def refuse(text: str) -> None:
    """Read a text that may well be refused."""
    try:
        CronExpression.parse(text)
    except InvalidCronExpression:
        return


def measure_garbage() -> dict[str, float]:
    """Time the reading of hostile texts."""
    return summary(microseconds([partial(refuse, text) for text in GARBAGE * 20]))


def row(label: str, found: dict[str, dict[str, float]]) -> str:
    """Return one line of the table."""
    cells = (f"{each['median']:9.2f} ({each['max']:7.1f})" for each in found.values())
    return f"{label:44}" + "  ".join(cells)


def main() -> None:
    """Measure, print, and write the figures down."""
    print(
        f"{'microseconds, median (max)':44}"
        + "  ".join(f"{name:>19}" for name in ("cronjobs", "croniter", "cronsim"))
    )
    parsed = {text: measure_parse(text) for text in EXPRESSIONS}
    for text, found in parsed.items():
        print(row(f"parse  {text}", found))
    following = {
        f"{text} | {zone}": measure_next(text, zone) for text, zone in product(EXPRESSIONS, ZONES)
    }
    for label, found in following.items():
        print(row(f"next   {label}", found))
    garbage, worst = measure_garbage(), measure_worst()
    print(f"hostile texts: median {garbage['median']}, max {garbage['max']}")
    print(f"worst next of {worst['calls']} calls: {worst['max']} at {worst['where']}")
    RESULTS.parent.mkdir(exist_ok=True)
    figures = {
        "python": platform.python_version(),
        "unit": "microseconds",
        "parse": parsed,
        "next_after": following,
        "hostile_texts": garbage,
        "worst_next_after": worst,
    }
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
