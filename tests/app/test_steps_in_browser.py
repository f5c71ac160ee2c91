"""The app's steps in a real browser without networks: photo, clicks, result, a prior from a noun."""

from types import SimpleNamespace

import pytest
from PIL import Image

from chorus_recon.io.prior_files import locate
from chorus_recon.priors import first_use
from tests import scenes
from tests.app.test_seeing import detection
from tests.browser import chromium, click, errors, until
from tests.fakes import FakeSegmenter

pytestmark = pytest.mark.sweep  # gradio and a browser take half a minute

SIZE = (200, 160)


@pytest.fixture
def url(monkeypatch):
    """The app with one person and a skateboard in every photo, and a bundled prior for every new noun."""
    pytest.importorskip("gradio")
    from chorus_recon.app import work
    from chorus_recon.app.page import serve

    found = [detection("person", (60, 10, 130, 150), size=SIZE), detection("skateboard", (10, 120, 55, 150))]
    monkeypatch.setattr(work, "models", lambda device: SimpleNamespace(segmenter=FakeSegmenter(found, 0.0)))

    def reconstruct(photo, config, backends, *, watch):
        watch("detect")
        assert (config.category, config.person) == ("skateboard", 0)
        return scenes.fake_reconstruction(SIZE)

    def file_of(noun, _begun):
        if noun == "skateboard":
            return None
        return locate("hat")

    monkeypatch.setattr(work, "reconstruct", reconstruct)
    monkeypatch.setattr(first_use, "file_of", file_of)
    with serve() as app:
        yield app.url


@pytest.mark.filterwarnings("default")  # gradio's own
def test_the_steps_of_both_tabs(url, tmp_path):
    Image.new("RGB", SIZE, "gray").save(tmp_path / "a.png")
    with chromium((1280, 1400)) as browser:
        one = lambda selector: browser.find_element("css selector", selector)  # noqa: E731
        browser.get(url)
        until(lambda: one("#photo input[type=file]")).send_keys(str(tmp_path / "a.png"))
        picture = until(lambda: one("#found img").size["height"] > 50 and one("#found img"))
        until(lambda: "1 person and 1 thing found" in one("#said").text)
        click(browser, picture, 0.5, 0.4)
        until(lambda: "Person 0 and what they use" in one("#said").text)
        click(browser, picture, 0.15, 0.85)
        until(lambda: "Person 0 with the skateboard" in one("#said").text)
        one("#go").click()
        until(lambda: one("#view iframe"))
        until(lambda: "skateboard, 83% sure" in one("#said").text)
        links = until(lambda: browser.find_elements("css selector", "#files a"))
        assert any(a.get_attribute("href").endswith("scene.glb") for a in links)

        browser.find_element("xpath", "//button[@role='tab'][contains(., 'Priors')]").click()
        noun = until(lambda: one("#new-prior textarea, #new-prior input"))
        until(lambda: noun.is_displayed())
        noun.send_keys("broom")
        one("#build").click()
        until(lambda: one("#prior-picture img").size["height"] > 50)
        assert one("#prior-said").text.startswith("broom")
        assert errors(browser, ("SEVERE",)) == []
