from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ("recognizer", "0009_sureness"),
    ]

    operations = [
        # The column and its indexes stay as they are: only Python calls it otherwise.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("upload", "upload_user_sureness"),
                migrations.RemoveIndex("upload", "upload_visitor_sureness"),
                migrations.RenameField("upload", "sureness", "confidence"),
                migrations.AlterField(
                    "upload",
                    "confidence",
                    models.FloatField(
                        db_column="sureness",
                        db_default=0.0,
                        default=0.0,
                        editable=False,
                        help_text="The current prediction's confidence; 0 where it has none.",
                    ),
                ),
                migrations.AddIndex(
                    "upload",
                    models.Index(
                        fields=["user", "confidence", "id"], name="upload_user_sureness"
                    ),
                ),
                migrations.AddIndex(
                    "upload",
                    models.Index(
                        fields=["visitor", "confidence", "id"], name="upload_visitor_sureness"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "modelversion",
            "promoted_automatically",
            models.BooleanField(
                blank=True,
                editable=False,
                help_text="Whether the start of a server promoted it, and not a person or a training.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            "upload",
            models.Index(
                fields=["created"],
                condition=Q(stored__isnull=False, current_prediction__isnull=True),
                name="upload_not_read",
            ),
        ),
    ]
