#include "tools/meshd/mesh/sets.hpp"

#include <utility>

#include "tools/meshd/mesh/replicas.hpp"
#include "tools/meshd/mesh/utf8.hpp"

namespace meshd {

using cafmesh::observed_remove_set;

/// The most memory that one set takes, in bytes.
constexpr std::size_t set_limit = 256 * 1024 * 1024;

struct sets::state {
  state(const parts_ptr& parts, const stored_values& stored, std::size_t most)
      : us(parts->self.uid), names(stored.names()),
        all(parts, stored.file(), "sets/", most,
            observed_remove_set{set_limit}) {
  }

  cafmesh::peer_uid us;
  std::vector<std::string> names;
  replicas<observed_remove_set> all;
};

namespace {

done nothing(const observed_remove_set&) {
  return {};
}

/// Makes a function that reads a page of a set.
auto page_of(const std::string& after, std::size_t limit) {
  return [after, limit](const observed_remove_set& x) {
    set_page result;
    const auto& all = x.elements();
    for (auto i = after.empty() ? all.begin() : all.upper_bound(after);
         i != all.end(); ++i) {
      // Skips elements that are not UTF-8. C++ programs can add any bytes, but
      // JSON cannot show them.
      if (!is_utf8(i->first))
        continue;
      if (result.elements.size() == limit) {
        result.next = result.elements.back();
        break;
      }
      result.elements.push_back(i->first);
    }
    return result;
  };
}

} // namespace

sets::sets(std::shared_ptr<const mesh_parts> parts, const stored_values& stored,
           std::size_t most)
    : state_(std::make_unique<state>(parts, stored, most)) {
}

sets::~sets() = default;

void sets::restore(answer<done> then) {
  state_->all.restore(state_->names, std::move(then));
}

bool sets::holds(const std::string& name) const {
  return state_->all.holds(name);
}

std::size_t sets::size() const {
  return state_->all.size();
}

void sets::page(const std::string& name, const std::string& after,
                std::size_t limit, answer<set_page> then) {
  state_->all.read<set_page>(name, std::move(then), page_of(after, limit));
}

std::function<void()>
sets::await_page(const std::string& name, const std::string& after,
                 std::size_t limit,
                 std::function<bool(const set_page&)> is_known,
                 std::chrono::milliseconds time, answer<set_page> then) {
  return state_->all.await<set_page>(name, time, std::move(is_known),
                                     std::move(then), page_of(after, limit));
}

void sets::contains(const std::string& name, const std::string& element,
                    answer<bool> then) {
  state_->all.read<bool>(
    name, std::move(then),
    [element](const observed_remove_set& x) { return x.contains(element); });
}

void sets::add(const std::string& name, const std::string& element,
               bool durable, answer<done> then) {
  state_->all.change<done>(
    name,
    [us = state_->us, element](
      const observed_remove_set& x) -> caf::expected<observed_remove_set> {
      if (x.contains(element))
        return observed_remove_set{};
      return x.add(element, us);
    },
    durable, std::move(then), nothing);
}

void sets::remove(const std::string& name, const std::string& element,
                  bool durable, answer<done> then) {
  state_->all.change<done>(
    name,
    [element](const observed_remove_set& x)
      -> caf::expected<observed_remove_set> { return x.remove(element); },
    durable, std::move(then), nothing);
}

} // namespace meshd
