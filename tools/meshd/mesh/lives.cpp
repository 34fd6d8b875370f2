#include "tools/meshd/mesh/lives.hpp"

#include <charconv>
#include <sstream>

#include "tools/meshd/mesh/dates.hpp"

namespace meshd {

namespace {

constexpr char no_end[] = "-";

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> result{{}};
  for (auto c : line)
    if (c == ' ')
      result.emplace_back();
    else
      result.back() += c;
  return result;
}

/// A number from 1, in the form that `std::to_string` writes.
std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t result = 0;
  const auto* end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, result);
  if (read.ec != std::errc{} || read.ptr != end || text.front() == '0')
    return std::nullopt;
  return result;
}

std::optional<life_end> end_in(const std::string& text) {
  for (auto x : {life_end::stopped, life_end::failed})
    if (text == to_string(x))
      return x;
  return std::nullopt;
}

std::optional<life> life_in(const std::string& line) {
  auto words = words_of(line);
  if (words.size() != 4 && words.size() != 5)
    return std::nullopt;
  auto number = number_in(words[0]);
  auto uid = number_in(words[1]);
  auto began = parse_date(words[2]);
  if (!number || !uid || !began)
    return std::nullopt;
  life result{*number, cafmesh::peer_uid{*uid}, *began};
  if (words.size() == 4)
    return words[3] == no_end ? std::optional{result} : std::nullopt;
  auto end = end_in(words[3]);
  auto ended = parse_date(words[4]);
  if (!end || !ended)
    return std::nullopt;
  result.end = *end;
  result.ended = *ended;
  return result;
}

} // namespace

std::string to_string(life_end x) {
  constexpr const char* names[] = {"unclean", "stopped", "failed"};
  return names[static_cast<std::size_t>(x)];
}

std::optional<lives> lives::parse(const std::string& text) {
  lives result;
  if (!text.empty() && text.back() != '\n')
    return std::nullopt;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    auto next = life_in(line);
    if (!next || result.all_.size() == most
        || (!result.all_.empty() && next->number <= result.all_.back().number))
      return std::nullopt;
    result.all_.push_back(*next);
  }
  return result;
}

std::string lives::text() const {
  std::string result;
  for (const auto& x : all_) {
    result += std::to_string(x.number) + " "
              + std::to_string(cafmesh::value_of(x.uid)) + " "
              + date_of(x.began) + " ";
    result += x.end == life_end::unclean
                ? no_end
                : to_string(x.end) + " " + date_of(x.ended);
    result += "\n";
  }
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
