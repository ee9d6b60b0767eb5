"""Screenshots of a running gendan, to be looked at: 1440 and 390 px, light and dark, Chinese and English.

python scripts/screenshots.py http://localhost:8000 --user admin --to shots / /users/ /api-keys/
The password comes from GENDAN_PASSWORD.
"""

import argparse
import os
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
VIEWS = [(1440, "light", "zh-hans"), (1440, "dark", "zh-hans"), (390, "light", "zh-hans"), (390, "dark", "en")]


def sign_in(page: Page, base: str, user: str) -> None:
    """Sign in through the page."""
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", os.environ["GENDAN_PASSWORD"])
    page.click("main button[type=submit]")
    page.wait_for_selector(".gd-main")


def shoot(browser: Browser, base: str, user: str, paths: list[str], folder: Path) -> None:
    """One signed-in session per view, one picture per page; scripts' errors and sideways scrolling are told."""
    for width, theme, language in VIEWS:
        context = browser.new_context(viewport={"width": width, "height": 900 if width > 600 else 844})
        context.add_cookies(
            [
                {"name": "gendan_theme", "value": theme, "url": base},
                {"name": "gendan_language", "value": language, "url": base},
            ]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: print("script error:", error))
        page.on("console", lambda message: print(message.type, message.text) if message.type == "error" else None)
        sign_in(page, base, user)
        for path in paths:
            page.goto(base + path)
            page.wait_for_timeout(700)
            name = re.sub(r"\W+", "-", path).strip("-") or "home"
            page.screenshot(path=folder / f"{name}-{width}-{theme}-{language}.png", full_page=width < 600)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                print(f"{path} at {width} px scrolls sideways")
        context.close()


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--to", type=Path, default=Path("var/screenshots"))
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        shoot(browser, given.base.rstrip("/"), given.user, given.paths, given.to)
        browser.close()


if __name__ == "__main__":
    main()
