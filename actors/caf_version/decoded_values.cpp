#include "actors/caf_version/decoded_values.hpp"

#include <caf/detail/dynamic_message_data.hpp>
#include <caf/make_counted.hpp>
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

caf::message decoded_values::move_to_message() {
  std::vector<caf::type_erased_value_ptr> all;
  all.reserve(size_);
  for (std::size_t i = 0; i < size_; ++i)
    all.push_back(std::move(i < few ? first_[i] : rest_[i - few]));
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
  return (*this)[pos].get_mutable();
}

caf::error decoded_values::load(std::size_t pos, caf::deserializer& source) {
  return (*this)[pos].load(source);
}

caf::rtti_pair decoded_values::type(std::size_t pos) const noexcept {
  return (*this)[pos].type();
}

const void* decoded_values::get(std::size_t pos) const noexcept {
  return (*this)[pos].get();
}

std::string decoded_values::stringify(std::size_t pos) const {
  return (*this)[pos].stringify();
}

caf::type_erased_value_ptr decoded_values::copy(std::size_t pos) const {
  return (*this)[pos].copy();
}

caf::error decoded_values::save(std::size_t pos, caf::serializer& sink) const {
  return (*this)[pos].save(sink);
}

} // namespace cafmesh::caf_version
