#include "actors/core/dialling/failed_addresses.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <cafmesh/errc.hpp>

namespace cafmesh {

void failed_addresses::failed(const std::string& address, caf::error why,
                              instant now) {
  forget_before(now - memory);
  all_[address] = {now, std::move(why)};
  if (all_.size() <= most)
    return;
  all_.erase(std::min_element(all_.begin(), all_.end(),
                              [](const auto& x, const auto& y) {
                                return x.second.when < y.second.when;
                              }));
}

void failed_addresses::succeeded(const std::string& address) {
  all_.erase(address);
}

std::vector<std::string>
failed_addresses::in_order(const std::vector<std::string>& addresses,
                           instant now) {
  forget_before(now - memory);
  std::vector<std::string> result;
  std::multimap<instant, std::string> doubtful;
  std::set<std::string> seen;
  for (const auto& x : addresses) {
    if (!seen.insert(x).second)
      continue;
    auto i = all_.find(x);
    if (i == all_.end())
      result.push_back(x);
    else if (!is(i->second.why, errc::connected_to_self)
             && !is(i->second.why, errc::name_collision))
      doubtful.emplace(i->second.when, x);
  }
  for (auto& x : doubtful)
    result.push_back(std::move(x.second));
  return result;
}

caf::error failed_addresses::why(const std::string& address) const {
  auto i = all_.find(address);
  return i == all_.end() ? caf::error{} : i->second.why;
}

void failed_addresses::forget_before(instant limit) {
  for (auto i = all_.begin(); i != all_.end();)
    i = i->second.when <= limit ? all_.erase(i) : std::next(i);
}

} // namespace cafmesh
