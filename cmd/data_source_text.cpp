#include "cmd/data_source_text.h"

#include <array>
#include <span>
#include <string_view>

#include "cmd/field_text.h"

namespace simdprof::cmd {
namespace {

/// A bit field of the word, from the lowest bit.
struct Field {
  unsigned first, width;
  [[nodiscard]] constexpr std::uint64_t of(std::uint64_t word) const {
    return (word >> first) & ((std::uint64_t{1} << width) - 1);
  }
};
constexpr Field kOperation{0, 5}, kLevel{5, 14}, kSnoop{19, 5}, kLock{24, 2}, kTlb{26, 7}, kLevelNumber{33, 4},
    kRemote{37, 1}, kSnoopMore{38, 2}, kBlocked{40, 3}, kHops{43, 3};

// kLevel and kTlb begin with the same bits.
constexpr std::uint64_t kHit = 2, kMiss = 4;
constexpr std::uint64_t kNotAvailable = 1;  // of kOperation, kLock and kBlocked
constexpr std::uint64_t kLocked = 2;
constexpr std::uint64_t kBlockedByData = 2, kBlockedByAddress = 4;

constexpr std::array<std::string_view, 5> kOperations = {"N/A", "LOAD", "STORE", "PFETCH", "EXEC"};
constexpr std::array<std::string_view, 14> kLevels = {"N/A",
                                                      "HIT",
                                                      "MISS",
                                                      "L1",
                                                      "LFB/MAB",
                                                      "L2",
                                                      "L3",
                                                      "Local RAM",
                                                      "Remote RAM (1 hop)",
                                                      "Remote RAM (2 hops)",
                                                      "Remote Cache (1 hop)",
                                                      "Remote Cache (2 hops)",
                                                      "I/O",
                                                      "Uncached"};
constexpr std::array<std::string_view, 16> kLevelNumbers = {
    "",    "L1",        "L2",      "L3",  "L4",   "L2 MHB", "Memory-side Cache", "L7", "Uncached", "CXL",
    "I/O", "Any cache", "LFB/MAB", "RAM", "PMEM", "N/A"};
constexpr std::array<std::string_view, 8> kHopNames = {
    "", "core, same node", "node, same socket", "socket, same board", "board", "5 hops", "6 hops", "7 hops"};
constexpr std::array<std::string_view, 5> kSnoops = {"N/A", "None", "Hit", "Miss", "HitM"};
constexpr std::array<std::string_view, 2> kMoreSnoops = {"Fwd", "Peer"};
constexpr std::array<std::string_view, 7> kTlbs = {"N/A", "HIT", "MISS", "L1", "L2", "Walker", "Fault"};

/// Names of the bits that are set, "L1 or L2"; bits without a name are passed over.
class NameList {
 public:
  explicit NameList(TextBuffer& out) : out_(out) {}
  void add(std::string_view name) {
    if (!empty_) append_text(out_, " or ");
    append_text(out_, name);
    empty_ = false;
  }
  void add(std::uint64_t bits, std::span<const std::string_view> names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (((bits >> i) & 1U) != 0) add(names[i]);
    }
  }
  void end() {
    if (empty_) append_text(out_, "N/A");
  }

 private:
  TextBuffer& out_;
  bool empty_ = true;
};

void append_hit_or_miss(TextBuffer& out, std::uint64_t bits) {
  if ((bits & kHit) != 0) append_text(out, " hit");
  if ((bits & kMiss) != 0) append_text(out, " miss");
}

void append_operation(TextBuffer& out, std::uint64_t bits) {
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    if (((bits >> i) & 1U) != 0) return append_text(out, kOperations[i]);
  }
  append_text(out, "No");
}

void append_level(TextBuffer& out, std::uint64_t word) {
  const std::uint64_t bits = kLevel.of(word);
  const std::uint64_t hops = kHops.of(word), number = kLevelNumber.of(word);
  if (kRemote.of(word) != 0) append_text(out, "Remote ");
  NameList names(out);
  if (hops != 0) {
    append_text(out, kHopNames[hops]);
    append_text(out, " ");
  } else {
    names.add(bits & ~(kHit | kMiss), kLevels);
  }
  if (number != 0) names.add(kLevelNumbers[number]);
  if (hops == 0 && kRemote.of(word) == 0) names.end();
  append_hit_or_miss(out, bits);
}

void append_blocked(TextBuffer& out, std::uint64_t bits) {
  if (bits == 0 || (bits & kNotAvailable) != 0) return append_text(out, " N/A");
  if ((bits & kBlockedByData) != 0) append_text(out, " Data");
  if ((bits & kBlockedByAddress) != 0) append_text(out, " Addr");
}

}  // namespace

void append_data_source(TextBuffer& out, std::uint64_t data_src) {
  append_text(out, "|OP ");
  append_operation(out, kOperation.of(data_src));
  append_text(out, "|LVL ");
  append_level(out, data_src);
  append_text(out, "|SNP ");
  NameList snoops(out);
  snoops.add(kSnoop.of(data_src), kSnoops);
  snoops.add(kSnoopMore.of(data_src), kMoreSnoops);
  snoops.end();
  append_text(out, "|TLB ");
  const std::uint64_t tlb = kTlb.of(data_src);
  NameList tlbs(out);
  tlbs.add(tlb & ~(kHit | kMiss), kTlbs);
  tlbs.end();
  append_hit_or_miss(out, tlb);
  append_text(out, "|LCK ");
  const std::uint64_t lock = kLock.of(data_src);
  append_text(out, (lock & kNotAvailable) != 0 ? "N/A" : (lock & kLocked) != 0 ? "Yes" : "No");
  append_text(out, "|BLK ");
  append_blocked(out, kBlocked.of(data_src));
}

}  // namespace simdprof::cmd
