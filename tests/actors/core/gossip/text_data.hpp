#pragma once

#include <memory>
#include <string>
#include <utility>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh::test {

/// Text that merges by appending, so that tests see the order and any loss.
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

/// `nothing` for null.
inline std::string text_of(const gossip_data_ptr& x) {
  return x ? static_cast<const text_data&>(*x).text() : "nothing";
}

} // namespace cafmesh::test
