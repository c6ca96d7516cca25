from django.db import migrations, models
from django.db.models import Q

# The version before knows no such reasons, and its rules forbid them here.
FORGET_REASONS = (
    "UPDATE recognizer_prediction SET reason = '' WHERE reason IN ('printed', 'more_writing')"
)


class Migration(migrations.Migration):

    dependencies = [
        ("recognizer", "0012_verified_as_written"),
    ]

    operations = [
        migrations.AddField(
            "prediction",
            "passed_over",
            models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                help_text=(
                    "What may be writing and was not read: [[x, y, width, height], ...] in pixels."
                ),
            ),
        ),
        migrations.AlterField(
            "prediction",
            "reason",
            models.CharField(
                blank=True,
                choices=[
                    ("model_unavailable", "The model could not be loaded."),
                    ("reader_failed", "The reader could not cope with this picture."),
                    (
                        "letters",
                        "This looks like letters, not digits. "
                        "If there are digits in the picture, crop it to them.",
                    ),
                    (
                        "printed",
                        "This looks like a page of print. Crop it to the number that is to be read.",
                    ),
                    (
                        "more_writing",
                        "There is more writing in this picture than was read: "
                        "the text may be cut short.",
                    ),
                ],
                help_text="Why recognition failed, or what else was seen.",
                max_length=50,
            ),
        ),
        migrations.RemoveConstraint("prediction", "prediction_failed_has_reason"),
        migrations.AddConstraint(
            "prediction",
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason__in=["", "letters", "printed", "more_writing"]),
                name="prediction_failed_has_reason",
            ),
        ),
        migrations.RemoveConstraint("prediction", "prediction_reason_fits_state"),
        migrations.AddConstraint(
            "prediction",
            models.CheckConstraint(
                condition=Q(state="failed")
                | Q(reason="")
                | Q(state="not_digits", reason__in=["letters", "printed"])
                | Q(state="doubtful", reason="more_writing"),
                name="prediction_reason_fits_state",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET_REASONS),
    ]
