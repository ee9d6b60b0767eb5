"""Live updates in a real browser with many tabs: one connection for all, and for each tab where that cannot be."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.db import connection, transaction
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from gendan.accounts.tests.make import make_actor, signed_in_client
from gendan.kernel import events, ticket
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.web import live as live_updates

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
TABS = 8
IS_ON = "document.documentElement.dataset.liveState === 'on'"
LISTEN = "document.addEventListener('gendan:change', (event) => { window.heard = event.detail.refs; })"
HEARD = "(ref) => window.heard && window.heard.includes(ref)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def hub(settings: Any, live_server: Any) -> Iterator[live_updates.Hub]:
    """The process that tells pages of changes, on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    values = connection.settings_dict
    parts = {"host": values["HOST"], "port": values["PORT"], "user": values["USER"], "password": values["PASSWORD"]}
    address = " ".join(f"{name}={value}" for name, value in parts.items() if value) + f" dbname={values['NAME']}"
    application = live_updates.Application(database_url=address, secret=settings.SECRET_KEY, origins=[live_server.url])
    config = uvicorn.Config(application, port=port, log_level="error", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    settings.LIVE_URL = f"http://127.0.0.1:{port}"
    yield application.hub
    server.should_exit = True
    thread.join(10)


def context_for(browser: Browser, live_server: Any, actor: Actor) -> BrowserContext:
    # the port is chosen after the policy was made
    context = browser.new_context(locale="zh-CN", base_url=live_server.url, bypass_csp=True)
    cookie = signed_in_client(actor).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(15_000)
    return context


def happen(actor: Actor, number: str) -> None:
    with transaction.atomic():
        events.record("purchasing.order_created", Subject("po", 1, number), actor)


@pytest.mark.parametrize("shared", [True, False], ids=["shared worker", "without"])
def test_eight_tabs_hear_of_a_change(browser: Browser, live_server: Any, hub: live_updates.Hub, shared: bool):
    actor = make_actor()
    context = context_for(browser, live_server, actor)
    if not shared:
        context.add_init_script("delete window.SharedWorker")
    tabs = [context.new_page() for _ in range(TABS if shared else 3)]
    for tab in tabs:
        tab.goto("/guide/")
        tab.wait_for_function(IS_ON)
        tab.evaluate(LISTEN)
    assert len(hub.streams) == (1 if shared else len(tabs))
    happen(actor, "PO-1")
    for tab in tabs:
        tab.wait_for_function(HEARD, arg="po:PO-1")
    for tab in tabs[1:]:
        tab.close()
    happen(actor, "PO-2")
    tabs[0].wait_for_function(HEARD, arg="po:PO-2")
    tabs[0].goto("about:blank")
    end = time.monotonic() + 10
    while hub.streams and time.monotonic() < end:
        time.sleep(0.1)
    assert not hub.streams
    context.close()


def test_tabs_of_two_companies_hear_their_own(browser: Browser, live_server: Any, hub: live_updates.Hub):
    here, there = make_actor(), make_actor()
    contexts = [context_for(browser, live_server, who) for who in (here, there)]
    tabs = []
    for context in contexts:
        tabs.append(context.new_page())
        tabs[-1].goto("/guide/")
        tabs[-1].wait_for_function(IS_ON)
        tabs[-1].evaluate(LISTEN)
    happen(there, "PO-9")
    tabs[1].wait_for_function(HEARD, arg="po:PO-9")
    assert tabs[0].evaluate("window.heard") is None
    for context in contexts:
        context.close()


def test_a_browser_that_cannot_start_the_worker_connects_alone(
    browser: Browser, live_server: Any, hub: live_updates.Hub
):
    context = context_for(browser, live_server, make_actor())
    context.route("**/live-worker*.js", lambda route: route.abort())
    tab = context.new_page()
    tab.goto("/guide/")
    tab.wait_for_function(IS_ON)
    assert len(hub.streams) == 1
    context.close()


@pytest.mark.parametrize("shared", [True, False], ids=["shared worker", "without"])
def test_a_page_open_longer_than_its_ticket_gets_a_new_one(
    browser: Browser, live_server: Any, hub: live_updates.Hub, shared: bool, monkeypatch: pytest.MonkeyPatch
):
    actor = make_actor()
    context = context_for(browser, live_server, actor)
    if not shared:
        context.add_init_script("delete window.SharedWorker")
    tab = context.new_page()
    monkeypatch.setattr(ticket, "LIFETIME", 2)
    tab.goto("/guide/")
    tab.wait_for_function(IS_ON)
    tab.evaluate(LISTEN)
    monkeypatch.undo()
    tab.wait_for_function(IS_ON.replace("=== 'on'", "=== 'off'"))
    tab.wait_for_function(IS_ON)
    time.sleep(3 * live_updates.POLL_SECONDS)
    happen(actor, "PO-1")
    tab.wait_for_function(HEARD, arg="po:PO-1")
    assert tab.evaluate("document.documentElement.dataset.liveState") == "on"
    context.close()
