#include "actors/node/shared_records.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "actors/context/random_number.hpp"
#include "actors/network/per_process.hpp"
#include "crypto/keys/keyed_digest.hpp"

namespace cafmesh {

namespace {

// The records of all nodes, by keyed digests of their bytes. While a mesh
// forms, nodes have different editions of a peer's record, and all of these are
// kept. May be used from any thread.
class records_in_use : public record_sharing,
                       public std::enable_shared_from_this<records_in_use> {
public:
  encoded_record get(const peer_name& name, const record_edition& edition,
                     byte_view data) override {
    const bool has_users = weak_from_this().use_count() > 1;
    auto digest = has_users ? crypto::keyed_digest(data, key_) : 0;
    std::lock_guard<std::mutex> guard{mutex_};
    if (!has_users) {
      records_.clear();
      bytes_ = next_search_ = next_search_bytes_ = 0;
      return {name, edition, data};
    }
    if (auto i = records_.find(digest); i != records_.end()) {
      // The bytes determine the name and the edition.
      if (i->second.data() == data)
        return i->second;
      return {name, edition, data};
    }
    drop_unused(data.size());
    return records_.emplace(digest, encoded_record{name, edition, data})
      .first->second;
  }

private:
  // Drops the records that no node uses, whenever the number of records or the
  // sum of their sizes has doubled.
  void drop_unused(std::size_t more) {
    constexpr std::size_t few = 64;
    constexpr std::size_t few_bytes = 64 * 1024;
    bytes_ += more;
    if (records_.size() < next_search_ && bytes_ < next_search_bytes_)
      return;
    bytes_ = more;
    for (auto i = records_.begin(); i != records_.end();)
      if (i->second.is_only_owner())
        i = records_.erase(i);
      else
        bytes_ += (i++)->second.data().size();
    next_search_ = std::max(few, 2 * records_.size());
    next_search_bytes_ = std::max(few_bytes, 2 * bytes_);
  }

  const std::uint64_t key_ = random_number();
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, encoded_record> records_;
  std::size_t bytes_ = 0; // at the last count, and added since
  std::size_t next_search_ = 0;
  std::size_t next_search_bytes_ = 0;
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
