"""The page in a real browser; skipped where there is no Selenium or no Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .made import product, text

webdriver = pytest.importorskip("selenium.webdriver")
BROWSER = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
DRIVER = Path(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
if not (BROWSER.is_file() and DRIVER.is_file()):
    pytest.skip("there is no Chromium with its driver", allow_module_level=True)

ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
)
LAYERS = ("batch_norm", "softmax")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for argument in ARGUMENTS.split():
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pages")
    for name in LAYERS:
        (place / f"{name}.html").write_text(text(name, ".html"), encoding="utf-8")
    return place


@pytest.fixture(params=[(name, scheme) for name in LAYERS for scheme in ("light", "dark")], ids="-".join)
def page(request: pytest.FixtureRequest, browser: Any, folder: Path) -> Any:
    name, scheme = request.param
    show(browser, 1280, scheme)
    browser.get((folder / f"{name}.html").as_uri())
    return browser


def show(browser: Any, width: int, scheme: str) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def test_it_renders_without_errors(page: Any) -> None:
    assert [entry for entry in page.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []
    assert "derivation" in page.title
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_the_colours_follow_the_scheme(page: Any, request: pytest.FixtureRequest) -> None:
    scheme = request.node.callspec.params["page"][1]
    script = """const rgb = (v) => v.match(/[0-9.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0);
        const body = getComputedStyle(document.body), paper = document.querySelector('svg .paper');
        return [rgb(body.backgroundColor), rgb(body.color), rgb(getComputedStyle(paper).fill)]"""
    background, ink, paper = page.execute_script(script)
    assert (background > ink) == (scheme == "light") == (paper > ink)
    assert abs(background - ink) > 400


def test_every_formula_has_a_size(page: Any) -> None:
    script = """document.querySelectorAll('details').forEach((d) => { d.open = true; });
        return [...document.querySelectorAll('math')].map((m) => m.getBoundingClientRect())
            .map((r) => [r.width, r.height])"""
    sizes = page.execute_script(script)
    assert len(sizes) > 15
    assert all(width > 4 and height > 4 for width, height in sizes)


def test_parentheses_are_there_and_stretch(page: Any) -> None:
    script = """document.querySelectorAll('details').forEach((d) => { d.open = true; });
        return [...document.querySelectorAll('mo')].filter((o) => o.textContent === '(').map((o) =>
            [o.getBoundingClientRect().height, o.parentElement.getBoundingClientRect().height,
             o.parentElement.querySelector('mfrac') !== null])"""
    found = page.execute_script(script)
    tall = [(own, inside) for own, inside, fraction in found if fraction]
    plain = [own for own, _, fraction in found if not fraction]
    assert all(own > 4 for own, _, _ in found)
    if not tall:
        pytest.skip("no fraction in parentheses on this page")
    assert all(own >= 0.9 * inside for own, inside in tall)
    assert max(own for own, _ in tall) > 1.3 * min(plain) if plain else True


def test_steps_unfold(page: Any) -> None:
    steps = page.find_elements("css selector", "details.steps")
    assert steps
    for details in steps[:3]:
        summary, first = details.find_element("tag name", "summary"), details.find_element("css selector", "li math")
        assert not first.is_displayed()
        page.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", summary)
        summary.click()
        assert first.is_displayed() and first.size["height"] > 4


@pytest.mark.parametrize("width", [390, 320, 768])
def test_the_page_never_scrolls_sideways(page: Any, width: int) -> None:
    show(page, width, "light")
    script = """document.querySelectorAll('details').forEach((d) => { d.open = true; });
        const root = document.documentElement; return [root.scrollWidth, root.clientWidth]"""
    needed, there = page.execute_script(script)
    assert there == width and needed <= width


def test_a_phone_shows_the_passes_whole_and_hints_at_what_scrolls(page: Any) -> None:
    show(page, 390, "light")
    script = """const wide = (e) => e.scrollWidth > e.clientWidth;
        const boxes = [...document.querySelectorAll('.scroll')].filter((e) => e.querySelector('.counts'));
        const formulas = [...document.querySelectorAll('.formula')].filter(wide);
        return [boxes.filter(wide).length, boxes.length, formulas.length,
            formulas.every((e) => getComputedStyle(e).backgroundAttachment.includes('scroll'))]"""
    cut, tables, long_formulas, hinted = page.execute_script(script)
    assert tables >= 2 and cut == 0
    assert long_formulas > 0 and hinted


def test_printing_opens_the_steps(page: Any) -> None:
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    first = page.find_element("css selector", "details.steps li math")
    assert first.size["height"] > 4
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen"})
    assert product("batch_norm").theorems > 10
