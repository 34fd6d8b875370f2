#include "tools/meshctl/view/measurements.hpp"

#include <algorithm>

#include "tools/meshctl/text/units.hpp"

namespace meshctl {

namespace {

// The value at the relative position `part` of the sorted list, from 0 for the
// first value to 1 for the last.
double percentile(const std::vector<double>& sorted, double part) {
  if (sorted.empty())
    return 0;
  auto position = static_cast<std::size_t>(
    part * static_cast<double>(sorted.size() - 1) + 0.5);
  return sorted[std::min(position, sorted.size() - 1)];
}

double ratio(std::size_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

json latency_document(std::vector<double> xs) {
  std::sort(xs.begin(), xs.end());
  return {{"count", xs.size()},
          {"p50_seconds", percentile(xs, 0.5)},
          {"p90_seconds", percentile(xs, 0.9)},
          {"p99_seconds", percentile(xs, 0.99)},
          {"max_seconds", percentile(xs, 1)}};
}

} // namespace

json bench_document(const measurements& x) {
  auto result = document("bench");
  result["from"] = x.from;
  result["to"] = x.to;
  result["size_bytes"] = x.size_bytes;
  result["latency"] = latency_document(x.latencies);
  result["throughput"] = {
    {"sent", x.sent},
    {"received", x.received},
    {"lost", x.sent - std::min(x.sent, x.received)},
    {"congested", x.congested},
    {"sent_per_second", ratio(x.sent, x.sending_seconds)},
    {"received_per_second", ratio(x.received, x.receiving_seconds)},
    {"received_bytes_per_second",
     ratio(x.received * x.size_bytes, x.receiving_seconds)}};
  return result;
}

std::string render_bench(const json& x, const screen& to) {
  const auto& latency = x.at("latency");
  const auto& flow = x.at("throughput");
  auto head = x.at("from").get<std::string>() + " -> "
              + x.at("to").get<std::string>() + ", messages of "
              + bytes_text(x.at("size_bytes").get<double>());
  auto time = [&](const char* field) {
    return time_text(latency.at(field).get<double>());
  };
  return visible(head, to.has_utf8) + "\nOne way:     median "
         + time("p50_seconds") + ", 90 % " + time("p90_seconds") + ", 99 % "
         + time("p99_seconds") + ", longest " + time("max_seconds")
         + "\nThroughput:  "
         + short_number(flow.at("received_per_second").get<double>())
         + " messages/s, "
         + bytes_text(flow.at("received_bytes_per_second").get<double>())
         + "/s\nMessages:    " + to_line(flow.at("sent")) + " sent, "
         + to_line(flow.at("lost")) + " lost, " + to_line(flow.at("congested"))
         + " delayed by back-pressure\n";
}

} // namespace meshctl
