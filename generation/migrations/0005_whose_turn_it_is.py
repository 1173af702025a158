from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0004_variables_and_lineage'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='job',
            name='job_waiting',
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['connection', 'member', 'api_key', 'batch', 'id'], name='job_waiting'),
        ),
    ]
