"""What the audit asks of the event log: from where, by whom, of which kind, about what; each newest first."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0005_files_of_people_without_an_account"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("event", "address", models.GenericIPAddressField(null=True)),
        migrations.RemoveIndex("event", "event_by_company"),
        migrations.AddIndex("event", models.Index(fields=["company", "at", "id"], name="event_by_company")),
        migrations.AddIndex("event", models.Index(fields=["company", "user", "at", "id"], name="event_by_user")),
        migrations.AddIndex("event", models.Index(fields=["company", "type", "at", "id"], name="event_by_type")),
        migrations.AddIndex(
            "event", models.Index(fields=["company", "subject_number", "at", "id"], name="event_by_number")
        ),
        migrations.AddIndex("notice", models.Index(fields=["company", "at"], name="notice_by_moment")),
    ]
