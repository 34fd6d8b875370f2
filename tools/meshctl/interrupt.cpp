#include "tools/meshctl/interrupt.hpp"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

// Writes to a pipe on Ctrl-C and SIGTERM, so that `poll` notices them.
namespace meshctl {

namespace {

int ends[2] = {-1, -1};
// The handler may run on any thread, and several threads read this.
std::atomic<bool> was_interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_signal(int) {
  was_interrupted = true;
  [[maybe_unused]] auto written = write(ends[1], "x", 1);
}

} // namespace

void handle_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int interrupt_descriptor() {
  return ends[0];
}

void clear_interrupt() {
  was_interrupted = false;
  char taken[16];
  while (read(ends[0], taken, sizeof(taken)) > 0)
    continue;
}

bool is_interrupted() {
  return was_interrupted;
}

} // namespace meshctl
