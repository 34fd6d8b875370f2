#include "actors/settings/password_file.hpp"

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

/// A line of text that wipes its memory before it gives it up.
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

  bool empty() const {
    return size_ == 0;
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

} // namespace

caf::expected<std::vector<password>>
read_password_file(const std::string& path) {
  std::vector<password> result;
  std::array<char, 4096> buffer; // the stream's own cannot be wiped
  {
    std::ifstream in;
    in.rdbuf()->pubsetbuf(buffer.data(), buffer.size());
    errno = 0;
    in.open(path);
    wiped_line line;
    for (char x = 0; in.get(x);)
      if (x == '\n')
        result.push_back(line.take());
      else
        line.add(x);
    if (!in.eof())
      result.clear();
    else if (!line.empty())
      result.push_back(line.take());
    if (!in.eof() || in.bad()) {
      auto why = errno;
      crypto::wipe(buffer.data(), buffer.size());
      return make_error(errc::bad_setting, "cannot read "
                                             + escaped_in_quotes(path) + ": "
                                             + std::strerror(why));
    }
  }
  crypto::wipe(buffer.data(), buffer.size());
  if (result.empty())
    return make_error(errc::bad_setting, "there is no line in "
                                           + escaped_in_quotes(path)
                                           + "; an empty line is the empty "
                                             "password");
  return result;
}

} // namespace cafmesh
