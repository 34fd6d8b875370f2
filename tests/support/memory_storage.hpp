#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cafmesh/errc.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/storage.hpp>

namespace cafmesh::test {

/// Keeps saved changes in memory, so that a restarted node finds them.
class memory_storage : public change_storage {
public:
  struct row {
    payload message;
    wall_time written;
  };

  const std::string& place() const override {
    return place_;
  }
  caf::error load(const std::string& type, const reader& take) override {
    if (unusable)
      return unusable;
    loaded_type = type;
    for (const auto* rows : {&whole, &changes})
      for (const auto& x : *rows)
        if (auto why = take(x.message.view(), x.written))
          return why;
    return {};
  }
  caf::error append(const std::vector<payload>& messages, wall_time now,
                    bool durable) override {
    ++appended;
    return write(changes, messages, now, durable);
  }
  caf::error replace(const std::vector<payload>& messages, wall_time now,
                     bool durable) override {
    ++replaced;
    if (failing)
      return failing;
    whole.clear();
    changes.clear();
    return write(whole, messages, now, durable);
  }
  void close() override {
    ++closed;
  }
  std::uint64_t bytes_of_whole() const override {
    return size(whole);
  }
  std::uint64_t bytes_of_changes() const override {
    return size(changes);
  }
  bool may_block() const override {
    return false;
  }

  void age(duration by) {
    for (auto* rows : {&whole, &changes})
      for (auto& x : *rows)
        x.written -= by;
  }

  std::vector<row> whole;
  std::vector<row> changes;
  caf::error unusable; // the answer to `load`
  caf::error failing;  // the answer to writes
  std::string loaded_type;
  std::size_t appended = 0;
  std::size_t replaced = 0;
  std::size_t closed = 0;
  std::size_t durably = 0; // writes that had to be durable

private:
  caf::error write(std::vector<row>& to, const std::vector<payload>& messages,
                   wall_time now, bool durable) {
    if (failing)
      return failing;
    durably += durable ? 1 : 0;
    for (const auto& x : messages)
      to.push_back({x, now});
    return {};
  }
  static std::uint64_t size(const std::vector<row>& rows) {
    std::uint64_t result = 0;
    for (const auto& x : rows)
      result += x.message.size();
    return result;
  }

  std::string place_ = "shelf";
};

} // namespace cafmesh::test
