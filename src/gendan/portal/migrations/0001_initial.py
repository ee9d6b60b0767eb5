"""Customers' links and messages."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

PROTECT, CASCADE = django.db.models.deletion.PROTECT, django.db.models.deletion.CASCADE
USER = {"null": True, "db_index": False, "on_delete": PROTECT, "related_name": "+", "to": settings.AUTH_USER_MODEL}
COMPANY = {"db_index": False, "on_delete": PROTECT, "related_name": "+", "to": "accounts.company"}
ORDER = {"on_delete": CASCADE, "related_name": "+", "to": "sales.salesorder"}
NOW = django.db.models.functions.datetime.Now()
ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0004_letterhead"),
        ("sales", "0005_a_returned_line_has_a_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            "CustomerLink",
            [
                ID,
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("sealed", models.TextField()),
                ("recipient", models.CharField(blank=True, db_default="", max_length=120, verbose_name="给谁")),
                ("language", models.CharField(blank=True, db_default="", max_length=8, verbose_name="语言")),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(db_default=NOW)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("company", models.ForeignKey(**COMPANY)),
                ("created_by", models.ForeignKey(**USER)),
                ("order", models.ForeignKey(**ORDER)),
                ("revoked_by", models.ForeignKey(**USER)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="customer_link_ends"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "CustomerMessage",
            [
                ID,
                ("author", models.CharField(blank=True, db_default="", max_length=120)),
                ("text", models.CharField(max_length=2000)),
                ("at", models.DateTimeField(db_default=NOW)),
                ("company", models.ForeignKey(**COMPANY)),
                ("order", models.ForeignKey(**ORDER)),
                ("user", models.ForeignKey(**USER)),
            ],
        ),
    ]
