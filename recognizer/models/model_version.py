"""The trained models, of which one reads."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, ClassVar

from django.db import models, transaction
from django.db.models import Q

if TYPE_CHECKING:
    from mlmodel.artifact.card import ModelCard


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    def active(self) -> ModelVersion | None:
        return self.filter(active=True).first()

    def active_sha256(self) -> str | None:
        """Return the active version's checksum without loading its card of 6 kB."""
        return self.filter(active=True).values_list("artifact_sha256", flat=True).first()

    def register(self, card: ModelCard) -> ModelVersion:
        """Return a trained model's row, inserted if it is new; the active version stays active."""
        version, _ = self.get_or_create(
            artifact_sha256=card.sha256,
            defaults={"name": card.name, "card": asdict(card)},
        )
        return version


class ModelVersion(models.Model):
    """A trained model with its card; the active one reads."""

    name = models.CharField(max_length=100)
    artifact_sha256 = models.CharField("artifact's SHA-256", max_length=64, unique=True)
    card = models.JSONField(help_text="Data, seed, recipe and measures, as trained.")
    active = models.BooleanField(default=False)
    promoted_automatically = models.BooleanField(
        null=True,
        blank=True,
        editable=False,
        help_text="Whether the start of a server promoted it, and not a person or a training.",
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="model_version_one_active"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def activate(self, *, automatically: bool = False) -> None:
        """Make this the version that reads, instead of the former one, in one transaction."""
        with transaction.atomic():
            # Rows are locked in one order, so that two activations can't deadlock.
            list(ModelVersion.objects.select_for_update().order_by("pk"))
            ModelVersion.objects.filter(active=True).exclude(pk=self.pk).update(active=False)
            changes = {"active": True, "promoted_automatically": automatically}
            ModelVersion.objects.filter(pk=self.pk).update(**changes)
        self.active, self.promoted_automatically = True, automatically
