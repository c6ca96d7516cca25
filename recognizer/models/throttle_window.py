from django.db import models


class ThrottleWindow(models.Model):
    """How often somebody did something since a window opened: see recognizer.accounts.throttle."""

    key = models.CharField(
        primary_key=True, max_length=64, help_text="A keyed hash of who it is and of the limit."
    )
    hits = models.PositiveIntegerField()
    ends = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.hits} until {self.ends}"
