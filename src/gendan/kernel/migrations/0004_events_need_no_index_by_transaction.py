from django.db import migrations


class Migration(migrations.Migration):
    """Live updates find new events by primary key; nothing asks by transaction."""

    dependencies = [("kernel", "0003_master_data_is_not_locked_by_hot_rows")]
    operations = [
        migrations.RunSQL(
            "DROP INDEX event_by_transaction", "CREATE INDEX event_by_transaction ON kernel_event (xact)"
        )
    ]
