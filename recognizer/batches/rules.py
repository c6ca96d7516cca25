"""Field rules that users save by name."""

from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from recognizer.models import SavedRule


class NameTaken(Exception):
    """The user has another rule of this name."""


def save_rule(
    user: User, name: str, definition: dict[str, Any], *, instead_of: SavedRule | None = None
) -> SavedRule:
    """Save a rule by a name.

    Args:
        definition: as mlmodel.rules.FieldRule.to_data makes it.
        instead_of: the rule that was edited; batches that use it keep it.

    Raises:
        NameTaken: nothing was saved.
    """
    try:
        with transaction.atomic():
            if instead_of:
                retire(instead_of)
            return SavedRule.objects.create(user=user, name=name, definition=definition)
    except IntegrityError:
        raise NameTaken from None


def retire(rule: SavedRule) -> None:
    """Offer a rule no more; without a batch that uses it, it is deleted."""
    with transaction.atomic():
        locked = SavedRule.objects.select_for_update().get(pk=rule.pk)
        if locked.batches.exists():
            locked.retired = timezone.now()
            locked.save(update_fields=["retired"])
        else:
            locked.delete()
