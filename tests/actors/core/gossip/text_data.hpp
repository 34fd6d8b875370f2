#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cafmesh/detail/replicated_data.hpp>
#include <cafmesh/gossip_data.hpp>

namespace cafmesh::test {

/// Text that is merged by appending, so that tests can see the order of merges
/// and whether any text was lost.
class text_data : public gossip_data {
public:
  explicit text_data(std::string text) : text_(std::move(text)) {
  }
  std::vector<payload> encode() const override {
    return {payload::copy_of(byte_view{text_})};
  }
  gossip_data_ptr merge(const gossip_data& other) const override {
    const auto& more = static_cast<const text_data&>(other);
    return std::make_shared<text_data>(text_ + more.text_);
  }
  const std::string& text() const {
    return text_;
  }

private:
  std::string text_;
};

inline gossip_data_ptr data(std::string text) {
  return std::make_shared<text_data>(std::move(text));
}

/// Stands for a replicated value, and counts how often it is copied.
struct counted_text {
  explicit counted_text(std::string x) : text(std::move(x)) {
  }
  counted_text(const counted_text& x) : text(x.text) {
    ++copies;
  }
  counted_text& operator=(const counted_text&) = delete;

  std::vector<payload> encode() const {
    return {payload::copy_of(byte_view{text})};
  }
  void merge(const counted_text& more) {
    text += more.text;
  }

  std::size_t memory() const {
    return text.size();
  }

  static inline int copies = 0;
  std::string text;
};

inline gossip_data_ptr replicated(std::string text) {
  return std::make_shared<replicated_data<counted_text>>(
    std::make_shared<const counted_text>(std::move(text)));
}

inline std::string text_of(const gossip_data_ptr& x) {
  return x ? static_cast<const text_data&>(*x).text() : "nothing";
}

} // namespace cafmesh::test
