"""Unread notices by what they are about: they are done with when it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0011_company_of_parent")]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["company", "subject_number"],
                condition=models.Q(("read_at", None)),
                name="unread_notice_by_subject",
            ),
        ),
    ]
