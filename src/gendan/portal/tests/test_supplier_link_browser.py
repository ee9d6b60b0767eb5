"""A buyer sends an order, the supplier counters on a phone, the buyer's page shows it and it is accepted."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.portal.tests.test_supplier_browser import CHROMIUM, browser, opened
from gendan.purchasing.models import OrderLine
from gendan.purchasing.tests import make as buying

__all__ = ["browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]


def test_an_order_is_sent_countered_on_a_phone_and_the_counter_accepted(browser: Browser, live_server: Any) -> None:
    expect.set_options(timeout=60_000)
    errors: list[str] = []
    world = buying.make_world()
    number = buying.make_order(world, 10, 20).number
    desk = opened(browser, live_server, errors, viewport={"width": 1440, "height": 900})
    signed = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    session = signed.cookies[settings.SESSION_COOKIE_NAME].value
    desk.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = desk.new_page()
    page.goto(f"/po/{number}")
    page.locator("[data-open=send-supplier]").click()
    page.locator("#send-supplier-form [name=email]").fill("")
    page.locator("#send-supplier-form .btn-primary").click()
    expect(page.locator("[data-address]")).to_be_visible()
    address = page.locator("[data-address]").input_value().split("/s/")[1]

    phone = opened(browser, live_server, errors, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    answer = phone.new_page()
    answer.goto(f"/s/{address}")
    answer.locator("[name=kind-1][value=accept]").check()
    answer.locator("[name=kind-2][value=change]").check()
    expect(answer.locator("[name=price-2]")).to_be_visible()
    expect(answer.locator("[name=price-1]")).to_be_hidden()
    answer.locator("[name=price-2]").fill("8.5")
    answer.locator(".sp-send [name=name]").fill("王经理")
    assert answer.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    answer.locator(".sp-second").click()
    expect(answer.locator(".cp-done")).to_be_visible()

    page.goto(f"/po/{number}")
    card = page.locator("#supplier-answers")
    expect(card).to_contain_text("供应商提出修改")
    card.locator("form[action*=accept-counter] button").click()
    expect(card).to_contain_text("供应商已确认")
    line = OrderLine.objects.get(order__number=number, line_no=2, order__company_id=world.company_id)
    assert (str(line.unit_price.normalize()), line.confirmed) == ("8.5", 20)
    phone.close()
    desk.close()
    assert errors == []
