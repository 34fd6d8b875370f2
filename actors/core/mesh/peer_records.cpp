#include "actors/core/mesh/peer_records.hpp"

#include <tuple>
#include <utility>

#include "messages/wire/topology_digest.hpp"
#include "messages/wire/topology_update.hpp"

namespace cafmesh {

record_edition edition_of(const peer_summary& x) noexcept {
  return {x.version, x.uid, x.alias.has_value()};
}

bool supersedes(const record_edition& x, const record_edition& y) noexcept {
  return std::tie(x.version, x.uid, x.has_alias)
         > std::tie(y.version, y.uid, y.has_alias);
}

bool supersedes(const encoded_record& x, const encoded_record& y) noexcept {
  if (supersedes(x.edition(), y.edition()))
    return true;
  return !supersedes(y.edition(), x.edition())
         && x.data().as_text() > y.data().as_text();
}

void digest_messages::add(const digest_messages& later) {
  replies.insert(replies.end(), later.replies.begin(), later.replies.end());
  if (replies.size() > most_replies)
    replies.erase(replies.begin(), replies.end() - most_replies);
  if (!later.digest.empty())
    digest = later.digest;
  ends_answer = ends_answer || later.ends_answer;
}

peer_records::peer_records(std::vector<encoded_record> records,
                           std::vector<std::uint32_t> ranks)
    : records_(std::move(records)), ranks_(std::move(ranks)) {
}

std::shared_ptr<peer_records> peer_records::only(digest_messages messages) {
  auto result = std::make_shared<peer_records>(std::vector<encoded_record>{});
  result->messages_ = std::move(messages);
  return result;
}

peer_records::peer_records(const peer_records& records,
                           digest_messages messages)
    : records_(records.records_), ranks_(records.ranks_),
      messages_(std::move(messages)) {
}

std::size_t peer_records::size() const noexcept {
  std::size_t result = 0;
  for (auto& x : records_)
    result += x.data().size();
  return result;
}

std::vector<payload> peer_records::encode() const {
  auto result = messages_.replies;
  auto definitions = wire::topology_definitions();
  for (auto first = records_.begin(); first != records_.end();) {
    auto size = definitions.size() + first->data().size();
    auto last = first + 1;
    while (last != records_.end()
           && size + last->data().size() <= max_update_size)
      size += (last++)->data().size();
    bytes update;
    update.reserve(size);
    update.insert(update.end(), definitions.begin(), definitions.end());
    for (; first != last; ++first)
      update.insert(update.end(), first->data().begin(), first->data().end());
    result.emplace_back(std::move(update));
  }
  if (!messages_.digest.empty())
    result.push_back(messages_.digest);
  if (messages_.ends_answer)
    result.push_back(wire::end_of_answer());
  return result;
}

gossip_data_ptr peer_records::merge(const gossip_data& other) const {
  static const peer_records none{std::vector<encoded_record>{}};
  const auto* known = dynamic_cast<const peer_records*>(&other);
  const auto& theirs = known ? *known : none;
  auto result = only(messages_);
  result->messages_.add(theirs.messages_);
  result->records_.reserve(records_.size() + theirs.records_.size());
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < records_.size() || k < theirs.records_.size()) {
    if (k == theirs.records_.size()
        || (i < records_.size()
            && records_[i].name() < theirs.records_[k].name())) {
      result->append(*this, i, rank(i));
      ++i;
    } else if (i == records_.size()
               || theirs.records_[k].name() < records_[i].name()) {
      result->append(theirs, k, theirs.rank(k));
      ++k;
    } else {
      auto later = theirs.rank(k) != unranked ? theirs.rank(k) : rank(i);
      if (supersedes(theirs.records_[k], records_[i]))
        result->append(theirs, k, later);
      else
        result->append(*this, i, later);
      ++i;
      ++k;
    }
  }
  return result;
}

void peer_records::append(const peer_records& from, std::size_t i,
                          std::uint32_t its_rank) {
  if (its_rank != unranked && ranks_.empty())
    ranks_.assign(records_.size(), unranked);
  records_.push_back(from.records_[i]);
  if (its_rank != unranked || !ranks_.empty())
    ranks_.push_back(its_rank);
}

// The indices of all ranked records, in the order of their ranks.
std::vector<std::uint32_t> peer_records::by_rank() const {
  std::vector<std::uint32_t> ends; // by rank: how many have a lower rank
  for (auto x : ranks_)
    if (x != unranked) {
      if (x + std::size_t{2} > ends.size())
        ends.resize(x + std::size_t{2});
      ++ends[x + std::size_t{1}];
    }
  for (std::size_t i = 1; i < ends.size(); ++i)
    ends[i] += ends[i - 1];
  std::vector<std::uint32_t> result(ends.empty() ? 0 : ends.back());
  for (std::uint32_t i = 0; i < ranks_.size(); ++i)
    if (auto x = ranks_[i]; x != unranked)
      result[ends[x]++] = i;
  return result;
}

std::pair<gossip_data_ptr, gossip_data_ptr> peer_records::split() const {
  if (ranks_.empty())
    return {};
  auto order = by_rank();
  std::vector<std::uint8_t> taken(records_.size());
  std::size_t size = 0;
  std::size_t count = 0;
  for (auto i : order) {
    size += records_[i].data().size();
    if (count > 0 && size > part_size)
      break;
    taken[i] = 1;
    ++count;
  }
  if (count == order.size())
    return {};
  auto part = only(messages_);
  part->messages_.digest = {};
  part->messages_.ends_answer = false;
  auto rest = only(messages_);
  rest->messages_.replies.clear();
  rest->records_.reserve(records_.size() - count);
  rest->ranks_.reserve(records_.size() - count);
  for (std::size_t i = 0; i < records_.size(); ++i)
    if (taken[i] != 0)
      part->records_.push_back(records_[i]);
    else
      rest->append(*this, i, rank(i));
  return {std::move(part), std::move(rest)};
}

} // namespace cafmesh
