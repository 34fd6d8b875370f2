#include "actors/settings/password_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <caf/make_message.hpp>

#include "crypto/keys/memory.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

namespace {

/// A line of text that wipes its memory before releasing it.
class wiped_line {
public:
  wiped_line() = default;
  wiped_line(const wiped_line&) = delete;
  wiped_line& operator=(const wiped_line&) = delete;
  ~wiped_line() {
    crypto::wipe(text_.data(), text_.size());
  }

  void add(char x) {
    if (size_ == text_.size())
      grow();
    text_[size_++] = x;
  }

  password take() {
    return password{std::string_view{text_.data(), std::exchange(size_, 0)}};
  }

  std::string_view text() const {
    return {text_.data(), size_};
  }

private:
  void grow() {
    std::vector<char> more(2 * text_.size());
    std::copy(text_.begin(), text_.end(), more.begin());
    crypto::wipe(text_.data(), text_.size());
    text_.swap(more);
  }

  std::vector<char> text_ = std::vector<char>(256);
  std::size_t size_ = 0;
};

/// A buffer for the file stream. The stream's own buffer cannot be wiped.
struct wiped_buffer {
  std::array<char, 4096> bytes{};

  wiped_buffer() = default;
  wiped_buffer(const wiped_buffer&) = delete;
  wiped_buffer& operator=(const wiped_buffer&) = delete;
  ~wiped_buffer() {
    crypto::wipe(bytes.data(), bytes.size());
  }
};

bool is_blank(char x) {
  return x == ' ' || x == '\t';
}

bool is_control(char x) {
  auto byte = static_cast<unsigned char>(x);
  return (byte < 0x20 && x != '\t') || byte == 0x7f;
}

/// Returns what is wrong with a line and how to correct it, or null. Editors
/// can add these faults without showing them.
const char* mistake_in(std::string_view line) {
  if (line.empty())
    return "is empty: remove it; an empty password is given as an option, "
           "password=\"\"";
  if (line.substr(0, 3) == "\xef\xbb\xbf")
    return "begins with a byte order mark: save the file without it";
  if (line.back() == '\r')
    return "ends with a carriage return: save the file with Unix line ends";
  if (is_blank(line.front()) || is_blank(line.back()))
    return "begins or ends with a blank: remove it";
  if (std::any_of(line.begin(), line.end(), is_control))
    return "has a control character: remove it";
  return nullptr;
}

/// Reads lines into `result`, up to the first line that is probably a mistake.
/// @returns what is wrong with that line; null if all lines are good
const char* read_lines(std::istream& in, std::vector<password>& result) {
  wiped_line line;
  auto take = [&] {
    auto mistake = mistake_in(line.text());
    if (!mistake)
      result.push_back(line.take());
    return mistake;
  };
  for (char x = 0; in.get(x);)
    if (x != '\n')
      line.add(x);
    else if (auto mistake = take())
      return mistake;
  return line.text().empty() ? nullptr : take();
}

} // namespace

caf::expected<std::vector<password>>
read_password_file(const std::string& path) {
  std::vector<password> result;
  wiped_buffer buffer;
  std::ifstream in;
  in.rdbuf()->pubsetbuf(buffer.bytes.data(), buffer.bytes.size());
  errno = 0;
  in.open(path);
  auto mistake = read_lines(in, result);
  auto failure = errno;
  if (mistake)
    return make_error(errc::bad_setting,
                      "line " + std::to_string(result.size() + 1) + " of "
                        + escaped_in_quotes(path) + " " + mistake);
  if (!in.eof() || in.bad())
    return make_error(errc::bad_setting, "cannot read "
                                           + escaped_in_quotes(path) + ": "
                                           + std::strerror(failure));
  if (result.empty())
    return make_error(errc::bad_setting,
                      "there is no password in " + escaped_in_quotes(path));
  return result;
}

} // namespace cafmesh
