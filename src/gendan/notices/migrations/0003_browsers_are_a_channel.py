"""Every company has browsers as a channel; which digest told a notice is proven by verify, not by a key for each row."""

import django.db.models.deletion
from django.db import migrations, models

CHANNELS = """
INSERT INTO notices_channel (company_id, code, name, means, service, sealed, shared, needs_own, is_active, version)
SELECT id, 'push', '浏览器推送', 'push', '', '', false, false, true, 1 FROM accounts_company ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_words_partners_browsers")]
    operations = [
        migrations.AlterField(
            "delivery",
            "within",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="notices.delivery",
            ),
        ),
        migrations.RunSQL(CHANNELS, migrations.RunSQL.noop),
    ]
