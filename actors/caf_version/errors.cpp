#include <utility>

#include <caf/atom.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <cafmesh/errc.hpp>

// Converts between errc and caf::error.
namespace cafmesh {

namespace {

constexpr auto category = caf::atom("cafmesh");

bool is_ours(const caf::error& what) noexcept {
  // CAF does not allow a call of `category` on an empty error.
  return static_cast<bool>(what) && what.category() == category;
}

} // namespace

caf::error make_error(errc code) {
  return caf::error{static_cast<std::uint8_t>(code), category};
}

caf::error make_error(errc code, std::string text) {
  return caf::error{static_cast<std::uint8_t>(code), category,
                    caf::make_message(std::move(text))};
}

std::string describe(const caf::error& what) {
  if (!what)
    return "none";
  if (!is_ours(what))
    return caf::to_string(what);
  std::string result = to_string(static_cast<errc>(what.code()));
  const auto& context = what.context();
  if (context.match_elements<std::string>()) {
    result += ": ";
    result += context.get_as<std::string>(0);
  }
  return result;
}

bool is(const caf::error& what, errc code) noexcept {
  if (code == errc::stopped && what == caf::sec::request_receiver_down)
    return true;
  return is_ours(what) && what.code() == static_cast<std::uint8_t>(code);
}

} // namespace cafmesh
