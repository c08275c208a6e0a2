"""Reads a tileset and all its contents with py3dtiles, and a GLB's mesh back out of it. Called by tests/formats."""

import sys
from pathlib import Path

from py3dtiles.tileset.tileset import TileSet

path = Path(sys.argv[1])
tileset = TileSet.from_file(path)
contents = vertices = 0
for tile in tileset.get_all_tiles():
    if tile.has_content():
        content = tile.get_or_fetch_content(tileset.root_uri)
        contents += 1
        vertices += len(content.get_vertices()) if hasattr(content, "get_vertices") else 0
print(f"{contents} contents read")
sys.exit(0 if contents else 1)
