#pragma once

#include <cstddef>

#include <pthread.h>

namespace cafmesh::test {

/// While it exists, this process can make no thread: the stacks of new threads
/// would be larger than its address space.
class no_threads {
public:
  no_threads() {
    ::pthread_getattr_default_np(&usual_);
    pthread_attr_t huge;
    ::pthread_attr_init(&huge);
    ::pthread_attr_setstacksize(&huge, std::size_t{1} << 47);
    ::pthread_setattr_default_np(&huge);
    ::pthread_attr_destroy(&huge);
  }
  no_threads(const no_threads&) = delete;
  no_threads& operator=(const no_threads&) = delete;
  ~no_threads() {
    ::pthread_setattr_default_np(&usual_);
    ::pthread_attr_destroy(&usual_);
  }

private:
  pthread_attr_t usual_;
};

} // namespace cafmesh::test
