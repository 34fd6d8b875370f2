#include "actors/caf_version/decoded_values.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/deserializer.hpp>
#include <caf/detail/dynamic_message_data.hpp>
#include <caf/make_counted.hpp>
#include <caf/make_type_erased_value.hpp>
#include <caf/serializer.hpp>
#include <caf/type_nr.hpp>

namespace cafmesh::caf_version {

namespace {

caf::message to_message(std::vector<caf::type_erased_value_ptr> values) {
  if (values.empty())
    return {};
  auto data =
    caf::make_counted<caf::detail::dynamic_message_data>(std::move(values));
  return caf::message{caf::detail::message_data::cow_ptr{std::move(data)}};
}

} // namespace

void decoded_values::add(caf::type_erased_value_ptr x) {
  token_ = caf::add_to_type_token(token_, x->type().first);
  if (size_ < few)
    first_[size_] = std::move(x);
  else
    rest_.push_back(std::move(x));
  ++size_;
}

void decoded_values::add(caf::atom_value x) {
  if (size_ >= few)
    return add(caf::make_type_erased_value<caf::atom_value>(x));
  token_ = caf::add_to_type_token(token_, caf::type_nr<caf::atom_value>::value);
  atoms_[size_++] = x;
}

caf::type_erased_value_ptr decoded_values::take(std::size_t pos) {
  if (is_atom(pos))
    return copy(pos);
  return std::move(pos < few ? first_[pos] : rest_[pos - few]);
}

caf::message decoded_values::move_to_message() {
  std::vector<caf::type_erased_value_ptr> all;
  all.reserve(size_);
  for (std::size_t i = 0; i < size_; ++i)
    all.push_back(take(i));
  *this = decoded_values{};
  return to_message(std::move(all));
}

caf::message decoded_values::copy_to_message() const {
  std::vector<caf::type_erased_value_ptr> all;
  all.reserve(size_);
  for (std::size_t i = 0; i < size_; ++i)
    all.push_back(copy(i));
  return to_message(std::move(all));
}

void* decoded_values::get_mutable(std::size_t pos) {
  return is_atom(pos) ? &atoms_[pos] : at(pos).get_mutable();
}

caf::error decoded_values::load(std::size_t pos, caf::deserializer& source) {
  return is_atom(pos) ? source(atoms_[pos]) : at(pos).load(source);
}

caf::rtti_pair decoded_values::type(std::size_t pos) const noexcept {
  return is_atom(pos) ? caf::make_rtti_pair<caf::atom_value>() : at(pos).type();
}

const void* decoded_values::get(std::size_t pos) const noexcept {
  return is_atom(pos) ? &atoms_[pos] : at(pos).get();
}

std::string decoded_values::stringify(std::size_t pos) const {
  return is_atom(pos) ? caf::deep_to_string(atoms_[pos]) : at(pos).stringify();
}

caf::type_erased_value_ptr decoded_values::copy(std::size_t pos) const {
  return is_atom(pos)
           ? caf::make_type_erased_value<caf::atom_value>(atoms_[pos])
           : at(pos).copy();
}

caf::error decoded_values::save(std::size_t pos, caf::serializer& sink) const {
  return is_atom(pos) ? sink(atoms_[pos]) : at(pos).save(sink);
}

} // namespace cafmesh::caf_version
