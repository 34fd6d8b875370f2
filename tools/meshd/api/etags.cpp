#include "tools/meshd/api/etags.hpp"

#include <algorithm>

namespace meshd {

std::vector<std::string> etags_of(const std::string& header) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < header.size();) {
    auto end = std::min(header.find(',', i), header.size());
    auto first = header.find_first_not_of(" \t", i);
    auto last = header.find_last_not_of(" \t", end - 1);
    if (first != std::string::npos && first < end && last >= first)
      result.push_back(header.substr(first, last - first + 1));
    i = end + 1;
  }
  return result;
}

bool names_etag(const std::string& header, const std::string& etag) {
  auto tags = etags_of(header);
  return std::any_of(tags.begin(), tags.end(),
                     [&](const auto& x) { return x == "*" || x == etag; });
}

} // namespace meshd
