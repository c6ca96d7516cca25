"""The whole way of one picture, while somebody waits: taken in, and read at once."""

from recognizer.models import Owner, Upload
from recognizer.uploads.reading import Pixels, read_stored
from recognizer.uploads.taking_in import Given, cleaned, store


def recognize(given: Given, owner: Owner) -> Upload:
    """Check, store and read one picture.

    Given again with the same key, it is the same upload, and what was cut off is finished.

    Returns:
        the upload with its current prediction.

    Raises:
        Refusal: the picture can't be taken in; nothing is stored.
        StorageUnavailable: the disk or bucket failed; nothing is stored.
        KeyReused: the key is another picture's.
    """
    image = cleaned(given)
    upload = store(image, given, owner)
    if upload.current_prediction is None:
        read_stored(upload, Pixels(image.pixels, image.size))
    return upload
