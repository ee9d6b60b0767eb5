"""The context accounts as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "gendan.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register who can act, the commands, and how their events are called."""
        from gendan.accounts import commands, duties_report, queries, resources, sign_in, verify  # noqa: F401
        from gendan.accounts.labels import FIELDS, LABELS, WHOSE
        from gendan.accounts.looking import CLOSED
        from gendan.kernel import duties, http, notices, pdf, walls
        from gendan.kernel.timeline import REMARKS, label_events, label_fields, label_values, leave_out

        notices.NOTICE_LABELS["invitation"] = _("收到邀请")
        notices.NOTICE_LINKS["invitation"] = ("accounts:invitation", _("查看邀请"))
        http.CLOSED_WHILE_LOOKING.update(CLOSED)
        pdf.LETTERHEADS.append(queries.letterhead)
        walls.OPEN.extend(["accounts_user", "accounts_company", "account_", "mfa_"])
        label_events(LABELS)
        label_events(sign_in.LABELS)
        for rule in duties.RULES.values():
            label_fields({rule.code: rule.label})
            label_values(rule.code, duties.MODES)
        REMARKS[sign_in.FAILED] = sign_in.remark
        label_fields(FIELDS)
        for context in ("purchasing", "sales", "inventory"):
            label_values(f"documents.{context}", WHOSE)
        leave_out("accounts.company_switched", "accounts.signed_in", "accounts.signed_out")
