"""Field rules: what every text of a batch must satisfy."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from recognizer.models.owner import Owner


class SavedRuleQuerySet(models.QuerySet["SavedRule"]):
    def visible_to(self, owner: Owner) -> SavedRuleQuerySet:
        """The rules that a user saved by name and may choose for a new batch."""
        own = self.filter(user=owner.user) if owner.user else self.none()
        return own.exclude(name="").filter(retired=None)


class SavedRule(models.Model):
    """A field rule as it was when a batch used it: a row never changes.

    A rule that is edited becomes a new row; the earlier one is retired, and its batches keep it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rules"
    )
    name = models.CharField(
        max_length=100, blank=True, help_text="Empty: of one batch alone, and not offered again."
    )
    definition = models.JSONField(help_text="As mlmodel.rules writes it.")
    created = models.DateTimeField(auto_now_add=True)
    retired = models.DateTimeField(null=True, blank=True)

    objects = SavedRuleQuerySet.as_manager()

    class Meta:
        ordering = ("name", "-created", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=~Q(name="") & Q(retired__isnull=True),
                name="saved_rule_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.pk}"
