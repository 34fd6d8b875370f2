#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/deserializer.hpp>

#include "actors/caf_version/handle_spotter.hpp"
#include <cafmesh/bytes.hpp>

namespace cafmesh::caf_version {

/// Reads CAF's binary format from a peer that may send anything. CAF's own
/// deserializer trusts sizes before it has seen the bytes, recurses without
/// bound, and loses errors of nested messages. This class has these rules:
/// - A sequence has at most eight elements per remaining byte, because CAF
///   packs eight `bool` into a byte.
/// - All sequences together have at most nine elements per byte of the input.
///   The ninth allows for the packed bytes, which CAF reads as a sequence of
///   their own.
/// - Messages nest at most `max_depth` levels deep. Reading nested values of
///   any type uses at most `max_stack` bytes of the stack.
/// - After the first error, every read fails with that error.
/// - A type is checked (see content_types.hpp) before a value of it is made.
/// - A handle of a local actor is an error unless `may_address` allows it.
class bounded_deserializer final : public caf::deserializer {
public:
  static constexpr int max_depth = 32;
  static constexpr std::size_t max_stack = 256 * 1024;

  /// @param ctx must have an actor system, and must outlive this object
  /// @param from the input, which must outlive this object
  /// @param may_address whether peers may address the local actor with the
  ///        given ID
  bounded_deserializer(caf::execution_unit* ctx, byte_view from,
                       const std::function<bool(caf::actor_id)>& may_address);

  const caf::error& first_error() const noexcept {
    return first_error_;
  }

  /// Checks that the input ends here. Call this after the last value.
  /// @returns the first error; errc::malformed if a nested message is
  ///          incomplete or bytes are left over; errc::ended if an actor has
  ///          ended since its handle was read, because that handle may be null
  caf::error finish();

  /// Reads an atom as `operator()` does, at less cost. After an error, see
  /// `first_error`.
  void read_atom(caf::atom_value& x);

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
  bool take_number(T& x);
  template <class T>
  caf::error read_number(T& x);
  template <class Bits, class T>
  caf::error read_bits(T& x);
  template <class String>
  caf::error read_wide(String& x);
  caf::error read_size(std::size_t& x);
  bool nests_too_deeply() const noexcept;
  /// @returns false if there was an error, see `first_error`
  bool take(void* to, std::size_t size);
  caf::error read(void* to, std::size_t size);
  caf::error check_actor(caf::actor_id id);
  caf::error fail(caf::error why);

  byte_view rest_;
  std::size_t elements_left_;
  handle_spotter spotter_;
  const std::function<bool(caf::actor_id)>& may_address_;
  std::vector<caf::actor_id> local_actors_; // whose handles were read
  caf::error first_error_;
  int depth_ = 0; // levels of messages within messages
  std::uintptr_t stack_begin_;
};

} // namespace cafmesh::caf_version
