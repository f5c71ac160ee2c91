"""The app in a real browser: upload, click, turn the result, download; and what it must refuse."""

import contextlib
import http.client
import json
import socket
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from tests.browser import chromium, click, errors, until

pytestmark = [pytest.mark.weights, pytest.mark.filterwarnings("default")]  # the warnings are gradio's own

TEASER = Path(__file__).parents[2] / "docs" / "teaser.jpg"  # its first panel is a picture made by the tool


@pytest.fixture(scope="module")
def served():
    pytest.importorskip("gradio")
    from chorus_recon.app.page import serve

    with serve() as app:
        yield app.url


@pytest.fixture
def browser():
    with chromium((1280, 1400)) as driver:
        yield driver


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def test_upload_click_turn_and_download(served, browser, tmp_path):
    one = lambda selector: browser.find_element("css selector", selector)  # noqa: E731
    browser.get(served)
    (tmp_path / "<img src=x onerror=alert(1)>.jpg").write_text("no photo")
    until(lambda: one("#photo input[type=file]")).send_keys(str(next(tmp_path.iterdir())))
    refusal = until(lambda: one(".toast-body").text)
    assert "this is not an image in a known format" in refusal
    assert "Convert it to JPEG or PNG first." in until(lambda: one("#said").text)
    browser.refresh()

    with Image.open(TEASER) as teaser:
        teaser.crop((14, 14, 488, 368)).save(tmp_path / "rider.png")
    until(lambda: one("#photo input[type=file]")).send_keys(str(tmp_path / "rider.png"))
    picture = until(lambda: one("#found img").size["height"] > 50 and one("#found img"))
    until(lambda: "found" in one("#said").text)
    click(browser, picture, 0.37, 0.32)  # the rider
    until(lambda: "Person 0 and what they use" in one("#said").text)
    click(browser, picture, 0.56, 0.89)  # the tyre
    until(lambda: "Person 0 with the bicycle" in one("#said").text)
    one("#go").click()
    frame = until(lambda: one("#view iframe"))
    assert "bicycle" in one("#said").text
    links = until(lambda: browser.find_elements("css selector", "#files a"))
    (scene,) = [a.get_attribute("href") for a in links if a.get_attribute("href").endswith("scene.glb")]
    assert get(scene).startswith(b"glTF")

    browser.switch_to.frame(frame)
    shot = lambda: one("#view").screenshot_as_png  # noqa: E731
    before = until(shot)
    one("[data-view=side]").click()
    until(lambda: shot() != before)
    assert not browser.find_elements("id", "files")  # the app offers them itself
    browser.switch_to.default_content()
    assert errors(browser, ("SEVERE",)) == []


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", str(TEASER), "file:///etc/passwd"],
)
def test_no_other_file_is_served(served, path):
    for address in (f"gradio_api/file={path}", f"file={path}", f"static/{path}", f"assets/{path}"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(served + address)
        assert caught.value.code in (403, 404, 422)
        caught.value.close()


def test_a_path_is_no_upload(served):
    config = json.loads(get(served + "config"))
    upload = next(f["id"] for f in config["dependencies"] if f["targets"][0][1] == "change")
    body = {
        "data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}],
        "fn_index": upload,
        "session_hash": "abc",
    }
    request = urllib.request.Request(
        served + "gradio_api/queue/join", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    text = get(served + "gradio_api/queue/data?session_hash=abc").decode()
    assert '"success":false' in text.replace(" ", "")
    assert "root:" not in text


def test_only_this_machine_is_listened_to(served):
    """What listens at every address of a machine also answers at 127.0.0.2."""
    port = urllib.parse.urlsplit(served).port
    socket.create_connection(("127.0.0.1", port), 5).close()
    for address in ("127.0.0.2", "::1"):
        with pytest.raises(OSError):  # noqa: PT011  (refused, or there is no such address)
            socket.create_connection((address, port), 5)


def test_an_upload_that_is_too_large_is_refused(served):
    """It is refused while it is read: the rest of it need not arrive."""
    parts = urllib.parse.urlsplit(served)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    head = (
        b'--cut\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n"
    )
    size = 70 << 20
    connection.putrequest("POST", "/gradio_api/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=cut")
    connection.putheader("Content-Length", str(len(head) + size))
    connection.endheaders(head)
    with contextlib.suppress(OSError):  # it may hang up
        for _ in range(size >> 20):
            connection.send(bytes(1 << 20))
    try:
        status = connection.getresponse().status
    except OSError:  # it has hung up
        status = 413
    connection.close()
    assert status == 413
