"""Files and folders that seem old."""

import os
import time
from pathlib import Path


def set_days_ago(path: Path, days: float) -> None:
    """Set the time at which a file or folder was last written."""
    then = time.time() - days * 86400
    os.utime(path, (then, then))
