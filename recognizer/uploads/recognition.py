"""Taking in and reading one picture in one call, while somebody waits."""

from recognizer.models import Owner, Upload
from recognizer.uploads.reading import Pixels, read_stored
from recognizer.uploads.storing import Given, cleaned, store


def recognize(given: Given, owner: Owner) -> Upload:
    """Check, store and read one picture.

    A picture given again with the same key is the same upload; whatever was cut off is finished.

    Returns:
        the upload with its current prediction.

    Raises:
        Refusal: the picture can't be taken in; nothing is stored.
        StorageUnavailable: the disk or bucket failed; nothing is stored.
        KeyReused: another picture was given with this key before.
    """
    image = cleaned(given)
    upload = store(image, given, owner)
    if upload.current_prediction is None:
        read_stored(upload, Pixels(image.pixels, image.size))
    return upload
