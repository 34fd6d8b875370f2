#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/streaming.hpp"
#include "tools/meshctl/text/encodings.hpp"
#include "tools/meshctl/view/stream_views.hpp"

// The command `listen`: prints the messages of a channel as they arrive.
namespace meshctl {

namespace {

void print_message(session& on, const json& message, bool raw) {
  auto& out = on.out();
  auto to = out.current_screen();
  if (on.as_json())
    out.write(to_line(message) + '\n');
  else if (raw && out.is_terminal())
    out.write(visible(message_data(message), to.has_utf8) + '\n');
  else if (raw)
    out.write(message_data(message));
  else
    out.write(render_message(message, to) + '\n');
}

void run_listen(session& on, const arguments& with) {
  auto target =
    "/v1/channels/" + percent_encoded(with.text("CHANNEL")) + "/messages";
  auto raw = with.has("--raw");
  read_stream(on, target, with.number("--count", 0),
              [&](const server_event& x) {
                if (x.type != "message")
                  return false;
                print_message(on, message_document(x), raw);
                return true;
              });
}

} // namespace

void add_listen(commands& to) {
  to.push_back(
    {"listen",
     "print the messages of a channel as they arrive",
     {word("CHANNEL", "a channel that the node has joined"),
      flag("--raw", "print only the data, byte for byte"),
      option("--count", "N", "end after this many messages")},
     run_listen,
     "Prints one line for each message: its sender, whether it was for this "
     "node or for all, and its data with control characters escaped. --raw "
     "adds nothing between messages. On a terminal it escapes them, too."});
}

} // namespace meshctl
