#include "actors/core/mesh/closing_reports.hpp"

#include <iterator>

namespace cafmesh {

const closing_reports::reporters*
closing_reports::add(const closing& what, peer_name reporter, instant now) {
  auto known = all_.find(what.peer);
  if (known != all_.end() && known->second.uid != what.uid)
    forget(what.peer);
  else if (known != all_.end() && known->second.by.count(reporter) > 0)
    return nullptr;
  if (count_ >= most)
    return nullptr;
  auto& x = all_[what.peer];
  x.uid = what.uid;
  x.by.emplace(reporter, now);
  ++count_;
  return &x.by;
}

void closing_reports::forget(peer_name peer) {
  auto known = all_.find(peer);
  if (known == all_.end())
    return;
  count_ -= known->second.by.size();
  all_.erase(known);
}

void closing_reports::expire(instant now) {
  for (auto i = all_.begin(); i != all_.end();) {
    auto& by = i->second.by;
    for (auto x = by.begin(); x != by.end();)
      if (now - x->second > memory) {
        x = by.erase(x);
        --count_;
      } else {
        ++x;
      }
    i = by.empty() ? all_.erase(i) : std::next(i);
  }
}

} // namespace cafmesh
