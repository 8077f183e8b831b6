"""What the product takes, as ratios: each figure beside a limit or a smaller size measured in the same run.

`python -m tests.bench` runs all of it on a throwaway database; see docs/performance.md.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conduct_site.settings.dev")
