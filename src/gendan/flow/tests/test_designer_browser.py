"""A flow drawn in a real browser: with the mouse, with the keyboard alone, checked, published, tried on an order."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.flow import commands
from gendan.flow.models import Flow, FlowVersion
from gendan.flow.queries.flows import surroundings
from gendan.flow.queries.words import condition
from gendan.purchasing.tests.make import World, make_order, make_world

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
CONDITIONS = (
    "amount > 1234567.5",
    'partner in ["S001", "S002"] && amount <= 3.0',
    '!(partner in ["S001"]) && partner_name.contains("钢")',
    'lines.exists(l, l.category_name.contains("定制") || l.name == "a && b") || amount == 0',
    "size(lines) > 3 || amount > 5",
    '"wang" in buyers && !lines.exists(l, l.quantity >= 10.50)',
)
SAVED = "[data-saved][data-state=saved]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def world() -> World:
    found = make_world()
    make_user(Company.objects.get(pk=found.company_id), username="wang", name="王总")
    return found


@pytest.fixture
def page(browser: Browser, world: World, live_server: Any) -> Iterator[Page]:
    user = make_user(Company.objects.get(pk=world.company_id), permissions=("*",), limit=None, name="小李")
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(45_000)
    found = context.new_page()
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield found
    context.close()
    assert errors == []


def opened(page: Page) -> None:
    page.goto("/settings/flows/po")
    page.wait_for_selector("[data-flow-designer][data-ready]")


def card(page: Page, name: str) -> Locator:
    return page.locator(".fl-card", has_text=name)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText")).split("\n")[0]


def test_a_flow_of_two_branches_is_drawn_with_the_mouse_checked_published_and_tried(page: Page, world: World) -> None:
    order = make_order(world, 10)
    page.goto("/settings/flows/")
    page.locator("tr", has_text="采购订单").get_by_role("button", name="画流程图").click()
    page.wait_for_selector("[data-flow-designer][data-ready]")
    page.locator("[data-plus]").first.click()
    page.get_by_role("menuitem", name="条件分支").click()
    panel = page.locator("[data-panel]")
    panel.get_by_label("名称").fill("金额大")
    panel.get_by_label("比较").select_option(">")
    panel.get_by_label("值").fill("50")
    expect(card(page, "金额大")).to_contain_text("金额（本位币，含税） 大于 50")
    page.locator(".fl-lane").first.locator("[data-plus]").first.click()
    page.get_by_role("menuitem", name="审批").click()
    panel.get_by_label("名称").fill("总经理")
    page.wait_for_selector(SAVED)

    page.locator("[data-publish]").click()  # nobody was chosen: it says so instead
    expect(panel).to_contain_text("没有选人")
    expect(card(page, "总经理").locator(".fl-badge-error")).to_be_visible()
    panel.locator(".fl-found", has_text="总经理").click()
    panel.locator("select[aria-label='添加…']").first.select_option("person")
    panel.locator(".ts-control input").first.fill("王总")
    page.locator(".ts-dropdown .option", has_text="王总").click()
    expect(card(page, "总经理")).to_contain_text("王总")
    expect(page.locator(".fl-badge-error")).to_have_count(0)

    page.locator("[data-try]").click()
    panel.locator(".ts-control input").fill(order.number)
    page.locator(".ts-dropdown .option", has_text=order.number).click()
    expect(panel.locator(".fl-steps li")).to_contain_text("王总")
    expect(card(page, "总经理")).to_have_class("fl-card fl-approve is-lit")
    assert Flow.objects.get().published is None

    page.locator("[data-publish]").click()
    page.get_by_label("改了什么（可不填）").fill("第一版")
    page.locator("[data-publish-dialog] .btn-primary").click()
    page.wait_for_url("**/versions")
    expect(page.locator("tr", has_text="第一版")).to_contain_text("正在用")
    found = Flow.objects.select_related("published").get().published
    assert found is not None
    branch = found.definition["nodes"][0]
    assert [arm["when"] for arm in branch["branches"]] == ["amount > 50.0", ""]
    assert branch["branches"][0]["nodes"][0]["assignees"] == [{"by": "person", "value": "wang"}]


def test_the_keyboard_alone_draws_moves_copies_deletes_and_takes_back(page: Page, world: World) -> None:
    commands.create_flow(actor=world.actor, kind="po")
    opened(page)
    press = page.keyboard.press
    page.locator(".fl-start").focus()
    press("+")
    press("ArrowDown")
    press("ArrowUp")
    press("Enter")  # the first: an approval
    expect(page.locator(".fl-card.fl-approve")).to_have_count(1)
    assert focused(page) == "审批"
    press("Enter")  # its panel, in the name
    page.keyboard.type("主管")
    press("Escape")
    assert focused(page) == "主管"
    press("+")
    press("ArrowRight")
    press("ArrowRight")
    press("Enter")  # the third: a branch
    assert focused(page).startswith("条件 1")
    press("ArrowRight")
    assert focused(page) == "其他情况"
    press("ArrowLeft")
    press("+")
    press("Enter")
    expect(page.locator(".fl-lane .fl-approve")).to_have_count(1)
    press("ArrowUp")
    press("ArrowUp")  # «add branch»
    press("+")
    expect(page.locator(".fl-lane")).to_have_count(3)
    press("Delete")
    expect(page.locator(".fl-lane")).to_have_count(2)
    card(page, "主管").focus()
    press("Control+d")
    expect(card(page, "主管")).to_have_count(2)
    press("Control+z")
    expect(card(page, "主管")).to_have_count(1)
    card(page, "主管").focus()
    press("Alt+ArrowDown")  # into the first branch, to the branch beside, out again behind both
    expect(page.locator(".fl-lane").first.locator(".fl-card.fl-approve")).to_have_count(2)
    press("Alt+ArrowRight")
    expect(page.locator(".fl-lane").last.locator(".fl-card.fl-approve")).to_have_count(1)
    press("Alt+ArrowDown")
    page.wait_for_selector(SAVED)
    types = [node["type"] for node in FlowVersion.objects.get().definition["nodes"]]
    assert types == ["branch", "approve"]


def test_cards_are_dragged_into_a_branch(page: Page, world: World) -> None:
    arms = [{"key": "w1", "name": "大", "when": "amount > 5.0"}, {"key": "w2", "name": "小"}]
    boss = {"key": "a1", "type": "approve", "name": "主管", "assignees": [{"by": "superior"}]}
    branch = {"key": "b1", "type": "branch", "branches": arms}
    commands.create_flow(actor=world.actor, kind="po", definition={"nodes": [boss, branch]})
    opened(page)
    source, target = card(page, "主管").bounding_box(), page.locator(".fl-lane .fl-plus").first.bounding_box()
    assert source
    assert target
    page.mouse.move(source["x"] + 60, source["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] - 30, target["y"] - 20, steps=4)
    page.mouse.move(target["x"] + 12, target["y"] + 12, steps=4)
    expect(page.locator(".fl-gap.is-target")).to_have_count(1)
    page.mouse.up()
    expect(page.locator(".fl-lane").first.locator(".fl-approve")).to_have_count(1)
    page.wait_for_selector(SAVED)
    assert FlowVersion.objects.get().definition["nodes"][0]["branches"][0]["nodes"][0]["key"] == "a1"


def test_two_people_at_one_draft_see_what_the_other_changed(page: Page, world: World) -> None:
    boss = {"key": "a1", "type": "approve", "name": "主管", "assignees": [{"by": "superior"}]}
    commands.create_flow(actor=world.actor, kind="po", definition={"nodes": [boss]})
    opened(page)
    commands.save_draft(actor=world.actor, kind="po", definition={"nodes": [{**boss, "name": "经理"}]}, version=1)
    card(page, "主管").click()
    page.locator("[data-panel]").get_by_label("名称").fill("组长")
    dialog = page.locator("[data-conflict]")
    expect(dialog).to_contain_text("组长 → 经理")
    dialog.get_by_role("button", name="用对方的").click()
    expect(card(page, "经理")).to_be_visible()
    page.locator("[data-undo]").click()  # mine is not lost
    expect(card(page, "组长")).to_be_visible()
    page.wait_for_selector(SAVED)
    assert FlowVersion.objects.get().definition["nodes"][0]["name"] == "组长"


def test_conditions_read_alike_on_the_card_and_in_the_comparison(page: Page, world: World) -> None:
    arms = [{"key": f"w{n}", "name": f"{n}", "when": when} for n, when in enumerate(CONDITIONS)]
    branch = {"key": "b", "type": "branch", "branches": [*arms, {"key": "rest"}]}
    commands.create_flow(actor=world.actor, kind="po", definition={"nodes": [branch]})
    opened(page)
    named = surroundings(world.actor, "po").named
    shown = page.locator("[data-way] .fl-card-body").all_inner_texts()
    assert shown[:-1] == [condition(when, named) for when in CONDITIONS]
    assert shown[4] == CONDITIONS[4]  # more than words can say stays as it was written
