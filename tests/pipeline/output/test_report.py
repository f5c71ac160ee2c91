import re
from dataclasses import replace

import pytest
import torch

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
        assert errors(browser) == []


@pytest.mark.parametrize("several", [False, True])
def test_every_file_of_a_result_is_linked(tmp_path, several):
    result = scenes.fake_reconstruction((80, 60))
    if several:
        result = replace(result, others=(replace(result, person=1),))
    result.save(tmp_path / "one")
    links = re.findall(r'<li><a href="([^"]+)"', (tmp_path / "one" / "report.html").read_text())
    beside = [path.relative_to(tmp_path / "one").as_posix() for path in (tmp_path / "one").rglob("*.*")]
    assert sorted([*links, "report.html"]) == sorted(beside)


def test_the_page_says_what_pale_parts_are_only_where_there_are_some(tmp_path):
    seen = replace(scenes.fake_reconstruction((80, 60)), guessed_skin=None)
    cut_off = replace(seen, guessed_skin=torch.ones(len(seen.body.vertices)))
    for result, told in ((seen, False), (cut_off, True)):
        page = (result.save(tmp_path / "one", overwrite=True) / "report.html").read_text()
        assert ("Pale parts of a person are not in the photo" in page) == told
