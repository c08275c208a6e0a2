"""Reads a tileset, its parts and the GLB of every tile with py3dtiles. Called by tests/formats."""

import sys
from pathlib import Path

from py3dtiles.tileset.tileset import TileSet

path = Path(sys.argv[1])
tileset = TileSet.from_file(path)
contents = deepest = 0
waiting = [(tileset.root_tile, 0)]
while waiting:
    tile, depth = waiting.pop()
    deepest = max(deepest, depth)
    assert tile.bounding_volume is not None and tile.geometric_error >= 0
    if tile.has_content():
        content = tile.get_or_fetch_content(tileset.root_uri)
        assert content is not None
        if isinstance(content, TileSet):  # a part of the tileset; its root stands where it is named
            waiting.append((content.root_tile, depth))
            continue
        contents += 1
    waiting += [(child, depth + 1) for child in tile.children]
print(f"{contents} contents read, {deepest} levels below the root")
sys.exit(0 if contents else 1)
