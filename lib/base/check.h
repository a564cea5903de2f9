#pragma once

#include <cstdio>
#include <cstdlib>

/// Stops the program when a fact about our own code does not hold. Never used for input: input is answered with a
/// Result.
#define SIMDPROF_ASSERT(condition)                                                                       \
  do {                                                                                                   \
    if (!(condition)) {                                                                                  \
      std::fprintf(stderr, "simdprof: bug: %s does not hold (%s:%d)\n", #condition, __FILE__, __LINE__); \
      std::abort();                                                                                      \
    }                                                                                                    \
  } while (false)
