"""A file may come from somebody without an account: a customer behind a link, known by the name that was given."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("kernel", "0004_events_need_no_index_by_transaction"),
    ]
    operations = [
        migrations.AddField("attachment", "author", models.CharField(blank=True, db_default="", max_length=120)),
        migrations.AlterField(
            "attachment",
            "user",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
