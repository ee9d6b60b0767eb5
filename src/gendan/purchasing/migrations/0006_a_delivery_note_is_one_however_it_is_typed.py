from django.db import migrations, models
from django.db.models import F, Func, Q

KEY = r"lower(regexp_replace(normalize({}, NFKC), '\s', '', 'g'))"
# What was booked twice under two spellings stays booked: the later receipt's note says which receipt it is.
APART = f"""
UPDATE purchasing_goodsreceipt g SET delivery_note = left(g.delivery_note, 60) || ' (' || g.number || ')'
FROM (SELECT id, row_number() OVER (PARTITION BY company_id, supplier_id, {KEY.format("delivery_note")} ORDER BY id) AS n
 FROM purchasing_goodsreceipt WHERE delivery_note <> '' AND state <> 'reversed' AND reverses_id IS NULL) t
WHERE t.id = g.id AND t.n > 1
"""


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0005_receipts_to_inspect")]

    operations = [
        migrations.RemoveConstraint(model_name="goodsreceipt", name="delivery_note_booked_once"),
        migrations.RunSQL(APART, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="goodsreceipt",
            constraint=models.UniqueConstraint(
                F("company"),
                F("supplier"),
                Func(F("delivery_note"), template=KEY.format("%(expressions)s")),
                condition=Q(Q(("delivery_note", ""), _negated=True), Q(("state", "reversed"), _negated=True), ("reverses__isnull", True)),
                name="delivery_note_booked_once",
            ),
        ),
    ]
