"""A real browser for tests: headless Chromium, if it, its driver and selenium are installed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

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
