"""What stands on paper: address, telephone, tax number, logo, language; and numbers of parcels."""

from django.db import migrations, models

LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
NUMBER_PARCELS = """
DO $$
DECLARE company bigint;
BEGIN
  FOR company IN SELECT id FROM accounts_company LOOP
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I CACHE 1', 'number_' || company || '_sscc');
    INSERT INTO kernel_sequence (company_id, prefix) VALUES (company, 'SSCC') ON CONFLICT DO NOTHING;
  END LOOP;
END $$
"""


def text(label: str, length: int, **more: object) -> models.CharField:
    return models.CharField(blank=True, db_default="", default="", max_length=length, verbose_name=label, **more)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_invitations"), ("kernel", "0001_initial")]
    operations = [
        migrations.AddField("company", "address", text("公司地址", 300)),
        migrations.AddField("company", "phone", text("公司电话", 40)),
        migrations.AddField("company", "tax_id", text("税号", 40)),
        migrations.AddField("company", "logo", models.CharField(blank=True, db_default="", default="", max_length=64)),
        migrations.AddField("company", "print_language", text("单据语言", 8, choices=LANGUAGES)),
        migrations.AddField("company", "gs1_prefix", text("GS1 厂商识别代码", 12)),
        migrations.RunSQL(NUMBER_PARCELS, migrations.RunSQL.noop),
    ]
