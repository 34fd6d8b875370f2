#pragma once

#include <cstddef>

#include <pthread.h>

namespace cafmesh::test {

/// While an object of this class exists, this process cannot create threads,
/// because the stack of a new thread would exceed the limit on its address
/// space.
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
