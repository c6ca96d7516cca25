from django.db import migrations

# Whichever way a row goes (a cascade, a statement by hand), its file is not forgotten.
NOTE_IT = """
CREATE FUNCTION recognizer_note_file_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO recognizer_fileremoval (name, since, attempts, last_error)
    VALUES (OLD.file, now(), 0, '')
    ON CONFLICT (name) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER recognizer_note_file_removal AFTER DELETE ON recognizer_upload
    FOR EACH ROW WHEN (OLD.file <> '') EXECUTE FUNCTION recognizer_note_file_removal();
"""
FORGET_IT = """
DROP TRIGGER recognizer_note_file_removal ON recognizer_upload;
DROP FUNCTION recognizer_note_file_removal();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0005_more_frames'),
    ]

    operations = [
        migrations.RunSQL(NOTE_IT, FORGET_IT),
    ]
