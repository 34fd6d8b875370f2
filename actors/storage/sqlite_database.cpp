#include "actors/storage/sqlite_database.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// Creates an empty file unless the file exists. Does not open an existing file,
// because closing it would drop the locks that other storages of this process
// have on it.
int make_private_file(const std::string& file) {
  const auto fd = ::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC,
                         S_IRUSR | S_IWUSR);
  if (fd >= 0)
    ::close(fd);
  return fd >= 0 || errno == EEXIST ? 0 : errno;
}

// Whether a file is too small for a database, but not empty. SQLite mistakes
// such a file for an empty database.
bool is_too_small(const std::string& file) {
  constexpr off_t smallest_database = 512;
  struct stat x {};
  return ::stat(file.c_str(), &x) == 0 && x.st_size > 0
         && x.st_size < smallest_database;
}

std::string advice_on(int code) {
  switch (code & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return "; another process or another value uses it";
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return "; restore it from a backup, or move it away to start with an empty "
           "one";
  case SQLITE_FULL:
    return "; make room on the disk";
  default:
    return {};
  }
}

} // namespace

caf::error sqlite_database::open(const std::string& file,
                                 std::chrono::milliseconds patience) {
  std::error_code ignored;
  // SQLite gives names such as `:memory:` a special meaning, and the process
  // may change its current folder.
  file_ = std::filesystem::absolute(file, ignored).string();
  if (auto error = make_private_file(file_))
    return failure("cannot make it: " + std::generic_category().message(error));
  if (is_too_small(file_))
    return failure(std::string{"is no database; move it away to start with an "
                               "empty one"});
  const auto flags =
    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(file_.c_str(), &db_, flags, nullptr) != SQLITE_OK)
    return failure("cannot open");
  sqlite3_busy_timeout(db_, static_cast<int>(patience.count()));
  if (sqlite3_db_readonly(db_, "main") == 1)
    return failure(std::string{"cannot write to it: it is read-only"});
  return run("PRAGMA locking_mode = EXCLUSIVE");
}

void sqlite_database::close() noexcept {
  sqlite3_close_v2(db_);
  db_ = nullptr;
}

caf::error sqlite_database::run(const char* statements) {
  if (sqlite3_exec(db_, statements, nullptr, nullptr, nullptr) != SQLITE_OK)
    return failure(is_in_transaction() ? "cannot write" : "cannot use");
  return {};
}

caf::expected<std::int64_t> sqlite_database::number(const char* query) {
  sqlite_statement x{*this, query};
  const auto result = x.step() ? x.number(0) : 0;
  if (x.has_failed())
    return failure("cannot read");
  return result;
}

caf::expected<std::string> sqlite_database::text(const char* query) {
  sqlite_statement x{*this, query};
  const auto result = x.step() ? std::string{x.blob(0).as_text()} : "";
  if (x.has_failed())
    return failure("cannot read");
  return result;
}

bool sqlite_database::has_moved() const {
  int moved = 0;
  sqlite3_file_control(db_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

bool sqlite_database::is_in_transaction() const {
  return sqlite3_get_autocommit(db_) == 0;
}

caf::error sqlite_database::failure(const char* what) const {
  const auto code = sqlite3_extended_errcode(db_);
  std::string why = std::string{what} + ": " + sqlite3_errmsg(db_);
  const auto kind = code & 0xff;
  const auto reason = sqlite3_system_errno(db_);
  if (reason != 0 && (kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN))
    why += " (" + std::generic_category().message(reason) + ")";
  return failure(why + advice_on(code));
}

caf::error sqlite_database::failure(const std::string& why) const {
  return make_error(errc::storage_failed, file_ + ": " + why);
}

// -- statements

sqlite_statement::sqlite_statement(const sqlite_database& db,
                                   const char* text) {
  failed_ =
    sqlite3_prepare_v2(db.db_, text, -1, &statement_, nullptr) != SQLITE_OK;
}

sqlite_statement::~sqlite_statement() {
  sqlite3_finalize(statement_);
}

void sqlite_statement::bind(int parameter, std::int64_t x) {
  if (!failed_)
    failed_ = sqlite3_bind_int64(statement_, parameter, x) != SQLITE_OK;
}

void sqlite_statement::bind(int parameter, byte_view x) {
  if (!failed_)
    failed_ = sqlite3_bind_blob64(statement_, parameter, x.data(), x.size(),
                                  SQLITE_STATIC)
              != SQLITE_OK;
}

bool sqlite_statement::step() {
  if (failed_)
    return false;
  const auto result = sqlite3_step(statement_);
  if (result == SQLITE_ROW)
    return true;
  failed_ = result != SQLITE_DONE;
  // After an error, a reset would discard the error's text.
  if (!failed_)
    sqlite3_reset(statement_);
  return false;
}

std::int64_t sqlite_statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

byte_view sqlite_statement::blob(int column) const {
  const auto* data =
    static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  const auto size = sqlite3_column_bytes(statement_, column);
  return {data, static_cast<std::size_t>(size)};
}

} // namespace cafmesh
