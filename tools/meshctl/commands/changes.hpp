#pragma once

#include <cstdint>
#include <string>

#include "tools/meshctl/session.hpp"

namespace meshctl {

/// Prints a value, and then its changes as they happen.
/// @param kind the kind of the JSON documents
/// @param count ends after this many changes, not counting the first value; 0:
///        no limit
void print_changes(session& on, const std::string& target, const char* kind,
                   std::uint64_t count);

} // namespace meshctl
