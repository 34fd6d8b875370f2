#!/usr/bin/python3
"""Writes a source file that embeds the page.

    embed_page.py page/dist page_assets.cpp

The files, and gzip copies beside the source file, are included by the assembler, which is faster than compiling
arrays of numbers.
"""
import gzip
import hashlib
import os
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}


def files_in(folder):
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            yield os.path.join(place, name)


def included(symbol, path):
    return (f'asm(".section .rodata\\n.global {symbol}\\n{symbol}:\\n.incbin \\"{path}\\"\\n'
            f'.global {symbol}_end\\n{symbol}_end:\\n.byte 0\\n.previous\\n");\n'
            f'extern "C" const char {symbol}[];\nextern "C" const char {symbol}_end[];\n')


def view(symbol):
    return f"std::string_view{{{symbol}, static_cast<std::size_t>({symbol}_end - {symbol})}}"


def main(folder, target):
    blocks, rows = [], []
    for number, path in enumerate(files_in(folder)):
        with open(path, "rb") as file:
            content = file.read()
        packed = gzip.compress(content, 9, mtime=0)
        symbol = f"meshd_page_{number}"
        blocks.append(included(symbol, os.path.abspath(path)))
        small = "std::string_view{}"
        if len(packed) < len(content):
            with open(f"{target}.{number}.gz", "wb") as out:
                out.write(packed)
            blocks.append(included(symbol + "_gz", os.path.abspath(f"{target}.{number}.gz")))
            small = view(symbol + "_gz")
        digest = hashlib.sha256(content).hexdigest()[:16]
        name = "/" + os.path.relpath(path, folder)
        kind = TYPES[os.path.splitext(path)[1]]
        rows.append(f'  {{"{name}", "{kind}", "\\"{digest}\\"", {view(symbol)},\n   {small}}},\n')
    with open(target, "w", encoding="utf-8") as out:
        out.write('#include "tools/meshd/api/page.hpp"\n\n' + "\n".join(blocks))
        out.write("\nnamespace meshd {\n\nnamespace {\n\nconst http::asset files[] = {\n" + "".join(rows))
        out.write("};\n\n} // namespace\n\nhttp::asset_table page_assets() {\n  return {files, sizeof(files) / "
                  "sizeof(files[0])};\n}\n\n} // namespace meshd\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
