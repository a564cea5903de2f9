#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "cmd/aux_hits.h"
#include "cmd/session.h"
#include "lib/model/sample.h"

namespace simdprof::cmd {

/// The branches that led to samples, from the trace of their CPU or thread.
class AuxPath {
 public:
  /// Reads the session to its end, and starts it again.
  /// @param session  before its first record; must outlive this
  /// @param length   branches of a path
  static Result<std::unique_ptr<AuxPath>> open(Session& session, const SymbolOptions& symbols, std::size_t length);
  AuxPath(const AuxPath&) = delete;
  AuxPath& operator=(const AuxPath&) = delete;

  /// The last branches up to the time of the sample, oldest first; none where its CPU or thread was not traced or the
  /// sample has no time. Samples in time order.
  const std::vector<AuxHit>& before(const Sample& sample);
  /// What could not be decoded so far.
  [[nodiscard]] std::uint64_t errors() const { return hits_->errors(); }

 private:
  AuxPath(Session& session, const SymbolOptions& symbols, std::size_t length)
      : length_(length), recording_(session, symbols) {}
  void follow(std::uint64_t time_ns);

  /// CPU, or -1 for the trace of a thread; and the thread.
  using Track = std::pair<std::int32_t, Tid>;

  std::size_t length_;
  std::map<Track, std::deque<AuxHit>> tracks_;
  std::vector<AuxHit> path_;
  AuxRecording recording_;
  std::unique_ptr<AuxHits> hits_;
};

}  // namespace simdprof::cmd
