"""Sums of sales lines that left completely, per customer and month; the changes to them; the trigger that writes those."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION insight_sales_line_completed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE due date;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.completed_on IS NOT NULL THEN
        due := coalesce(OLD.promised_on, OLD.requested_on);
        INSERT INTO insight_customerchange (company_id, customer_id, month, lines, on_time, unmeasured, late_days)
        VALUES (OLD.company_id, OLD.customer_id, date_trunc('month', OLD.completed_on)::date,
            -(due IS NOT NULL)::int, -coalesce(OLD.completed_on <= due, false)::int, -(due IS NULL)::int,
            -coalesce(greatest(OLD.completed_on - due, 0), 0));
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.completed_on IS NOT NULL THEN
        due := coalesce(NEW.promised_on, NEW.requested_on);
        INSERT INTO insight_customerchange (company_id, customer_id, month, lines, on_time, unmeasured, late_days)
        VALUES (NEW.company_id, NEW.customer_id, date_trunc('month', NEW.completed_on)::date,
            (due IS NOT NULL)::int, coalesce(NEW.completed_on <= due, false)::int, (due IS NULL)::int,
            coalesce(greatest(NEW.completed_on - due, 0), 0));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER insight_shipped_update AFTER UPDATE OF completed_on, promised_on, requested_on, customer_id
    ON sales_salesline FOR EACH ROW
    WHEN ((OLD.completed_on IS NOT NULL OR NEW.completed_on IS NOT NULL)
        AND (OLD.completed_on, coalesce(OLD.promised_on, OLD.requested_on), OLD.customer_id)
            IS DISTINCT FROM (NEW.completed_on, coalesce(NEW.promised_on, NEW.requested_on), NEW.customer_id))
    EXECUTE FUNCTION insight_sales_line_completed();
CREATE TRIGGER insight_shipped_insert AFTER INSERT ON sales_salesline FOR EACH ROW
    WHEN (NEW.completed_on IS NOT NULL) EXECUTE FUNCTION insight_sales_line_completed();
CREATE TRIGGER insight_shipped_delete AFTER DELETE ON sales_salesline FOR EACH ROW
    WHEN (OLD.completed_on IS NOT NULL) EXECUTE FUNCTION insight_sales_line_completed();
INSERT INTO insight_customermonth (company_id, customer_id, month, lines, on_time, unmeasured, late_days)
SELECT company_id, customer_id, date_trunc('month', completed_on)::date, count(due),
    count(*) FILTER (WHERE completed_on <= due), count(*) FILTER (WHERE due IS NULL),
    coalesce(sum(greatest(completed_on - due, 0)), 0)
FROM (SELECT *, coalesce(promised_on, requested_on) AS due FROM sales_salesline WHERE completed_on IS NOT NULL) l
GROUP BY 1, 2, 3;
"""
BACKWARD = """
DROP TRIGGER insight_shipped_delete ON sales_salesline;
DROP TRIGGER insight_shipped_insert ON sales_salesline;
DROP TRIGGER insight_shipped_update ON sales_salesline;
DROP FUNCTION insight_sales_line_completed();
"""


def fields() -> list[tuple[str, models.Field]]:
    to = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "db_index": False, "db_constraint": False}
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("company", models.ForeignKey(to="accounts.company", **to)),
        ("month", models.DateField()),
        ("lines", models.BigIntegerField()),
        ("on_time", models.BigIntegerField()),
        ("unmeasured", models.BigIntegerField()),
        ("late_days", models.BigIntegerField()),
        ("customer", models.ForeignKey(to="catalog.partner", **to)),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0001_initial"),
        ("sales", "0003_a_sign_off_has_a_day_of_recording"),
    ]
    operations = [
        migrations.CreateModel(name="CustomerChange", fields=fields(), options={"abstract": False}),
        migrations.CreateModel(name="CustomerMonth", fields=fields(), options={"abstract": False}),
        migrations.AddConstraint(
            model_name="customermonth",
            constraint=models.UniqueConstraint(
                fields=("company", "customer", "month"), name="one_sum_per_customer_and_month"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
