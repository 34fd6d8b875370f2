#!/usr/bin/python3
"""Turns openapi.yaml into JSON, and into a source file that holds it and the names of all query parameters.

    openapi_to_json.py openapi.yaml openapi.json openapi_text.cpp
"""
import json
import sys

import yaml


def queries(document):
    """Method, path and name of each query parameter."""
    for path, item in document["paths"].items():
        for method in (x for x in item if x != "parameters"):
            for x in item.get("parameters", []) + item[method].get("parameters", []):
                if "$ref" in x:
                    x = document["components"]["parameters"][x["$ref"].rsplit("/", 1)[1]]
                if x["in"] == "query":
                    yield method.upper(), path, x["name"]


def main(source, document, code):
    with open(source, encoding="utf-8") as file:
        content = yaml.safe_load(file)
    text = json.dumps(content, ensure_ascii=True)
    with open(document, "w", encoding="utf-8") as out:
        out.write(text + "\n")
    # Compilers limit the size of a string literal, but join adjacent literals.
    parts = [text[i:i + 2000] for i in range(0, len(text), 2000)]
    with open(code, "w", encoding="utf-8") as out:
        out.write('#include "tools/meshd/api/openapi.hpp"\n\nnamespace meshd {\n\nconst char openapi_text[] =\n')
        out.write("\n".join(f'  R"json({x})json"' for x in parts))
        out.write(";\n\nconst openapi_query openapi_queries[] = {\n")
        for x in queries(content):
            out.write(f"  {{{', '.join(json.dumps(y) for y in x)}}},\n")
        out.write("  {nullptr, nullptr, nullptr},\n};\n\n} // namespace meshd\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
