"""What needs no diffusers: names, options, memory, and batches halved on a pipeline that runs out of it."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.images import diffusers, loading, perp_neg, presets
from chorus_recon.backends.images.diffusers import DiffusersImages
from chorus_recon.backends.images.options import Options, parse
from chorus_recon.errors import ConfigError, WeightsError
from chorus_recon.types import Prompt, Rejected, Shot


def shot(index):
    return Shot(index, Prompt("cup", f"A person holds a cup {index}"), "", "", index)


def test_options_stand_after_the_model():
    assert parse("sdxl") == ("sdxl", Options())
    assert parse("") == ("", Options())
    assert parse("/a,b/c") == ("/a,b/c", Options())
    assert parse("a/b,steps=30, size=640x480,guidance=0,batch=2,offload=model,safety=off,preset=sdxl") == (
        "a/b",
        Options(
            preset="sdxl", steps=30, guidance=0.0, size=(640, 480), batch=2, offload="model", safety=False
        ),
    )
    assert parse("x,size=512,perpneg=0")[1] == Options(size=(512, 512), perpneg=0.0)
    assert parse("steps=3") == ("", Options(steps=3))


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("x,step=3", "Did you mean 'steps'"),
        ("x,steps=0", "at least 1"),
        ("x,steps=a", "steps='a'"),
        ("x,size=500", "multiples of 8"),
        ("x,size=big", "like 512"),
        ("x,offload=cpu", "sequential"),
        ("x,safety=no", "on or off"),
        ("x,guidance=-1", "0 or more"),
        ("x,guidance=nan", "0 or more"),
    ],
)
def test_an_option_that_cannot_be_used_is_reported(argument, words):
    with pytest.raises(ConfigError) as caught:
        parse(argument)
    assert words in str(caught.value)


def test_short_names_and_repositories_find_the_same_settings():
    paper = presets.preset_of("paper")
    assert presets.preset_of("CompVis/stable-diffusion-v1-4") == paper
    assert (paper.size_px, paper.steps, paper.guidance, paper.scheduler) == (
        (512, 512),
        50,
        7.5,
        "PNDMScheduler",
    )
    unknown = presets.preset_of("somebody/something")
    assert (unknown.repo, unknown.steps, unknown.size_px) == ("somebody/something", None, None)
    assert len(presets.PRESETS) == 8
    assert all(preset.licence and preset.steps and preset.size_px for preset in presets.PRESETS.values())


def test_the_published_settings_have_no_safety_checker_unless_asked():
    assert not DiffusersImages("paper").preset.safety
    assert DiffusersImages("paper,safety=on").preset.safety
    assert DiffusersImages("sd15").preset.safety
    assert not DiffusersImages("sd15,safety=off").preset.safety
    assert not DiffusersImages("my/tuned,preset=paper").preset.safety


@pytest.mark.parametrize(("device", "split"), [("cpu", 0), ("cuda", 0), ("mps", 1)])
def test_attention_is_split_only_where_it_is_not_fused(monkeypatch, device, split):
    calls = []
    library = SimpleNamespace(
        models=SimpleNamespace(autoencoders=SimpleNamespace(vae=SimpleNamespace(AutoencoderMixin=str)))
    )
    pipe = SimpleNamespace(components={}, enable_attention_slicing=lambda: calls.append(1))
    monkeypatch.setattr(loading, "free_bytes", lambda device: 1e9)
    loading._save_memory(library, pipe, torch.device(device))
    assert len(calls) == split


def test_a_source_is_made_without_loading_anything():
    source = registry.make("images", "diffusers:paper,steps=20", "cuda")
    assert (source.model, source.preset.steps) == ("CompVis/stable-diffusion-v1-4", 20)
    assert source.licences == {"pictures by CompVis/stable-diffusion-v1-4": "CreativeML OpenRAIL-M"}
    tuned = DiffusersImages("my/tuned,preset=sdxl")
    assert (tuned.model, tuned.preset.steps, list(tuned.licences.values())) == (
        "my/tuned",
        40,
        ["see the model's card"],
    )
    assert DiffusersImages().model == presets.PRESETS[presets.DEFAULT].repo
    with pytest.raises(ConfigError, match="Unknown preset 'sdx'"):
        DiffusersImages("my/tuned,preset=sdx")


def test_memory_decides_where_weights_wait_and_how_many_pictures_are_made():
    assert loading.offload_for(8e9, 5e9, 24e9, 4e9) == "none"
    assert loading.offload_for(30e9, 12e9, 24e9, 4e9) == "model"
    assert loading.offload_for(30e9, 24e9, 24e9, 4e9) == "sequential"
    assert [loading.batch_for(free, 1.0) for free in (0, 5e9, 24e9, 200e9)] == [1, 1, 5, loading.MAX_BATCH]
    assert loading.batch_for(24e9, 0.26) > loading.batch_for(24e9, 1.0)


def test_running_out_of_memory_is_known_on_every_device():
    assert loading.is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))
    assert loading.is_out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"))
    assert loading.is_out_of_memory(MemoryError())
    assert not loading.is_out_of_memory(RuntimeError("shapes cannot be multiplied"))


class Pipe:
    """Makes a picture of one colour from each seed; `fits` at once."""

    components: dict[str, object] = {}  # noqa: RUF012
    scheduler = object()

    def __init__(self, fits):
        self.fits, self.batches = fits, []

    def __call__(self, prompt, generator, output_type, height=None, width=None, num_inference_steps=1):
        self.batches.append(len(prompt))
        if len(prompt) > self.fits:
            raise torch.OutOfMemoryError("CUDA out of memory")
        values = [float(torch.rand((), generator=source)) for source in generator]
        flags = [text == "A person holds a cup 4" for text in prompt]
        images = np.stack([np.full((40, 40, 3), value) for value in values])
        return SimpleNamespace(images=images, get={"nsfw_content_detected": flags}.get)


@pytest.fixture
def piped(monkeypatch):
    """A source over a pipe that is already loaded."""

    def make(argument, fits):
        pipe = Pipe(fits)
        monkeypatch.setattr(diffusers.loading, "load", lambda *_: pipe)
        return DiffusersImages(argument), pipe

    return make


def test_batches_are_halved_where_memory_runs_out_and_stay_so(piped):
    source, pipe = piped("x,batch=8", fits=2)
    made = list(source.generate([shot(n) for n in range(7)]))
    assert pipe.batches == [7, 3, 1, 1, 1, 1, 1, 1, 1]
    alone, _ = piped("x,batch=1", fits=1)
    for result, other in zip(made, alone.generate([shot(n) for n in range(7)]), strict=True):
        if isinstance(result, Rejected):
            assert result == other
            assert result.item == "00000004"
            assert "safety checker" in result.detail
        else:
            assert result.shot == other.shot
            assert torch.equal(result.photo.rgb, other.photo.rgb)
    assert sum(isinstance(result, Rejected) for result in made) == 1


def test_one_picture_that_does_not_fit_is_reported(piped):
    source, _ = piped("x,batch=4", fits=0)
    with pytest.raises(WeightsError, match="even with a batch of one picture") as caught:
        list(source.generate([shot(0), shot(1)]))
    assert "offload=sequential" in caught.value.hint


def test_other_errors_are_not_swallowed(piped, monkeypatch):
    source, _ = piped("x", fits=4)
    monkeypatch.setattr(Pipe, "__call__", lambda self, prompt, generator, output_type: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(source.generate([shot(0)]))


def test_nothing_asked_for_loads_nothing(monkeypatch):
    monkeypatch.setattr(diffusers.loading, "load", lambda *_: pytest.fail("loaded"))
    assert list(DiffusersImages("x").generate([])) == []


def test_a_perpendicular_part_is_perpendicular():
    draw = torch.Generator().manual_seed(0)
    vector, to = torch.randn(2, 3, 4, 5, 5, generator=draw)
    left = perp_neg.perpendicular(vector, to)
    assert left.shape == vector.shape
    assert (left * to).flatten(1).sum(1).abs().max() < 1e-4
    assert torch.allclose(perp_neg.perpendicular(2.5 * to, to), torch.zeros_like(to), atol=1e-5)
    assert torch.equal(perp_neg.perpendicular(vector, torch.zeros_like(to)), vector)
    assert torch.allclose(perp_neg.perpendicular(vector + 3 * to, to), left, atol=1e-4)


def test_the_hook_does_what_the_equation_says():
    class Net(torch.nn.Module):
        def forward(self, latents, t, encoder_hidden_states):
            return (
                latents * encoder_hidden_states.mean((1, 2))[:, None, None, None]
                + encoder_hidden_states[:, :1, :1, None] * t,
            )

    draw = torch.Generator().manual_seed(1)
    net, t, weight, guidance = Net(), 0.3, torch.tensor([1.5, 0.0]), 7.5
    latents = torch.randn(2, 4, 8, 8, generator=draw)
    blank, wanted, other = torch.randn(3, 2, 6, 3, generator=draw)
    eps = [net(latents, t, encoder_hidden_states=embedding)[0] for embedding in (blank, wanted, other)]
    ahead, aside = eps[1] - eps[0], eps[2] - eps[0]
    expected = eps[0] + guidance * (ahead - weight.view(2, 1, 1, 1) * perp_neg.perpendicular(aside, ahead))
    with perp_neg.steering(net, [perp_neg.Avoided(other, weight)]):
        both = net(torch.cat([latents] * 2), t, encoder_hidden_states=torch.cat([blank, wanted]))[0]
    unguided, guided = both.chunk(2)
    assert torch.allclose(unguided + guidance * (guided - unguided), expected, atol=1e-4)
