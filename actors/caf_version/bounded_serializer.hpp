#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <caf/serializer.hpp>

#include "actors/caf_version/handle_spotter.hpp"
#include <cafmesh/bytes.hpp>

namespace cafmesh::caf_version {

/// Writes CAF's binary format, up to a maximum size, for `bounded_deserializer`
/// to read. Also collects the IDs of local actors whose handles it writes.
class bounded_serializer final : public caf::serializer {
public:
  /// @param ctx must have an actor system, and must outlive this object
  /// @param max_size the maximum size of `out` in bytes
  bounded_serializer(caf::execution_unit* ctx, bytes& out,
                     std::size_t max_size);

  const caf::error& first_error() const noexcept {
    return first_error_;
  }
  /// Call this after the last value. CAF itself loses errors of nested
  /// messages, but this function reports them.
  /// @returns the first error; errc::malformed if an element of a nested
  ///          message could not be written
  caf::error finish();

  bool has_local_actors() const noexcept {
    return !local_actors_.empty();
  }
  /// The IDs of the local actors whose handles were written since the last
  /// call. Some may only look like handles, see `handle_spotter`.
  std::vector<std::uint64_t> take_local_actors() noexcept {
    return std::exchange(local_actors_, {});
  }

  /// Writes an atom as `operator()` does, at less cost. After an error, see
  /// `first_error`.
  void write_atom(caf::atom_value x);

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
  bool put_number(T x);
  template <class T>
  caf::error write_number(T x);
  template <class Bits, class T>
  caf::error write_bits(T x);
  template <class String>
  caf::error write_wide(const String& x);
  /// @returns false if there was an error, see `first_error`
  bool put(const void* data, std::size_t size);
  caf::error write(const void* data, std::size_t size);

  bytes& out_;
  std::size_t max_size_;
  handle_spotter spotter_;
  caf::error first_error_;
  int depth_ = 0; // nested messages not yet ended
  std::vector<std::uint64_t> local_actors_;
};

} // namespace cafmesh::caf_version
