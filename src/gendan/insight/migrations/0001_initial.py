"""Sums of completed lines per supplier and month, the changes to them, and the trigger that writes the changes."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION insight_line_completed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE due date;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.completed_on IS NOT NULL THEN
        due := coalesce(OLD.promised_on, OLD.required_on);
        INSERT INTO insight_supplierchange (company_id, supplier_id, month, lines, on_time, unmeasured, late_days)
        VALUES (OLD.company_id, OLD.supplier_id, date_trunc('month', OLD.completed_on)::date,
            -(due IS NOT NULL)::int, -coalesce(OLD.completed_on <= due, false)::int, -(due IS NULL)::int,
            -coalesce(greatest(OLD.completed_on - due, 0), 0));
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.completed_on IS NOT NULL THEN
        due := coalesce(NEW.promised_on, NEW.required_on);
        INSERT INTO insight_supplierchange (company_id, supplier_id, month, lines, on_time, unmeasured, late_days)
        VALUES (NEW.company_id, NEW.supplier_id, date_trunc('month', NEW.completed_on)::date,
            (due IS NOT NULL)::int, coalesce(NEW.completed_on <= due, false)::int, (due IS NULL)::int,
            coalesce(greatest(NEW.completed_on - due, 0), 0));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER insight_completed_update AFTER UPDATE OF completed_on, promised_on, required_on, supplier_id
    ON purchasing_orderline FOR EACH ROW
    WHEN ((OLD.completed_on IS NOT NULL OR NEW.completed_on IS NOT NULL)
        AND (OLD.completed_on, coalesce(OLD.promised_on, OLD.required_on), OLD.supplier_id)
            IS DISTINCT FROM (NEW.completed_on, coalesce(NEW.promised_on, NEW.required_on), NEW.supplier_id))
    EXECUTE FUNCTION insight_line_completed();
CREATE TRIGGER insight_completed_insert AFTER INSERT ON purchasing_orderline FOR EACH ROW
    WHEN (NEW.completed_on IS NOT NULL) EXECUTE FUNCTION insight_line_completed();
CREATE TRIGGER insight_completed_delete AFTER DELETE ON purchasing_orderline FOR EACH ROW
    WHEN (OLD.completed_on IS NOT NULL) EXECUTE FUNCTION insight_line_completed();
INSERT INTO insight_suppliermonth (company_id, supplier_id, month, lines, on_time, unmeasured, late_days)
SELECT company_id, supplier_id, date_trunc('month', completed_on)::date, count(due),
    count(*) FILTER (WHERE completed_on <= due), count(*) FILTER (WHERE due IS NULL),
    coalesce(sum(greatest(completed_on - due, 0)), 0)
FROM (SELECT *, coalesce(promised_on, required_on) AS due FROM purchasing_orderline WHERE completed_on IS NOT NULL) l
GROUP BY 1, 2, 3;
"""
BACKWARD = """
DROP TRIGGER insight_completed_delete ON purchasing_orderline;
DROP TRIGGER insight_completed_insert ON purchasing_orderline;
DROP TRIGGER insight_completed_update ON purchasing_orderline;
DROP FUNCTION insight_line_completed();
"""


def fields() -> list[tuple[str, models.Field]]:
    to = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "db_index": False, "db_constraint": False}
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("company", models.ForeignKey(to="accounts.company", **to)),
        ("supplier", models.ForeignKey(to="catalog.partner", **to)),
        ("month", models.DateField()),
        ("lines", models.BigIntegerField()),
        ("on_time", models.BigIntegerField()),
        ("unmeasured", models.BigIntegerField()),
        ("late_days", models.BigIntegerField()),
    ]


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0002_membership_version"),
        ("catalog", "0002_master_data_is_consistent"),
        ("purchasing", "0006_a_delivery_note_is_one_however_it_is_typed"),
    ]
    operations = [
        migrations.CreateModel(name="SupplierChange", fields=fields(), options={"abstract": False}),
        migrations.CreateModel(name="SupplierMonth", fields=fields(), options={"abstract": False}),
        migrations.AddConstraint(
            model_name="suppliermonth",
            constraint=models.UniqueConstraint(
                fields=("company", "supplier", "month"), name="one_sum_per_supplier_and_month"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
