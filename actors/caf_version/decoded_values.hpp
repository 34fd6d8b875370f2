#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <caf/atom.hpp>
#include <caf/message.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/type_erased_value.hpp>

namespace cafmesh::caf_version {

/// The elements of a received message. Unlike a `caf::message`, it allocates no
/// memory of its own for up to `few` elements, and none at all for atoms among
/// these; most messages begin with an atom.
class decoded_values final : public caf::type_erased_tuple {
public:
  static constexpr std::size_t few = 3;

  decoded_values() = default;
  decoded_values(decoded_values&& other) noexcept
      : first_(std::move(other.first_)), atoms_(other.atoms_),
        rest_(std::move(other.rest_)), size_(std::exchange(other.size_, 0)),
        token_(std::exchange(other.token_, no_types)) {
  }
  decoded_values& operator=(decoded_values&& other) noexcept {
    first_ = std::move(other.first_);
    atoms_ = other.atoms_;
    rest_ = std::move(other.rest_);
    size_ = std::exchange(other.size_, 0);
    token_ = std::exchange(other.token_, no_types);
    return *this;
  }
  decoded_values(const decoded_values&) = delete;
  decoded_values& operator=(const decoded_values&) = delete;

  void add(caf::type_erased_value_ptr x);
  void add(caf::atom_value x);
  /// The atom at a position; null if the element is another value, or comes
  /// after the first few.
  caf::atom_value* atom_at(std::size_t pos) noexcept {
    return is_atom(pos) ? &atoms_[pos] : nullptr;
  }
  caf::message move_to_message();
  caf::message copy_to_message() const;

  // -- caf::type_erased_tuple

  using caf::type_erased_tuple::load;
  using caf::type_erased_tuple::save;
  using caf::type_erased_tuple::stringify;

  void* get_mutable(std::size_t pos) override;
  caf::error load(std::size_t pos, caf::deserializer& source) override;
  std::size_t size() const noexcept override {
    return size_;
  }
  std::uint32_t type_token() const noexcept override {
    return token_;
  }
  caf::rtti_pair type(std::size_t pos) const noexcept override;
  const void* get(std::size_t pos) const noexcept override;
  std::string stringify(std::size_t pos) const override;
  caf::type_erased_value_ptr copy(std::size_t pos) const override;
  caf::error save(std::size_t pos, caf::serializer& sink) const override;

private:
  static constexpr std::uint32_t no_types = 0xFFFFFFFF; // CAF's initial token

  bool is_atom(std::size_t pos) const noexcept {
    return pos < few && !first_[pos];
  }
  /// @pre `is_atom` is false
  const caf::type_erased_value& at(std::size_t pos) const noexcept {
    return pos < few ? *first_[pos] : *rest_[pos - few];
  }
  /// @pre `is_atom` is false
  caf::type_erased_value& at(std::size_t pos) noexcept {
    return pos < few ? *first_[pos] : *rest_[pos - few];
  }
  caf::type_erased_value_ptr take(std::size_t pos);

  std::array<caf::type_erased_value_ptr, few> first_; // null for atoms
  std::array<caf::atom_value, few> atoms_{};
  std::vector<caf::type_erased_value_ptr> rest_;
  std::size_t size_ = 0;
  std::uint32_t token_ = no_types;
};

} // namespace cafmesh::caf_version
