"""A look says when it was made, whatever day it was made for: so it can be asked whether anything happened since."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_cases_are_told_again")]
    operations = [migrations.AddField("scan", "looked_at", models.DateTimeField(db_default=Now()))]
