"""When goods come that replace what went back: the supplier's first promise and the latest word."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0016_goods_go_back_to_suppliers")]

    operations = [
        migrations.AddField(
            model_name="purchasereturn",
            name="promised_on",
            field=models.DateField(null=True, verbose_name="承诺补货日期"),
        ),
        migrations.AddField(
            model_name="purchasereturn",
            name="replace_on",
            field=models.DateField(null=True, verbose_name="预计补货日期"),
        ),
        migrations.AddIndex(
            model_name="purchasereturn",
            index=models.Index(
                condition=models.Q(("settlement", "replace"), ("state", "posted")),
                fields=["company", "replace_on"],
                name="purchase_return_replacing",
            ),
        ),
    ]
