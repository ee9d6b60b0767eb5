"""Companies, users, roles, memberships, API keys."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    ZH_HANS = "zh-hans", "简体中文"
    ZH_HANT = "zh-hant", "繁體中文"
    EN = "en", "English"


class Company(models.Model):
    """A legal entity whose documents, stock and people are kept apart from every other company's."""

    code = models.CharField(_("公司代码"), max_length=16, unique=True)
    name = models.CharField(_("公司名称"), max_length=200)
    currency = models.CharField(_("本位币"), max_length=3, default="CNY")
    timezone = models.CharField(_("时区"), max_length=64, default="Asia/Shanghai")
    over_tolerance = models.DecimalField(_("超收容差 %"), max_digits=6, decimal_places=2, default=0)
    under_tolerance = models.DecimalField(_("短交容差 %"), max_digits=6, decimal_places=2, default=0)
    use_confirmation = models.BooleanField(_("需要供应商确认"), default=True)
    # what stands on paper
    address = models.CharField(_("公司地址"), max_length=300, blank=True, default="", db_default="")
    phone = models.CharField(_("公司电话"), max_length=40, blank=True, default="", db_default="")
    tax_id = models.CharField(_("税号"), max_length=40, blank=True, default="", db_default="")
    logo = models.CharField(max_length=64, blank=True, default="", db_default="")  # SHA-256 of its content
    print_language = models.CharField(
        _("单据语言"), max_length=8, choices=Language, blank=True, default="", db_default=""
    )
    duties = models.JSONField(default=dict, db_default={})  # {rule: warn or stop}; see kernel/duties.py
    gs1_prefix = models.CharField(_("GS1 厂商识别代码"), max_length=12, blank=True, default="", db_default="")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="company_tolerances_within_0_and_100",
                condition=models.Q(over_tolerance__gte=0, under_tolerance__gte=0, under_tolerance__lte=100),
            ),
        )

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in. ``name`` is what others see; a user can belong to several companies."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=80)
    phone = models.CharField(_("手机"), max_length=32, blank=True, default="")
    language = models.CharField(_("语言"), max_length=8, choices=Language, default=Language.ZH_HANS)
    last_company = models.ForeignKey(Company, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(Lower("username"), name="username_once_whatever_case"),)

    def __str__(self) -> str:
        return self.name or self.username


class Role(models.Model):
    """A named set of permissions; its holders may approve up to ``amount_limit`` (empty: any amount), and give up to
    ``discount_limit`` percent off a sales price (empty: what the company says).
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    code = models.CharField(_("角色代码"), max_length=32)
    name = models.CharField(_("角色名称"), max_length=80)
    permissions = ArrayField(models.TextField(), default=list)
    given = ArrayField(models.TextField(), default=list, db_default=[])  # by the template; see accounts/renewal.py
    amount_limit = models.DecimalField(_("审批金额上限"), max_digits=18, decimal_places=2, null=True, default=0)
    discount_limit = models.DecimalField(_("折扣上限 %"), max_digits=6, decimal_places=3, null=True)
    second_factor = models.BooleanField(default=False, db_default=False)
    scope = models.JSONField(default=dict, db_default={})  # what holders see; see kernel/scope.py
    field_rights = models.JSONField(default=list, db_default=[])  # [[kind, field, mode, [state …]] …]; kernel/fields.py
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "code"], name="role_code_once_per_company"),
            models.CheckConstraint(
                name="role_discount_limit_within_0_and_100",
                condition=models.Q(discount_limit__gte=0, discount_limit__lte=100),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A part of a company, below another or at the top; its head is a member."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    code = models.CharField(_("部门代码"), max_length=32)
    name = models.CharField(_("部门名称"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    head = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="department_code_once_per_company"),)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's place in a company, with the roles held there."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    roles = models.ManyToManyField(Role, related_name="+")
    is_active = models.BooleanField(_("启用"), default=True)
    superior = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.IntegerField(default=1, db_default=1)
    joined_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "user"], name="one_membership_per_company"),)


class Invitation(models.Model):
    """An offer to work in a company, made to a sign-in name. Whether it is anybody's, only that person learns."""

    class State(models.TextChoices):
        PENDING = "pending", _("等待答复")
        ACCEPTED = "accepted", _("已接受")
        DECLINED = "declined", _("已谢绝")
        WITHDRAWN = "withdrawn", _("已撤回")

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    username = models.CharField(_("用户名"), max_length=150)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    roles = models.ManyToManyField(Role, related_name="+")
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "company",
                Lower("username"),
                condition=models.Q(state="pending"),
                name="one_open_invitation_per_name",
            ),
        )


class ApiKey(models.Model):
    """A key by which a program acts as a user in one company. Only its SHA-256 is kept."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("名称"), max_length=80)
    hint = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
