"""Owns where the front end's files are, for its tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"
DIST = FRONTEND / "dist"
STYLES = FRONTEND / "styles"
TEMPLATES = FRONTEND / "templates"
LOCALES = FRONTEND / "locales"
NODE = shutil.which("node") if (ROOT / "node_modules" / "esbuild").exists() else None

needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js and `npm ci`")
