#include "actors/caf_version/bounded_deserializer.hpp"

#include <cstdint>
#include <cstring>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>

#include "actors/caf_version/content_types.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::caf_version {

namespace {

constexpr std::size_t elements_per_byte = 8;
constexpr std::size_t all_elements_per_byte = 9;
constexpr std::size_t longest_number_text = 64;

std::uintptr_t stack_position() noexcept {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

// Reads a number that an output stream has written. Input streams cannot read
// infinity and NaN.
bool parse(const std::string& text, long double& x) {
  using limits = std::numeric_limits<long double>;
  if (text == "inf" || text == "-inf") {
    x = text == "inf" ? limits::infinity() : -limits::infinity();
    return true;
  }
  if (text == "nan" || text == "-nan") {
    x = limits::quiet_NaN();
    return true;
  }
  std::istringstream digits{text};
  digits.imbue(std::locale::classic());
  return static_cast<bool>(digits >> x);
}

} // namespace

bounded_deserializer::bounded_deserializer(
  caf::execution_unit* ctx, byte_view from,
  const std::function<bool(caf::actor_id)>& may_address)
    : caf::deserializer(ctx), rest_(from),
      elements_left_(all_elements_per_byte * from.size()),
      spotter_(ctx->system().node()), may_address_(may_address),
      stack_begin_(stack_position()) {
}

caf::error bounded_deserializer::fail(caf::error why) {
  if (!first_error_)
    first_error_ = std::move(why);
  rest_ = {};
  return first_error_;
}

// The stack grows downwards. If this frame is above `stack_begin_`, the
// difference wraps around, which the second comparison excludes.
bool bounded_deserializer::nests_too_deeply() const noexcept {
  const auto used = stack_begin_ - stack_position();
  return used > max_stack && used <= UINTPTR_MAX / 2;
}

bool bounded_deserializer::take(void* to, std::size_t size) {
  if (first_error_)
    return false;
  if (size > rest_.size()) {
    fail(make_error(errc::malformed,
                    "the message ends too early: a type has the same name but "
                    "another layout at the sender, or contains a message with "
                    "a type that is not registered there"));
    return false;
  }
  if (nests_too_deeply()) {
    fail(make_error(errc::too_large, "values nest too deeply"));
    return false;
  }
  if (size > 0)
    std::memcpy(to, rest_.data(), size);
  rest_ = rest_.sub(size);
  return true;
}

caf::error bounded_deserializer::read(void* to, std::size_t size) {
  return take(to, size) ? caf::error{} : first_error_;
}

template <class T>
bool bounded_deserializer::take_number(T& x) {
  std::uint8_t raw[sizeof(T)];
  if (!take(raw, sizeof(raw)))
    return false;
  std::uint64_t result = 0;
  for (auto octet : raw)
    result = result << 8 | octet;
  x = static_cast<T>(result);
  return true;
}

template <class T>
caf::error bounded_deserializer::read_number(T& x) {
  return take_number(x) ? caf::error{} : first_error_;
}

void bounded_deserializer::read_atom(caf::atom_value& x) {
  std::uint64_t number = 0;
  if (!take_number(number))
    return;
  spotter_.number(number);
  x = static_cast<caf::atom_value>(number);
}

template <class Bits, class T>
caf::error bounded_deserializer::read_bits(T& x) {
  static_assert(std::numeric_limits<T>::is_iec559 && sizeof(Bits) == sizeof(T));
  spotter_.other();
  Bits bits = 0;
  if (auto err = read_number(bits))
    return err;
  std::memcpy(&x, &bits, sizeof bits);
  return {};
}

caf::error bounded_deserializer::finish() {
  if (!first_error_ && depth_ > 0)
    fail(make_error(errc::malformed, "a message within the message cannot be "
                                     "read"));
  if (!rest_.empty())
    fail(make_error(errc::malformed,
                    std::to_string(rest_.size())
                      + " bytes are left over: a type has the same name but "
                        "another layout at the sender, or contains a message "
                        "with a type that is not registered there"));
  for (auto id : local_actors_)
    if (!first_error_)
      check_actor(id);
  return first_error_;
}

// Also looks into the registry, because CAF would make a null handle for an
// actor that is not registered.
caf::error bounded_deserializer::check_actor(caf::actor_id id) {
  if (may_address_(id) && context()->system().registry().get(id))
    return {};
  return fail(make_error(errc::ended, "the message has a handle of actor "
                                        + std::to_string(id)
                                        + " of this peer, which has ended or "
                                          "was never given to others"));
}

caf::error bounded_deserializer::begin_object(std::uint16_t& type,
                                              std::string& name) {
  if (++depth_ > max_depth)
    return fail(make_error(errc::too_large, "messages nest deeper than "
                                              + std::to_string(max_depth)
                                              + " levels"));
  if (auto err = apply_impl(type))
    return err;
  if (type != 0)
    return fail(
      make_error(errc::unknown_type, "number " + std::to_string(type)
                                       + ", where a name is expected"));
  if (auto err = apply_impl(name))
    return err;
  if (auto err = check_type_list(context()->system(), name))
    return fail(std::move(err));
  if (name == "@<>")
    --depth_; // CAF does not call `end_object` for an empty message
  return {};
}

caf::error bounded_deserializer::end_object() {
  --depth_;
  return first_error_;
}

caf::error bounded_deserializer::read_size(std::size_t& x) {
  spotter_.other();
  // Fast path for most sizes. After an error `rest_` is empty, so this path is
  // not taken.
  if (!rest_.empty() && rest_[0] < 0x80 && !nests_too_deeply()) {
    x = rest_[0];
    rest_ = rest_.sub(1);
    return {};
  }
  x = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    std::uint8_t digit = 0;
    if (auto err = read(&digit, 1))
      return err;
    x |= std::size_t{digit & 0x7fu} << shift;
    if (digit < 0x80)
      return {};
  }
  return fail(make_error(errc::malformed, "a size has too many digits"));
}

caf::error bounded_deserializer::begin_sequence(std::size_t& size) {
  if (auto err = read_size(size))
    return err;
  if (size > elements_per_byte * rest_.size() || size > elements_left_) {
    auto claimed = std::exchange(size, 0);
    return fail(make_error(
      errc::malformed, "a sequence claims to have " + std::to_string(claimed)
                         + " elements, more than there are bytes for"));
  }
  elements_left_ -= size;
  return {};
}

caf::error bounded_deserializer::end_sequence() {
  return first_error_;
}

caf::error bounded_deserializer::apply_raw(std::size_t size, void* data) {
  spotter_.other();
  return read(data, size);
}

caf::error bounded_deserializer::apply_impl(std::int8_t& x) {
  spotter_.other();
  return read_number(x);
}
caf::error bounded_deserializer::apply_impl(std::uint8_t& x) {
  if (auto err = read_number(x))
    return err;
  if (!spotter_.octet(x))
    return {};
  local_actors_.push_back(spotter_.id());
  return check_actor(spotter_.id());
}
caf::error bounded_deserializer::apply_impl(std::int16_t& x) {
  spotter_.other();
  return read_number(x);
}
caf::error bounded_deserializer::apply_impl(std::uint16_t& x) {
  spotter_.other();
  return read_number(x);
}
caf::error bounded_deserializer::apply_impl(std::int32_t& x) {
  spotter_.other();
  return read_number(x);
}
caf::error bounded_deserializer::apply_impl(std::uint32_t& x) {
  if (auto err = read_number(x))
    return err;
  spotter_.process(x);
  return {};
}
caf::error bounded_deserializer::apply_impl(std::int64_t& x) {
  spotter_.other();
  return read_number(x);
}
caf::error bounded_deserializer::apply_impl(std::uint64_t& x) {
  if (auto err = read_number(x))
    return err;
  spotter_.number(x);
  return {};
}
caf::error bounded_deserializer::apply_impl(float& x) {
  return read_bits<std::uint32_t>(x);
}
caf::error bounded_deserializer::apply_impl(double& x) {
  return read_bits<std::uint64_t>(x);
}
caf::error bounded_deserializer::apply_impl(long double& x) {
  std::string text;
  if (auto err = apply_impl(text))
    return err;
  if (text.size() > longest_number_text || !parse(text, x))
    return fail(make_error(errc::malformed, "a number is malformed"));
  return {};
}

caf::error bounded_deserializer::apply_impl(std::string& x) {
  std::size_t size = 0;
  if (auto err = read_size(size))
    return err;
  if (size > rest_.size())
    return fail(make_error(errc::malformed, "the message ends within a text"));
  x.assign(rest_.sub(0, size).as_text());
  rest_ = rest_.sub(size);
  return {};
}

template <class String>
caf::error bounded_deserializer::read_wide(String& x) {
  using character = typename String::value_type;
  using number =
    std::conditional_t<sizeof(character) == 2, std::uint16_t, std::uint32_t>;
  std::size_t size = 0;
  if (auto err = read_size(size))
    return err;
  if (size > rest_.size() / sizeof(number))
    return fail(make_error(errc::malformed, "the message ends within a text"));
  x.resize(size);
  for (auto& c : x) {
    number read = 0;
    if (auto err = read_number(read))
      return err;
    c = static_cast<character>(read);
  }
  return {};
}

caf::error bounded_deserializer::apply_impl(std::u16string& x) {
  return read_wide(x);
}
caf::error bounded_deserializer::apply_impl(std::u32string& x) {
  return read_wide(x);
}

} // namespace cafmesh::caf_version
