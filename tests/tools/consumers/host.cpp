// Loads the plug-in whose path is the first argument, runs it and unloads it.
// Does so twice.
#include <dlfcn.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <thread>

namespace {

std::ptrdiff_t threads() {
  std::filesystem::directory_iterator tasks{"/proc/self/task"};
  return std::distance(begin(tasks), end(tasks));
}

int load_and_run(const char* path) {
  auto* plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (plugin == nullptr) {
    std::cerr << dlerror() << std::endl;
    return 10;
  }
  auto run = reinterpret_cast<int (*)()>(dlsym(plugin, "run_nodes"));
  auto status = run == nullptr ? 11 : run();
  // Waits until the plug-in's threads have ended. Otherwise, after dlclose,
  // they would run code that is no longer loaded.
  for (auto tries = 0; threads() > 1 && tries < 100; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  if (status == 0 && threads() > 1)
    status = 12;
  return dlclose(plugin) == 0 ? status : 13;
}

} // namespace

int main(int, char** argv) {
  for (auto round = 0; round < 2; ++round)
    if (auto status = load_and_run(argv[1]); status != 0) {
      std::cerr << "status " << status << std::endl;
      return status;
    }
  auto* loaded = dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD);
  std::cout << (loaded == nullptr ? "unloaded" : "still loaded") << std::endl;
  return loaded == nullptr ? 0 : 14;
}
