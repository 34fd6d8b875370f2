#pragma once

namespace cafmesh::test {

/// The sum of the numbers in a `persistent_map`.
struct sum_of_numbers {
  sum_of_numbers() = default;
  sum_of_numbers(int x, int) : sum(x) {
  }
  sum_of_numbers& operator+=(const sum_of_numbers& x) {
    sum += x.sum;
    return *this;
  }
  sum_of_numbers& operator-=(const sum_of_numbers& x) {
    sum -= x.sum;
    return *this;
  }
  void clear_bounds() {
  }
  void widen_bounds(int) {
  }
  static int digest_of(int, int) {
    return 0;
  }
  int sum = 0;
};

} // namespace cafmesh::test
