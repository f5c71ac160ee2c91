import chorus_recon.pipeline.output.views  # noqa: F401  (registers Reconstruction.save)
from tests import scenes
from tests.browser import chromium, errors


def test_placements_are_drawn_side_by_side_and_chosen(tmp_path):
    scenes.fake_reconstruction((160, 120)).save(tmp_path / "one")
    with chromium() as browser:
        browser.get((tmp_path / "one" / "report.html").as_uri())
        cards = browser.find_elements("css selector", ".choice")
        assert [card.find_element("class name", "name").text for card in cards] == ["Best", "Second"]
        inked = (
            "return [...document.querySelectorAll('canvas.small')].map((c) => new Set("
            "c.getContext('2d').getImageData(0, 0, 240, 240).data).size)"
        )
        assert min(browser.execute_script(inked)) > 20  # shaded, not blank
        cards[1].click()
        assert cards[1].find_element("tag name", "input").is_selected()
        links = [a.get_attribute("href") for a in browser.find_elements("css selector", ".files a")]
        beside = {path.resolve().as_uri() for path in (tmp_path / "one").rglob("*") if path.is_file()}
        assert set(links) == beside - {browser.current_url}
        assert errors(browser) == []
