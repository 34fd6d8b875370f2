#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <caf/config_option.hpp>

/// How CAF parses our options. The types here accept any value, which
/// `get_settings` checks later. CAF's own types report a bad value without
/// naming the option, silently drop a bad value in a file, and keep only the
/// last occurrence of a list.
namespace cafmesh::option_types {

using option_type = caf::config_option::meta_state;

/// What the types below remember about one option.
struct storage {
  std::vector<std::string> texts; ///< elements of a list on the command line
  bool is_argument = false;       ///< whether the command line gives the value
  /// The hash of the option's latest value in a configuration file. CAF keeps
  /// only one value, so a second value is compared with the first by its
  /// hash.
  std::optional<std::size_t> hash_in_file;
  bool contradicts = false; ///< whether a file has two different values
};

/// Whether a configuration file gives the option two different values.
bool contradicts_itself(const caf::config_option& x);

/// An option whose value is one string, taken literally. A string that is empty
/// or begins with a double quote must be written in double quotes, with CAF's
/// escapes.
extern const option_type text;

/// Options whose value is a number, a time (`50ms`, `30s`, `6min`), or `true`
/// or `false`. Unlike CAF's own flags, `truth` can be set to false.
extern const option_type number;
extern const option_type time;
extern const option_type truth;

/// An option whose value is a list of strings. The list is separated by commas,
/// given by repeating the option, or written in CAF's notation for lists.
extern const option_type texts;

/// Like `texts`, but each occurrence is one string, commas included.
extern const option_type whole_texts;

/// Overwrites the strings in a value, and replaces the value with a marker. An
/// option of type `whole_texts` that is given this marker also wipes the
/// strings that it has collected.
void wipe(caf::config_value& x);
bool is_wiped(const caf::config_value& x);

} // namespace cafmesh::option_types
