"""Somebody's phone in tests: a real browser of its size, with a camera that sees a film, and a scanner that types."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from gendan.accounts.tests.make import signed_in_client
from gendan.kernel.actor import Actor

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
SHOTS = os.environ.get("SHOTS_FOLDER", "")
MARKS = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome"),
]
expect.set_options(timeout=20_000)


@contextmanager
def chromium(seen: Path | None = None) -> Iterator[Browser]:
    """A browser whose camera sees the film ``seen``."""
    camera = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    try:
        with sync_playwright() as playwright:
            args = ["--no-sandbox", "--disable-gpu", "--mute-audio", *(camera if seen else [])]
            found = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
            yield found
            found.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def device(browser: Browser, live_server: Any, actor: Actor) -> BrowserContext:
    """Somebody's phone, signed in."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN")
    context.set_default_timeout(20_000)
    context.grant_permissions(["camera"], origin=live_server.url)
    sign_in(context, live_server, actor)
    return context


def sign_in(context: BrowserContext, live_server: Any, actor: Actor) -> None:
    cookie = signed_in_client(actor).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def opened(context: BrowserContext, live_server: Any, path: str = "/m/") -> Page:
    page = context.new_page()
    problems: list[str] = []
    page.problems = problems  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda told: problems.append(told.text) if "Content Security Policy" in told.text else None)
    page.goto(live_server.url + path, timeout=60_000)  # the first page of a cold server takes its time
    expect(page.locator("[data-tile]").first).to_be_visible()
    return page


def wedge(page: Page, code: str) -> None:
    """A scanner that types: key by key, without looking where the focus is, ended by Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def said(page: Page, kind: str, text: str) -> None:
    expect(page.locator(f"#said.hh-{kind}")).to_contain_text(text)


def unsent(page: Page, count: int, refused: int = 0) -> None:
    expect(page.locator("#net")).to_have_attribute("data-unsent", str(count))
    expect(page.locator("#net")).to_have_attribute("data-refused", str(refused))


def begin(page: Page) -> None:
    page.locator('[data-tile="receive"]').click()
    page.locator("[data-new]").click()
    expect(page.locator("#scan")).to_be_focused()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def wait_for_worker(page: Page) -> None:
    """Until the device has kept the application, and the page is under its care."""
    late = "new Promise((_, no) => setTimeout(() => no(new Error('no worker')), 20000))"
    page.evaluate(f"Promise.race([navigator.serviceWorker.ready.then(() => true), {late}])")
    page.reload()
    expect(page.locator("[data-tile]").first).to_be_visible()
    assert page.evaluate("!!navigator.serviceWorker.controller")
