"""The console in a real browser: accessible, quiet, by keyboard, without scripts, on a phone and on paper."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.integration.console.conftest import Console
from tests.integration.console.test_pages import MAIN, example

PAGES = (*MAIN, *map(example, ("funnel", "pipeline", "forecast", "ageing", "conversion")), "/console/reports/nothing")


@asynccontextmanager
async def opened(browser: Browser, console: Console, address: str, **options: Any) -> AsyncIterator[Page]:
    """A page that asked no other host and reported no error."""
    context = await browser.new_context(**options)
    try:
        page = await context.new_page()
        foreign: list[str] = []
        errors: list[str] = []
        page.on("request", lambda each: None if each.url.startswith(console.address) else foreign.append(each.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda each: errors.append(each.text) if each.type == "error" else None)
        await page.goto(console.address + address)
        yield page
        assert foreign == []
        assert [each for each in errors if "404 (Not Found)" not in each or "nothing" not in address] == []
    finally:
        await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_pages_are_accessible(browser: Browser, console: Console, lang: str, scheme: Any) -> None:
    for address in PAGES:
        asked = f"{address}{'&' if '?' in address else '?'}lang={lang}"
        async with opened(browser, console, asked, color_scheme=scheme) as page:
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{asked}\n{found.generate_report()}"


async def test_pages_fit_a_phone(browser: Browser, console: Console) -> None:
    for address in PAGES:
        async with opened(browser, console, address, viewport={"width": 390, "height": 800}) as page:
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390, address


async def test_paper_has_both_times_and_no_fields(browser: Browser, console: Console) -> None:
    async with opened(browser, console, f"{example('funnel')}&{console.pinned}&lang=en") as page:
        await page.emulate_media(media="print")
        await expect(page.locator(".moment")).to_contain_text(f"as known at sequence {console.told.last}")
        await expect(page.locator(".moment")).to_be_visible()
        await expect(page.locator("#as_of")).to_be_hidden()
        await expect(page.locator("header nav")).to_be_hidden()
        assert (await page.pdf(format="A4")).startswith(b"%PDF")


async def test_sliders_move_by_keyboard_and_the_address_follows(browser: Browser, console: Console) -> None:
    async with opened(browser, console, f"/console/reports/pipeline?{console.pinned}&lang=en") as page:
        slider = page.locator(".slider[data-for=as_of]")
        await expect(slider).to_be_visible()
        await slider.focus()
        for _ in range(3):
            await page.keyboard.press("ArrowLeft")
        await page.wait_for_url("**as_of=2026-02-25**")
        await expect(page.locator(".moment")).to_contain_text("as of 2026-02-25")
        shown = await page.locator("main").inner_html()
        await page.reload()
        assert await page.locator("main").inner_html() == shown
        known = page.locator(".slider[data-for=known_at]")
        await expect(known).to_be_visible()
        await known.focus()
        await page.keyboard.press("ArrowLeft")
        await page.wait_for_url(f"**known_at={console.told.last - 1}**")
        await page.go_back()
        await page.wait_for_url(f"**known_at={console.told.last}**")


async def test_everything_works_without_scripts(browser: Browser, console: Console) -> None:
    async with opened(browser, console, "/console/reports/pipeline?lang=en", java_script_enabled=False) as page:
        await expect(page.locator(".slider").first).to_be_hidden()
        await page.fill("#as_of", "2026-01-31")
        await page.click("form.times button")
        assert "as_of=2026-01-31" in page.url
        assert "as of 2026-01-31" in await page.inner_text(".moment")
        assert await page.locator("tbody tr").count() > 0
        await page.click(".language")
        assert await page.get_attribute("html", "lang") == "zh-CN"
        assert "as_of=2026-01-31" in page.url


async def test_a_figure_leads_to_its_rows_its_entry_and_its_proof(browser: Browser, console: Console) -> None:
    async with opened(browser, console, f"{example('funnel')}&{console.pinned}&lang=en") as page:
        figure = page.locator("tbody td a", has_text="1").first
        await figure.click()
        await page.wait_for_url("**/reports/funnel/rows**")
        entry = page.locator("main a[href*='/console/entries/']").last
        number = (await entry.inner_text()).removeprefix("#")
        await entry.click()
        await page.wait_for_url(f"**/console/entries/{number}**")
        await expect(page.locator("h1")).to_have_text(f"Entry {number}")
        leaf = await page.locator("dd code").last.inner_text()
        assert len(leaf) == 64
        assert int(leaf, 16) >= 0
        assert f"known_at={console.told.last}" in page.url, "both times go along"
