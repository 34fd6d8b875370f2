#include <algorithm>
#include <utility>

#include "actors/core/crdt/compare.hpp"
#include "actors/core/mesh/mesh_model_state.hpp"
#include "messages/wire/topology_digest.hpp"

// The part of `mesh_model` that makes the records and digests to send.
namespace cafmesh {

namespace {

// A range is sent instead of divided if it has at most 8 records, because a
// record takes about a hundred bytes, and the description of a range about
// thirty. A range is also sent if one side has 16 times as many records as the
// other, because then hardly any of its parts would be equal.
constexpr range_limits when_to_send{8, 16};

} // namespace

// -- data to send

gossip_data_ptr mesh_model::complete() const {
  auto& s = *state_;
  if (auto known = s.all_records.lock())
    return known;
  auto fresh = s.records_of(s.known.by_name());
  s.all_records = fresh;
  return fresh;
}

gossip_data_ptr mesh_model::digest() const {
  auto& s = *state_;
  auto all = encode(outline_of_all(s.records_by_name(), s.self.name));
  digest_messages result;
  result.digest = wire::outline_message(byte_view{all});
  return peer_records::only(std::move(result));
}

caf::expected<digest_answer> mesh_model::compare(byte_view digest) const {
  auto& s = *state_;
  auto theirs = decode_outline(wire::outline_in(digest));
  if (!theirs)
    return std::move(theirs.error());
  auto& mine = s.records_by_name();
  comparer<record_index> both{mine, s.self.name, when_to_send};
  auto found = both.compare(*theirs);
  digest_answer result;
  result.asks = found.asks;
  result.whole = mine.bytes();
  for (const auto& x : theirs->parts)
    result.answers = result.answers || x.what == outline::kind::wanted;
  if (!found.reply.empty())
    result.reply = wire::outline_message(found.reply.view());
  for (const auto& range : found.missing)
    result.missing_size += mine.bytes_in(range);
  result.missing = std::move(found.missing);
  return result;
}

std::shared_ptr<const peer_records>
mesh_model::records_in(const std::vector<key_range>& ranges) const {
  auto& s = *state_;
  auto& mine = s.records_by_name();
  std::vector<slot> subjects;
  for (const auto& range : ranges) {
    auto more = mine.slots_in(range);
    subjects.insert(subjects.end(), more.begin(), more.end());
  }
  return s.records_of(std::move(subjects));
}

gossip_data_ptr mesh_model::take_announcement(instant now) {
  auto& s = *state_;
  // An announcement to our only neighbour leaves out the record of that
  // neighbour. In a star, this saves a lot, because the hub's record grows with
  // the mesh.
  auto only_listener = s.connections.size() == 1
                         ? s.known.find(s.connections.begin()->first)
                         : peers::none;
  std::vector<slot> due;
  const bool urgent = s.to_announce.is_urgent();
  for (auto name : s.to_announce.take_due(now))
    if (auto who = s.known.find(name);
        who != peers::none && who != only_listener)
      due.push_back(who);
  auto data = s.records_of(due);
  // Counts only our own record. The announcement may also contain the record of
  // a new neighbour. That neighbour chooses the size of its record, and must
  // not be able to delay our next announcement.
  if (data)
    s.to_announce.sent(s.known.encoded(peers::self).data().size(),
                       s.known.size(), now);
  if (data && s.is_ahead_of_clocks(now))
    s.to_announce.add(s.self.name, now);
  // Two things are not gathered: the end of a process, because all peers must
  // learn of it immediately, and our own record while somebody forges records
  // of us, because ours has to reach peers whose clocks are behind.
  if (data && !urgent && !s.is_ahead_of_clocks(now) && s.gathers(now)) {
    s.gather(due, {}, now);
    return nullptr;
  }
  return data;
}

// -- steps

bool mesh_model::state::is_sent(slot who) const {
  return reachable.is_reachable(who)
         && known.summary(who).uid != peer_uid::none;
}

std::shared_ptr<peer_records>
mesh_model::state::records_of(std::vector<slot> subjects) {
  auto withheld = [this](slot who) {
    return !is_sent(who);
  };
  subjects.erase(std::remove_if(subjects.begin(), subjects.end(), withheld),
                 subjects.end());
  if (subjects.empty())
    return nullptr;
  auto by_name = [this](slot x, slot y) {
    return known.summary(x).name < known.summary(y).name;
  };
  if (!std::is_sorted(subjects.begin(), subjects.end(), by_name))
    std::sort(subjects.begin(), subjects.end(), by_name);
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  std::vector<encoded_record> records;
  records.reserve(subjects.size());
  std::size_t size = 0;
  for (auto who : subjects) {
    records.push_back(known.encoded(who));
    size += records.back().data().size();
  }
  std::vector<std::uint32_t> ranks;
  if (size > peer_records::part_size) {
    auto order = search_order();
    ranks.reserve(subjects.size());
    for (auto who : subjects)
      ranks.push_back(order[who]);
  }
  return std::make_shared<peer_records>(std::move(records), std::move(ranks));
}

const record_index& mesh_model::state::records_by_name() {
  if (index)
    return *index;
  auto fresh = std::make_shared<record_index>(known.current_roster());
  for (auto who : known.by_name())
    if (is_sent(who)) {
      auto& record = known.encoded(who);
      fresh->add(who, record.content(), record.data().size());
    }
  index = std::move(fresh);
  return *index;
}

std::vector<std::uint32_t> mesh_model::state::search_order() const {
  std::vector<std::uint32_t> result(known.slot_count(), peer_records::unranked);
  std::vector<slot> found{peers::self};
  result[peers::self] = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const auto& e : known.connections(found[i]).edges())
      if (result[e.to] == peer_records::unranked) {
        result[e.to] = static_cast<std::uint32_t>(found.size());
        found.push_back(e.to);
      }
  return result;
}

} // namespace cafmesh
