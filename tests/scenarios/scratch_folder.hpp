#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace cafmesh::test {

/// A temporary folder. The destructor removes it with all its contents.
class scratch_folder {
public:
  scratch_folder() {
    auto name = std::filesystem::temp_directory_path() / "cafmesh-XXXXXX";
    path_ = name.string();
    if (!::mkdtemp(path_.data()))
      throw std::runtime_error("cannot make " + path_);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept {
    return path_;
  }
  std::string path(const std::string& file) const {
    return path_ + "/" + file;
  }

private:
  std::string path_;
};

} // namespace cafmesh::test
