"""What the base page shows around every page: navigation, companies, language, theme, texts for scripts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from gendan.accounts import queries as accounts
from gendan.kernel import ticket
from gendan.kernel.actor import Actor
from gendan.kernel.http import maybe_actor
from gendan.web import navigation
from gendan.web.texts import script_texts

THEME_COOKIE, NARROW_COOKIE = "gendan_theme", "gendan_nav"
THEMES = ("auto", "light", "dark")

HTMX_CONFIG = json.dumps(
    {
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "includeIndicatorStyles": False,
        "allowEval": False,
        "selfRequestsOnly": True,
        "scrollBehavior": "auto",
        "defaultFocusScroll": False,
        "globalViewTransitions": False,
        "timeout": 60000,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {
                "code": "[45]..",
                "swap": True,
                "error": True,
                "target": "#problem",
                "select": "[data-problem]",
                "swapOverride": "innerHTML",
            },
        ],
    }
)


@dataclass
class Shell:
    """Everything the base page asks for, read when it is asked for."""

    request: HttpRequest
    actor: Actor | None
    second_factor_due: bool = False
    product: str = "gendan"
    htmx_config: str = HTMX_CONFIG
    languages: list[tuple[str, str]] = field(default_factory=lambda: [(c, str(n)) for c, n in settings.LANGUAGES])

    @property
    def signed_in(self) -> bool:
        """Whether there is an actor to show a navigation for."""
        return self.actor is not None

    @property
    def language(self) -> str:
        """The language of this page."""
        return get_language() or settings.LANGUAGE_CODE

    @property
    def theme(self) -> str:
        """auto, light or dark, as chosen in this browser."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def themes(self) -> list[tuple[str, str, str]]:
        """Value, label and icon of each theme."""
        return [
            ("auto", gettext("跟随系统"), "device-desktop"),
            ("light", gettext("浅色"), "sun"),
            ("dark", gettext("深色"), "moon"),
        ]

    @property
    def narrow(self) -> bool:
        """Whether the navigation is folded."""
        return self.request.COOKIES.get(NARROW_COOKIE) == "narrow"

    @cached_property
    def links(self) -> list[navigation.Link]:
        """The pages the actor may open."""
        return navigation.links(self.actor, self.request.path) if self.actor else []

    @cached_property
    def sections(self) -> list[tuple[str, list[navigation.Link]]]:
        """The same, grouped for the navigation."""
        grouped: dict[str, list[navigation.Link]] = {}
        for link in self.links:
            grouped.setdefault(link.section, []).append(link)
        return list(grouped.items())

    @property
    def phone(self) -> list[navigation.Link]:
        """The four entries of the bottom bar."""
        return navigation.phone_links(self.actor, self.links) if self.actor else []

    @cached_property
    def companies(self) -> list[dict[str, Any]]:
        """The companies the user may work in: code, name, current."""
        return accounts.companies_of(self.actor) if self.actor and self.actor.user_id else []

    @property
    def company(self) -> str:
        """The name of the current company."""
        return next((str(found["name"]) for found in self.companies if found["current"]), "")

    @property
    def invitations(self) -> int:
        """How many companies wait to hear whether the user will work there."""
        return int(self.companies[0]["invitations"]) if self.companies else 0

    @property
    def user_name(self) -> str:
        """The name of the signed-in person."""
        return self.actor.name if self.actor else str(getattr(self.request.user, "name", ""))

    @property
    def looking_as(self) -> str:
        """The role in whose place an administrator looks."""
        return self.actor.looking_as if self.actor else ""

    @property
    def user_email(self) -> str:
        """Their e-mail address or user name."""
        user = self.request.user
        return getattr(user, "email", "") or getattr(user, "username", "")

    @property
    def account_links(self) -> list[navigation.Link]:
        """Password and second factor."""
        wanted = (
            (gettext("个人资料"), "accounts:profile", "user-circle"),
            (gettext("提醒设置"), "notices:settings", "bell"),
            (gettext("审批委托"), "flow:substitutes", "users"),
            (gettext("后台任务"), "kernel:job_list", "history"),
            (gettext("修改密码"), "account_change_password", "lock"),
            (gettext("两步验证"), "mfa_index", "shield-lock"),
        )
        return [
            navigation.Link(label, url, icon, page, "", False, "")
            for label, page, icon in wanted
            if (url := navigation.address(page))
        ]

    @property
    def logout_url(self) -> str:
        """Where signing out is posted to."""
        return navigation.address("account_logout")

    @property
    def live_url(self) -> str:
        """Where this page hears of changes, with a ticket; empty for a page that nobody is signed in to."""
        return live_address(self.request, self.actor)

    @property
    def messages(self) -> list[Any]:
        """What the last request left to say."""
        return list(get_messages(self.request))

    @property
    def texts(self) -> dict[str, str]:
        """Texts that scripts show."""
        return script_texts()


def live_address(request: HttpRequest, actor: Actor | None) -> str:
    """Where the actor hears of changes, with a new ticket."""
    if actor is None or actor.user_id is None:
        return ""
    base = settings.LIVE_URL
    if not base:
        host = request.get_host()
        name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
        base = f"http://{name}:{settings.LIVE_PORT}"
    made = ticket.make(settings.SECRET_KEY, company_id=actor.company_id, user_id=actor.user_id)
    return f"{base.rstrip('/')}/live?{urlencode({'ticket': made})}"


def shell(request: HttpRequest) -> Shell:
    """The shell of a request; error pages have one, too, even when nobody is signed in."""
    actor = maybe_actor(request) if hasattr(request, "user") else None
    due = actor is not None and actor.second_factor_due
    # who has not passed the second step is shown no way on, and told of nothing
    return Shell(request=request, actor=None if due else actor, second_factor_due=due)
