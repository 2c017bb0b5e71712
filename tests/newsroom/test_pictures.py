"""A picture goes out as we made it: what a camera wrote into it does not, and what a file claims of its size is read before it is decoded."""

import io
import struct
import zlib

import pytest
from PIL import Image
from tests.newsroom.published import picture_bytes

from tuidang.kernel.errors import InvalidInputError
from tuidang.kernel.places import places
from tuidang.newsroom import actions, documents, pictures, queries

SEEN = {"en": "A table."}
GPS = "48 deg 51 min secret place"


def add(data, writer, **more):
    return pictures.add(data=data, alt=more.pop("alt", SEEN), rights=more.pop("rights", "ours"), credit="", by=writer, **more)


def kept(picture):
    """The copies of a picture by width, as bytes."""
    photo = queries.photo(picture)
    return {width: (places().media / f"{photo.digest}-{width}.{photo.form}").read_bytes() for width in photo.widths}


def png_claiming(width, height):
    """A PNG of a hundred bytes that says it is of this size."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def refused(data, writer):
    with pytest.raises(InvalidInputError) as error:
        add(data, writer)
    return error.value.problems["picture"]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_cameras_and_programs_write_into_a_picture_is_in_no_copy(writer, form):
    exif = Image.Exif()
    exif[0x010E], exif[0x9286] = GPS, GPS
    exif.get_ifd(0x8825)[29] = GPS
    more = {"exif": exif.tobytes(), "xmp": f"<x>{GPS}</x>".encode()} if form != "PNG" else {"exif": exif.tobytes()}
    if form == "PNG":
        from PIL.PngImagePlugin import PngInfo

        more["pnginfo"] = PngInfo()
        more["pnginfo"].add_text("Comment", GPS)
    data = picture_bytes(form, **more)
    assert b"secret place" in data, "it was planted"
    copies = kept(add(data, writer))
    assert list(copies) == [320, 640, 1280]
    for copy in copies.values():
        assert b"secret" not in copy
        assert b"Exif" not in copy
        assert not Image.open(io.BytesIO(copy)).getexif()
        assert set(Image.open(io.BytesIO(copy)).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_no_copy_is_wider_than_what_was_sent(writer):
    photo = queries.photo(add(picture_bytes(size=(500, 300)), writer))
    assert (photo.widths, photo.width, photo.height) == ((320, 500), 500, 300)


def test_a_picture_that_was_taken_sideways_stands_upright(writer):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = queries.photo(add(picture_bytes(size=(600, 300), exif=exif.tobytes()), writer))
    assert (photo.width, photo.height) == (300, 600)


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "L", "LA", "P", "RGBA", "1"])
def test_pictures_of_every_sort_come_out_alike(writer, mode):
    source = Image.linear_gradient("L")
    made = source.convert("I").point(lambda value: value * 256).convert("I;16") if mode == "I;16" else source.convert(mode)
    data = io.BytesIO()
    made.save(data, "JPEG" if mode == "CMYK" else "PNG")
    copy = Image.open(io.BytesIO(kept(add(data.getvalue(), writer))[256])).convert("L")
    assert copy.getpixel((128, 5)) < 60
    assert copy.getpixel((128, 250)) > 190


def test_few_colours_stay_sharp_and_what_shines_through_is_white(writer):
    data = io.BytesIO()
    made = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    made.paste((20, 89, 107, 255), (0, 0, 200, 200))
    made.save(data, "PNG")
    picture = add(data.getvalue(), writer)
    assert queries.photo(picture).form == "png"
    assert Image.open(io.BytesIO(kept(picture)[400])).convert("RGB").getpixel((300, 100)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(20_000, 10_000), (100_000, 1), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_claims_two_hundred_million_pixels_is_refused_by_its_head(writer, size, monkeypatch):
    from PIL import ImageFile

    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *_: pytest.fail("it was decoded"))
    assert refused(png_claiming(*size), writer) == "too_many_pixels"


def test_a_jpeg_that_claims_too_much_is_refused_by_its_head(writer):
    data = picture_bytes(size=(64, 64))
    at = data.index(b"\xff\xc0") + 5
    assert refused(data[:at] + struct.pack(">HH", 20_000, 20_000) + data[at + 4 :], writer) == "too_many_pixels"


def test_what_moves_is_refused(writer):
    data = io.BytesIO()
    Image.new("RGB", (9, 9)).save(data, "WEBP", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")])
    assert refused(data.getvalue(), writer) == "animated"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "unknown"),
        (b"GIF89a" + bytes(50), "unknown"),
        (b"%PDF-1.7", "unknown"),
        (b"", "unknown"),
        (b"II*\0" + bytes(50), "unknown"),
        (b"\xff\xd8\xff" + bytes(50), "damaged"),
        (b"\x89PNG\r\n\x1a\n<svg>", "damaged"),
        (b"RIFF\0\0\0\0WEBP" + bytes(50), "damaged"),
        (bytes(pictures.LARGEST + 1), "too_large"),
    ],
)
def test_anything_else_is_refused(writer, data, problem):
    assert refused(data, writer) == problem


def test_a_picture_cut_off_is_refused(writer):
    assert refused(picture_bytes()[:3000], writer) == "damaged"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"alt": {}}, {"alt": "missing"}),
        ({"alt": {"en": "  "}}, {"alt": "missing"}),
        ({"rights": " "}, {"rights": "missing"}),
        ({"alt": {"en": "x" * 501}}, {"alt": "too_long"}),
    ],
)
def test_without_its_words_no_picture_is_kept(writer, more, problem):
    with pytest.raises(InvalidInputError) as error:
        add(picture_bytes(size=(40, 40)), writer, **more)
    assert error.value.problems == problem


def test_a_picture_is_described_in_the_language_of_what_it_stands_beside(writer, item):
    data = picture_bytes(size=(40, 40))
    with pytest.raises(InvalidInputError):
        actions.set_picture(item=item, picture=add(data, writer, alt={"zh-hans": "一张桌子。"}), by=writer)
    actions.set_picture(item=item, picture=add(data, writer), by=writer)


def test_the_same_with_the_same_words_is_kept_once_and_with_others_apart(writer):
    data = picture_bytes(size=(40, 40))
    assert add(data, writer) == add(data, writer)
    assert add(data, writer, rights="theirs") != add(data, writer)


def epub(first=b"application/epub+zip"):
    import zipfile

    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", first)
        archive.writestr("x.html", "<p>")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "ending"), [(b"%PDF-1.4\n", "pdf"), (epub(), "epub"), ("一份说明。".encode(), "txt"), ("\ufeffText".encode(), "txt")]
)
def test_a_document_is_named_by_its_digest_and_by_what_it_is(data, ending):
    file = documents.keep(data=data, name="../../Guide to all.exe", language="en")
    assert (file.name, file.size) == (f"Guide-to-all.{ending}", len(data))
    assert (places().media / f"{file.digest}.{ending}").read_bytes() == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  ",
        b"<html><script>",
        b" <svg>",
        b"\xff\xfe\x00",
        b"a\x00b",
        b"PK\x03\x04" + bytes(40),
        epub(b"text/html"),
        b"MZ\x90\x00",
        picture_bytes(size=(9, 9)),
    ],
    ids=range(10),
)
def test_no_other_document_is_kept(data):
    with pytest.raises(InvalidInputError) as error:
        documents.keep(data=data, name="x.pdf", language="en")
    assert error.value.problems == {"document": "unknown"}


def test_a_document_beyond_the_bound_is_refused():
    with pytest.raises(InvalidInputError):
        documents.keep(data=b"%PDF-" + bytes(documents.LARGEST), name="x.pdf", language="en")
