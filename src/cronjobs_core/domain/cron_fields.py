"""The grammar of a cron field: its text in, the set of its numbers out, as bits of an integer.

Taken from crontab(5) as cronie and Debian read it: `*`, `a`, `a-b`, `*/k`, `a-b/k` and lists of
these; three-letter names, in any case, for months and weekdays. Stricter on purpose: no reversed
range, no step without a range, and none of the letters other schedulers add.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from croniter import croniter

from cronjobs_core.domain.errors import InvalidCronExpression

MAX_STEP = 9999
LATE_SUNDAY = 7

_PART = re.compile(r"(?:\*|([0-9]+|[A-Z]+)(?:-([0-9]+|[A-Z]+))?)(?:/([0-9]+))?")
_FOREIGN = re.compile(r"[?#~@]|\b(?:[0-9]*L|L?W|[0-9]+W|[HR])\b")
_PLAIN = re.compile(r"[A-Z0-9*,/-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CronField:
    """One of the five fields: its name in messages, its range, and the words it knows."""

    name: str
    low: int
    high: int
    names: Mapping[str, int]
    values: Mapping[str, int]
    everything: int

    def parse(self, text: str) -> int:
        """The numbers that the upper-case ASCII `text` stands for; bit n is set for number n.

        Raises InvalidCronExpression naming the field, the element at fault and a way out.
        """
        if text == "*":
            return self.everything
        bits = 0
        for part in text.split(","):
            value = self.values.get(part)
            bits |= self._spread(part) if value is None else 1 << value
        return bits

    def overlong_steps(self, text: str) -> list[tuple[int, int]]:
        """The (first value, step) of each element whose step leaves its first value only."""
        found = []
        for part in text.split(","):
            low, high, step = self._bounds(part)
            if step > max(high - low, 1):
                found.append((low, step))
        return found

    def _spread(self, part: str) -> int:
        low, high, step = self._bounds(part)
        if step == 1:
            return (2 << high) - (1 << low)
        return sum(1 << value for value in range(low, high + 1, step))

    def _bounds(self, part: str) -> tuple[int, int, int]:
        match = _PART.fullmatch(part)
        if match is None:
            raise self._refusal(part, self._why_malformed(part))
        first, last, step = match.groups()
        if first and step and not last:
            self._number(part, first)
            raise self._refusal(part, f'a step needs a range, use "{first}-{self.high}/{step}"')
        low, high = self._range(part, first, last) if first else (self.low, self.high)
        return low, high, self._step(part, step) if step else 1

    def _range(self, part: str, first: str, last: str | None) -> tuple[int, int]:
        low = self._number(part, first)
        if last is None:
            return low, low
        high = self._number(part, last)
        if last == "SUN" and low:  # cronie: Sunday at the end of a range is day 7
            high = LATE_SUNDAY
        if low > high:
            hint = f"{_dashed(first, low, self.high)},{_dashed(str(self.low), self.low, high)}"
            raise self._refusal(part, f'the range runs backwards, use "{hint}"')
        return low, high

    def _number(self, part: str, word: str) -> int:
        value = self.values.get(word)
        if value is not None:
            return value
        if word.isdigit():
            value = int(word)
            if self.low <= value <= self.high:  # leading zeros, as in 007
                return value
            raise self._refusal(part, f"{word} is outside {self.low}-{self.high}")
        raise self._refusal(part, self._why_malformed(word))

    def _step(self, part: str, text: str) -> int:
        step = int(text)
        if step == 0:
            raise self._refusal(part, "a step must be at least 1")
        if step > MAX_STEP:
            raise self._refusal(part, f"a step must be at most {MAX_STEP}")
        return step

    def _why_malformed(self, part: str) -> str:
        if not part:
            return "a list has an empty element, remove the extra comma"
        if not _PLAIN.fullmatch(part) and not _FOREIGN.search(part):
            return "only digits, letters and the signs * , - / may be used"
        if _FOREIGN.search(part):
            return "L, W, #, ?, H, R, ~ and @ belong to other schedulers and are not supported"
        if part.isalpha():
            return self._why_unknown_name()
        return "expected a number, a range such as 1-5, or a step such as */2 or 1-5/2"

    def _why_unknown_name(self) -> str:
        if not self.names:
            return f"this field has no names, use a number from {self.low} to {self.high}"
        return f"unknown name, use three letters: {', '.join(self.names)}"

    def _refusal(self, part: str, why: str) -> InvalidCronExpression:
        # !a keeps control characters out of messages and logs.
        return InvalidCronExpression(f"Invalid {self.name} {part!a}: {why}.", self.name)


def _dashed(text: str, low: int, high: int) -> str:
    return text if low == high else f"{text}-{high}"


def _field(name: str, index: int, *, extra: int = 0) -> CronField:
    """The field at croniter's `index`, with croniter's range and names; `extra` widens its top."""
    low, high = croniter.RANGES[index]
    high += extra
    names = {
        word.upper(): value
        for word, value in croniter.ALPHACONV[index].items()
        if isinstance(value, int)
    }
    numbers = {str(value): value for value in range(low, high + 1)}
    padded = {f"{value:02}": value for value in range(low, min(high, 9) + 1)}
    return CronField(
        name=name,
        low=low,
        high=high,
        names=names,
        values={**numbers, **padded, **names},
        everything=(2 << high) - (1 << low),
    )


MINUTE = _field("minute", 0)
HOUR = _field("hour", 1)
DAY = _field("day of month", 2)
MONTH = _field("month", 3)
WEEKDAY = _field("day of week", 4, extra=1)
FIELDS = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)
