"""How a company scores its suppliers, by version; and the few lines that orders were closed without."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

TO = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "db_index": False, "db_constraint": False}
SHORT = """
CREATE INDEX insight_short_line ON purchasing_orderline (company_id, supplier_id)
WHERE closed_short > 0 AND completed_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_company_of_lines"),
        ("insight", "0002_customers"),
        ("purchasing", "0016_goods_go_back_to_suppliers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ScorecardTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField()),
                ("definition", models.JSONField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("company", models.ForeignKey(to="accounts.company", **TO)),
                ("user", models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **TO)),
            ],
        ),
        migrations.AddConstraint(
            model_name="scorecardterms",
            constraint=models.UniqueConstraint(fields=("company", "version"), name="scorecard_terms_once"),
        ),
        migrations.RunSQL(SHORT, "DROP INDEX insight_short_line"),
    ]
