#pragma once

#include <string>
#include <string_view>

/// Helpers for the text of HTTP headers.
namespace http {

/// Whether the texts are equal, ignoring the case of ASCII letters.
bool equals_ignoring_case(std::string_view x, std::string_view y);

std::string lower_case(std::string_view x);

/// The text without the spaces and tabs at both ends.
std::string_view trimmed(std::string_view x);

/// Whether an `Accept-Encoding` allows gzip.
bool accepts_gzip(std::string_view accept_encoding);

/// Whether an `If-None-Match` names this entity tag, or is `*`.
bool names_etag(std::string_view if_none_match, std::string_view etag);

/// Calls `f` with each trimmed element of a comma-separated list, until `f`
/// returns true.
/// @returns whether `f` has returned true
template <class F>
bool any_element(std::string_view list, F f) {
  while (!list.empty()) {
    auto end = list.find(',');
    if (f(trimmed(list.substr(0, end))))
      return true;
    if (end == std::string_view::npos)
      break;
    list.remove_prefix(end + 1);
  }
  return false;
}

} // namespace http
