"""The lists of a person (to decide, decided, submitted, told) and the deadlines that are due read an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("flow", "0002_published_versions_stay")]

    operations = [
        migrations.RemoveIndex(
            model_name='task',
            name='waiting_tasks',
        ),
        migrations.RemoveIndex(
            model_name='task',
            name='due_tasks',
        ),
        migrations.AddIndex(
            model_name='instance',
            index=models.Index(fields=['company', 'submitter', '-id'], name='approvals_of_submitter'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('kind', 'approve'), ('state', 'waiting')), fields=['company', 'user', '-id'], name='waiting_tasks'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('kind', 'inform')), fields=['company', 'user', '-id'], name='copies'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('acted_by__isnull', False), ('kind', 'approve')), fields=['company', 'acted_by', '-decided_at'], name='handled_tasks'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('reminded_at__isnull', True), ('state', 'waiting')), fields=['due_at'], name='due_tasks'),
        ),
    ]
