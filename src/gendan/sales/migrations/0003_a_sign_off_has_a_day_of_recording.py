"""When a sign-off was written down, which may be days after it happened."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_promises_are_append_only_numbers_begin")]
    operations = [
        migrations.AddField("delivery", "recorded_on", models.DateField(null=True, verbose_name="签收登记日期")),
    ]
