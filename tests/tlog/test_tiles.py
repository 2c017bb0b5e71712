"""Tiles: their paths, which of them a size needs, and reading nodes from them."""

import pytest
from tests.tlog.build import Log, declare, put, tree

from tlog.errors import InvalidError, MissingError
from tlog.merkle import root_of_size
from tlog.store import Folder
from tlog.tiles import Tile, TileReader, levels, read_tile, tiles_between

SIZES = (0, 1, 255, 256, 257, 600)


@pytest.fixture(scope="module")
def log():
    log = Log()
    log.add(*map(declare, range(600)))
    return log


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 0, 7), "tile/1/000.p/7"),
        (Tile(None, 1_234_067), "tile/entries/x001/x234/067"),
        (Tile(0, 1000, 255), "tile/0/x001/000.p/255"),
    ],
)
def test_paths_are_those_of_tlog_tiles(tile, path):
    assert tile.path == path


@pytest.mark.parametrize(("size", "expected"), [(0, []), (1, [0]), (255, [0]), (256, [0, 1]), (65_535, [0, 1]), (65_536, [0, 1, 2])])
def test_a_tree_has_a_level_for_each_power_of_256(size, expected):
    assert list(levels(size)) == expected


def test_growing_names_only_what_is_new():
    assert [tile.path for tile in tiles_between(255, 257)] == [
        "tile/0/000",
        "tile/entries/000",
        "tile/0/001.p/1",
        "tile/entries/001.p/1",
        "tile/1/000.p/1",
    ]
    assert list(tiles_between(257, 257)) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_root_of_every_published_size_is_read_from_tiles(log, size, tmp_path):
    folder = log.publish(tmp_path, sizes=SIZES)
    nodes = tree(log.encoded())
    assert root_of_size(size, TileReader(folder, size)) == root_of_size(size, lambda level, index: nodes[level][index])


def test_a_partial_tile_is_cut_from_the_full_one(log, tmp_path):
    folder = log.publish(tmp_path)
    assert read_tile(folder, Tile(0, 0, 3)) == folder.read("tile/0/000")[:96]
    assert read_tile(folder, Tile(None, 0, 3)) == folder.read("tile/entries/000")[: 3 * 98]


def test_a_missing_partial_tile_is_named_as_it_was_asked_for(tmp_path):
    with pytest.raises(MissingError) as caught:
        read_tile(Folder(tmp_path), Tile(0, 0, 3))
    assert caught.value.path == "tile/0/000.p/3"


@pytest.mark.parametrize(("tile", "rule"), [(Tile(0, 0, 3), "tile"), (Tile(None, 0, 3), "bundle")])
def test_another_length_is_named(tile, rule, tmp_path):
    put(tmp_path, tile.path, bytes(97))
    with pytest.raises(InvalidError) as caught:
        read_tile(Folder(tmp_path), tile)
    assert (caught.value.rule, caught.value.path) == (rule, tile.path)
