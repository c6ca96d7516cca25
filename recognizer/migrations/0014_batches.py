import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# Whichever way a row goes (a cascade, a statement by hand), its file is not forgotten.
NOTE_REMOVAL = """
CREATE TRIGGER recognizer_note_source_removal AFTER DELETE ON recognizer_batchsource
    FOR EACH ROW WHEN (OLD.file <> '') EXECUTE FUNCTION recognizer_note_file_removal();
"""
FORGET_REMOVAL = "DROP TRIGGER recognizer_note_source_removal ON recognizer_batchsource;"


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0013_more_writing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('one_wrong_in', models.PositiveIntegerField(choices=[(100, '1 in 100'), (1000, '1 in 1,000'), (10000, '1 in 10,000')], default=100, help_text='The tolerated error: one wrong text in so many.')),
                ('skip_identical', models.BooleanField(default=False, help_text='Whether a file that the batch holds already is left out.')),
                ('keep_days', models.PositiveIntegerField(blank=True, help_text='Days until it is deleted. Null: as all pictures.', null=True)),
                ('language', models.CharField(blank=True, help_text='In which its giver reads why a file was refused.', max_length=10)),
                ('key', models.CharField(blank=True, help_text='By which whoever gave the batch knows it, so that it is never made twice.', max_length=100)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('closed', models.DateTimeField(blank=True, help_text='When its giver said that no more pictures come.', null=True)),
                ('served', models.DateTimeField(blank=True, help_text='When a worker last looked for something to do in it.', null=True)),
                ('finished', models.DateTimeField(blank=True, help_text='When nothing was left to do. Null again after a retry.', null=True)),
                ('cancelled', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'batches',
                'ordering': ('-created', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='BatchItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(help_text='By which the pictures are ordered: see POSITIONS_OF_A_SOURCE.')),
                ('name', models.CharField(blank=True, max_length=255)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('read', 'Read'), ('doubtful', 'Doubtful'), ('no_digits', 'No digits'), ('identical', 'Left out: identical'), ('refused', 'Refused'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=10)),
                ('code', models.CharField(blank=True, help_text="Why it was refused or failed: a refusal's code.", max_length=50)),
                ('refusal', models.TextField(blank=True, help_text='The same in a sentence.')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('confidence', models.FloatField(db_default=0.0, default=0.0, help_text='Of the value under the rule, or of the text; 0 where there is none.')),
            ],
            options={
                'ordering': ('batch', 'position'),
            },
        ),
        migrations.CreateModel(
            name='BatchSource',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(help_text='In the order in which they were given, from 0.')),
                ('name', models.CharField(blank=True, max_length=255)),
                ('file', models.FileField(blank=True, help_text='As it was given. Empty: it was removed.', max_length=200, upload_to='')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('byte_size', models.PositiveBigIntegerField()),
                ('key', models.CharField(blank=True, help_text='By which whoever gave the file knows it, so that it is never taken twice.', max_length=100)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('stored', models.DateTimeField(blank=True, help_text='When the file was safely on the storage.', null=True)),
                ('next_member', models.PositiveIntegerField(default=0, help_text='The first of its pictures that is not stored yet.')),
                ('opened', models.DateTimeField(blank=True, help_text='When all of its pictures were stored, or it was refused.', null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('code', models.CharField(blank=True, help_text="Why it can't be used: a refusal's code.", max_length=50)),
                ('refusal', models.TextField(blank=True, help_text='The same in a sentence.')),
            ],
            options={
                'ordering': ('batch', 'number'),
            },
        ),
        migrations.CreateModel(
            name='SavedRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, help_text='Empty: of one batch alone, and not offered again.', max_length=100)),
                ('definition', models.JSONField(help_text='As mlmodel.rules writes it.')),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('retired', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('name', '-created', '-pk'),
            },
        ),
        migrations.AddField(
            model_name='prediction',
            name='unmet',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why nothing satisfies the rule, by its code.', max_length=50),
        ),
        migrations.AddField(
            model_name='prediction',
            name='value',
            field=models.TextField(blank=True, db_default='', default='', help_text="What satisfies the batch's rule. Empty: there is no rule, or nothing does."),
        ),
        migrations.AddField(
            model_name='prediction',
            name='value_confidence',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='prediction',
            name='value_is_sure',
            field=models.BooleanField(db_default=False, default=False, help_text='Whether no person has to look at the value.'),
        ),
        migrations.AddField(
            model_name='prediction',
            name='value_text',
            field=models.TextField(blank=True, db_default='', default='', help_text='The digits from which the value was made.'),
        ),
        migrations.AddConstraint(
            model_name='prediction',
            constraint=models.CheckConstraint(condition=models.Q(('value_confidence__isnull', True), models.Q(('value_confidence__gte', 0), ('value_confidence__lte', 1)), _connector='OR'), name='prediction_value_confidence_0_to_1'),
        ),
        migrations.AddConstraint(
            model_name='prediction',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), ('unmet', ''), _connector='OR'), name='prediction_value_or_unmet'),
        ),
        migrations.AddField(
            model_name='batch',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='batchitem',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='recognizer.batch'),
        ),
        migrations.AddField(
            model_name='batchitem',
            name='same_as',
            field=models.ForeignKey(blank=True, help_text='The first picture of the batch that is the same file.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='copies', to='recognizer.batchitem'),
        ),
        migrations.AddField(
            model_name='batchitem',
            name='upload',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='batch_item', to='recognizer.upload'),
        ),
        migrations.AddField(
            model_name='batchsource',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='recognizer.batch'),
        ),
        migrations.AddField(
            model_name='batchitem',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='recognizer.batchsource'),
        ),
        migrations.AddField(
            model_name='savedrule',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='batch',
            name='rule',
            field=models.ForeignKey(blank=True, help_text='What every text must satisfy. Null: nothing.', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='batches', to='recognizer.savedrule'),
        ),
        migrations.AddIndex(
            model_name='batchsource',
            index=models.Index(condition=models.Q(('opened__isnull', True)), fields=['batch', 'number'], name='batch_source_to_open'),
        ),
        migrations.AddConstraint(
            model_name='batchsource',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='batch_source_number_once'),
        ),
        migrations.AddConstraint(
            model_name='batchsource',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('batch', 'key'), name='batch_source_key_once'),
        ),
        migrations.AddIndex(
            model_name='batchitem',
            index=models.Index(fields=['batch', 'state', 'position'], name='batch_item_by_state'),
        ),
        migrations.AddIndex(
            model_name='batchitem',
            index=models.Index(fields=['batch', 'confidence', 'position'], name='batch_item_confidence'),
        ),
        migrations.AddConstraint(
            model_name='batchitem',
            constraint=models.UniqueConstraint(fields=('batch', 'position'), name='batch_item_position_once'),
        ),
        migrations.AddConstraint(
            model_name='batchitem',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__gte', 0), ('confidence__lte', 1)), name='batch_item_confidence_0_to_1'),
        ),
        migrations.AddConstraint(
            model_name='batchitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'failed']), _negated=True), models.Q(('code', ''), _negated=True), _connector='OR'), name='batch_item_refused_has_code'),
        ),
        migrations.AddConstraint(
            model_name='batchitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['read', 'doubtful', 'no_digits']), _negated=True), ('upload__isnull', False), _connector='OR'), name='batch_item_read_has_upload'),
        ),
        migrations.AddConstraint(
            model_name='savedrule',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('retired__isnull', True)), fields=('user', 'name'), name='saved_rule_name_once'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['user', '-created', '-id'], name='batch_user_newest'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('cancelled__isnull', True), ('finished__isnull', True)), fields=['served', 'created'], name='batch_to_serve'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('user', 'key'), name='batch_user_key_once'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='batch_has_name'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('finished__isnull', True), ('closed__isnull', False), _connector='OR'), name='batch_finished_is_closed'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('finished__isnull', True), ('cancelled__isnull', True), _connector='OR'), name='batch_finished_or_cancelled'),
        ),
        migrations.RunSQL(NOTE_REMOVAL, FORGET_REMOVAL),
    ]
