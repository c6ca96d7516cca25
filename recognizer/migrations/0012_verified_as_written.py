from django.db import migrations, models
from django.db.models import F, Func, Q, Value


class Migration(migrations.Migration):

    dependencies = [
        ("recognizer", "0011_as_written"),
    ]

    operations = [
        # No row is written anew: a table of a million is locked for less than a second.
        migrations.AddField(
            "upload",
            "verified_written",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="The verified text with its points, commas and signs. Empty: not known.",
                max_length=1000,
            ),
        ),
        migrations.AddConstraint(
            "upload",
            models.CheckConstraint(
                condition=Q(verified_written="")
                | (
                    Q(verified_text__isnull=False)
                    & ~Q(verified_text="")
                    & Q(
                        verified_text=Func(
                            F("verified_written"),
                            Value(".,-/=+:()'"),
                            Value(""),
                            function="translate",
                        )
                    )
                ),
                name="upload_verified_written_is_text_with_signs",
            ),
        ),
    ]
