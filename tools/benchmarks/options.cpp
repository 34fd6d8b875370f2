#include "tools/benchmarks/options.hpp"

#include <cstdio>
#include <stdexcept>

namespace bench {

namespace {

bool set(options& out, const std::string& name, const std::string& value) {
  if (name == "role")
    out.role = value;
  else if (name == "name")
    out.name = value;
  else if (name == "to")
    out.to = value;
  else if (name == "port")
    out.port = static_cast<std::uint16_t>(std::stoul(value));
  else if (name == "peer")
    out.peers.push_back(value);
  else if (name == "password")
    out.password = value;
  else if (name == "size")
    out.size = std::stoul(value);
  else if (name == "seconds")
    out.seconds = std::stod(value);
  else if (name == "threads")
    out.threads = std::stoul(value);
  else if (name == "nodes")
    out.nodes = std::stoul(value);
  else if (name == "core")
    out.core = value;
  else if (name == "degree")
    out.degree = std::stoul(value);
  else if (name == "keys")
    out.keys = std::stoul(value);
  else
    return false;
  return true;
}

} // namespace

options parse_options(int argc, char** argv) {
  options result;
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    auto split = arg.find('=');
    if (arg.rfind("--", 0) != 0 || split == std::string::npos
        || !set(result, arg.substr(2, split - 2), arg.substr(split + 1)))
      throw std::invalid_argument("expected --name=value, got '" + arg + "'");
  }
  if (result.size < 8)
    throw std::invalid_argument("a message has 8 bytes at least");
  return result;
}

int run_driver(int argc, char** argv,
               const std::function<int(const options&)>& run) {
  try {
    return run(parse_options(argc, argv));
  } catch (const std::exception& why) {
    std::fprintf(stderr, "%s: %s\n", argv[0], why.what());
    return 2;
  }
}

} // namespace bench
