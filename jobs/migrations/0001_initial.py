import django.db.models.deletion
import jobs.storage
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=80, verbose_name='kind')),
                ('params', models.JSONField(default=dict, verbose_name='parameters')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('key', models.CharField(blank=True, max_length=120, null=True, unique=True, verbose_name='key')),
                ('status', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10, verbose_name='status')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='done')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='of')),
                ('message', models.TextField(blank=True, verbose_name='message')),
                ('result', models.FileField(blank=True, max_length=200, storage=jobs.storage.private_storage, upload_to='jobs', verbose_name='file')),
                ('result_name', models.CharField(blank=True, max_length=200, verbose_name='file name')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('max_attempts', models.PositiveSmallIntegerField(default=5, verbose_name='attempts at most')),
                ('not_before', models.DateTimeField(blank=True, null=True, verbose_name='not before')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='looked after until')),
                ('lease_token', models.UUIDField(blank=True, null=True, verbose_name='token of the worker')),
                ('created_at', models.DateTimeField(verbose_name='asked for')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['status', 'lease_until'], name='job_status_lease'), models.Index(models.F('owner'), models.OrderBy(models.F('created_at'), descending=True), name='job_owner_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lease_token__isnull', False), ('status', 'running')), models.Q(models.Q(('status', 'running'), _negated=True), ('lease_token__isnull', True)), _connector='OR'), name='job_runs_with_a_token'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('lease_until__isnull', False), ('status__in', ('queued', 'running'))), models.Q(('finished_at__isnull', False), ('lease_until__isnull', True), ('status__in', ('done', 'failed', 'cancelled'))), _connector='OR'), name='job_is_looked_after_or_finished')],
            },
        ),
    ]
