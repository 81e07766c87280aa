"""
Makes onest.woff2: Onest with its weight axis, in one file, with what the app's three languages need. The stock subsets put
the signs of rouble and hryvnia into files of their own. Run once, by hand:

    npm pack @fontsource-variable/onest@5.3.1 && tar xf fontsource-variable-onest-5.3.1.tgz
    pip install fonttools brotli
    python3 web/fonts/subset.py package/files web/fonts/onest.woff2
"""
import copy
import sys
from fontTools import subset
from fontTools.ttLib import TTFont

SOURCES = ["latin", "cyrillic", "cyrillic-ext", "latin-ext"]
WANTED = (
    set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | set(range(0x400, 0x460)) | {0x490, 0x491}
    | {0x2009, 0x200A, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E}
    | {0x2022, 0x2026, 0x202F, 0x2030, 0x2039, 0x203A, 0x20AC, 0x20B4, 0x20BD, 0x2116, 0x2122, 0x2190, 0x2192}
    | {0x2191, 0x2193, 0x2212, 0x2248, 0xD7}
)
# A narrow no-break space where the font has none of its own: as wide as the thin space.
SAME = {0x202F: 0x2009, 0x2011: 0x2010, 0x200A: 0x2009}


def add_glyph(base, other, name, prefix):
    """Copies a glyph, with what it is made of and how it varies. Returns its name in the base."""
    new = prefix + name
    if new in base.getGlyphOrder():
        return new
    glyph = copy.deepcopy(other["glyf"][name])
    base.setGlyphOrder(base.getGlyphOrder() + [new])
    if glyph.isComposite():
        for part in glyph.components:
            part.glyphName = add_glyph(base, other, part.glyphName, prefix)
    base["glyf"].glyphs[new] = glyph
    base["glyf"].glyphOrder = base.getGlyphOrder()
    base["hmtx"].metrics[new] = other["hmtx"].metrics[name]
    base["gvar"].variations[new] = copy.deepcopy(other["gvar"].variations.get(name, []))
    return new


def main(folder, target):
    fonts = {name: TTFont(f"{folder}/onest-{name}-wght-normal.woff2") for name in SOURCES}
    # Tables that are read later would count glyphs that were not there.
    for font in fonts.values():
        font.ensureDecompiled(recurse=True)
    base = fonts["latin"]
    # Widths vary with the glyphs themselves; the table of the subset knows its own glyphs alone.
    if "HVAR" in base:
        del base["HVAR"]
    cmap = dict(base.getBestCmap())
    for name in SOURCES[1:]:
        other = fonts[name]
        for code, glyph in other.getBestCmap().items():
            if code in WANTED and code not in cmap:
                cmap[code] = add_glyph(base, other, glyph, f"{name}.")
    for code, like in SAME.items():
        if code not in cmap and like in cmap:
            cmap[code] = cmap[like]
    base["maxp"].numGlyphs = len(base.getGlyphOrder())
    for table in base["cmap"].tables:
        if table.isUnicode():
            table.cmap = dict(cmap)
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "tnum", "pnum"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for code in cmap if code in WANTED])
    subsetter.subset(base)
    base.flavor = "woff2"
    base.save(target)
    print(sorted(hex(code) for code in WANTED - set(cmap)), "are in no source")


main(*sys.argv[1:])
