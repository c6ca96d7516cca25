from django.conf import settings
from django.db import migrations, models

# Predictions never change, but which one is current does: read again, or deleted.
KEEP_IT = """
CREATE FUNCTION recognizer_keep_sureness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sureness := coalesce(
        (SELECT confidence FROM recognizer_prediction WHERE id = NEW.current_prediction_id), 0);
    RETURN NEW;
END $$;
CREATE TRIGGER recognizer_keep_sureness
    BEFORE INSERT OR UPDATE OF current_prediction_id ON recognizer_upload
    FOR EACH ROW EXECUTE FUNCTION recognizer_keep_sureness();
"""
KEEP_IT_NO_MORE = """
DROP TRIGGER recognizer_keep_sureness ON recognizer_upload;
DROP FUNCTION recognizer_keep_sureness();
"""
OF_THOSE_THERE_ARE = """
UPDATE recognizer_upload upload SET sureness = prediction.confidence
FROM recognizer_prediction prediction
WHERE prediction.id = upload.current_prediction_id AND prediction.confidence IS NOT NULL;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0008_upload_newest'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='sureness',
            field=models.FloatField(db_default=0.0, default=0.0, editable=False, help_text="The current prediction's confidence; 0 where it has none."),
        ),
        migrations.RunSQL(KEEP_IT, KEEP_IT_NO_MORE),
        migrations.RunSQL(OF_THOSE_THERE_ARE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['user', 'sureness', 'id'], name='upload_user_sureness'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['visitor', 'sureness', 'id'], name='upload_visitor_sureness'),
        ),
    ]
