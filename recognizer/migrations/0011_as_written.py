from django.db import migrations, models
from django.db.models import F, Func, Q, Value

# The version before knows no such reason, and its rules forbid one here.
FORGET_LETTERS = "UPDATE recognizer_prediction SET reason = '' WHERE reason = 'letters'"


class Migration(migrations.Migration):

    dependencies = [
        ("recognizer", "0010_unread_and_promotions"),
    ]

    operations = [
        migrations.AddField(
            "prediction",
            "written",
            models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="The text with its points, commas and signs. Empty: not known.",
            ),
        ),
        migrations.AddField(
            "prediction",
            "written_confidence",
            models.FloatField(
                blank=True,
                help_text="Of the signs, if the digits are right. Null: nobody looked for signs.",
                null=True,
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
                ],
                help_text="Why recognition failed, or what was seen in place of digits.",
                max_length=50,
            ),
        ),
        migrations.AddConstraint(
            "prediction",
            models.CheckConstraint(
                condition=Q(written_confidence__isnull=True)
                | Q(written_confidence__gte=0, written_confidence__lte=1),
                name="prediction_written_confidence_0_to_1",
            ),
        ),
        migrations.AddConstraint(
            "prediction",
            models.CheckConstraint(
                condition=Q(written="")
                | (
                    ~Q(text="")
                    & Q(
                        text=Func(
                            F("written"), Value(".,-/=+:()'"), Value(""), function="translate"
                        )
                    )
                ),
                name="prediction_written_is_text_with_signs",
            ),
        ),
        migrations.RemoveConstraint("prediction", "prediction_failed_has_reason"),
        migrations.AddConstraint(
            "prediction",
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason__in=["", "letters"]),
                name="prediction_failed_has_reason",
            ),
        ),
        migrations.AddConstraint(
            "prediction",
            models.CheckConstraint(
                condition=Q(state="failed")
                | Q(reason="")
                | Q(state="not_digits", reason="letters"),
                name="prediction_reason_fits_state",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET_LETTERS),
    ]
