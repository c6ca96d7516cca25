"""The measures as curves and a matrix, for people to look at."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.evaluation.summary import Summary, with_digits

SIZE_INCHES = (16.5, 5.2)


def draw(summaries: Sequence[Summary]) -> Figure:
    """Draw the reliability diagram of digits, the risk-coverage curve of texts, and the confusion
    matrix over all sets, one panel each.
    """
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    reliability, risk_coverage, confusion = figure.subplots(1, 3)
    _draw_reliability(reliability, summaries)
    _draw_risk_coverage(risk_coverage, summaries)
    _draw_confusion(confusion, summaries)
    return figure


def _draw_reliability(axes: Axes, summaries: Sequence[Summary]) -> None:
    axes.set(title="Reliability of digits", xlabel="confidence", ylabel="share right", box_aspect=1)
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="as it should be")
    for summary in with_digits(summaries):
        bins = summary.digits_trust.bins
        confidences, rights = [part.confidence for part in bins], [part.right for part in bins]
        axes.plot(confidences, rights, marker=".", label=summary.name)
    axes.legend()


def _draw_risk_coverage(axes: Axes, summaries: Sequence[Summary]) -> None:
    axes.set(
        title="Risk and coverage of texts",
        xlabel="share accepted, the surest first",
        ylabel="share wrong among them",
        box_aspect=1,
    )
    for summary in with_digits(summaries):
        accepted, wrong = zip(*summary.texts_trust.risk_coverage, strict=True)
        axes.plot(accepted, wrong, label=summary.name)
    if axes.get_lines():
        axes.legend()


def _draw_confusion(axes: Axes, summaries: Sequence[Summary]) -> None:
    """Draw the matrix in colours by share of a row, on a logarithmic scale.

    On a linear scale only the diagonal would have a colour.
    """
    axes.set(title="Digits of all sets", xlabel="read", ylabel="written")
    axes.set(xticks=range(DIGIT_CLASSES), yticks=range(DIGIT_CLASSES))
    counts = np.sum([summary.digits.confusion for summary in summaries], axis=0)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(np.maximum(shares, 1e-4), cmap="Blues", norm=LogNorm(1e-4, 1))
    for (written, read), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[written, read] > 0.05 else "black"
            axes.text(read, written, str(count), ha="center", va="center", color=colour, size=8)
