#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/log.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/reachable.hpp>

/// Storage for replicated values (replicated.hpp), so that a value outlives its
/// replicas.
namespace cafmesh {

/// Stores the messages of one replicated value: those that encode the whole
/// value, and those of later changes. Only one thread at a time calls the
/// functions. They may block that thread, unless `may_block` returns false. An
/// error has the code errc::storage_failed. After an error, the storage has
/// either all messages of the call or none.
class change_storage {
public:
  /// Receives a message and the time at which it was written. If the reader
  /// returns an error, `load` ends with that error.
  using reader =
    std::function<caf::error(byte_view message, wall_time written)>;

  virtual ~change_storage() = default;

  /// The name of the storage, for status and log.
  virtual const std::string& place() const = 0;
  /// Opens the storage, or creates it if necessary, and calls `take` for each
  /// message, in the order in which the messages were written. After an error,
  /// the storage remains unchanged, and only `close` may be called.
  /// @param type names the type of the value. If the storage has a value of a
  ///        different type, `load` fails.
  virtual caf::error load(const std::string& type, const reader& take) = 0;
  /// Adds the messages of a change.
  /// @param durable whether this change and all earlier changes must be on the
  ///        medium when the function returns, so that they survive a power cut.
  virtual caf::error append(const std::vector<payload>& messages, wall_time now,
                            bool durable) = 0;
  /// Replaces all messages with those of the whole value.
  virtual caf::error replace(const std::vector<payload>& messages,
                             wall_time now, bool durable) = 0;
  /// Closes the storage, so that another process can open it.
  virtual void close() = 0;

  /// Roughly the size in bytes of the whole value's messages.
  virtual std::uint64_t bytes_of_whole() const = 0;
  /// Roughly the size in bytes of the changes' messages.
  virtual std::uint64_t bytes_of_changes() const = 0;

  /// Whether the functions may block. If so, they are called on a thread of
  /// their own. Otherwise they are called on a thread of CAF's scheduler.
  virtual bool may_block() const {
    return true;
  }
};

using change_storage_ptr = std::shared_ptr<change_storage>;

/// Stores a value in an SQLite database with a write-ahead log. The log,
/// `file-wal` beside `file`, exists while the value is in use and after a
/// crash. A new file has the mode 0600. The file is locked from `load` to
/// `close`. If the library was built without SQLite, `load` returns an error
/// that says so.
/// @param patience how long `load` waits for the lock
change_storage_ptr make_sqlite_storage(
  std::string file,
  std::chrono::milliseconds patience = std::chrono::seconds{2});

/// How spawn_replicated stores a value. By default, the value is only in
/// memory.
struct replicated_options {
  /// The file that holds the value; empty: no file. Each value needs its own
  /// file, in a folder on a local disk.
  std::string file;
  /// Whether each update is answered only once it is on disk, as if
  /// `update::durable` were set.
  bool durable = false;
  /// A storage of your own, used instead of a file.
  change_storage_ptr storage;
  /// Receives errors of the storage; null: make_spdlog_sink().
  log_sink_ptr log;
};

/// users -> replicated. Answered with storage_status.
struct get_storage_status {};

struct storage_status {
  enum class condition : std::uint8_t {
    none,    ///< the value has no storage
    loading, ///< the value is being read; it has not joined its channel
    working, ///< changes are written within moments
    failing, ///< changes cannot be written; a retry follows every 5 s
    unusable ///< the storage could not be opened or read. It is left as it is,
             ///< and the value is only in memory.
  };
  condition is = condition::none;
  std::string place;       ///< the name of the storage, usually its file
  caf::error problem;      ///< why the storage is failing or unusable
  std::uint64_t bytes = 0; ///< roughly the size of all messages there
  bool is_behind = false;  ///< whether changes wait to be written
};

const char* to_string(storage_status::condition x) noexcept;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_storage_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::storage_status)
