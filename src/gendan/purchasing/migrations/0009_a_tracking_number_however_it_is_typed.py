from django.db import migrations, models
from django.db.models import F, Func, Q

KEY = r"lower(regexp_replace(normalize({}, NFKC), '\s', '', 'g'))"


class Migration(migrations.Migration):
    """A tracking number is found in any case, with blanks and in full width."""

    dependencies = [("purchasing", "0008_lines_of_a_supplier")]

    operations = [
        migrations.RemoveIndex(model_name="shipment", name="shipment_by_tracking"),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(
                F("company"),
                Func(F("tracking_number"), template=KEY.format("%(expressions)s")),
                name="shipment_by_tracking_key",
                condition=Q(("tracking_number", ""), _negated=True),
            ),
        ),
    ]
