#include "actors/core/remote/closing_message.hpp"

#include "messages/wire/byte_stream.hpp"

namespace cafmesh::remote {

bytes closing_message(std::uint64_t number, const std::vector<closing>& all) {
  bytes result;
  result.push_back(closing_format);
  wire::append_number(result, number);
  for (const auto& x : all) {
    x.peer.append_to(result);
    wire::append_fixed(result, value_of(x.uid));
  }
  return result;
}

std::optional<std::vector<closing>> read_closing_message(byte_view from,
                                                         name_flavour flavour) {
  wire::byte_reader reader{from};
  auto is_known = reader.octet() == closing_format;
  reader.number();
  const auto size = name_size(flavour) + sizeof(std::uint64_t);
  const auto count = reader.rest().size() / size;
  if (!is_known || reader.failed() || count == 0 || count > max_closings
      || reader.rest().size() % size != 0)
    return std::nullopt;
  std::vector<closing> result;
  result.reserve(count);
  while (!reader.at_end()) {
    auto name = reader.take(name_size(flavour));
    result.push_back(
      {peer_name::read_from(name.begin(), flavour), peer_uid{reader.fixed()}});
  }
  return result;
}

} // namespace cafmesh::remote
