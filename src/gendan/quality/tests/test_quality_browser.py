"""An inspector at the dock with a phone; a buyer sends rejects back until the replacement is in stock; who may not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from gendan.accounts.models import Company, User
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.kernel.models import Attachment
from gendan.kernel.tests.test_attachments import PNG
from gendan.portal.tests.test_supplier_browser import CHROMIUM, browser, opened
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine, PurchaseReturn
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.tests.make import World, make_world
from gendan.quality.models import Inspection
from gendan.quality.tests.make import LOOK, WIDTH, came, make_plan, of

__all__ = ["browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


def signed(browser: Browser, server: Any, errors: list[str], who: User, **options: Any) -> Page:
    """A page of somebody who signed in."""
    context = opened(browser, server, errors, **options)
    session = signed_in_client(who).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])
    return context.new_page()


def seen(page: Page, name: str) -> None:
    """No page is wider than its window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def owner(world: World) -> User:
    return User.objects.get(pk=world.actor.user_id or 0)


def test_an_inspector_inspects_with_a_phone_and_a_photo(browser: Browser, live_server: Any, tmp_path: Path) -> None:
    expect.set_options(timeout=60_000)
    errors: list[str] = []
    world = make_world()
    make_plan(world, method="all", aql="", needs_photo=True, checks=(WIDTH, LOOK))
    inspection, _receipt = came(world, 10)
    photo = tmp_path / "photo.png"
    photo.write_bytes(PNG)
    page = signed(browser, live_server, errors, owner(world), **PHONE)
    page.goto(f"/qi/{inspection.number}")
    seen(page, "inspection-390")
    page.locator("#v-1-1").fill("9.99 10.20")
    page.locator("#v-1-2").fill("0")
    page.locator("#results-form [name=defect-1]").fill("外径超差")
    page.locator("#results-form [name=count-1]").fill("1")
    page.locator("#results-form [name=photos]").set_input_files(photo)
    page.locator("#results-form button.btn:not(.btn-ghost)").last.click()
    expect(page.locator(".qi-bad").first).to_contain_text("1")
    assert Attachment.objects.filter(subject_kind="qi", subject_id=inspection.pk).count() == 1
    page.locator("#decide-form [name=accepted]").fill("9")
    page.locator("#decide-form [name=rejected]").fill("1")
    page.locator("#decide-form .btn-primary").click()
    expect(page.locator("#decide-form")).to_have_count(0)
    seen(page, "inspection-done-390")
    line = of(inspection)
    assert (Inspection.objects.get().state, line.accepted, line.rejected, line.verdict) == ("done", 9, 1, "partly")
    page.context.close()
    assert errors == []


def test_rejects_go_back_are_promised_and_replaced(browser: Browser, live_server: Any) -> None:
    expect.set_options(timeout=60_000)
    errors: list[str] = []
    world = make_world()
    make_plan(world, method="all", aql="")
    _inspection, receipt = came(world, 10)
    lines = [InspectIn(1, Decimal(6), Decimal(4))]
    purchasing.inspect_receipt(actor=world.actor, number=receipt.number, lines=lines)
    page = signed(browser, live_server, errors, owner(world), **DESK)
    page.goto(f"/rtv/new?receipt={receipt.number}")
    page.locator("[name=quantity]").first.fill("3")
    page.locator("#return-form [value=save]").click()
    page.wait_for_url("**/rtv/RTV-*")
    number = PurchaseReturn.objects.get().number
    page.goto(f"/rtv/{number}/edit")
    seen(page, "return-edit-1440")
    page.locator("[name=quantity]").first.fill("4")
    page.locator("#return-form .gd-form-bar .btn-primary").click()
    page.wait_for_url(f"**/rtv/{number}")
    page.locator("form[action$='/approve'] button").click()
    page.locator("[data-open=post]").click()
    page.locator("#post-form [name=carrier]").fill("顺丰")
    page.locator("#post-form .btn-primary").click()
    expect(page.locator("form[action$='/approve']")).to_have_count(0)
    page.locator("[data-open=promise]").click()
    page.locator("#promise-form [name=replace_on]").fill(world.actor.today().isoformat())
    page.locator("#promise-form .btn-primary").click()
    expect(page.locator(".gd-facts").first).to_contain_text("承诺补货")
    seen(page, "return-1440")
    page.goto(f"/po/{OrderLine.objects.get().order.number}/lines/1")
    expect(page.locator(".trc-answer")).to_contain_text("退货待补 4")
    seen(page, "trace-1440")
    page.goto("/lines/?only=replacing")
    seen(page, "lines-1440")
    page.goto(f"/rtv/{number}/replace")
    page.locator("#replace-form .btn-primary").click()
    page.wait_for_url("**/gr/GR-*")
    counted = OrderLine.objects.get()
    found = PurchaseReturn.objects.get()
    assert (counted.received, counted.returned, counted.replaced, found.state) == (10, 4, 4, "replaced")
    page.goto(f"/po/{counted.order.number}")
    expect(page.locator(".gd-lines").first).to_contain_text("已补")
    seen(page, "order-1440")
    page.context.close()
    assert errors == []


def test_strangers_and_who_has_no_right_reach_nothing() -> None:
    world, other = make_world(), make_world()
    make_plan(world, method="all", aql="")
    inspection, receipt = came(world, 10)
    stranger = signed_in_client(other.actor)
    nobody = signed_in_client(make_user(Company.objects.get(pk=world.company_id), permissions=["purchasing.view"]))
    for address in (f"/qi/{inspection.number}", f"/gr/{receipt.number}/rejects"):
        assert stranger.get(address).status_code == 404, address
        assert nobody.get(address).status_code == 403, address
    asked = f"/rtv/new?receipt={receipt.number}"
    assert "BOLT" not in stranger.get(asked).content.decode()
    assert nobody.get(asked).status_code == 403
    posted = {"line": "1", "defective-1": "0", "source_line": "1", "accepted": "10", "rejected": "", "bin": ""}
    posted["note"] = ""
    for verb in ("results", "decide"):
        assert stranger.post(f"/qi/{inspection.number}/{verb}", posted).status_code == 404
        assert nobody.post(f"/qi/{inspection.number}/{verb}", posted).status_code == 403
    assert (of(inspection).accepted, of(inspection).defective) == (0, None)
