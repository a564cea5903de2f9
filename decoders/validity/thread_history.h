#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "decoders/validity/vector_block.h"
#include "lib/model/finding.h"

namespace simdprof {

/// A finding that waits for what follows its sample.
struct Pending {
  RuleId rule = RuleId::r5;
  Severity severity = Severity::strong;
  std::string_view note;
  SampleRef sample;
  VectorBlock block;                 ///< that is doubted
  std::uint16_t changed = 0;         ///< R7: its registers that are not 0 and had other values in user mode since
  std::uint32_t user_hits_left = 0;  ///< user-mode blocks of the thread that still may clear it
  bool undecided = false;            ///< no finding unless the next user-mode hit says so
};

/// What rules keep of one thread.
struct ThreadHistory {
  static constexpr std::size_t kBlocks = 8;
  static constexpr std::size_t kMaxPending = 32;

  struct OwnBlock {
    VectorBlock block;
    bool user_mode = false;
    VirtAddr ip = 0;  ///< of the hit
  };
  struct UserHit {
    std::uint64_t time_ns = 0;
    bool rich = false;
  };

  std::uint64_t last_used = 0;           ///< number of its last sample
  std::vector<OwnBlock> blocks;          ///< oldest first, at most kBlocks
  std::optional<UserHit> last_user_hit;  ///< since the last exec or fork
  VectorBlock last_user_block;           ///< its values; empty when there is none
  std::vector<Pending> pending;          ///< at most kMaxPending, oldest first

  // Kernel pointers among its vector values (R8).
  std::optional<SampleRef> early_pointer_hit;  ///< the sample with a few, before it was sure
  bool holds_pointers = false;

  // Samples without a user set (R9).
  std::uint64_t samples = 0, user_samples = 0, without_user_set = 0;
  // User-mode hits with vectors from the kernel (R15).
  std::uint64_t zero_user_hits = 0;
  bool any_nonzero_user_hit = false;
  SampleRef last_sample;

  void add_block(const VectorBlock& block, bool user_mode, VirtAddr ip);
};

/// The threads of a recording, with a bound: when there are too many, those longest not seen are closed.
class ThreadHistories {
 public:
  using Close = std::function<void(ThreadHistory&)>;  ///< says what was found out about a thread
  static constexpr std::size_t kMaxThreads = 16384;

  /// The thread's history, made when it is new. Holds until the next call.
  ThreadHistory& at(Tid tid, std::uint64_t sample_number, const Close& close);
  [[nodiscard]] ThreadHistory* find(Tid tid);
  /// The thread ended.
  void remove(Tid tid, const Close& close);
  /// No more samples: closes all, in the order of their ids.
  void close_all(const Close& close);
  [[nodiscard]] std::size_t size() const { return threads_.size(); }

 private:
  void drop_older_half(const Close& close);

  std::unordered_map<Tid, ThreadHistory> threads_;
  // The thread of the last sample is most often that of the next.
  Tid last_tid_ = 0;
  ThreadHistory* last_ = nullptr;
};

}  // namespace simdprof
