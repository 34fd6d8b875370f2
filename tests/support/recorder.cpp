#include "tests/support/recorder.hpp"

#include <algorithm>
#include <sstream>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cafmesh/errc.hpp>

namespace cafmesh::test {

namespace {

caf::error rejection() {
  return make_error(errc::malformed, "the recorder rejects everything");
}

std::string text_of(const record& what, const payload& data) {
  return what.sizes_only ? std::to_string(data.size())
                         : std::string{data.view().as_text()};
}

caf::result<gossip_data_ptr> take_gossip(record& what, const payload& data) {
  what.gossip.push_back(text_of(what, data));
  if (what.reject)
    return rejection();
  texts news;
  for (const auto& word : word_set::decode(data.view()))
    if (what.state.insert(word).second)
      news.insert(word);
  return news.empty() ? gossip_data_ptr{} : word_set::of(std::move(news));
}

} // namespace

payload text_payload(std::string_view text) {
  return payload::copy_of(byte_view{text});
}

gossip_data_ptr word_set::of(texts xs) {
  return std::make_shared<word_set>(std::move(xs));
}

texts word_set::decode(byte_view data) {
  std::istringstream in{std::string{data.as_text()}};
  texts result;
  for (std::string word; in >> word;)
    result.insert(word);
  return result;
}

std::vector<payload> word_set::encode() const {
  std::string text;
  for (const auto& word : words_)
    text += word + " ";
  return {text_payload(text)};
}

gossip_data_ptr word_set::merge(const gossip_data& other) const {
  auto both = words_;
  const auto& more = static_cast<const word_set&>(other).words_;
  both.insert(more.begin(), more.end());
  return of(std::move(both));
}

std::size_t record::broadcasts_of(const std::string& text) const {
  auto n = std::count_if(broadcasts.begin(), broadcasts.end(),
                         [&](const message& x) { return x.second == text; });
  return static_cast<std::size_t>(n);
}

recorder_actor spawn_recorder(caf::actor_system& system, record_ptr what) {
  return system.spawn(
    [what](recorder_actor::pointer self) -> recorder_actor::behavior_type {
      return {
        [what, self](const unicasts_arrived& x) -> caf::result<void> {
          for (const auto& one : x.messages)
            what->unicasts.emplace_back(one.source, text_of(*what, one.data));
          if (what->hold) {
            what->held.push_back(self->make_response_promise());
            return what->held.back();
          }
          if (what->reject)
            return rejection();
          return caf::unit;
        },
        [what](const broadcast_arrived& x) -> caf::result<gossip_data_ptr> {
          what->broadcasts.emplace_back(x.source, text_of(*what, x.data));
          if (what->reject)
            return rejection();
          return word_set::of(word_set::decode(x.data.view()));
        },
        [what](const gossip_arrived& x) { return take_gossip(*what, x.data); },
        [what](answer_all) {
          what->hold = false;
          for (auto& promise : std::exchange(what->held, {}))
            promise.deliver(caf::unit);
        },
        [what](get_gossip) {
          ++what->asked_for_everything;
          return what->state.empty() ? gossip_data_ptr{}
                                     : word_set::of(what->state);
        },
      };
    });
}

} // namespace cafmesh::test
