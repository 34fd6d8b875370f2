#include <chrono>
#include <memory>
#include <utility>

#include "actors/storage/sqlite_memory.hpp"
#include "actors/storage/sqlite_value_file.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/storage.hpp>

// Replaces the SQLite sources in builds without SQLite.
namespace cafmesh {

namespace {

caf::error not_built_in(const std::string& file) {
  return make_error(errc::storage_failed,
                    "cafmesh was built without SQLite, so it cannot use " + file
                      + "; install libsqlite3-dev, run cmake and build again");
}

class no_storage : public change_storage {
public:
  explicit no_storage(std::string file) : file_(std::move(file)) {
  }

  const std::string& place() const override {
    return file_;
  }
  caf::error load(const std::string&, const reader&) override {
    return not_built_in(file_);
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

class no_value_file : public value_file {
public:
  explicit no_value_file(std::string file) : file_(std::move(file)) {
  }

  caf::error open() override {
    return not_built_in(file_);
  }
  caf::expected<std::vector<std::string>> names() override {
    return not_built_in(file_);
  }
  change_storage_ptr storage_of(const std::string&) override {
    return std::make_shared<no_storage>(file_);
  }

private:
  std::string file_;
};

} // namespace

void save_sqlite_memory() {
}

change_storage_ptr make_sqlite_storage(std::string file,
                                       std::chrono::milliseconds) {
  return std::make_shared<no_storage>(std::move(file));
}

value_file_ptr make_sqlite_value_file(std::string file,
                                      std::chrono::milliseconds) {
  return std::make_shared<no_value_file>(std::move(file));
}

} // namespace cafmesh
