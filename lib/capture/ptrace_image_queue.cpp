#include "lib/capture/ptrace_image_queue.h"

#include <utility>

namespace simdprof {
namespace {

constexpr std::size_t kMostStops = 1024;

}  // namespace

bool ImageQueue::push(const RegisterImage& image, bool readable, std::uint64_t general_hash) {
  const std::scoped_lock lock(mutex_);
  if (coming_.used == kMostStops) return false;
  if (coming_.used == coming_.stops.size()) coming_.stops.emplace_back();
  Stop& stop = coming_.stops[coming_.used++];
  stop.image = image;
  stop.readable = readable;
  stop.general_hash = general_hash;
  stop.data.assign(image.data.begin(), image.data.end());
  stop.image.data = stop.data;
  return true;
}

std::span<const ImageQueue::Stop> ImageQueue::take() {
  taken_.used = 0;
  {
    const std::scoped_lock lock(mutex_);
    std::swap(coming_, taken_);
  }
  return std::span(taken_.stops).first(taken_.used);
}

}  // namespace simdprof
