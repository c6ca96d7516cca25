"""The likeliest text that satisfies a rule, beside the one that was read without it.

A rule is for one field. Of a picture with several lines, the line whose text under the rule is
likeliest is the field's, and the others are more writing: two lines are never joined.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mlmodel.artifact.card import ReadingCard
from mlmodel.odds import softmax
from mlmodel.rules.automata import Automaton, accepts, share_accepted
from mlmodel.rules.compiled import automaton_of
from mlmodel.rules.field_rule import MOST_DIGITS, FieldRule, Kind
from mlmodel.rules.ways import Way
from mlmodel.second.second_reader import SecondLine
from mlmodel.texts.candidates import Found
from mlmodel.texts.fusion import Opinion
from mlmodel.texts.lattice import NO_DIGIT, Hypothesis
from mlmodel.texts.line_texts import (
    MOST_TEXTS,
    LineTexts,
    text_confidence,
    text_features,
)
from mlmodel.texts.meanings import meaning_of
from mlmodel.texts.rule_search import MOST_BELOW, Columns, Evidence, Places, likeliest_accepted

# So many pictures, as a share, show what does not satisfy their rule: a slip of the pen, another
# field, or a rule that was meant otherwise. Without it, the only text of a list that looks a
# little like what is written would be certain: of held-out numbers under a rule that they break, up
# to a third was sure. With it, one in sixty is, and hardly fewer of those that keep the rule.
_STRANGERS = 0.05
# Before anything is seen, a text has any number of digits up to this.
_USUAL_LENGTHS = 16
_LEAST_PRIOR, _MOST_PRIOR = 1e-6, 0.5
# A value that is less likely than this is none.
_LEAST_PLAUSIBLE = 0.01


@dataclass(frozen=True)
class UnderRule:
    """What a picture's field says if it satisfies a rule.

    Attributes:
        value: digits, leading zeros and all; a number with "." before its decimals; a date by ISO
            8601; empty where the rule is not met.
        text: the digits that were chosen; empty where the rule is not met.
        confidence: the probability, 0..1, that the value is right if the writer wrote one that
            satisfies the rule; None where the rule is not met, and where a sign decides and nobody
            looked for signs.
        is_changed: whether other digits were read without the rule.
        is_met: whether there is a plausible text that satisfies the rule.
        is_sure: whether no person has to look at it.
    """

    value: str = ""
    text: str = ""
    confidence: float | None = None
    is_changed: bool = False
    is_met: bool = False
    is_sure: bool = False


@dataclass(frozen=True)
class _Valid:
    """The texts of a line that satisfy the rule, the likeliest first.

    Attributes:
        line: their features, and their shares of what satisfies the rule.
        log_share: the log of their share of all texts of the line that are known.
        found, opinions: of this line alone.
    """

    line: LineTexts
    log_share: float
    found: Found
    opinions: list[Opinion]

    @property
    def answers(self) -> tuple[SecondLine, ...]:
        return next(iter(self.found.second.values()), ())


def is_enough_under(rule: FieldRule, text: str) -> bool:
    """Whether the second reader need not be asked for the text of the first one, which is sure."""
    return rule.kind is Kind.DIGITS and text.isdigit() and accepts(automaton_of(rule), text)


def under_rule(
    rule: FieldRule,
    lines: Sequence[LineTexts],
    found: Found,
    opinions: Sequence[Opinion],
    card: ReadingCard,
    raw: str,
    is_cut: bool = False,
) -> UnderRule:
    """Read a field once more, under its rule.

    Of all texts that satisfy the rule the likeliest is chosen by what judges texts without it. Its
    confidence is that of a text among those that satisfy the rule, by the same features, times the
    probability that the picture satisfies the rule at all.

    Of a number, the digits are chosen together with the place of the decimal sign. What the second
    reader does not see is not made up: where a rule demands decimals and no sign was seen, the
    confidence is low, or the rule is not met. Where digits can mean several dates, the signs
    between them decide.

    Args:
        lines, found, opinions: what was read, by the numbers of the card.
        raw: the text that was read without the rule, perhaps by the first reader alone.
        is_cut: whether there is more writing, so that nothing is sure.

    Raises:
        RuleWrong: no text satisfies the rule.
    """
    automaton = automaton_of(rule)
    prior = _prior_of(rule)
    # What is less likely than this, beside what was read, is not plausible in the end.
    least = math.log(prior * _LEAST_PLAUSIBLE * _STRANGERS)
    every = list(_valid_of_lines(lines, found, opinions, card.texts, automaton, least))
    if not every:
        return UnderRule()
    chosen = max(every, key=lambda one: one.log_share + math.log(one.line.shares[0]))
    is_this_line = math.exp(
        chosen.log_share - float(np.logaddexp.reduce([one.log_share for one in every]))
    )
    meaning = _likeliest_meaning(rule, chosen)
    if meaning is None:
        return UnderRule()
    line, way, share = meaning
    is_right = text_confidence([line], chosen.found, chosen.opinions, card)
    confidence = is_right * is_this_line * _is_valid(chosen.log_share, prior)
    if confidence * (1.0 if share is None else share) < _LEAST_PLAUSIBLE:
        return UnderRule()
    is_changed = line.text != raw
    if share is None:
        return UnderRule(way.value, line.text, None, is_changed, is_met=True)
    confidence *= share
    is_alone = not is_cut and sum(bool(one.text) for one in lines) <= 1
    return UnderRule(
        way.value,
        line.text,
        confidence,
        is_changed,
        is_met=True,
        is_sure=is_alone and confidence >= card.sure_from,
    )


def _is_valid(log_share: float, prior: float) -> float:
    """The probability, 0..1, that what is written satisfies the rule.

    Args:
        log_share: of what satisfies it, among the texts of the line.
        prior: its share of all texts, before anything was seen.
    """
    share = min(math.exp(log_share), 1.0)
    valid = (1 - _STRANGERS) * share / prior
    return valid / (valid + _STRANGERS * (1 - share) / (1 - prior))


@lru_cache(maxsize=8)
def _prior_of(rule: FieldRule) -> float:
    share = share_accepted(automaton_of(rule), MOST_DIGITS, _USUAL_LENGTHS)
    return min(max(share, _LEAST_PRIOR), _MOST_PRIOR)


def _likeliest_meaning(
    rule: FieldRule, valid: _Valid
) -> tuple[LineTexts, Way, float | None] | None:
    """The texts with the chosen one first, what that means, and the probability of its signs.

    The probability is None where signs decide and nobody looked for them.
    """
    line = valid.line
    if rule.kind is Kind.DIGITS:
        return line, Way(line.text, (line.text,)), 1.0
    texts = [hypothesis.text for hypothesis in line.hypotheses]
    found = [meaning_of(rule, text, valid.answers) for text in texts]
    shares = line.shares * [
        0.0 if one is None else 1.0 if one[1] is None else one[1] for one in found
    ]
    first = found[int(shares.argmax())]
    if first is None or not shares.any():
        return None
    order = np.argsort(-shares, kind="stable")
    ordered = LineTexts(
        line.start,
        tuple(line.hypotheses[i] for i in order),
        line.features[order],
        shares[order] / shares.sum(),
    )
    return ordered, *first


def _valid_of_lines(
    lines: Sequence[LineTexts],
    found: Found,
    opinions: Sequence[Opinion],
    factors: Sequence[float],
    automaton: Automaton,
    least: float,
) -> Iterator[_Valid]:
    """What satisfies the rule on each line that has something nearly as likely as the others.

    Args:
        least: the log of the least probability of a text, relative to the likeliest of its line.
    """
    for line in lines:
        end = line.start + len(line.hypotheses[0].values)
        own = found.candidates[line.start : end]
        number = own[0].line
        answers = found.second.get(number, ())
        alone = Found(
            own,
            {number: found.columns[number]},
            others=found.others,
            second={number: answers} if answers else {},
        )
        valid = _valid_of(line, alone, list(opinions[line.start : end]), factors, automaton, least)
        if valid:
            least = max(least, valid.log_share - MOST_BELOW)
            yield valid


def _valid_of(
    line: LineTexts,
    found: Found,
    opinions: list[Opinion],
    factors: Sequence[float],
    automaton: Automaton,
    least: float,
) -> _Valid | None:
    ((number, columns),) = found.columns.items()
    answers = found.second.get(number, ())
    evidence = Evidence(
        Places.of(opinions),
        Columns.of(columns),
        tuple(Columns.of(answer.digits) for answer in answers),
        np.array(factors),
    )
    known = {hypothesis.text: hypothesis for hypothesis in line.hypotheses}
    of_known = line.features @ np.array(factors)
    searched = likeliest_accepted(evidence, automaton, MOST_TEXTS, float(of_known.max()) + least)
    accepted = [text for text in known if text and accepts(automaton, text)]
    texts = [
        known.get(text) or _hypothesis(text, evidence.places)
        for text in dict.fromkeys([*accepted, *searched])
    ]
    if not texts:
        return None
    features = text_features(texts, columns, answers)
    logits = features @ np.array(factors)
    shares = softmax(logits)
    order = np.argsort(-shares, kind="stable")
    is_known = np.array([text.text in known for text in texts])
    everything = np.concatenate([of_known, logits[~is_known]])
    log_share = float(np.logaddexp.reduce(logits) - np.logaddexp.reduce(everything))
    ordered = LineTexts(0, tuple(texts[i] for i in order), features[order], shares[order])
    return _Valid(ordered, log_share, found, opinions)


def _hypothesis(text: str, places: Places) -> Hypothesis:
    """A text with the likeliest places of its digits (Viterbi)."""
    logs, free = np.log(places.shares), np.log(places.free)
    count = len(free)
    best = np.full((len(text) + 1, count + 1), -np.inf)
    best[0] = np.append(0.0, np.cumsum(free))
    for k, digit in enumerate(map(int, text), start=1):
        for place in range(count):
            taken = best[k - 1, place] + logs[place, digit]
            best[k, place + 1] = max(best[k, place] + free[place], taken)
    values, k = [NO_DIGIT] * count, len(text)
    for place in reversed(range(count)):
        if k and best[k, place + 1] == best[k - 1, place] + logs[place, int(text[k - 1])]:
            k -= 1
            values[place] = int(text[k])
    return Hypothesis(text, float(best[-1, -1]), tuple(values))
