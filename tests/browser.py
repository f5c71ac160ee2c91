"""A real browser for tests: headless Chromium, if it, its driver and selenium are installed."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

WAIT_S = 180  # for something to appear on a busy machine
DESKTOP, PHONE = (1280, 800), (390, 844)


@contextmanager
def chromium(size_px: tuple[int, int] = DESKTOP) -> Iterator[Any]:
    """A selenium driver of a new browser window; the test is skipped where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver")
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in programs:
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    for flag in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "enable-unsafe-swiftshader"):
        options.add_argument(f"--{flag}")
    options.add_argument("--window-size={},{}".format(*size_px))
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(programs[1]))
    try:
        width, height = size_px
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        yield driver
    finally:
        driver.quit()


def errors(driver: Any, levels: tuple[str, ...] = ("SEVERE", "WARNING")) -> list[str]:
    """What the console says that is an error or a warning."""
    said = [row["message"] for row in driver.get_log("browser") if row["level"] in levels]
    return [
        message for message in said if "GL Driver Message" not in message
    ]  # the software renderer is slow


def until(found):
    """Wait for something to be there; the page is built by scripts."""
    for _ in range(2 * WAIT_S):
        try:
            if value := found():
                return value
        except Exception:  # noqa: BLE001  (selenium: not there yet, or replaced meanwhile)
            pass
        time.sleep(0.5)
    raise AssertionError("it did not appear")


def click(browser, picture, across, down):
    """Click a picture at fractions of its size."""
    chains = pytest.importorskip("selenium.webdriver").ActionChains(browser)
    width, height = picture.size["width"], picture.size["height"]
    chains.move_to_element_with_offset(picture, round((across - 0.5) * width), round((down - 0.5) * height))
    chains.click().perform()
