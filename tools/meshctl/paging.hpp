#pragma once

#include <cstdint>
#include <string>

#include "tools/meshctl/command.hpp"
#include "tools/meshctl/http/api.hpp"

namespace meshctl {

/// The items of a list that meshd serves in pages.
struct listed {
  json items;
  json next; ///< the `--after` with which to go on; null at the end
};

/// Reads pages until there are `most` items or the list ends. The arguments may
/// have `PREFIX` and `--after`.
/// @param field the name of the list in a page
listed read_pages(api& from, const std::string& path, const char* field,
                  const arguments& with, std::uint64_t most);

} // namespace meshctl
