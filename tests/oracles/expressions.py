"""Random valid cron expressions, all forms of the grammar among them."""

from hypothesis import strategies as st

MONTHS = ["JAN", "feb", "Mar", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "mon", "Tue", "WED", "THU", "FRI", "SAT"]


def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    """Return a number, a range, or either kind of step; never one that other crons misread."""
    single = st.integers(low, high).map(str)
    span = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    spans = span.filter(lambda ends: ends[0] < ends[1]).map(lambda ends: f"{ends[0]}-{ends[1]}")
    steps = st.integers(1, high - low).map(str)
    stepped = st.builds("{}/{}".format, spans, steps)
    return single | spans | stepped


def lists(low: int, high: int, names: list[str] | None = None) -> st.SearchStrategy[str]:
    """Return a field without a star: a list of one to three elements."""
    element = numbers(low, high)
    if names:
        element |= st.sampled_from(names)
    return st.lists(element, min_size=1, max_size=3).map(",".join)


def stars(low: int, high: int) -> st.SearchStrategy[str]:
    """Return a star, alone or with a step."""
    return st.just("*") | st.integers(1, high - low).map("*/{}".format)


def mixed(field: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return the field, or one with a star before or behind it in a list."""
    return field | field.map("*/9,{}".format) | field.map("{},*/5".format)


def expressions(*, simple: bool = False) -> st.SearchStrategy[str]:
    """Return expressions that may fire; `simple` leaves out what not every library reads alike."""
    days, weekdays = lists(1, 28), lists(0, 7 if not simple else 6, WEEKDAYS)
    if not simple:
        days, weekdays = mixed(days), mixed(weekdays)
        weekdays |= st.sampled_from(["FRI-SUN", "sat-sun", "5-7", "1-1", "*/8"])
    return st.builds(
        "{} {} {} {} {}".format,
        stars(0, 59) | lists(0, 59),
        stars(0, 23) | lists(0, 23),
        stars(1, 31) | days,
        st.just("*") | stars(1, 12) | lists(1, 12, MONTHS),
        st.just("*") | stars(0, 7) | weekdays,
    )
