#pragma once

#include <initializer_list>
#include <string>

#include <nlohmann/json.hpp>

namespace meshctl {

/// JSON whose objects keep the order of their fields.
using json = nlohmann::ordered_json;

/// Begins a document for `--json`. `kind` and `version` identify its schema,
/// which is in `tools/meshctl/schemas/KIND.json`. New fields do not need a new
/// version.
inline json document(const std::string& kind, int version = 1) {
  return {{"schema", "meshctl/" + kind + "/" + std::to_string(version)}};
}

/// Parses an answer of meshd.
/// @throws failure if it is not JSON
json parse_answer(const std::string& text);

/// Copies these fields of an object, in this order.
/// @throws failure if one is missing
json pick(const json& from, std::initializer_list<const char*> fields);

/// Copies these fields of each object in a list.
json pick_each(const json& list, std::initializer_list<const char*> fields);

/// The text of a field, or nothing if it is missing or null.
std::string text_or_empty(const json& from, const char* field);

/// JSON in one line of ASCII. It is safe to print on a terminal, because
/// control characters and all characters outside ASCII are escaped.
std::string to_line(const json& x);

} // namespace meshctl
