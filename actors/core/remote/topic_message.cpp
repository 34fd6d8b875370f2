#include "actors/core/remote/topic_message.hpp"

#include "actors/core/remote/packets.hpp"
#include "messages/wire/byte_stream.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::remote {

namespace {

constexpr std::uint8_t topic_format = 1;

} // namespace

caf::error check_topic(const std::string& topic) {
  if (topic.empty() || topic.size() > max_topic)
    return make_error(errc::bad_setting, "a topic has 1 to "
                                           + std::to_string(max_topic)
                                           + " bytes");
  return {};
}

void append_topic_message(bytes& out, const topic_message& x) {
  out.push_back(topic_format);
  wire::append_fixed(out, x.publisher);
  wire::append_number(out, x.number);
  wire::append_run(out, byte_view{x.topic});
}

std::optional<topic_message> read_topic_message(byte_view from) {
  wire::byte_reader reader{from};
  topic_message result;
  auto is_known = reader.octet() == topic_format;
  result.publisher = reader.fixed();
  result.number = reader.number();
  auto topic = reader.run();
  if (!is_known || reader.failed() || topic.empty() || topic.size() > max_topic
      || result.number == 0 || result.number > max_number)
    return std::nullopt;
  result.topic = std::string{topic.as_text()};
  result.content = reader.rest();
  return result;
}

} // namespace cafmesh::remote
