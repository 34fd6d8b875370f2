#include "tools/meshctl/http/event_parser.hpp"

#include "tools/meshctl/failure.hpp"

namespace meshctl {

bool event_parser::feed(std::string_view bytes, const handler& on_event) {
  while (!bytes.empty()) {
    if (ended_by_return_ && bytes[0] == '\n')
      bytes.remove_prefix(1);
    ended_by_return_ = false;
    auto end = bytes.find_first_of("\r\n");
    line_ += bytes.substr(0, end);
    if (line_.size() + event_.data.size() > largest_event)
      throw failure{exit_code::failed, "meshd has sent an event of more than "
                                       "32 MiB"};
    if (end == bytes.npos)
      return true;
    ended_by_return_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (!end_line(on_event))
      return false;
  }
  return true;
}

bool event_parser::end_line(const handler& on_event) {
  if (!line_.empty()) {
    take_field(line_);
    line_.clear();
    return true;
  }
  auto complete = has_data_;
  auto done = server_event{event_.id, {}, {}};
  std::swap(done, event_);
  has_data_ = false;
  if (done.type.empty())
    done.type = "message";
  return !complete || on_event(done);
}

void event_parser::take_field(std::string_view line) {
  auto colon = line.find(':');
  auto name = line.substr(0, colon);
  auto value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
  if (!value.empty() && value[0] == ' ')
    value.remove_prefix(1);
  if (name == "id") {
    event_.id = value;
  } else if (name == "event") {
    event_.type = value;
  } else if (name == "data") {
    if (has_data_)
      event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  }
}

} // namespace meshctl
