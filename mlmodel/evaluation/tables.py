"""Measures as tables in Markdown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean

from mlmodel.evaluation.cost import STRIP_DIGITS, Cost
from mlmodel.evaluation.share import Share
from mlmodel.evaluation.summary import Summary, with_digits
from mlmodel.evaluation.thresholds import Thresholds
from mlmodel.evaluation.trust import Trust
from mlmodel.evaluation.two_readers import TwoReaders

# From this many answers on, one of them is at most a tenth of a per cent, so shares have two
# decimals.
_MANY = 1_000

TrustOf = Callable[[Summary], Trust]


def glance_table(summaries: Sequence[Summary], thresholds: Thresholds, cost: Cost) -> str:
    """The most important figures of every set, then the figures for all sets together."""
    rows = [(f"{summary.name}, exact", *_counted(summary.exact)) for summary in summaries]
    for summary in summaries:
        accepts, name = summary.false_accepts, f"{summary.name}, false accepts from"
        if accepts.answered.count:
            rows.append((f"{name} {thresholds.working:.4f}", *_counted(accepts.at_working)))
            rows.append((f"{name} {thresholds.reference:.4f}", *_counted(accepts.at_reference)))
    rows += [(what, figure, "") for what, figure in _mean_errors(summaries) + _costs(cost)]
    return _table(("what", "figure", "95 % interval"), rows)


def texts_table(summaries: Sequence[Summary]) -> str:
    """Whole texts, one row per set."""
    header = (
        "pictures",
        "exact",
        "95 % interval",
        "exact of those with digits",
        "95 % interval",
        "mean of sources",
        "95 % interval",
        "median ms",
    )
    return _table(header, map(_texts_row, summaries))


def digits_table(summaries: Sequence[Summary]) -> str:
    """What became of every digit, one row per set with digits."""
    header = ("pictures", "right", "95 % interval", "replaced", "missed", "invented", "accuracy")
    rows = [
        (
            summary.name,
            *_counted(summary.digits.right),
            *(f"{n:,}" for n in (summary.digits.replaced, summary.digits.missed)),
            f"{summary.digits.invented:,}",
            _percent(summary.digits.accuracy),
        )
        for summary in with_digits(summaries)
    ]
    return _table(header, rows)


def trust_table(summaries: Sequence[Summary], trust_of: TrustOf) -> str:
    """How far the confidences of texts or digits can be trusted, one row per set with digits."""
    header = (
        "pictures",
        "answers",
        "read rate at 1 % error",
        "at 0.1 %",
        "accepted",
        "wrong among them",
        "95 % interval",
        "AURC",
        "ECE",
    )
    rows = [_trust_row(summary.name, trust_of(summary)) for summary in with_digits(summaries)]
    return _table(header, rows)


def false_accepts_table(summaries: Sequence[Summary], thresholds: Thresholds) -> str:
    """Pictures without digits that were answered with digits, one row per set that has such."""
    header = (
        "pictures",
        "answered with digits",
        f"false accepts from {thresholds.working:.4f}",
        "95 % interval",
        f"from {thresholds.reference:.4f}",
        "95 % interval",
    )
    accepts = [(summary.name, summary.false_accepts) for summary in summaries]
    rows = [
        (name, _counted(own.answered)[0], *_counted(own.at_working), *_counted(own.at_reference))
        for name, own in accepts
        if own.answered.count
    ]
    return _table(header, rows)


def written_table(summaries: Sequence[Summary]) -> str:
    """How exactly signs are read, one row per set that tells them."""
    header = ("pictures", "digits exact", "as written", "95 % interval", "where digits are right")
    rows = [
        (
            one.name,
            _counted(one.exact)[0],
            *_counted(one.written),
            _counted(one.written_of_right)[0] if one.written_of_right else "",
        )
        for one in summaries
        if one.written
    ]
    return _table(header, rows)


def readers_table(readers: Mapping[str, TwoReaders]) -> str:
    """What the two readers make of the same pictures, one row per set."""
    header = (
        "pictures",
        "first alone",
        "second alone",
        "both",
        "both alone wrong",
        "of these alike",
        "both alone alike",
        "of these wrong",
        "fast way",
        "of these read otherwise by both",
    )
    rows = [
        (name, *(_counted(share)[0] for share in vars(one).values()))
        for name, one in readers.items()
    ]
    return _table(header, rows)


def sources_table(summary: Summary) -> str:
    """The shares read exactly of one set, one row per source."""
    rows = [(source, *_counted(share)) for source, share in summary.by_source.items()]
    return _table(("source", "exact", "95 % interval"), rows)


def _texts_row(summary: Summary) -> tuple[str, ...]:
    with_digits, interval = summary.exact_with_digits, summary.interval_of_mean
    return (
        summary.name,
        *_counted(summary.exact),
        *(_counted(with_digits) if with_digits.count else ("", "")),
        f"{_percent(summary.mean_of_sources)} ({len(summary.by_source)})",
        _interval(*interval) if interval else "",
        f"{summary.median_milliseconds:.0f}",
    )


def _trust_row(name: str, trust: Trust) -> tuple[str, ...]:
    return (
        name,
        f"{trust.count:,}",
        _percent(trust.read_rate_1_percent),
        _percent(trust.read_rate_1_permille),
        _percent(trust.accepted.value),
        *_counted(trust.wrong),
        f"{trust.area:.4f}",
        _percent(trust.calibration_error, 2),
    )


def _mean_errors(summaries: Sequence[Summary]) -> list[tuple[str, str]]:
    known = with_digits(summaries)
    if not known:
        return []
    of_texts = fmean(summary.texts_trust.calibration_error for summary in known)
    of_digits = fmean(summary.digits_trust.calibration_error for summary in known)
    return [
        ("ECE of texts, mean of the sets", _percent(of_texts, 2)),
        ("ECE of digits, mean of the sets", _percent(of_digits, 2)),
    ]


def _costs(cost: Cost) -> list[tuple[str, str]]:
    rows = [
        ("time for a digit that is cut out", f"{cost.digit_milliseconds:.2f} ms"),
        (f"time for a line of {STRIP_DIGITS} digits", f"{cost.strip_milliseconds:.1f} ms"),
        ("time for a page of 12 megapixels", f"{cost.page_milliseconds:.0f} ms"),
    ]
    if cost.resident_megabytes is not None:
        rows.append(("memory of a process that reads", f"{cost.resident_megabytes:.0f} MB"))
    return rows


def _counted(share: Share) -> tuple[str, str]:
    """Two cells: a share, and its confidence interval."""
    decimals = 2 if share.count >= _MANY else 1
    return (
        f"{share.hits:,} of {share.count:,}, {_percent(share.value, decimals)}",
        _interval(share.low, share.high, decimals),
    )


def _interval(low: float, high: float, decimals: int = 1) -> str:
    return f"{_percent(low, decimals)} to {_percent(high, decimals)}"


def _percent(share: float, decimals: int = 1) -> str:
    return f"{share * 100:.{decimals}f} %"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "".join(map(_row, [header, ["---"] * len(header), *rows]))


def _row(cells: Sequence[str]) -> str:
    # A vertical bar within a name would end its cell.
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |\n"
