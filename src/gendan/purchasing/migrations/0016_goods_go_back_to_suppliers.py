"""Goods go back to suppliers; what became of rejected goods is never changed; companies get their numbers."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER purchasing_reject_action_append_only BEFORE UPDATE OR DELETE ON purchasing_rejectaction
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER purchasing_reject_action_not_truncated BEFORE TRUNCATE ON purchasing_rejectaction
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
DO $$
DECLARE company bigint;
BEGIN
    FOR company IN SELECT id FROM accounts_company LOOP
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I CACHE 1', 'number_' || company || '_rtv');
        INSERT INTO kernel_sequence (company_id, prefix) VALUES (company, 'RTV') ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
"""
BACKWARD = """
DROP TRIGGER purchasing_reject_action_not_truncated ON purchasing_rejectaction;
DROP TRIGGER purchasing_reject_action_append_only ON purchasing_rejectaction;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_company_of_lines'),
        ('catalog', '0006_company_of_lines'),
        ('inventory', '0007_company_of_lines'),
        ('purchasing', '0015_orders_are_sent_to_suppliers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PurchaseReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32)),
                ('state', models.CharField(max_length=24)),
                ('version', models.IntegerField(default=1)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('currency', models.CharField(max_length=3)),
                ('minor_units', models.SmallIntegerField(default=2)),
                ('settlement', models.CharField(choices=[('replace', '换货补发'), ('credit', '退款冲账')], max_length=8, verbose_name='处理方式')),
                ('credit', models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name='退款金额')),
                ('credit_note', models.CharField(blank=True, db_default='', max_length=80, verbose_name='贷项通知单号')),
                ('carrier', models.CharField(blank=True, db_default='', max_length=80, verbose_name='承运商')),
                ('tracking_number', models.CharField(blank=True, db_default='', max_length=80, verbose_name='运单号')),
                ('contact', models.CharField(blank=True, db_default='', max_length=120, verbose_name='供应商联系人')),
                ('note', models.CharField(blank=True, db_default='', max_length=1000, verbose_name='备注')),
                ('decision_note', models.CharField(blank=True, db_default='', max_length=300)),
                ('posted_on', models.DateField(null=True, verbose_name='退出日期')),
                ('is_open', models.GeneratedField(db_persist=True, expression=models.Q(('state__in', ('draft', 'approved', 'posted'))), output_field=models.BooleanField())),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PurchaseReturnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_no', models.IntegerField()),
                ('rejected', models.BooleanField()),
                ('reason', models.CharField(choices=[('quality', '质量不合格'), ('damaged', '破损'), ('wrong', '错发'), ('surplus', '多发'), ('expired', '临期或过期'), ('other', '其他')], max_length=8, verbose_name='原因')),
                ('note', models.CharField(blank=True, db_default='', max_length=300)),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                ('replaced', models.DecimalField(db_default=0, decimal_places=6, max_digits=18)),
            ],
        ),
        migrations.CreateModel(
            name='RejectAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('scrap', '报废'), ('rework', '返工复检'), ('reduce', '降价接收')], max_length=8)),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                ('amount', models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ('currency', models.CharField(blank=True, db_default='', max_length=3)),
                ('note', models.CharField(blank=True, db_default='', max_length=300)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='orderline',
            name='order_line_counters_make_sense',
        ),
        migrations.AddField(
            model_name='orderline',
            name='replaced',
            field=models.DecimalField(db_default=0, decimal_places=6, max_digits=18),
        ),
        migrations.AddField(
            model_name='receiptline',
            name='accepted_returned',
            field=models.DecimalField(db_default=0, decimal_places=6, max_digits=18),
        ),
        migrations.AddField(
            model_name='receiptline',
            name='rejected_returned',
            field=models.DecimalField(db_default=0, decimal_places=6, max_digits=18),
        ),
        migrations.AddField(
            model_name='receiptline',
            name='scrapped',
            field=models.DecimalField(db_default=0, decimal_places=6, max_digits=18),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('accepted__gte', 0), ('confirmed__gte', 0), ('received__gte', 0), ('refused__gte', 0), ('shipped__gte', 0), ('cancelled__gte', 0), ('cancelled__lte', models.F('quantity')), ('pegged__gte', 0), ('rejected__gte', 0), ('returned__gte', 0), ('replaced__gte', 0), ('replaced__lte', models.F('returned')), ('received__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('accepted'), '+', models.F('rejected')), '-', models.F('replaced')))), name='order_line_counters_make_sense'),
        ),
        migrations.AddField(
            model_name='purchasereturn',
            name='approved_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='purchasereturn',
            name='company',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.company'),
        ),
        migrations.AddField(
            model_name='purchasereturn',
            name='created_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='purchasereturn',
            name='supplier',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.partner'),
        ),
        migrations.AddField(
            model_name='purchasereturn',
            name='warehouse',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.warehouse'),
        ),
        migrations.AddField(
            model_name='purchasereturnline',
            name='company',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.company'),
        ),
        migrations.AddField(
            model_name='purchasereturnline',
            name='location',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.location'),
        ),
        migrations.AddField(
            model_name='purchasereturnline',
            name='order_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='return_lines', to='purchasing.orderline'),
        ),
        migrations.AddField(
            model_name='purchasereturnline',
            name='purchase_return',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='purchasing.purchasereturn'),
        ),
        migrations.AddField(
            model_name='purchasereturnline',
            name='receipt_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='return_lines', to='purchasing.receiptline'),
        ),
        migrations.AddField(
            model_name='receiptline',
            name='return_line',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='purchasing.purchasereturnline'),
        ),
        migrations.AddIndex(
            model_name='receiptline',
            index=models.Index(condition=models.Q(('return_line__isnull', False)), fields=['return_line'], name='receipt_line_replaces'),
        ),
        migrations.AddIndex(
            model_name='receiptline',
            index=models.Index(condition=models.Q(('rejected__gt', django.db.models.expressions.CombinedExpression(models.F('scrapped'), '+', models.F('rejected_returned')))), fields=['receipt'], name='receipt_line_with_rejects'),
        ),
        migrations.AddConstraint(
            model_name='receiptline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_returned', 0), ('rejected_returned', 0), ('scrapped', 0)), models.Q(('accepted_returned__gte', 0), ('rejected_returned__gte', 0), ('scrapped__gte', 0), ('accepted_returned__lte', models.F('accepted')), ('rejected__gte', django.db.models.expressions.CombinedExpression(models.F('scrapped'), '+', models.F('rejected_returned')))), _connector='OR'), name='receipt_line_gives_back_what_it_has'),
        ),
        migrations.AddField(
            model_name='rejectaction',
            name='company',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.company'),
        ),
        migrations.AddField(
            model_name='rejectaction',
            name='receipt_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reject_actions', to='purchasing.receiptline'),
        ),
        migrations.AddField(
            model_name='rejectaction',
            name='user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='purchasereturn',
            index=models.Index(fields=['company', '-id'], name='purchase_return_by_company'),
        ),
        migrations.AddIndex(
            model_name='purchasereturn',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['company', '-id'], name='purchase_return_open'),
        ),
        migrations.AddIndex(
            model_name='purchasereturn',
            index=models.Index(fields=['company', 'supplier', '-id'], name='purchase_return_by_supplier'),
        ),
        migrations.AddConstraint(
            model_name='purchasereturn',
            constraint=models.UniqueConstraint(fields=('company', 'number'), name='purchasereturn_number_once_per_company'),
        ),
        migrations.AddConstraint(
            model_name='purchasereturnline',
            constraint=models.UniqueConstraint(fields=('purchase_return', 'line_no'), name='purchase_return_line_no_once'),
        ),
        migrations.AddConstraint(
            model_name='purchasereturnline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('replaced__gte', 0), ('replaced__lte', models.F('quantity'))), name='purchase_return_line_makes_sense'),
        ),
        migrations.AddConstraint(
            model_name='rejectaction',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), models.Q(models.Q(('kind', 'reduce'), _negated=True), ('amount__gte', 0), _connector='OR')), name='reject_action_makes_sense'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
