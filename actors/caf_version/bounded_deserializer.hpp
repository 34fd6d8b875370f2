#pragma once

#include <cstddef>
#include <functional>

#include <caf/actor_control_block.hpp>
#include <caf/deserializer.hpp>

#include "actors/caf_version/handle_spotter.hpp"
#include <cafmesh/bytes.hpp>

namespace cafmesh::caf_version {

/// Reads CAF's binary format from a peer that may send anything. CAF's own
/// deserializer trusts a size before it has seen the bytes, recurses without
/// bound, and loses the errors of nested messages. Here:
/// - a sequence has at most eight elements per byte that is left, and all
///   sequences together at most eight per byte of the whole (CAF packs eight
///   `bool` into a byte);
/// - messages nest at most `max_depth` levels deep, and reading values of any
///   types that nest uses at most `max_stack` bytes of the stack;
/// - the first error is kept, and everything after it fails;
/// - types are checked before values of them are made;
/// - a handle of a local actor is an error unless `may_address` allows it.
class bounded_deserializer final : public caf::deserializer {
public:
  static constexpr int max_depth = 32;
  static constexpr std::size_t max_stack = 256 * 1024;

  /// @param ctx has an actor system, and must outlive this object
  /// @param from must outlive this object
  /// @param may_address whether peers may address this local actor
  bounded_deserializer(caf::execution_unit* ctx, byte_view from,
                       std::function<bool(caf::actor_id)> may_address);

  const caf::error& first_error() const noexcept {
    return first_error_;
  }

  /// To be called after the last value. Returns the first error; bytes that are
  /// left over are an error too.
  caf::error finish();

  caf::error begin_object(std::uint16_t& type, std::string& name) override;
  caf::error end_object() override;
  caf::error begin_sequence(std::size_t& size) override;
  caf::error end_sequence() override;
  caf::error apply_raw(std::size_t size, void* data) override;

protected:
  caf::error apply_impl(std::int8_t& x) override;
  caf::error apply_impl(std::uint8_t& x) override;
  caf::error apply_impl(std::int16_t& x) override;
  caf::error apply_impl(std::uint16_t& x) override;
  caf::error apply_impl(std::int32_t& x) override;
  caf::error apply_impl(std::uint32_t& x) override;
  caf::error apply_impl(std::int64_t& x) override;
  caf::error apply_impl(std::uint64_t& x) override;
  caf::error apply_impl(float& x) override;
  caf::error apply_impl(double& x) override;
  caf::error apply_impl(long double& x) override;
  caf::error apply_impl(std::string& x) override;
  caf::error apply_impl(std::u16string& x) override;
  caf::error apply_impl(std::u32string& x) override;

private:
  template <class T>
  caf::error read_number(T& x);
  template <class Bits, class T>
  caf::error read_bits(T& x);
  template <class String>
  caf::error read_wide(String& x);
  caf::error read_size(std::size_t& x);
  caf::error read(void* to, std::size_t size);
  caf::error fail(caf::error why);

  byte_view rest_;
  std::size_t elements_left_;
  handle_spotter spotter_;
  std::function<bool(caf::actor_id)> may_address_;
  caf::error first_error_;
  int depth_ = 0; // messages that are being read
  std::uintptr_t stack_begin_;
};

} // namespace cafmesh::caf_version
