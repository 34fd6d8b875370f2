#!/usr/bin/python3
"""Turns openapi.yaml into JSON, and into a source file that holds it.

    openapi_to_json.py openapi.yaml openapi.json openapi_text.cpp
"""
import json
import sys

import yaml


def main(source, document, code):
    with open(source, encoding="utf-8") as file:
        text = json.dumps(yaml.safe_load(file), ensure_ascii=True)
    with open(document, "w", encoding="utf-8") as out:
        out.write(text + "\n")
    # Compilers limit the size of a string literal, but join adjacent literals.
    parts = [text[i:i + 2000] for i in range(0, len(text), 2000)]
    with open(code, "w", encoding="utf-8") as out:
        out.write('#include "tools/meshd/api/openapi.hpp"\n\nnamespace meshd {\n\nconst char openapi_text[] =\n')
        out.write("\n".join(f'  R"json({x})json"' for x in parts))
        out.write(";\n\n} // namespace meshd\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
