#include "tools/meshd/mesh/lives.hpp"

#include <exception>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "tools/meshd/mesh/dates.hpp"

namespace meshd {

namespace {

using json = nlohmann::ordered_json;

std::string line_of(const life& x) {
  json result = {{"life", x.number}};
  result.update(json_of(x));
  return result.dump();
}

/// @throws std::exception if `line_of` has not written the line
life life_in(const std::string& line) {
  const auto x = json::parse(line);
  auto date = [&x](const char* name) {
    return parse_date(x.at(name).get<std::string>()).value();
  };
  life result{x.at("life").get_ref<const json::number_unsigned_t&>(),
              cafmesh::peer_uid{std::stoull(x.at("uid").get<std::string>())},
              date("began_at")};
  for (auto end : {life_end::stopped, life_end::failed})
    if (x.at("end") == to_string(end)) {
      result.end = end;
      result.ended = date("ended_at");
    }
  if (line_of(result) != line)
    throw std::invalid_argument{line};
  return result;
}

} // namespace

std::string to_string(life_end x) {
  constexpr const char* names[] = {"unclean", "stopped", "failed"};
  return names[static_cast<std::size_t>(x)];
}

json json_of(const life& x) {
  auto is_noted = x.end != life_end::unclean;
  return {{"uid", std::to_string(value_of(x.uid))},
          {"began_at", date_of(x.began)},
          {"ended_at", is_noted ? json(date_of(x.ended)) : json()},
          {"end", to_string(x.end)}};
}

std::optional<lives> lives::parse(const std::string& text) {
  lives result;
  auto& all = result.all_;
  if (!text.empty() && text.back() != '\n')
    return std::nullopt;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    try {
      auto next = life_in(line);
      if (all.size() == most
          || (!all.empty() && next.number <= all.back().number))
        return std::nullopt;
      all.push_back(next);
    } catch (const std::exception&) {
      return std::nullopt;
    }
  return result;
}

std::string lives::text() const {
  std::string result;
  for (const auto& x : all_)
    result += line_of(x) + "\n";
  return result;
}

void lives::begin(cafmesh::peer_uid uid,
                  std::chrono::system_clock::time_point now) {
  auto number = all_.empty() ? 1 : all_.back().number + 1;
  if (all_.size() == most)
    all_.erase(all_.begin());
  all_.push_back({number, uid, now});
}

void lives::end(life_end how, std::chrono::system_clock::time_point now) {
  all_.back().end = how;
  all_.back().ended = now;
}

std::vector<cafmesh::peer_uid> lives::uids() const {
  std::vector<cafmesh::peer_uid> result;
  for (const auto& x : all_)
    result.push_back(x.uid);
  return result;
}

} // namespace meshd
