#include <iostream>

#include <unistd.h>

#include "tools/meshd/api/exposure.hpp"
#include "tools/meshd/api/http_face.hpp"
#include "tools/meshd/process/run.hpp"
#include "tools/meshd/process/signals.hpp"
#include "tools/meshd/process/state_folder.hpp"
#include "tools/meshd/settings/configuration.hpp"

// The program meshd: reads its settings and runs the service.
int main(int argc, char** argv) {
  using namespace meshd;
  const signals received;
  auto refuse = [](const std::string& wrong) {
    std::cerr << "meshd: " << wrong << std::endl;
    return bad_usage;
  };
  arguments from;
  configuration config;
  if (auto wrong = read_arguments(argc, argv, environ, config, from);
      !wrong.empty())
    return refuse(wrong);
  if (from.help) {
    std::cout << help_text(config);
    return stopped;
  }
  if (from.version) {
    std::cout << "meshd " MESHD_VERSION << std::endl;
    return stopped;
  }
  if (auto wrong = config.load(from); !wrong.empty())
    return refuse(wrong);
  if (from.check_only)
    for (auto check :
         {check_exposure, check_tokens, check_certificate, check_state})
      if (auto wrong = check(config.service); !wrong.empty())
        return refuse(wrong);
  if (from.print)
    std::cout << to_text(config);
  else if (from.check_only)
    std::cout << "The settings are valid." << std::endl;
  if (from.print || from.check_only)
    return stopped;
  return run(config, from, received);
}
