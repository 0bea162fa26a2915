"""Opening pages of a served desk in a browser, while what must not happen is collected."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from conftest import Served
from playwright.sync_api import Page, Route, expect

Size = dict[str, int]
Go = Callable[..., Page]
CONFLICT = ("409 (Conflict)",)
"""A refusal is an answer, which the browser notes as an error of its own."""


@contextmanager
def visiting(
    page: Page,
    served: Served,
    usual: Size,
    *,
    answers: tuple[str, ...] = CONFLICT,
    live: bool = True,
) -> Iterator[Go]:
    """Give a way to open pages: `go(path, size, theme)`. A page's own error, a note in its console,
    or a request to elsewhere fails the test in the end."""
    trouble: list[str] = []

    def note(said: Any) -> None:
        if said.type == "error" and not any(answer in said.text for answer in answers):
            trouble.append(said.text)

    def leave(asked: Any) -> None:
        if not asked.url.startswith((served.url, "data:", "blob:")):
            trouble.append(asked.url)

    def go(path: str, size: Size = usual, theme: Any = "light") -> Page:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=theme)
        page.goto(served.url + path)
        if live:
            expect(page.locator("#age")).to_contain_text("s ago")
        return page

    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", note)
    page.on("request", leave)
    yield go
    assert not trouble


def held_back(page: Page, pattern: str) -> list[Route]:
    """Keep requests back, as a slow network does, until they are continued."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(pattern, hold)
    return held


def nothing_for_axe(page: Page, about: str = "") -> None:
    """Look at all in the light theme, and in the dark one at contrast, as nothing else hangs on it."""
    for theme, rules in (("light", None), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = Axe().run(page, options=rules)
        assert found.violations_count == 0, f"{about} {theme}: {found.generate_report()}"
    page.emulate_media(color_scheme="light")


def nothing_sideways(page: Page, about: str = "") -> None:
    """What is wider than the screen scrolls in itself."""
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0, f"{about} is {over} px too wide"
