#pragma once

#include <cstdint>
#include <string>

#include "tools/meshctl/session.hpp"

namespace meshctl {

/// Prints the events of a value: what it has, which does not count, and then
/// its changes as they happen.
/// @param kind of the JSON documents
/// @param count ends after this many changes; 0: no limit
void print_changes(session& on, const std::string& target, const char* kind,
                   std::uint64_t count);

} // namespace meshctl
