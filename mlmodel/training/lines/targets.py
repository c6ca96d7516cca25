"""What the line network should answer, and the loss that measures how far its answer is off."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.columns import CLASSES, COLUMN_PX, EXTENTS, NONE, SEQUENCE
from mlmodel.lines.strips import DIGIT_HEIGHT_PX
from mlmodel.training.lines.pool import Strips

# Numbers for each column: the class, the extents, and whether these count.
TARGETS = 1 + EXTENTS + 1
# Extents are also learned in columns beside the middle: this far, in widths of the digit, and at
# most this many pixels.
_REACH, _MOST_REACH_PX = 0.25, 4.0
# The sum over all columns is divided by this. It only sets the size of the loss.
_COLUMNS_A_UNIT = 10.0


def targets(strips: Strips) -> NDArray[np.float32]:
    """The wanted answer for every column.

    Returns:
        (n, width / 2, 6) float32: the class, 0..9 or 10 for none; the four extents in digit
        heights; and 1 where these count, else 0.
    """
    columns = strips.pixels.shape[2] // COLUMN_PX
    # Column c answers for two pixels, 2c and 2c + 1.
    middles = np.arange(columns) * COLUMN_PX + (COLUMN_PX - 1) / 2
    wanted = np.zeros((len(strips), columns, TARGETS), np.float32)
    wanted[..., 0] = NONE
    classes = wanted[..., 0]
    for place in range(strips.values.shape[1]):
        known = np.flatnonzero(strips.values[:, place] >= 0)
        left, top, right, bottom = strips.boxes[known, place].T
        middle = (left + right) / 2
        own = np.clip(np.round((middle - middles[0]) / COLUMN_PX), 0, columns - 1).astype(int)
        classes[known, own] = strips.values[known, place]
        reach = np.clip(_REACH * (right - left), COLUMN_PX / 2, _MOST_REACH_PX)
        near = np.abs(middles - middle[:, None]) <= reach[:, None]
        which, column = np.nonzero(near)
        extents = (
            middles[column] - left[which],
            top[which],
            right[which] - middles[column],
            bottom[which],
        )
        wanted[known[which], column, 1:5] = np.stack(extents, axis=1) / DIGIT_HEIGHT_PX
        wanted[known[which], column, 5] = 1
    return wanted


def line_loss(extents_weight: float, sequence_weight: float) -> Any:
    """A Keras loss for answers of the line network and `targets`.

    Every column counts. Where a digit's middle is uncertain, its presence is spread over several
    columns, and these add up to its probability only if none is left out of the loss. The text as
    a whole is learned as well, by connectionist temporal classification (Graves et al., 2006).
    """
    from keras import ops

    def loss(wanted: Any, answers: Any) -> Any:
        logs = ops.log_softmax(answers[..., :CLASSES], axis=-1)
        right = ops.one_hot(ops.cast(wanted[..., 0], "int32"), CLASSES)
        of_classes = -ops.sum(logs * right, axis=-1)
        counts = wanted[..., 5]
        extents = answers[..., CLASSES : CLASSES + EXTENTS]
        distance = ops.sum(ops.abs(extents - wanted[..., 1:5]), axis=-1)
        total = ops.sum(of_classes, axis=1) / _COLUMNS_A_UNIT
        of_extents = ops.sum(distance * counts) / ops.maximum(ops.sum(counts), 1.0)
        of_sequence = sequence_loss(wanted[..., 0], answers)
        return total + extents_weight * of_extents + sequence_weight * of_sequence

    return loss


def sequence_loss(classes: Any, answers: Any) -> Any:
    """The negative log-probability of each strip's text, wherever its digits stand.

    Args:
        classes: (n, columns), 0..9 or 10 for none, as in `targets`.
        answers: (n, columns, 26) of the line network.

    Returns:
        (n,) float32, 0 or more.
    """
    import tensorflow as tf

    logits = answers[..., SEQUENCE]
    is_digit = classes < NONE
    is_empty = tf.logical_not(tf.reduce_any(is_digit, axis=1))
    # Sparse labels run in native code, which accepts no empty text. Empty texts are given a digit
    # there, and their loss is replaced by that of no digit in any column.
    first = tf.one_hot(0, tf.shape(classes)[1], on_value=True, off_value=False, dtype=tf.bool)
    labelled = is_digit | (is_empty[:, tf.newaxis] & first)
    known = tf.where(labelled)
    places = tf.cumsum(tf.cast(labelled, tf.int64), axis=1) - 1
    texts = tf.SparseTensor(
        indices=tf.stack([known[:, 0], tf.gather_nd(places, known)], axis=1),
        values=tf.cast(tf.gather_nd(tf.where(is_digit, classes, 0.0), known), tf.int32),
        dense_shape=tf.shape(classes, tf.int64),
    )
    columns = tf.fill(tf.shape(classes)[:1], tf.shape(classes)[1])
    of_text = tf.nn.ctc_loss(
        texts, logits, None, columns, logits_time_major=False, blank_index=NONE
    )
    of_none = -tf.reduce_sum(tf.nn.log_softmax(logits)[..., NONE], axis=1)
    return tf.where(is_empty, of_none, of_text)
