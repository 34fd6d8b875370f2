#include "tools/meshd/process/log.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>

#include <nlohmann/json.hpp>

namespace meshd {

namespace {

using cafmesh::log_level;

const char* name_of(log_level x) {
  switch (x) {
  case log_level::debug:
    return "debug";
  case log_level::info:
    return "info";
  case log_level::warning:
    return "warning";
  case log_level::error:
    break;
  }
  return "error";
}

std::string time_text() {
  using namespace std::chrono;
  auto now = system_clock::now();
  auto seconds = system_clock::to_time_t(now);
  auto rest =
    duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32];
  std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
  char result[48];
  std::snprintf(result, sizeof(result), "%s.%03dZ", date,
                static_cast<int>(rest));
  return result;
}

std::string as_json(log_level level, std::string_view text) {
  nlohmann::ordered_json result;
  result["time"] = time_text();
  result["level"] = name_of(level);
  result["text"] = text;
  return result.dump(-1, ' ', false,
                     nlohmann::ordered_json::error_handler_t::replace);
}

class standard_error : public cafmesh::log_sink {
public:
  standard_error(log_format format, int least)
      : format_(format), least_(least) {
  }

  void write(log_level level, std::string_view text) override {
    if (static_cast<int>(level) < least_)
      return;
    std::string line;
    if (format_ == log_format::json_lines)
      line = as_json(level, text);
    else
      line = std::string{"["} + name_of(level) + "] " + std::string{text};
    line += '\n';
    // Writes the line in one call, so that lines from several threads do not
    // mix. Ignores failures, because there is nowhere to report them.
    [[maybe_unused]] auto n = ::write(STDERR_FILENO, line.data(), line.size());
  }

private:
  log_format format_;
  int least_;
};

} // namespace

cafmesh::log_sink_ptr make_log(log_format format, const std::string& level) {
  auto least = 4;
  for (auto x : {log_level::error, log_level::warning, log_level::info,
                 log_level::debug})
    if (level == name_of(x))
      least = static_cast<int>(x);
  return std::make_shared<standard_error>(format, least);
}

} // namespace meshd
