from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="what",
            field=models.CharField(
                choices=[
                    ("roster", "Roster"),
                    ("coverage", "Coverage figures"),
                    ("signatures", "Figures of signatures"),
                ],
                max_length=10,
            ),
        ),
    ]
