#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "tests/support/skipping.hpp"

namespace {

bool name_module() {
  boost::unit_test::framework::master_test_suite().p_name.value = "cafmesh";
  return true;
}

} // namespace

/// A failure is reported even if another case was skipped.
int main(int argc, char** argv) {
  auto status = boost::unit_test::unit_test_main(&name_module, argc, argv);
  return status == 0 && cafmesh::test::has_skipped ? 77 : status;
}
