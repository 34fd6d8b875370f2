#include "tools/http/hints.hpp"

namespace http {

namespace {

struct coded_hint {
  std::string_view code;
  std::string_view hint;
};

constexpr coded_hint hints[] = {
  {"bad_framing", "Send the body's length in Content-Length, or send "
                  "Transfer-Encoding: chunked, but not both."},
  {"bad_request", "Send the request as RFC 9112 describes it for HTTP/1.1."},
  {"bad_target", "Send a path that begins with /, or a whole URL."},
  {"body_too_large", "Send less at once."},
  {"busy", "Try again later."},
  {"content_type_refused", "Send application/json or application/octet-stream, "
                           "whichever the resource takes; curl -d alone sends "
                           "another."},
  {"expectation_unknown", "Leave out the header Expect."},
  {"headers_too_large", "Send fewer or shorter header fields."},
  {"host_missing", "Send the header Host once, with the name and port to which "
                   "you connect."},
  {"host_not_allowed", "Use the address and port on which the service listens, "
                       "or add the name to the allowed hosts."},
  {"method_not_allowed", "Use one of these methods."},
  {"method_unknown", "Use another method."},
  {"no_answer", "Try again. If that fails, the service has an error."},
  {"no_answer_in_time", "The request may have been carried out; repeat it only "
                        "if that does no harm."},
  {"no_such_path", "Check the spelling of the path."},
  {"origin_not_allowed",
   "Only pages that this service itself serves may use it."},
  {"too_many_connections", "Close some of them, or try again later."},
  {"too_many_headers", "Send fewer header fields."},
  {"too_many_streams", "Close some of them."},
  {"too_slow", "Send it at once."},
  {"token_missing", "Send the header Authorization: Bearer TOKEN."},
  {"transfer_encoding_unknown",
   "Send Transfer-Encoding: chunked, or the header Content-Length instead."},
  {"upgrade_required", "Use a client for WebSockets."},
  {"uri_too_long", "Use a shorter path and query."},
  {"version_unknown", "Send the request in HTTP/1.1."},
};

} // namespace

std::string_view usual_hint(std::string_view code) {
  for (const auto& x : hints)
    if (x.code == code)
      return x.hint;
  return {};
}

} // namespace http
