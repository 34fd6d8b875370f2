#include "crypto/handshake/handshake_steps.hpp"

#include <string>

#include <cafmesh/errc.hpp>

namespace cafmesh::crypto::steps {

caf::error only_we_encrypt() {
  return make_error(errc::encryption_mismatch,
                    "expected encryption as on our side, got a remote without "
                    "a password");
}

caf::error only_they_encrypt() {
  return make_error(errc::encryption_mismatch,
                    "expected no encryption as on our side, got a remote with "
                    "a password");
}

caf::error too_long(std::size_t limit) {
  return make_error(errc::too_large,
                    "expected at most " + std::to_string(limit)
                      + " bytes in a frame of a remote that is not accepted "
                        "yet, got one that announces more");
}

caf::error wrong_password() {
  return make_error(errc::cannot_open,
                    "expected a frame sealed with a password that we accept, "
                    "got one that does not open: another password, or damage");
}

caf::error malformed_input(const char* expected) {
  return make_error(errc::malformed,
                    std::string{"expected "} + expected + ", got other bytes");
}

caf::expected<std::optional<wire::frame_scan>>
frame_at_front(wire::framing kind, byte_view input, std::size_t limit) {
  auto frame = wire::scan_frame(kind, input, limit);
  switch (frame.status) {
  case wire::frame_status::complete:
    return std::optional{frame};
  case wire::frame_status::incomplete:
    break;
  case wire::frame_status::too_large:
    return too_long(limit);
  case wire::frame_status::malformed:
    return malformed_input("a frame");
  }
  return std::optional<wire::frame_scan>{};
}

} // namespace cafmesh::crypto::steps
