"""What a simulation found, as tables in Markdown."""

from collections.abc import Sequence

from mlmodel.evaluation.share import Share
from recognizer.checking.acceptance import LEVEL
from recognizer.checking.simulation import CHECKED, CURVE_KNOWN, WAYS, Outcome, Settings

ALL_USUAL, ALL = "all of the usual size", "all"


def broken(outcomes: Sequence[Outcome], way: str = CHECKED) -> Share:
    """In how many of the batches that count the promise is broken."""
    return Share.of_true(one.results[way].broken for one in outcomes if one.kind.counts)


def accepted_of_best(outcomes: Sequence[Outcome], way: str = CHECKED) -> float:
    """The share of texts accepted unseen, relative to what the best threshold accepts.

    Shares of all batches count the same, whatever their size. 0 where the best accepts nothing.
    """
    accepted = sum(one.results[way].accepted / one.size for one in outcomes)
    return accepted / max(_best(outcomes), 1e-9)


def settled_of_best(outcomes: Sequence[Outcome], way: str = CHECKED) -> float:
    """The same with the texts that the best threshold accepts and a person checked already."""
    settled = sum(one.results[way].settled / one.size for one in outcomes)
    return settled / max(_best(outcomes), 1e-9)


def _best(outcomes: Sequence[Outcome]) -> float:
    return sum(one.best / one.size for one in outcomes)


def as_markdown(outcomes: Sequence[Outcome], settings: Settings) -> str:
    """A table of the ways to choose the threshold, and one of the kinds of batches."""
    counting = [one for one in outcomes if one.kind.counts]
    return (
        f"{len(outcomes):,} batches, the usual ones of {settings.size:,} texts with at most "
        f"{settings.checks} checks.\nTolerated: {_percent(settings.tolerated, 2)} wrong among "
        f"what is accepted unseen. The promise may be\nbroken in {_percent(1 - LEVEL, 0)} of the "
        f"batches.\n\n{_ways_table(counting)}\n\n{_kinds_table(outcomes)}\n"
    )


def _ways_table(outcomes: Sequence[Outcome]) -> str:
    rows = []
    for way in WAYS:
        share = broken(outcomes, way)
        rows.append(
            (
                way,
                f"{share.hits} of {share.count}, {_percent(share.value)}",
                f"{_percent(share.low)} to {_percent(share.high)}",
                _percent(accepted_of_best(outcomes, way)),
                _percent(settled_of_best(outcomes, way)),
            )
        )
    header = (
        "threshold",
        "promise broken",
        "95 % interval",
        "accepted unseen, of the best",
        "settled, of the best",
    )
    return _table(header, rows)


def _kinds_table(outcomes: Sequence[Outcome]) -> str:
    kinds = dict.fromkeys(one.kind.name for one in outcomes)
    parts = {name: [one for one in outcomes if one.kind.name == name] for name in kinds}
    counting = [one for one in outcomes if one.kind.counts]
    parts[ALL_USUAL] = [one for one in counting if one.kind.scale == 1]
    parts[ALL] = counting
    header = (
        "batches",
        "number",
        "checks",
        "best accepts",
        "promise broken",
        "accepted unseen, of the best",
        "settled, of the best",
        "curve known, of the best",
        "wrong of all delivered",
    )
    return _table(header, [_kind_row(name, part) for name, part in parts.items() if part])


def _kind_row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    count, best = len(outcomes), _best(outcomes)
    of_best = (
        accepted_of_best(outcomes),
        settled_of_best(outcomes),
        accepted_of_best(outcomes, CURVE_KNOWN),
    )
    return (
        name,
        str(count),
        f"{sum(one.checks for one in outcomes) / count:.0f}",
        _percent(best / count),
        _percent(sum(one.results[CHECKED].broken for one in outcomes) / count),
        *(_percent(share) if best else "" for share in of_best),
        _percent(sum(one.results[CHECKED].wrong / one.size for one in outcomes) / count, 2),
    )


def _percent(share: float, decimals: int = 1) -> str:
    return f"{100 * share:.{decimals}f} %"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
