from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from recognizer.models import Batch, Owner


@pytest.fixture
def batch(owner: "Owner") -> "Batch":
    """An open batch of the user whom the client is signed in as."""
    # Models can't be imported before Django has its settings.
    from recognizer.batches.giving import Wanted, open_batch

    assert owner.user
    return open_batch(owner.user, Wanted("Meters"))
