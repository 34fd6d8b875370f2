#include <chrono>
#include <memory>
#include <utility>

#include <cafmesh/errc.hpp>
#include <cafmesh/storage.hpp>

// Replaces sqlite_storage.cpp in builds without SQLite.
namespace cafmesh {

namespace {

class no_storage : public change_storage {
public:
  explicit no_storage(std::string file) : file_(std::move(file)) {
  }

  const std::string& place() const override {
    return file_;
  }
  caf::error load(const std::string&, const reader&) override {
    return make_error(
      errc::storage_failed,
      "cafmesh was built without SQLite, so it cannot use " + file_
        + "; install libsqlite3-dev, run cmake and build again");
  }
  caf::error append(const std::vector<payload>&, wall_time, bool) override {
    return errc::storage_failed;
  }
  caf::error replace(const std::vector<payload>&, wall_time, bool) override {
    return errc::storage_failed;
  }
  void close() override {
  }
  std::uint64_t bytes_of_whole() const override {
    return 0;
  }
  std::uint64_t bytes_of_changes() const override {
    return 0;
  }

private:
  std::string file_;
};

} // namespace

change_storage_ptr make_sqlite_storage(std::string file,
                                       std::chrono::milliseconds) {
  return std::make_shared<no_storage>(std::move(file));
}

} // namespace cafmesh
