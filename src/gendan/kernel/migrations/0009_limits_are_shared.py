"""How often something was asked is counted in the database: web processes and machines share it.

The tables are unlogged: after a crash counting begins anew, and nothing is written twice for it.
"""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE kernel_limit (name text PRIMARY KEY, used bigint NOT NULL, ends timestamptz NOT NULL);
CREATE INDEX kernel_limit_ends ON kernel_limit (ends);
CREATE UNLOGGED TABLE kernel_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX kernel_cache_expires ON kernel_cache (expires);
"""


class Migration(migrations.Migration):

    dependencies = [
        ("kernel", "0008_who_was_told"),
    ]

    operations = [
        migrations.RunSQL(MAKE, "DROP TABLE kernel_limit, kernel_cache"),
    ]
