#include <chrono>
#include <set>
#include <sstream>

#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/view/traffic.hpp"

// The command `top`: shows the traffic of the connections at intervals.
namespace meshctl {

namespace {

using std::chrono::steady_clock;

/// Switches the terminal to its alternate screen and hides the cursor. The
/// destructor undoes both.
class full_screen {
public:
  explicit full_screen(output& out) : out_(out) {
    if (out_.is_terminal())
      out_.write("\x1b[?1049h\x1b[?25l");
  }
  full_screen(const full_screen&) = delete;
  full_screen& operator=(const full_screen&) = delete;
  ~full_screen() {
    try {
      if (out_.is_terminal())
        out_.write("\x1b[?25h\x1b[?1049l");
    } catch (...) {
      // The terminal is gone.
    }
  }

private:
  output& out_;
};

// Overwrites the screen line by line, which flickers less than clearing it
// first.
std::string over_screen(const std::string& text, std::size_t height) {
  std::string result = "\x1b[H";
  std::istringstream lines{text};
  std::string line;
  for (std::size_t i = 1; i < height && std::getline(lines, line); ++i)
    result += line + "\x1b[K\n";
  return result + "\x1b[J";
}

void show_traffic(session& on, const json& traffic) {
  auto& out = on.out();
  auto to = out.current_screen();
  if (on.as_json())
    out.write(to_line(traffic) + '\n');
  else if (out.is_terminal())
    out.write(over_screen(render_traffic(traffic, to), to.height));
  else
    out.write(render_traffic_line(traffic));
}

void repeat(session& on, const arguments& with) {
  auto order = with.maybe("--sort").value_or("out");
  if (std::set<std::string>{"in", "out", "waiting", "silent"}.count(order) == 0)
    throw failure{exit_code::usage,
                  "--sort: " + order + " is not in, out, waiting or silent"};
  auto interval = with.time("--interval", std::chrono::milliseconds{500});
  auto count = with.number("--count", 0);
  json before;
  auto then = steady_clock::now();
  full_screen shown{on.out()};
  for (std::uint64_t i = 0; !is_over(on.end()); ++i) {
    auto now = on.meshd().get("/v1/connections");
    auto time = steady_clock::now();
    if (i > 0)
      show_traffic(
        on, traffic_document(before, now,
                             std::chrono::duration<double>(time - then).count(),
                             order));
    if (count > 0 && i == count)
      return;
    before = std::move(now);
    then = time;
    pause_for(interval);
  }
}

void run_top(session& on, const arguments& with) {
  try {
    repeat(on, with);
  } catch (const interrupted&) {
    // Ctrl-C is the normal way to end this command.
  }
}

} // namespace

void add_top(commands& to) {
  to.push_back(
    {"top",
     "traffic of the connections, twice a second",
     {option("--interval", "TIME", "time between two figures (500ms)"),
      option("--count", "N", "end after this many figures"),
      option("--sort", "FIELD", "in, out, waiting or silent (out)")},
     run_top,
     "On a terminal it fills the screen until Ctrl-C. Elsewhere it prints one "
     "line with the sums each time."});
}

} // namespace meshctl
