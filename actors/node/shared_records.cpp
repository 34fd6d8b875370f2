#include "actors/node/shared_records.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "actors/context/random_number.hpp"
#include "actors/network/per_process.hpp"

namespace cafmesh {

namespace {

// Keeps one record of each peer: the latest. May be used from any thread.
class records_in_use : public record_sharing,
                       public std::enable_shared_from_this<records_in_use> {
public:
  encoded_record get(const peer_name& name, const record_edition& edition,
                     byte_view data) override {
    if (weak_from_this().use_count() < 2)
      return {name, edition, data};
    std::lock_guard<std::mutex> guard{mutex_};
    auto& known = records_[name];
    if (known && is_same(known, edition, data))
      return known;
    encoded_record fresh{name, edition, data};
    if (!known || known.is_only_owner() || supersedes(fresh, known))
      known = fresh;
    drop_unused();
    return fresh;
  }

private:
  struct keyed_hash {
    std::uint64_t key;
    std::size_t operator()(const peer_name& x) const noexcept {
      return x.hash(key);
    }
  };

  static bool is_same(const encoded_record& known, const record_edition& y,
                      byte_view data) {
    const auto& x = known.edition();
    return x.version == y.version && x.uid == y.uid
           && x.has_alias == y.has_alias && known.data() == data;
  }

  // Drops the records that no node has any more, whenever the number of records
  // has doubled.
  void drop_unused() {
    constexpr std::size_t few = 64;
    if (records_.size() < next_search_)
      return;
    for (auto i = records_.begin(); i != records_.end();)
      i = i->second.is_only_owner() ? records_.erase(i) : std::next(i);
    next_search_ = std::max(few, 2 * records_.size());
  }

  std::mutex mutex_;
  std::unordered_map<peer_name, encoded_record, keyed_hash> records_{
    0, keyed_hash{random_number()}};
  std::size_t next_search_ = 0;
};

struct of_process {
  std::mutex mutex;
  std::weak_ptr<records_in_use> current;
};

per_process<of_process> records_here;

} // namespace

std::shared_ptr<record_sharing> shared_records() {
  auto& here = records_here.get();
  std::lock_guard<std::mutex> guard{here.mutex};
  auto result = here.current.lock();
  if (!result) {
    result = std::make_shared<records_in_use>();
    here.current = result;
  }
  return result;
}

} // namespace cafmesh
