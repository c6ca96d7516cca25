from mlmodel.evaluation.labels import MNIST_SET
from mlmodel.evaluation.thresholds import REFERENCE_SET, Thresholds, thresholds_of
from tests.mlmodel.evaluation.answers import make_answer

MNIST = [make_answer("1", "1", 0.5)]
# 49 of 50, 98 %, have a confidence of 0.02 and more.
REFERENCE = [make_answer("1", "7", hundredths / 100) for hundredths in range(1, 51)]


def test_the_reference_threshold_accepts_98_percent_right_or_wrong() -> None:
    thresholds = thresholds_of({MNIST_SET: MNIST, REFERENCE_SET: REFERENCE}, 0.9)
    assert thresholds == Thresholds(0.9, 0.02, REFERENCE_SET)


def test_mnist_is_the_reference_where_there_is_no_better() -> None:
    assert thresholds_of({MNIST_SET: MNIST}, 0.9) == Thresholds(0.9, 0.5, MNIST_SET)


def test_what_was_not_read_has_no_confidence() -> None:
    unread = [make_answer("1", ""), make_answer("1", "", refused=True)]
    assert thresholds_of({MNIST_SET: unread}, 0.9).reference == 0.0
