#include "actors/core/mesh/closing_reports.hpp"

#include <iterator>

namespace cafmesh {

void closing_reports::add(const closing& what, peer_name reporter,
                          instant now) {
  expire(now);
  auto known = all_.find(what.peer);
  if (known != all_.end() && known->second.uid != what.uid) {
    count_ -= known->second.by.size();
    all_.erase(known);
  } else if (known != all_.end() && known->second.by.count(reporter) > 0) {
    known->second.by[reporter] = now;
    return;
  }
  if (count_ >= most)
    return;
  auto& x = all_[what.peer];
  x.uid = what.uid;
  x.by.emplace(reporter, now);
  ++count_;
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
