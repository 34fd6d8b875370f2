#include "actors/caf_version/bounded_serializer.hpp"

#include <cstdint>
#include <cstring>
#include <iomanip>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <type_traits>

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>

#include <cafmesh/errc.hpp>

namespace cafmesh::caf_version {

bounded_serializer::bounded_serializer(caf::execution_unit* ctx, bytes& out,
                                       std::size_t max_size)
    : caf::serializer(ctx), out_(out), max_size_(max_size),
      spotter_(ctx->system().node()) {
}

bool bounded_serializer::put(const void* data, std::size_t size) {
  if (first_error_)
    return false;
  if (size > max_size_ - out_.size()) {
    first_error_ =
      make_error(errc::too_large,
                 "the message exceeds " + std::to_string(max_size_) + " bytes");
    return false;
  }
  auto begin = static_cast<const std::uint8_t*>(data);
  out_.insert(out_.end(), begin, begin + size);
  return true;
}

caf::error bounded_serializer::write(const void* data, std::size_t size) {
  return put(data, size) ? caf::error{} : first_error_;
}

template <class T>
bool bounded_serializer::put_number(T x) {
  auto rest = static_cast<std::make_unsigned_t<T>>(x);
  std::uint8_t raw[sizeof(T)];
  for (auto i = sizeof(T); i-- > 0;) {
    raw[i] = static_cast<std::uint8_t>(rest);
    if constexpr (sizeof(T) > 1)
      rest = static_cast<decltype(rest)>(rest >> 8);
  }
  return put(raw, sizeof(raw));
}

template <class T>
caf::error bounded_serializer::write_number(T x) {
  return put_number(x) ? caf::error{} : first_error_;
}

void bounded_serializer::write_atom(caf::atom_value x) {
  const auto number = static_cast<std::uint64_t>(x);
  spotter_.number(number);
  put_number(number);
}

// Writes the number's IEEE 754 representation. CAF's pack754 gives the same
// bits for a normal number, but never returns for an infinite one.
template <class Bits, class T>
caf::error bounded_serializer::write_bits(T x) {
  static_assert(std::numeric_limits<T>::is_iec559 && sizeof(Bits) == sizeof(T));
  spotter_.other();
  Bits bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  return write_number(bits);
}

caf::error bounded_serializer::begin_object(std::uint16_t& type,
                                            std::string& name) {
  ++depth_;
  if (auto err = apply_impl(type))
    return err;
  return type == 0 ? apply_impl(name) : caf::error{};
}

caf::error bounded_serializer::end_object() {
  --depth_;
  return first_error_;
}

caf::error bounded_serializer::finish() {
  if (!first_error_ && depth_ > 0)
    first_error_ = make_error(errc::malformed, "a message within the message "
                                               "cannot be written");
  return first_error_;
}

caf::error bounded_serializer::begin_sequence(std::size_t& size) {
  spotter_.other();
  std::uint8_t digits[5];
  std::size_t count = 0;
  auto rest = size;
  for (; rest >= 0x80 && count < 4; rest >>= 7)
    digits[count++] = static_cast<std::uint8_t>(rest | 0x80);
  if (rest > 0x0f && count == 4)
    return first_error_ =
             make_error(errc::too_large, "a sequence exceeds 4 Gi elements");
  digits[count++] = static_cast<std::uint8_t>(rest);
  return write(digits, count);
}

caf::error bounded_serializer::end_sequence() {
  return first_error_;
}

caf::error bounded_serializer::apply_raw(std::size_t size, void* data) {
  spotter_.other();
  return write(data, size);
}

caf::error bounded_serializer::apply_impl(std::int8_t& x) {
  spotter_.other();
  return write_number(x);
}
caf::error bounded_serializer::apply_impl(std::uint8_t& x) {
  if (spotter_.octet(x))
    local_actors_.push_back(spotter_.id());
  return write_number(x);
}
caf::error bounded_serializer::apply_impl(std::int16_t& x) {
  spotter_.other();
  return write_number(x);
}
caf::error bounded_serializer::apply_impl(std::uint16_t& x) {
  spotter_.other();
  return write_number(x);
}
caf::error bounded_serializer::apply_impl(std::int32_t& x) {
  spotter_.other();
  return write_number(x);
}
caf::error bounded_serializer::apply_impl(std::uint32_t& x) {
  spotter_.process(x);
  return write_number(x);
}
caf::error bounded_serializer::apply_impl(std::int64_t& x) {
  spotter_.other();
  return write_number(x);
}
caf::error bounded_serializer::apply_impl(std::uint64_t& x) {
  spotter_.number(x);
  return write_number(x);
}
caf::error bounded_serializer::apply_impl(float& x) {
  return write_bits<std::uint32_t>(x);
}
caf::error bounded_serializer::apply_impl(double& x) {
  return write_bits<std::uint64_t>(x);
}

// Writes digits, because `long double` has no portable binary format.
caf::error bounded_serializer::apply_impl(long double& x) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << std::setprecision(std::numeric_limits<long double>::max_digits10)
       << x;
  auto digits = text.str();
  return apply_impl(digits);
}

caf::error bounded_serializer::apply_impl(std::string& x) {
  auto size = x.size();
  if (auto err = begin_sequence(size))
    return err;
  return write(x.data(), x.size());
}

template <class String>
caf::error bounded_serializer::write_wide(const String& x) {
  auto size = x.size();
  if (auto err = begin_sequence(size))
    return err;
  for (auto c : x) {
    using number =
      std::conditional_t<sizeof(c) == 2, std::uint16_t, std::uint32_t>;
    if (auto err = write_number(static_cast<number>(c)))
      return err;
  }
  return {};
}

caf::error bounded_serializer::apply_impl(std::u16string& x) {
  return write_wide(x);
}
caf::error bounded_serializer::apply_impl(std::u32string& x) {
  return write_wide(x);
}

} // namespace cafmesh::caf_version
