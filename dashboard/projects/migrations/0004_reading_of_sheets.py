import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_orders_and_sign_in'),
        ('projects', '0003_product_photos'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='file', serialize=False, to='projects.productimport')),
                ('data', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='KnownHeader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64)),
                ('columns', models.JSONField()),
                ('encoding', models.CharField(blank=True, max_length=20)),
                ('used_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='importrow',
            name='import_line_once',
        ),
        migrations.AddField(
            model_name='importrow',
            name='note',
            field=models.CharField(blank=True, help_text='What the photo shows', max_length=120),
        ),
        migrations.AddField(
            model_name='importrow',
            name='place',
            field=models.PositiveSmallIntegerField(default=0, help_text="The photo's place among the product's"),
        ),
        migrations.AddField(
            model_name='productimport',
            name='asks',
            field=models.CharField(blank=True, choices=[('', 'Nothing'), ('encoding', 'In which encoding the file is'), ('columns', 'Which column is which')], default='', help_text='What a person has to say first', max_length=10),
        ),
        migrations.AddField(
            model_name='productimport',
            name='encoding',
            field=models.CharField(blank=True, help_text='How it is read, where it is text', max_length=20),
        ),
        migrations.AddField(
            model_name='productimport',
            name='notes',
            field=models.JSONField(blank=True, default=list, help_text='Sentences on what is left away'),
        ),
        migrations.AddField(
            model_name='productimport',
            name='sheet',
            field=models.CharField(blank=True, help_text='The worksheet that is read, in a workbook', max_length=100),
        ),
        migrations.AddField(
            model_name='productimport',
            name='shop',
            field=models.CharField(blank=True, help_text='Whose export it is, where that shows', max_length=40),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='line',
            field=models.PositiveIntegerField(help_text='Line of the file on which the product begins'),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='state',
            field=models.CharField(choices=[('bad', 'Cannot be imported'), ('waiting', 'Waiting'), ('done', 'Imported'), ('known', 'In the library already'), ('failed', 'Failed'), ('dropped', 'Left out with its product')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('batch', 'line', 'place'), name='import_line_once'),
        ),
        migrations.AddField(
            model_name='knownheader',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='known_headers', to='accounts.team'),
        ),
        migrations.AddConstraint(
            model_name='knownheader',
            constraint=models.UniqueConstraint(fields=('team', 'fingerprint'), name='header_of_team_once'),
        ),
    ]
