#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <variant>

namespace meshd {

/// Why a request has failed: an HTTP status, and the fields of the problem
/// document that the client gets. `code` must not change, because clients
/// compare it.
struct problem {
  int status = 500;
  std::string code = "internal";
  std::string detail;
  std::string hint{}; ///< advice; if empty, `usual_hint` applies
};

inline problem node_stops() {
  return {503, "stopping", "The node is stopping."};
}

/// The answer to a request that succeeds but returns nothing.
struct done {};

template <class T>
using result = std::variant<T, problem>;

/// Receives the result of a request, on the HTTP thread.
template <class T>
using answer = std::function<void(result<T>)>;

/// The time limit for reading stored values when the node starts.
constexpr std::chrono::minutes load_time{5};

/// Runs a function on the HTTP thread. Any thread may call this.
using poster = std::function<void(std::function<void()>)>;

} // namespace meshd
