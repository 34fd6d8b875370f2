#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/http/responder.hpp"

namespace http {

struct route_options {
  /// The access that the route needs. If absent, GET needs `read`, and other
  /// methods need `write`.
  std::optional<access> needs{};
  /// The maximum size of a body in bytes, chunked or not. If 0, the limit in
  /// `limits` applies.
  std::size_t body_bytes = 0;
  /// The time limit for the answer. If 0, the limit in `limits` applies.
  std::chrono::milliseconds answer_time{0};
  /// Whether a body may have any content type, even one that browsers send to
  /// other sites without a CORS preflight.
  bool any_content_type = false;
  /// Whether this is a page that a link on another site may open.
  bool is_page = false;
};

struct route {
  std::string method;
  std::vector<std::string> segments; ///< `{name}` is a parameter
  bool takes_rest = false;           ///< whether the last one is `{name...}`
  handler f;
  route_options options;
  std::string beginning; ///< the path up to the first parameter
};

using parameter_list = std::vector<std::pair<std::string, std::string>>;

/// The routes of a server. They must not change once the server has started.
class router {
public:
  /// Adds a route. If several routes fit a path, a fixed segment takes
  /// precedence over a parameter at the first segment where they differ.
  /// @param pattern `/fixed/{one_segment}/{rest...}`; a rest has at least one
  ///        byte. Parameters are percent-decoded after the path is split, so a
  ///        segment may contain an encoded `/`.
  void add(std::string method, std::string_view pattern, handler f,
           route_options options = {});

  struct match {
    const route* found = nullptr;
    parameter_list parameters;
    std::string allowed; ///< for 405: the other methods of this path
    /// Whether a percent escape in the path is malformed.
    bool is_malformed = false;
  };

  /// @param method HEAD also finds routes for GET
  match find(std::string_view method, std::string_view path) const;

private:
  std::string methods_of(std::string_view path) const;

  std::vector<route> routes_;
};

/// Decodes percent escapes.
/// @returns nothing if a `%` is not followed by two hexadecimal digits
std::optional<std::string> percent_decoded(std::string_view x,
                                           bool plus_is_space = false);

} // namespace http
