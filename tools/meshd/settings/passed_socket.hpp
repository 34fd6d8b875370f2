#pragma once

#include <cstdint>

namespace meshd {

/// The first descriptor that systemd passes.
constexpr int first_passed_socket = 3;

/// The descriptor that systemd passes under the name `http`; -1 if none.
/// @param pid, count, names the variables LISTEN_PID, LISTEN_FDS and
///        LISTEN_FDNAMES; null if they are not set
/// @param own the ID of this process
int passed_socket(const char* pid, const char* count, const char* names,
                  std::int64_t own);

} // namespace meshd
