#include "tools/benchmarks/two_processes.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>

namespace bench {

namespace {

constexpr std::size_t longest_address = 64;

} // namespace

int run_in_two_processes(
  const std::function<
    void(const std::function<void(const std::string&)>& ready)>& serve,
  const std::function<void(const std::string& address)>& call) {
  int ready[2];
  int end[2];
  if (pipe(ready) != 0 || pipe(end) != 0)
    return 1;
  auto child = fork();
  if (child == 0) {
    close(ready[0]);
    close(end[1]);
    serve([&](const std::string& address) {
      auto written = write(ready[1], address.data(), address.size());
      close(ready[1]);
      char byte = 0;
      while (written > 0 && read(end[0], &byte, 1) > 0)
        ;
      _exit(0);
    });
    _exit(1);
  }
  close(ready[1]);
  close(end[0]);
  std::string address(longest_address, '\0');
  auto count = read(ready[0], address.data(), address.size());
  if (count > 0)
    call(address.substr(0, static_cast<std::size_t>(count)));
  close(end[1]);
  waitpid(child, nullptr, 0);
  return count > 0 ? 0 : 1;
}

} // namespace bench
