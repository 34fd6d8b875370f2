#include "tools/meshctl/streaming.hpp"

#include <iostream>

namespace meshctl {

namespace {

void report_lost(session& on, const server_event& x) {
  auto result = document("lost");
  result["id"] = x.id;
  result.update(pick(parse_answer(x.data), {"lost"}));
  if (on.as_json())
    on.show(result, std::string{});
  else
    std::cerr << "meshctl: " << to_line(result["lost"])
              << " events were lost, because they came faster than they were "
                 "read\n";
}

} // namespace

void read_stream(session& on, const std::string& target, std::uint64_t count,
                 const std::function<bool(const server_event&)>& on_event) {
  std::uint64_t taken = 0;
  try {
    on.meshd().stream(target, [&](const server_event& x) {
      if (x.type == "overflow")
        report_lost(on, x);
      else if (on_event(x))
        ++taken;
      return count == 0 || taken < count;
    });
  } catch (const interrupted&) {
    // Without a count, Ctrl-C is the normal way to end a stream.
    if (count > 0)
      throw;
  }
}

} // namespace meshctl
