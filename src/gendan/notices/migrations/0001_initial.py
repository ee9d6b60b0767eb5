"""Channels of companies, what their people chose, and what was sent where."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


CURSOR = "ALTER TABLE notices_cursor ADD COLUMN xact xid8 NOT NULL DEFAULT '0'"
CHANNELS = """
INSERT INTO notices_channel (company_id, code, name, means, service, sealed, shared, needs_own, is_active, version)
SELECT id, 'email', '邮件', 'email', '', '', false, false, true, 1 FROM accounts_company
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0009_what_roles_were_given'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cursor',
            fields=[
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='accounts.company')),
            ],
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('kinds', models.JSONField(default=dict)),
                ('quiet_from', models.TimeField(null=True)),
                ('quiet_to', models.TimeField(null=True)),
                ('digest_at', models.TimeField(db_default='09:00', default='09:00')),
                ('version', models.IntegerField(default=1)),
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='accounts.company')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, verbose_name='代码')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('means', models.CharField(choices=[('email', '邮件'), ('push', '浏览器推送'), ('service', '聊天与短信服务')], max_length=8)),
                ('service', models.CharField(blank=True, default='', max_length=32)),
                ('sealed', models.TextField(default='')),
                ('shared', models.BooleanField(default=False)),
                ('needs_own', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('version', models.IntegerField(default=1)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.company')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('people', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('notice_id', models.BigIntegerField(null=True)),
                ('kind', models.CharField(max_length=32)),
                ('text', models.CharField(max_length=500)),
                ('subject_kind', models.CharField(blank=True, db_default='', default='', max_length=24)),
                ('subject_number', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('severe', models.BooleanField(db_default=False, default=False)),
                ('why', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('state', models.CharField(choices=[('waiting', '待发送'), ('held', '暂存待汇总'), ('sending', '发送中'), ('sent', '已发送'), ('failed', '发送失败'), ('bundled', '已并入汇总'), ('skipped', '未发送')], db_default='waiting', max_length=8)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('attempts', models.SmallIntegerField(db_default=0)),
                ('problem', models.CharField(blank=True, db_default='', max_length=24)),
                ('detail', models.CharField(blank=True, db_default='', max_length=300)),
                ('count', models.IntegerField(db_default=1)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_at', models.DateTimeField(null=True)),
                ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notices.channel')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.company')),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('within', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='notices.delivery')),
            ],
        ),
        migrations.CreateModel(
            name='Mute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(blank=True, default='', max_length=32)),
                ('subject_kind', models.CharField(blank=True, default='', max_length=24)),
                ('subject_number', models.CharField(blank=True, default='', max_length=64)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.company')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kinds', models.JSONField(default=dict)),
                ('quiet_from', models.TimeField(null=True)),
                ('quiet_to', models.TimeField(null=True)),
                ('digest_at', models.TimeField(db_default='09:00', default='09:00')),
                ('version', models.IntegerField(default=1)),
                ('own_times', models.BooleanField(default=False)),
                ('addresses', models.JSONField(default=dict)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.company')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.UniqueConstraint(fields=('company', 'code'), name='channel_code_once_per_company'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(('means__in', ['email', 'push', 'service'])), name='channel_means_are_known'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'held', 'sending'])), fields=['company', 'state', 'due_at'], name='notice_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['company', '-id'], name='notice_delivery_log'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['company', '-id'], name='notice_delivery_failed'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('within__isnull', False)), fields=['within'], name='notice_delivery_within'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('notice_id__isnull', False)), fields=['notice_id'], name='notice_delivery_of_notice'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('channel', 'key'), name='told_once_per_channel'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'held', 'sending', 'sent', 'failed', 'bundled', 'skipped'])), name='notice_delivery_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='mute',
            constraint=models.UniqueConstraint(fields=('company', 'user', 'kind', 'subject_kind', 'subject_number'), name='muted_once'),
        ),
        migrations.AddConstraint(
            model_name='mute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), models.Q(('subject_number', ''), _negated=True)), models.Q(models.Q(('kind', ''), _negated=True), ('subject_number', '')), _connector='OR'), name='mute_is_of_a_kind_or_a_document'),
        ),
        migrations.AddConstraint(
            model_name='preference',
            constraint=models.UniqueConstraint(fields=('company', 'user'), name='preference_once_per_person'),
        ),
        migrations.RunSQL(CURSOR, migrations.RunSQL.noop),
        migrations.RunSQL(CHANNELS, migrations.RunSQL.noop),
    ]
