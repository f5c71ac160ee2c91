"""Write npz files whose bytes depend on their arrays only."""

import io
import zipfile
from pathlib import Path

import numpy as np

Array = np.ndarray


def write(path: Path, arrays: dict[str, Array]) -> None:
    """Write an npz whose bytes depend on the arrays only, not on time or place."""
    partial = path.with_suffix(".tmp")
    with zipfile.ZipFile(partial, "w") as archive:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, buffer.getvalue(), zipfile.ZIP_DEFLATED, 9)
    partial.replace(path)
