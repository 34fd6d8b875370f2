#pragma once

#include <caf/config_option.hpp>

/// How CAF reads our options. CAF's own types refuse what they cannot read
/// with an error that names no option, or drop it silently where it stands in a
/// file, and their lists keep only the last of several occurrences. These keep
/// whatever comes, for `get_settings` to judge.
namespace cafmesh::option_types {

using option_type = caf::config_option::meta_state;

/// One text, as it stands; in double quotes, with CAF's escapes, where it has
/// to be empty or to begin with such a quote.
extern const option_type text;

/// A number, a time (`50ms`, `30s`, `6min`), or `true` and `false`; CAF's own
/// flags cannot be set to false.
extern const option_type number;
extern const option_type time;
extern const option_type truth;

/// Texts: comma-separated, repeated, or both; or a list in CAF's notation.
/// Needs a `std::vector<std::string>` as storage, to which it appends.
extern const option_type texts;

/// The same, where one occurrence is one text, commas and all.
extern const option_type whole_texts;

/// Overwrites a value's texts, and leaves in its place that it was wiped.
/// Stored into an option of `whole_texts`, that wipes what it has gathered.
void wipe(caf::config_value& x);
bool is_wiped(const caf::config_value& x);

} // namespace cafmesh::option_types
