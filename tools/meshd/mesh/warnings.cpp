#include "tools/meshd/mesh/warnings.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tools/meshd/settings/loopback.hpp"

namespace meshd {

namespace {

constexpr std::size_t longest_detail = 500;

/// The code and the hint for log lines that contain a phrase.
struct known_line {
  std::string_view phrase;
  const char* code; ///< null: the line is not kept
  const char* hint;
};

const known_line known_lines[] = {
  // Not kept, because the warnings about the settings say it already.
  {"or anyone who records the connection, can guess it", nullptr, nullptr},
  {"The node has no password", nullptr, nullptr},
  {"somebody speaks in the name of this peer", "name_twice",
   "Give each node a name of its own, and each a state folder of its own."},
  {"two peers are named", "name_twice", "Give one of them another name."},
  {"records of peers were ignored", "records_refused",
   "GET /v1/peers lists the peers; change the password if you do not know "
   "them."},
  {"is given up until it is named again", "target_given_up",
   "Correct the address, then POST it to /v1/targets."},
  {"has had no thread to run on", "no_thread",
   "Is the machine overloaded? Restart meshd if this goes on."},
  {"storage_failed", "storage_failed",
   "Make room on the disk or mend the file that the line names."},
  {"cannot accept connections", "no_descriptors",
   "Raise the limit of open files, LimitNOFILE in the unit."},
  {"half of the files that this process may open", "no_descriptors",
   "Raise the limit of open files, or lower max-connections."},
  {"the value is full", "value_full",
   "Delete what is not needed, or raise max-kv-bytes in the whole mesh."},
  {"noted no end", "unclean_end",
   "Look for the cause in the system's log of that time; writes that were "
   "durable are kept."},
  {"settings were not read again", not_reloaded,
   "Correct them; meshd --check-config checks them."},
};

std::string without_digits(const std::string& x) {
  std::string result;
  std::copy_if(x.begin(), x.end(), std::back_inserter(result),
               [](char c) { return c < '0' || c > '9'; });
  return result;
}

bool is_same(const warning& x, const warning& y) {
  return x.code == y.code
         && without_digits(x.detail) == without_digits(y.detail);
}

class warning_log : public cafmesh::log_sink {
public:
  warning_log(cafmesh::log_sink_ptr log, warnings_ptr to)
      : log_(std::move(log)), to_(std::move(to)) {
  }

  void write(cafmesh::log_level level, std::string_view text) override {
    log_->write(level, text);
    if (level < cafmesh::log_level::warning)
      return note_recovery(text);
    warning x{"logged", std::string{text.substr(0, longest_detail)}, {}};
    for (const auto& known : known_lines)
      if (text.find(known.phrase) != std::string_view::npos) {
        if (!known.code)
          return;
        x.code = known.code;
        x.hint = known.hint;
        break;
      }
    to_->add(std::move(x), std::chrono::system_clock::now());
  }

private:
  // Removes the warning about a storage that works again. The log lines about
  // its failure and its recovery begin with the same channel.
  void note_recovery(std::string_view text) {
    auto end = text.find(": changes are stored in ");
    if (end != std::string_view::npos)
      to_->remove("storage_failed", text.substr(0, end + 2));
  }

  cafmesh::log_sink_ptr log_;
  warnings_ptr to_;
};

} // namespace

void warnings::set_standing(std::vector<warning> xs) {
  for (auto& x : xs)
    x.first = x.last = std::chrono::system_clock::now();
  std::lock_guard<std::mutex> guard{mutex_};
  standing_ = std::move(xs);
}

void warnings::add(warning x, time_point now) {
  std::lock_guard<std::mutex> guard{mutex_};
  x.first = x.last = now;
  auto old = std::find_if(kept_.begin(), kept_.end(),
                          [&](const auto& y) { return is_same(x, y); });
  if (old != kept_.end()) {
    x.first = old->first;
    x.times += old->times;
    kept_.erase(old);
  }
  auto has_code = [&](const warning& y) {
    return y.code == x.code;
  };
  auto of_code = std::count_if(kept_.begin(), kept_.end(), has_code);
  if (static_cast<std::size_t>(of_code) >= most_of_a_code)
    kept_.erase(std::find_if(kept_.begin(), kept_.end(), has_code));
  else if (kept_.size() >= most)
    kept_.pop_front();
  kept_.push_back(std::move(x));
}

void warnings::remove(std::string_view code, std::string_view beginning) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto is_meant = [&](const warning& x) {
    return x.code == code
           && x.detail.compare(0, beginning.size(), beginning) == 0;
  };
  kept_.erase(std::remove_if(kept_.begin(), kept_.end(), is_meant),
              kept_.end());
}

std::vector<warning> warnings::all(time_point now) const {
  std::lock_guard<std::mutex> guard{mutex_};
  auto result = standing_;
  for (const auto& x : kept_)
    if (now - x.last <= kept_for)
      result.push_back(x);
  return result;
}

cafmesh::log_sink_ptr keep_warnings(cafmesh::log_sink_ptr log,
                                    warnings_ptr to) {
  return std::make_shared<warning_log>(std::move(log), std::move(to));
}

std::vector<warning>
warnings_about(const std::vector<cafmesh::password>& passwords,
               const std::string& mesh_address) {
  if (passwords.empty() && !is_loopback(mesh_address))
    return {{no_password,
             "The node has no password, so anyone who reaches " + mesh_address
               + " joins the mesh.",
             "Set password-file on all nodes; `openssl rand -hex 16` makes a "
             "password."}};
  auto is_short = [](const auto& x) {
    return x.size() < cafmesh::least_password_size;
  };
  auto number = std::count_if(passwords.begin(), passwords.end(), is_short);
  if (number == 0)
    return {};
  auto size = passwords.size();
  auto which = size == 1
                 ? std::string{"The password is"}
                 : std::to_string(number) + " of " + std::to_string(size)
                     + " passwords " + (number == 1 ? "is" : "are");
  return {{"short_password",
           which + " shorter than "
             + std::to_string(cafmesh::least_password_size)
             + " characters, so that anyone who records a connection can "
               "guess "
             + (number == 1 ? "it." : "them."),
           "Use a longer one; `openssl rand -hex 16` makes one."}};
}

} // namespace meshd
