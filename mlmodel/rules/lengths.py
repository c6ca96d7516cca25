"""Lengths and ranges of numbers as automata."""

from mlmodel.rules.automata import Table, table_of


def length_table(least: int, most: int | None) -> Table:
    """What accepts every text of so many digits.

    Args:
        least: 0 or more.
        most: None for no limit.
    """
    last = least if most is None else most

    def follow(count: int, _: int) -> int | None:
        if count < last:
            return count + 1
        return count if most is None else None

    return table_of([0], follow, lambda count: count >= least)


def range_table(least: int | None, most: int | None) -> Table:
    """What accepts the digits of every whole number of a range, with leading zeros or without.

    Args:
        least, most: 0 or more; None for no limit.
    """
    # A state: how many digits stand behind the leading zeros, and how they compare with as many
    # first digits of both limits: -1, 0, or 1. Beyond the longer limit they are counted no more.
    low, high = str(least or 0), "" if most is None else str(most)
    longest = max(len(low), len(high)) + 1
    state = tuple[int, int, int]

    def follow(before: state, digit: int) -> state | None:
        count, by_low, by_high = before
        if count == 0 and digit == 0:
            return before
        by_low = _compared(by_low, digit, low, count)
        by_high = _compared(by_high, digit, high, count)
        return min(count + 1, longest), by_low, by_high

    def is_accepted(reached: state) -> bool:
        count, by_low, by_high = reached
        if least and (count < len(low) or (count == len(low) and by_low < 0)):
            return False
        if most is None:
            return True
        size = len(high) if most else 0
        return count < size or (count == size and by_high <= 0)

    return table_of([(0, 0, 0)], follow, is_accepted)


def _compared(so_far: int, digit: int, limit: str, count: int) -> int:
    if so_far or count >= len(limit):
        return so_far
    return (digit > int(limit[count])) - (digit < int(limit[count]))
