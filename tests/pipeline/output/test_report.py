import re
from dataclasses import replace

import pytest
import torch

import chorus_recon.pipeline.output.views  # noqa: F401  (registers Reconstruction.save)
from tests import scenes
from tests.browser import chromium, errors, until


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


def test_placements_are_seen_from_the_side_without_the_photo(tmp_path):
    """A person in profile is seen along the photo's line of sight from their left."""
    result = scenes.fake_reconstruction((160, 120))
    photo = replace(result.photo, rgb=torch.tensor([0, 255, 0], dtype=torch.uint8).expand(120, 160, 3))
    body = result.human.body
    turn = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    turned = replace(body, cam_from_body=replace(body.cam_from_body, rotation=turn))
    for posed in (body, turned):
        result = replace(result, photo=photo, human=replace(result.human, body=posed))
        result.save(tmp_path / "one", overwrite=True)
        with chromium() as browser:
            browser.get((tmp_path / "one" / "report.html").as_uri())
            green = (
                "return [...document.querySelectorAll('canvas.small')].map((c) => {"
                "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
                "for (let i = 0; i < d.length; i += 4) n += d[i] < 60 && d[i + 1] > 200 && d[i + 3] > 200;"
                "return n / (d.length / 4); })"
            )
            until(lambda: browser.execute_script("return document.querySelectorAll('canvas.small').length"))
            browser.execute_script("document.querySelector('[data-show=look]').click()")  # drawn again
            browser.execute_script("return new Promise((done) => setTimeout(done, 300))")
            assert max(browser.execute_script(green)) < 0.05


def test_a_stranger_is_told_that_the_view_turns(tmp_path):
    scenes.fake_reconstruction((160, 120)).save(tmp_path / "one")
    with chromium() as browser:
        browser.get((tmp_path / "one" / "report.html").as_uri())
        assert "drag to turn" in browser.find_element("id", "hint").text
        browser.find_element("css selector", "[data-view=side]").click()
        assert browser.find_elements("id", "hint") == []
        names = browser.find_elements("css selector", ".choice .name")
        names[1].parent.execute_script("arguments[0].textContent = 'Second'", names[1])
        browser.execute_script(
            "document.querySelector('.viewer .card fieldset').style.gridTemplateColumns = '132px 132px';"
            "for (const n of document.querySelectorAll('.choice .num')) n.textContent = '<1%'"
        )
        assert names[1].size["height"] < 30  # one line


def test_options_in_warnings_stay_in_one_piece(tmp_path):
    result = replace(scenes.fake_reconstruction((80, 60)), warnings=("if <so>, --object-box x0,y0 says",))
    page = (result.save(tmp_path / "one") / "report.html").read_text()
    assert '<li>If &lt;so&gt;, <span class="option">--object-box</span> x0,y0 says.</li>' in page


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
