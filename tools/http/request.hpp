#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

/// What a client may do. Each level includes those before it.
enum class access : std::uint8_t { none, read, write };

/// A request with its whole body. Its views are valid while a copy of its
/// `responder` exists. A request does not change once a handler has it, so any
/// thread may read it.
class request {
public:
  /// The method as it was sent. It may be HEAD on a route for GET.
  std::string_view method() const {
    return view(method_);
  }
  /// The path without the query, as it was sent.
  std::string_view path() const {
    return view(path_);
  }
  /// The query without `?`, as it was sent.
  std::string_view raw_query() const {
    return view(query_);
  }
  /// The value of a parameter in the route's pattern, percent-decoded; it may
  /// contain any byte. Empty if the pattern has no such parameter.
  std::string_view parameter(std::string_view name) const;
  /// The first value of a query parameter, decoded (`+` is a space); absent if
  /// there is none. `?name` has an empty value.
  std::optional<std::string> query(std::string_view name) const;
  /// The decoded names of all query parameters. A name with a malformed escape
  /// is left as it was sent.
  std::vector<std::string> query_names() const;
  /// The first header with this name, ignoring case. Absent if there is none.
  std::optional<std::string_view> header(std::string_view name) const;
  const std::string& body() const {
    return body_;
  }
  /// What the client's token allows; `write` if the server has no tokens.
  access level() const {
    return level_;
  }
  /// The client's numeric address; empty over a Unix socket.
  const std::string& remote_address() const {
    return remote_address_;
  }
  bool is_encrypted() const {
    return is_encrypted_;
  }
  bool is_http_1_0() const {
    return is_old_;
  }

private:
  friend class request_builder;

  // A substring of `text_`, which holds the request line and the headers.
  struct part {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct field {
    part name;
    part value;
  };

  std::string_view view(part x) const {
    return std::string_view{text_}.substr(x.begin, x.size);
  }

  std::string text_;
  part method_;
  part path_;
  part query_;
  std::vector<field> fields_;
  std::vector<std::pair<std::string, std::string>> parameters_;
  std::string body_;
  std::string remote_address_;
  access level_ = access::none;
  bool is_encrypted_ = false;
  bool is_old_ = false;
};

} // namespace http
