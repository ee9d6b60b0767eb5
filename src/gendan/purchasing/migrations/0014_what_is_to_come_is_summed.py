"""What is to come of a product is kept as a sum, and the next day of it is the first entry of an index."""

import django.db.models.deletion
import django.db.models.functions
from django.db import migrations, models

# One row of a statement at a time: each takes a row of the sums that nobody holds (SKIP LOCKED), so that two orders of
# the same product never wait for each other and nothing can be waited for crosswise. Updates are looked at row by row,
# because the condition of such a trigger costs nothing where nothing changes; inserts and deletes by statement, so that
# a history that is loaded adds to each sum once.
FORWARD = """
ALTER TABLE purchasing_incoming SET (fillfactor = 60);
CREATE FUNCTION purchasing_line_incoming() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_quantity numeric := CASE WHEN OLD.is_open THEN OLD.incoming ELSE 0 END;
    new_quantity numeric := CASE WHEN NEW.is_open THEN NEW.incoming ELSE 0 END;
BEGIN
    IF (OLD.company_id, OLD.product_id, OLD.warehouse_id) <> (NEW.company_id, NEW.product_id, NEW.warehouse_id) THEN
        IF old_quantity <> 0 THEN
            UPDATE purchasing_incoming SET quantity = quantity - old_quantity WHERE id = (
                SELECT id FROM purchasing_incoming WHERE company_id = OLD.company_id AND product_id = OLD.product_id
                AND warehouse_id = OLD.warehouse_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
            IF NOT FOUND THEN
                INSERT INTO purchasing_incoming (company_id, product_id, warehouse_id, quantity)
                VALUES (OLD.company_id, OLD.product_id, OLD.warehouse_id, -old_quantity);
            END IF;
        END IF;
        old_quantity := 0;
    END IF;
    IF new_quantity <> old_quantity THEN
        UPDATE purchasing_incoming SET quantity = quantity + new_quantity - old_quantity WHERE id = (
            SELECT id FROM purchasing_incoming WHERE company_id = NEW.company_id AND product_id = NEW.product_id
            AND warehouse_id = NEW.warehouse_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
        IF NOT FOUND THEN
            INSERT INTO purchasing_incoming (company_id, product_id, warehouse_id, quantity)
            VALUES (NEW.company_id, NEW.product_id, NEW.warehouse_id, new_quantity - old_quantity);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION purchasing_lines_incoming() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    FOR part IN
        SELECT company_id, product_id, warehouse_id, sum(CASE TG_OP WHEN 'DELETE' THEN -incoming ELSE incoming END)
            AS quantity
        FROM changed WHERE is_open GROUP BY 1, 2, 3
    LOOP
        UPDATE purchasing_incoming SET quantity = quantity + part.quantity WHERE id = (
            SELECT id FROM purchasing_incoming WHERE company_id = part.company_id AND product_id = part.product_id
            AND warehouse_id = part.warehouse_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
        IF NOT FOUND THEN
            INSERT INTO purchasing_incoming (company_id, product_id, warehouse_id, quantity)
            VALUES (part.company_id, part.product_id, part.warehouse_id, part.quantity);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER purchasing_incoming_update AFTER UPDATE OF quantity, cancelled, received, factor, live, under_tolerance,
    product_id, warehouse_id, company_id ON purchasing_orderline FOR EACH ROW
    WHEN ((OLD.is_open OR NEW.is_open)
        AND (OLD.is_open, OLD.incoming, OLD.company_id, OLD.product_id, OLD.warehouse_id)
            IS DISTINCT FROM (NEW.is_open, NEW.incoming, NEW.company_id, NEW.product_id, NEW.warehouse_id))
    EXECUTE FUNCTION purchasing_line_incoming();
CREATE TRIGGER purchasing_incoming_insert AFTER INSERT ON purchasing_orderline REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION purchasing_lines_incoming();
CREATE TRIGGER purchasing_incoming_delete AFTER DELETE ON purchasing_orderline REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION purchasing_lines_incoming();
INSERT INTO purchasing_incoming (company_id, product_id, warehouse_id, quantity)
SELECT company_id, product_id, warehouse_id, sum(incoming) FROM purchasing_orderline WHERE is_open GROUP BY 1, 2, 3;
"""
BACKWARD = """
DROP TRIGGER purchasing_incoming_delete ON purchasing_orderline;
DROP TRIGGER purchasing_incoming_insert ON purchasing_orderline;
DROP TRIGGER purchasing_incoming_update ON purchasing_orderline;
DROP FUNCTION purchasing_lines_incoming();
DROP FUNCTION purchasing_line_incoming();
"""
TO = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "db_index": False, "db_constraint": False}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_invitations"),
        ("catalog", "0004_sales_prices_classes_and_addresses"),
        ("purchasing", "0013_company_of_lines"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="orderline", name="open_line_by_product"),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                models.F("company"),
                models.F("product"),
                models.F("warehouse"),
                django.db.models.functions.Coalesce("expected_on", "due_on"),
                condition=models.Q(("is_open", True)),
                include=("incoming", "expected_on", "due_on"),
                name="open_line_by_product",
            ),
        ),
        migrations.CreateModel(
            name="Incoming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=12, max_digits=36)),
                ("company", models.ForeignKey(to="accounts.company", **TO)),
                ("product", models.ForeignKey(to="catalog.product", **TO)),
                ("warehouse", models.ForeignKey(to="catalog.warehouse", **TO)),
            ],
            options={
                "indexes": [models.Index(fields=["company", "product", "warehouse"], name="incoming_by_product")],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
