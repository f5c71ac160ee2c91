"""The real diffusers code on tiny random pipelines: what is seeded, batched, avoided, loaded and refused."""

import json
import shutil
import sys

import pytest
import torch

from chorus_recon.backends.images import perp_neg
from chorus_recon.backends.images.diffusers import DiffusersImages
from chorus_recon.backends.protocols import ImageSource
from chorus_recon.errors import ConfigError, MissingBackend, WeightsError
from chorus_recon.types import Prompt, Rejected, Shot, SynthImage

pytestmark = [
    pytest.mark.named_stack,
    # what the libraries say of each other's versions is not ours to mend
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]
AVOIDING = ("sd", "sdxl", "sd3", "qwen-image")
ALL = (*AVOIDING, "flux", "zimage", "flux2-klein")
TEXTS = ("A person holds a cup", "A man rides a bicycle on a long road by the sea", "A woman waves")


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setenv("CHORUS_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """Name -> a saved pipeline, each built once."""
    pytest.importorskip("diffusers", reason="needs chorus-recon[synthesis]")
    from tests.backends.tiny_pipelines import save

    root, made = tmp_path_factory.mktemp("pipelines"), {}

    def folder(name):
        if name not in made:
            made[name] = save(name, root)
        return made[name]

    return folder


def shot(index, text=TEXTS[0], avoid="", view=", side view"):
    return Shot(index, Prompt("cup", text, "holds", "test"), view, avoid, 2**62 + index)


def shots(avoid=("", "", "")):
    return [shot(n, text, phrase) for n, (text, phrase) in enumerate(zip(TEXTS, avoid, strict=True))]


def source(folder, more=""):
    preset = f",preset={folder.name}" if folder.name in ("qwen-image", "flux2-klein") else ""
    return DiffusersImages(f"{folder},size=64,steps=2{preset}{more}")


def pictures(results):
    made = list(results)
    assert all(isinstance(result, SynthImage) for result in made)
    return torch.stack([result.photo.rgb for result in made]).int()


@pytest.mark.parametrize("name", ALL)
def test_a_picture_follows_from_its_own_shot_however_it_is_batched(folders, name):
    guidance = ",guidance=3" if name in AVOIDING else ""
    avoid = ("", "front view, face", "front view") if name in AVOIDING else ("", "", "")
    one_by_one = source(folders(name), f"{guidance},batch=1")
    assert isinstance(one_by_one, ImageSource)
    alone = list(one_by_one.generate(shots(avoid)))
    assert [result.shot for result in alone] == shots(avoid)
    together = pictures(source(folders(name), f"{guidance},batch=3").generate(shots(avoid)))
    assert (together - pictures(alone)).abs().max() <= 1, "equal but for the last bits of the arithmetic"
    backwards = pictures(source(folders(name), f"{guidance},batch=2").generate(shots(avoid)[::-1]))
    assert (backwards.flip(0) - together).abs().max() <= 1
    other = pictures(one_by_one.generate([shot(7, TEXTS[0])]))
    assert (other[0] - together[0]).abs().float().mean() > 2, "another seed is another picture"
    assert together[0].float().std() > 2
    assert alone[0].photo.size_px == (64, 64)


@pytest.mark.parametrize("name", AVOIDING)
def test_what_is_avoided_changes_its_own_picture_only(folders, name):
    made = source(folders(name), ",guidance=5,batch=3")
    plain, avoiding = (pictures(made.generate(shots(a))) for a in (("", "", ""), ("", "front view", "")))
    assert (plain[[0, 2]] - avoiding[[0, 2]]).abs().max() <= 1
    assert (plain[1] - avoiding[1]).abs().float().mean() > 0.02
    unguided = source(folders(name), ",guidance=1,batch=3")
    plain, avoiding = (pictures(unguided.generate(shots(a))) for a in (("", "", ""), ("", "front view", "")))
    assert (plain - avoiding).abs().max() == 0, "without guidance there is nothing to lean away with"


@pytest.mark.parametrize("name", ["sd", "sdxl"])
def test_perp_neg_differs_from_a_plain_negative_and_leaves_the_prompt_alone(folders, name):
    avoid = ("front view", "", "")
    perp, plain = (
        pictures(source(folders(name), f",guidance=5,perpneg={w}").generate(shots(avoid)))
        for w in ("1.5", "0")
    )
    assert (perp[0] - plain[0]).abs().max() > 0
    assert (perp[1:] - plain[1:]).abs().max() <= 1
    # the prompt itself, as something to avoid, has no perpendicular part: the picture stays
    made = source(folders(name), ",guidance=5")
    same = shot(0, "A cup", avoid="cup", view=", cup")
    nothing = shot(0, "A cup", avoid="", view=", cup")
    assert (pictures(made.generate([same])) - pictures(made.generate([nothing]))).abs().max() <= 1


def test_the_hook_is_gone_after_the_run(folders):
    made = source(folders("sd"), ",guidance=5")
    list(made.generate([shot(0, avoid="face")]))
    assert not made.pipe.unet._forward_hooks


def test_the_published_settings_run_with_plms(folders):
    made = DiffusersImages(f"{folders('sd')},preset=paper,size=64,steps=4")
    (result,) = made.generate([shot(0)])
    assert type(made.pipe.scheduler).__name__ == "PNDMScheduler"
    assert made.pipe.scheduler.config.skip_prk_steps
    assert result.generator == "diffusers:sd, 4 steps, guidance 7.5, 64x64, PNDMScheduler"
    assert made.licences == {"pictures by sd": "see the model's card"}


def test_a_picture_of_another_shape(folders):
    (result,) = DiffusersImages(f"{folders('sd')},size=96x64,steps=1").generate([shot(0)])
    assert result.photo.size_px == (96, 64)


def test_what_is_no_number_is_set_aside(folders):
    made = source(folders("sd"), ",batch=2")
    with torch.no_grad():
        made.pipe.vae.decoder.conv_out.bias.fill_(torch.nan)
    results = list(made.generate([shot(0), shot(1)]))
    assert all(isinstance(result, Rejected) and "not finite" in result.detail for result in results)
    assert [result.item for result in results] == ["00000000", "00000001"]


@pytest.mark.parametrize(
    ("model", "words", "mend"),
    [
        ("nobody/no-such-model", "nobody/no-such-model", "CHORUS_OFFLINE"),
        ("{empty}", "model_index.json", "save_pretrained"),
    ],
)
def test_a_model_that_is_not_there_is_reported(folders, tmp_path, model, words, mend):
    with pytest.raises(WeightsError) as caught:
        list(DiffusersImages(model.format(empty=tmp_path)).generate([shot(0)]))
    assert words in caught.value.message
    assert mend in caught.value.hint


def test_pickled_weights_are_refused(folders, tmp_path):
    copy = tmp_path / "sd"
    shutil.copytree(folders("sd"), copy)
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.unlink()
    torch.save({}, weights.with_suffix(".bin"))
    with pytest.raises(WeightsError) as caught:
        list(source(copy).generate([shot(0)]))
    assert "safetensors" in caught.value.hint


def test_another_kind_of_pipeline_is_reported(folders, tmp_path):
    copy = tmp_path / "sd"
    shutil.copytree(folders("sd"), copy)
    index = json.loads((copy / "model_index.json").read_text())
    (copy / "model_index.json").write_text(json.dumps(index | {"_class_name": "AudioLDMPipeline"}))
    with pytest.raises(WeightsError, match="No text-to-image pipeline"):
        list(source(copy).generate([shot(0)]))


def test_a_missing_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(MissingBackend) as caught:
        list(DiffusersImages("paper").generate([shot(0)]))
    assert "chorus-recon[synthesis]" in caught.value.hint


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there_is_reported(folders):
    with pytest.raises(ConfigError, match="'cuda' is not available"):
        list(DiffusersImages(str(folders("sd")), device="cuda").generate([shot(0)]))


def test_perp_neg_encodes_each_phrase_with_the_prompt(folders):
    pipe = source(folders("sd")).pipe
    said = []
    kept = pipe.encode_prompt
    pipe.encode_prompt = lambda prompt, **more: (said.append(prompt), kept(prompt, **more))[1]
    with torch.no_grad():
        made = perp_neg.encode(
            pipe, [("front view", "face"), ()], ["A cup", "A hat"], 1.5, torch.device("cpu")
        )
    assert said == [["A cup, front view", ""], ["A cup, face", ""]]
    assert [negative.weight.tolist() for negative in made] == [[0.75, 0.0], [0.75, 0.0]]
