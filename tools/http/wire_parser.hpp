#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tools/http/limits.hpp"
#include "tools/http/problem.hpp"
#include "tools/http/request.hpp"

namespace http {

/// Fills the private members of a request.
class request_builder {
public:
  static void set_method(request& to, std::string_view x);
  static void set_target(request& to, std::string_view path,
                         std::string_view query);
  static void set_http_1_0(request& to, bool x) {
    to.is_old_ = x;
  }
  static void add_field(request& to, std::string_view name,
                        std::string_view value);
  static std::string& body(request& to) {
    return to.body_;
  }
  static void set_client(request& to, const std::string& address,
                         bool is_encrypted) {
    to.remote_address_ = address;
    to.is_encrypted_ = is_encrypted;
  }
  static void set_level(request& to, access x) {
    to.level_ = x;
  }
  static void
  set_parameters(request& to,
                 std::vector<std::pair<std::string, std::string>> x) {
    to.parameters_ = std::move(x);
  }

private:
  static request::part append(request& to, std::string_view x);
};

/// Parses the requests of one connection, one after the other. It is strict:
/// input that another program might read differently is an error.
class wire_parser {
public:
  /// @param x must outlive this object
  explicit wire_parser(const limits& x);
  ~wire_parser();
  wire_parser(const wire_parser&) = delete;
  wire_parser& operator=(const wire_parser&) = delete;

  /// Begins to parse the next request.
  /// @param to must exist until the request is parsed or `begin` is called
  ///        again
  void begin(request& to);

  enum class outcome { needs_more, header_done, done, failed };

  /// Parses the next bytes.
  /// @param used receives the number of bytes used; the rest must be passed
  ///        again, followed by further bytes
  /// @returns `header_done` once for each request, even without a body, and
  ///          `done` at its end
  outcome read(std::string_view bytes, std::size_t& used);

  /// The cause of the outcome `failed`.
  const problem& failure() const;

  // -- once the header is parsed

  std::optional<std::uint64_t> content_length() const;
  bool is_chunked() const;
  bool is_done() const;
  bool keeps_alive() const;
  bool expects_continue() const;
  bool is_upgrade() const;
  /// The host in an absolute request target, or else in the `Host` header;
  /// empty if there is none.
  const std::string& host() const;

  /// Limits the size of the body in bytes, chunked or not.
  void set_body_limit(std::size_t most);

private:
  class beast_parser;
  std::unique_ptr<beast_parser> parser_;
};

} // namespace http
