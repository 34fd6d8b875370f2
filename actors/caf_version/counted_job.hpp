#pragma once

#include <caf/ref_counted.hpp>
#include <caf/resumable.hpp>

namespace cafmesh::caf_version {

/// A job for CAF's scheduler that is not an actor. Its last owner deletes it.
class counted_job : public caf::resumable, public caf::ref_counted {
public:
  void intrusive_ptr_add_ref_impl() override {
    ref();
  }
  void intrusive_ptr_release_impl() override {
    deref();
  }
};

} // namespace cafmesh::caf_version
