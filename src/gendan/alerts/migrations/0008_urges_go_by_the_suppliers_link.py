"""Suppliers who are urged get their one link. Links of urgings that were sent go on to open: each becomes a supplier's
link by which no order was sent, so that it opens what it opened before and nothing else.
"""

import django.db.models.deletion
from django.db import migrations, models

MOVE = """
INSERT INTO purchasing_supplierlink (company_id, partner_id, token_hash, sealed, recipient, email, language, expires_at,
 created_at, created_by_id, seen_at)
SELECT company_id, partner_id, token_hash, sealed, recipient, email, language, expires_at, created_at, created_by_id,
 seen_at FROM alerts_urge ORDER BY id;
UPDATE alerts_urge g SET link_id = k.id FROM purchasing_supplierlink k WHERE k.token_hash = g.token_hash;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0007_own_rules_that_rest"),
        ("purchasing", "0016_goods_go_back_to_suppliers"),
    ]

    operations = [
        migrations.AddField(
            model_name="urge",
            name="link",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="purchasing.supplierlink",
            ),
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="urge",
            name="link",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="purchasing.supplierlink",
            ),
        ),
        migrations.RemoveField(model_name="urge", name="token_hash"),
        migrations.RemoveField(model_name="urge", name="sealed"),
    ]
