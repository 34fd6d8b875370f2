#include "tools/meshctl/view/traffic.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "tools/meshctl/text/table.hpp"
#include "tools/meshctl/text/units.hpp"

namespace meshctl {

namespace {

double rate(const json& before, const json& now, const char* field,
            double seconds) {
  if (before.is_null() || seconds <= 0)
    return 0;
  auto difference =
    now.at(field).get<double>() - before.at(field).get<double>();
  return std::max(0.0, difference / seconds);
}

std::map<std::string, json> traffic_by_id(const json& answer) {
  std::map<std::string, json> result;
  if (answer.is_object())
    for (const auto& x : answer.at("connections"))
      result[to_line(x.at("id"))] = x.at("traffic");
  return result;
}

json row(const json& x, const json& before, double seconds) {
  auto result = pick(x, {"id", "peer", "nickname", "established"});
  const auto& now = x.at("traffic");
  result["in_bytes_per_second"] = rate(before, now, "bytes_in", seconds);
  result["out_bytes_per_second"] = rate(before, now, "bytes_out", seconds);
  result["in_frames_per_second"] = rate(before, now, "frames_in", seconds);
  result["out_frames_per_second"] = rate(before, now, "frames_out", seconds);
  result["waiting_bytes"] = x.at("waiting_bytes");
  result["silent_seconds"] = x.at("silent_seconds");
  return result;
}

const char* field_of(const std::string& order) {
  if (order == "in")
    return "in_bytes_per_second";
  if (order == "waiting")
    return "waiting_bytes";
  return order == "silent" ? "silent_seconds" : "out_bytes_per_second";
}

double sum(const json& rows, const char* field) {
  double result = 0;
  for (const auto& x : rows)
    result += x.at(field).get<double>();
  return result;
}

std::string per_second(const json& bytes) {
  return bytes_text(std::max(0.0, bytes.get<double>())) + "/s";
}

} // namespace

json traffic_document(const json& before, const json& now, double seconds,
                      const std::string& order) {
  auto earlier = traffic_by_id(before);
  std::vector<json> rows;
  for (const auto& x : now.at("connections"))
    rows.push_back(row(x, earlier[to_line(x.at("id"))], seconds));
  auto field = field_of(order);
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& x, const auto& y) {
    return x.at(field).template get<double>()
           > y.at(field).template get<double>();
  });
  auto result = document("top");
  result["seconds"] = seconds;
  result["connections"] = rows;
  return result;
}

std::string render_traffic(const json& document, const screen& to) {
  table rows{to,
             "connections",
             {{"PEER"},
              {"NICKNAME"},
              {"IN", true},
              {"OUT", true},
              {"FRAMES IN", true},
              {"FRAMES OUT", true},
              {"WAITING", true},
              {"SILENT", true}}};
  for (const auto& x : document.at("connections")) {
    rows.add({text_or_empty(x, "peer"), x.at("nickname").get<std::string>(),
              per_second(x.at("in_bytes_per_second")),
              per_second(x.at("out_bytes_per_second")),
              short_number(x.at("in_frames_per_second")) + "/s",
              short_number(x.at("out_frames_per_second")) + "/s",
              bytes_text(x.at("waiting_bytes")),
              time_text(x.at("silent_seconds"))});
  }
  return render_traffic_line(document) + "\n" + rows.str();
}

std::string render_traffic_line(const json& document) {
  const auto& rows = document.at("connections");
  return counted(rows.size(), "connection") + ", in "
         + per_second(sum(rows, "in_bytes_per_second")) + ", out "
         + per_second(sum(rows, "out_bytes_per_second")) + ", waiting "
         + bytes_text(sum(rows, "waiting_bytes")) + "\n";
}

} // namespace meshctl
