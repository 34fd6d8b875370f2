#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Commands and their parameters, and the values that a user gives for them.
namespace meshctl {

class session;

/// The values that the user gave for the parameters of a command.
class arguments {
public:
  using values = std::map<std::string, std::vector<std::string>>;

  explicit arguments(values xs = {}) : values_(std::move(xs)) {
  }

  bool has(const std::string& name) const {
    return values_.count(name) > 0;
  }
  std::optional<std::string> maybe(const std::string& name) const;
  std::vector<std::string> all(const std::string& name) const;

  /// @pre the parameter is required
  std::string text(const std::string& name) const {
    return maybe(name).value_or("");
  }

  /// @throws failure of exit_code::usage if the value is not a number up to
  /// `most`
  std::uint64_t number(const std::string& name, std::uint64_t otherwise,
                       std::uint64_t most = UINT32_MAX) const;

  /// @throws failure of exit_code::usage if the value is not a time
  std::chrono::milliseconds time(const std::string& name,
                                 std::chrono::milliseconds otherwise) const;

private:
  values values_;
};

/// A parameter of a command. If `name` begins with a dash, as in `--count`, the
/// parameter is a flag or an option with a value. Otherwise, as in `CHANNEL`,
/// it is a positional argument, which is called a word here.
struct parameter {
  std::string name;
  std::string value; ///< placeholder in help texts; empty: no value
  std::string help;
  std::size_t least = 0;
  std::size_t most = 1;
  bool may_be_empty = false; ///< whether a word may be the empty text

  bool is_word() const {
    return name[0] != '-';
  }
  bool is_flag() const {
    return !is_word() && value.empty();
  }
};

inline parameter flag(std::string name, std::string help) {
  return {std::move(name), {}, std::move(help)};
}

inline parameter option(std::string name, std::string value, std::string help) {
  return {std::move(name), std::move(value), std::move(help)};
}

inline parameter word(std::string name, std::string help) {
  return {std::move(name), {}, std::move(help), 1, 1};
}

inline parameter optional_word(std::string name, std::string help) {
  return {std::move(name), {}, std::move(help), 0, 1};
}

/// An optional positional argument, which may be the empty text.
inline parameter optional_text(std::string name, std::string help) {
  return {std::move(name), {}, std::move(help), 0, 1, true};
}

inline parameter words(std::string name, std::string help) {
  return {std::move(name), {}, std::move(help), 1, 1000};
}

/// A command of the program. The parser, the shell completion and the manual
/// use the same list of commands.
struct command {
  std::string name; ///< one word, or two such as `kv get`
  std::string help; ///< one line
  std::vector<parameter> parameters;
  void (*run)(session&, const arguments&) = nullptr;
  std::string more; ///< further sentences for the manual
};

using commands = std::vector<command>;

} // namespace meshctl
