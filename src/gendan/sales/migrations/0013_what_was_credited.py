"""An order knows what returns of its goods were credited with."""

from django.db import migrations, models

# Until now a credit stood with its return only. One that is for several orders is shared out by what came back of each,
# in cents, the rest to the last.
CREDITED = """
WITH parts AS (
 SELECT r.id, r.credit, l.order_id, o.minor_units, sum(l.gross * rl.received / l.quantity) AS worth
 FROM sales_salesreturn r JOIN sales_returnline rl ON rl.sales_return_id = r.id
 JOIN sales_salesline l ON l.id = rl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id
 WHERE r.settlement = 'credit' AND r.credit > 0 GROUP BY 1, 2, 3, 4),
shares AS (
 SELECT id, credit, order_id, trunc(credit * worth / nullif(sum(worth) OVER (PARTITION BY id), 0), minor_units) AS share,
  row_number() OVER (PARTITION BY id ORDER BY order_id DESC) AS last FROM parts),
whole AS (
 SELECT order_id, coalesce(share, 0)
  + CASE WHEN last = 1 THEN credit - sum(coalesce(share, 0)) OVER (PARTITION BY id) ELSE 0 END AS share FROM shares)
UPDATE sales_salesorder o SET credited = s.share
FROM (SELECT order_id, sum(share) AS share FROM whole GROUP BY 1) s WHERE o.id = s.order_id
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0012_company_of_lines")]

    operations = [
        migrations.AddField(
            model_name="salesorder",
            name="credited",
            field=models.DecimalField(db_default=0, decimal_places=4, max_digits=20),
        ),
        migrations.RunSQL(CREDITED, migrations.RunSQL.noop),
    ]
