"""Companies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.accounts import rules, steps
from gendan.accounts.errors import CompanyExists, CurrencyInUse
from gendan.accounts.models import Company, Language, Membership, Role
from gendan.kernel import db, events, pictures
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import Done, command

LOGO_TYPES = frozenset({"image/png", "image/jpeg"})
LOGO_BYTES = 512 * 1024
LONGEST = {"address": 300, "phone": 40, "tax_id": 40}


@command("accounts.create_company", _("新建公司"), across=True)
def create_company(*, actor: Actor, code: str, name: str, currency: str = "CNY") -> Done:
    """A company with standard roles and master data; who makes it administers it."""
    code, name, currency = code.strip().upper(), name.strip(), currency.strip().upper()
    problems: dict[str, str | Promise] = {}
    if not rules.COMPANY_CODE.fullmatch(code):
        problems["code"] = _("公司代码为 1–16 位大写字母、数字、下划线或连字符。")
    if not name or len(name) > 200:
        problems["name"] = _("请填写公司名称（最多 200 字）。")
    if not rules.CURRENCY_CODE.fullmatch(currency):
        problems["currency"] = _("币种为三位大写字母，如 CNY。")
    if problems:
        raise Invalid(problems)
    if Company.objects.filter(code=code).exists():
        raise CompanyExists(code=code)
    company = steps.create_company(code, name, currency)
    if actor.user_id is not None:
        membership = Membership.objects.create(company=company, user_id=actor.user_id)
        membership.roles.set(Role.objects.filter(company=company, code=rules.ADMINISTRATOR))
    steps.furnish(company)
    inside = replace(actor, company_id=company.pk, idempotency_key=None)
    events.record("accounts.company_created", steps.subject_of(company), inside, name=name, currency=currency)
    return Done("company", company.pk, company.code)


@command("accounts.update_company", _("修改公司设置"))
def update_company(
    *,
    actor: Actor,
    version: int | None = None,
    name: str | None = None,
    currency: str | None = None,
    timezone: str | None = None,
    over_tolerance: Decimal | None = None,
    under_tolerance: Decimal | None = None,
    use_confirmation: bool | None = None,
    address: str | None = None,
    phone: str | None = None,
    tax_id: str | None = None,
    print_language: str | None = None,
    gs1_prefix: str | None = None,
) -> Done:
    """Change the given settings of the actor's company; what is None stays."""
    company = Company.objects.select_for_update().get(pk=actor.company_id)
    check_version(company.name, company.version, version)
    wanted: dict[str, object] = {
        "name": name.strip() if name is not None else None,
        "currency": currency.strip().upper() if currency is not None else None,
        "timezone": timezone,
        "over_tolerance": over_tolerance,
        "under_tolerance": under_tolerance,
        "use_confirmation": use_confirmation,
        "address": address.strip() if address is not None else None,
        "phone": phone.strip() if phone is not None else None,
        "tax_id": tax_id.strip() if tax_id is not None else None,
        "print_language": print_language,
        "gs1_prefix": gs1_prefix.strip() if gs1_prefix is not None else None,
    }
    _check(wanted)
    changes = {
        key: (getattr(company, key), value)
        for key, value in wanted.items()
        if value is not None and value != getattr(company, key)
    }
    if "currency" in changes and _has_documents(company):
        raise CurrencyInUse(currency=company.currency)
    if changes:
        _save(actor, company, changes)
    return Done("company", company.pk, company.code, version=company.version)


def _save(actor: Actor, company: Company, changes: dict[str, tuple[object, object]]) -> None:
    """Write what differs (before, after), and that it does."""
    for key, (_before, after) in changes.items():
        setattr(company, key, after)
    company.version += 1
    company.save(update_fields=[*changes, "version"])
    told = {key: [before, after] for key, (before, after) in changes.items()}
    events.record("accounts.company_updated", steps.subject_of(company), actor, changes=told)


@command("accounts.set_logo", _("更换公司标志"), permission="accounts.update_company")
def set_logo(*, actor: Actor, content: Content | None, version: int | None = None) -> Done:
    """The picture at the head of printed documents; None removes it."""
    company = Company.objects.select_for_update().get(pk=actor.company_id)
    check_version(company.name, company.version, version)
    if content is not None and (content.media_type not in LOGO_TYPES or content.size > LOGO_BYTES):
        raise Invalid(
            {"logo": _("公司标志须为不超过 %(most)s KB 的 PNG 或 JPEG 图片。") % {"most": LOGO_BYTES // 1024}}
        )
    if content is not None and not pictures.readable(content.sha256):
        raise Invalid({"logo": _("这张图片已损坏或尺寸过大，请换一张。")})
    company.logo = content.sha256 if content is not None else ""
    company.version += 1
    company.save(update_fields=["logo", "version"])
    events.record(
        "accounts.logo_set", steps.subject_of(company), actor, file=content.name if content is not None else ""
    )
    return Done("company", company.pk, company.code, version=company.version)


def _check(wanted: dict[str, object]) -> None:
    problems: dict[str, str | Promise] = {}
    name, currency, zone = wanted["name"], wanted["currency"], wanted["timezone"]
    if name is not None and not 1 <= len(str(name)) <= 200:
        problems["name"] = _("请填写公司名称（最多 200 字）。")
    if currency is not None and not rules.CURRENCY_CODE.fullmatch(str(currency)):
        problems["currency"] = _("币种为三位大写字母，如 CNY。")
    if zone is not None and zone not in available_timezones():
        problems["timezone"] = _("没有这个时区，例如 Asia/Shanghai。")
    for key, highest in (("over_tolerance", Decimal(1000)), ("under_tolerance", Decimal(100))):
        value = wanted[key]
        if isinstance(value, Decimal) and not (Decimal(0) <= value <= highest and value == round(value, 2)):
            problems[key] = _("容差为 0–%(highest)s 的百分数，最多两位小数。") % {"highest": highest}
    for key, most in LONGEST.items():
        if wanted[key] is not None and len(str(wanted[key])) > most:
            problems[key] = _("最多 %(most)s 个字。") % {"most": most}
    if wanted["print_language"] not in {None, "", *Language.values}:
        problems["print_language"] = _("请选择单据语言。")
    if wanted["gs1_prefix"] and not rules.GS1_PREFIX.fullmatch(str(wanted["gs1_prefix"])):
        problems["gs1_prefix"] = _("GS1 厂商识别代码为 4–12 位数字。")
    if problems:
        raise Invalid(problems)


def _has_documents(company: Company) -> bool:
    """Whether anything but master data was ever written in the company."""
    found = db.row(
        "SELECT 1 FROM kernel_event WHERE company_id = %s"
        " AND split_part(type, '.', 1) NOT IN ('accounts', 'catalog', 'kernel') LIMIT 1",
        [company.pk],
    )
    return found is not None
