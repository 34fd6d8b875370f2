#include "tools/meshctl/text/table.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace meshctl {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 4;

} // namespace

table::table(const screen& to, std::string things, std::vector<column> head)
    : to_(to), things_(std::move(things)), head_(std::move(head)) {
  std::vector<std::string> titles;
  for (const auto& x : head_)
    titles.push_back(x.title);
  rows_.push_back(std::move(titles));
}

void table::add(const std::vector<std::string>& cells) {
  std::vector<std::string> row;
  for (const auto& x : cells)
    row.push_back(x.empty() ? "-" : visible(x, to_.has_utf8));
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> table::widths() const {
  std::vector<std::size_t> result(head_.size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      result[i] = std::max(result[i], columns(row[i]));
  if (to_.width == 0)
    return result;
  auto total =
    std::accumulate(result.begin(), result.end(), gap * (result.size() - 1));
  while (total > to_.width) {
    auto widest = std::max_element(result.begin(), result.end());
    if (*widest <= narrowest)
      break;
    --*widest;
    --total;
  }
  return result;
}

std::string table::str() const {
  if (rows_.size() == 1)
    return "No " + things_ + ".\n";
  auto width = widths();
  std::string result;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto cell = cut(row[i], width[i]);
      auto padding = std::string(width[i] - columns(cell), ' ');
      line += head_[i].is_number ? padding + cell : cell + padding;
      line += std::string(gap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  }
  return result;
}

} // namespace meshctl
