#include "actors/storage/sqlite_file.hpp"

#include <algorithm>
#include <utility>

#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// Roughly the bytes that a row takes beyond its message.
constexpr std::uint64_t row_overhead = 24;

std::int64_t digest_of(byte_view message, std::int64_t written) {
  const auto x = fingerprint_of(message);
  return static_cast<std::int64_t>(x.high()
                                   ^ static_cast<std::uint64_t>(written));
}

std::int64_t milliseconds_of(wall_time x) {
  using std::chrono::milliseconds;
  const auto since_1970 = x.time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(since_1970).count();
}

} // namespace

caf::error sqlite_file::open(const std::string& file,
                             std::chrono::milliseconds patience,
                             const sqlite_format& format) {
  db_.close();
  if (auto failure = db_.open(file, patience))
    return failure;
  auto owner = db_.number("PRAGMA application_id");
  if (!owner)
    return std::move(owner.error());
  auto tables = db_.number("SELECT count(*) FROM sqlite_master");
  if (!tables)
    return std::move(tables.error());
  is_new_ = *owner == 0 && *tables == 0;
  if (!is_new_)
    if (auto failure = check(*owner, format))
      return failure;
  // Without the limit, the log file would stay as large as the largest write.
  if (auto failure = db_.run("PRAGMA journal_mode = WAL;"
                             "PRAGMA journal_size_limit = 16777216"))
    return failure;
  is_unsynced_ = true;
  is_syncing_ = false;
  return {};
}

caf::error sqlite_file::check(std::int64_t owner, const sqlite_format& format) {
  if (owner != format.application_id)
    return db_.failure(
      std::string{"is the database of another program; choose another file"});
  auto version = db_.number("PRAGMA user_version");
  if (!version)
    return std::move(version.error());
  if (*version != format.version)
    return db_.failure("is in format " + std::to_string(*version)
                       + ", but this program knows only format "
                       + std::to_string(format.version)
                       + "; use the program that wrote it");
  return {};
}

caf::error sqlite_file::begin(bool durable) {
  if (!db_.is_open())
    return db_.failure(std::string{"is not open"});
  if (db_.has_moved())
    return db_.failure(std::string{
      "was moved or removed while it was in use; start the node again"});
  if (auto failure = sync(durable))
    return failure;
  return db_.run("BEGIN IMMEDIATE");
}

caf::error sqlite_file::finish(caf::error failure, bool durable) {
  if (!failure)
    failure = db_.run("COMMIT");
  if (db_.is_open() && db_.is_in_transaction())
    static_cast<void>(db_.run("ROLLBACK"));
  if (!failure)
    is_unsynced_ = !durable;
  return failure;
}

// Sets whether each commit waits until the log is on disk (SQLite's mode
// `FULL`).
caf::error sqlite_file::sync(bool durable) {
  if (durable == is_syncing_)
    return {};
  auto failure = db_.run(durable ? "PRAGMA synchronous = FULL"
                                 : "PRAGMA synchronous = NORMAL");
  if (!failure)
    is_syncing_ = durable;
  return failure;
}

caf::error sqlite_file::read(sqlite_statement& from, std::uint64_t& rows,
                             std::uint64_t& bytes,
                             const change_storage::reader& take) {
  rows = bytes = 0;
  while (from.step()) {
    const auto number = static_cast<std::uint64_t>(from.number(0));
    const auto written = from.number(1);
    const auto message = from.blob(3);
    if (number != ++rows || from.number(2) != digest_of(message, written))
      return db_.failure("is damaged at row " + std::to_string(rows)
                         + "; restore it from a backup, or move it away to "
                           "start with an empty one");
    bytes += message.size() + row_overhead;
    const wall_time when{std::chrono::milliseconds{written}};
    if (auto why = take(message, when))
      return db_.failure("row " + std::to_string(rows)
                         + " is no message of this value: " + describe(why));
  }
  return from.has_failed() ? db_.failure("cannot read") : caf::error{};
}

caf::error sqlite_file::insert(sqlite_statement& to,
                               const std::vector<payload>& messages,
                               wall_time now, std::uint64_t& rows,
                               std::uint64_t& bytes) {
  const auto written = std::max<std::int64_t>(milliseconds_of(now), 0);
  for (const auto& x : messages) {
    to.bind(1, static_cast<std::int64_t>(++rows));
    to.bind(2, written);
    to.bind(3, digest_of(x.view(), written));
    to.bind(4, x.view());
    to.step();
    if (to.has_failed())
      return db_.failure("cannot write");
    bytes += x.size() + row_overhead;
  }
  return {};
}

} // namespace cafmesh
