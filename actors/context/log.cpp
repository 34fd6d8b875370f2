#include <cafmesh/log.hpp>

#include <spdlog/spdlog.h>

namespace cafmesh {

namespace {

class spdlog_sink : public log_sink {
public:
  void write(log_level level, std::string_view text) override {
    spdlog::log(severity(level), text);
  }

private:
  static spdlog::level::level_enum severity(log_level level) {
    switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
    }
    return spdlog::level::err;
  }
};

class null_sink : public log_sink {
public:
  void write(log_level, std::string_view) override {
  }
};

} // namespace

log_sink_ptr make_spdlog_sink() {
  return std::make_shared<spdlog_sink>();
}

log_sink_ptr make_null_sink() {
  return std::make_shared<null_sink>();
}

} // namespace cafmesh
