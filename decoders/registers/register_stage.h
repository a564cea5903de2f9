#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/abi/registers.h"
#include "lib/abi/xsave.h"
#include "lib/base/result.h"
#include "lib/model/event.h"
#include "lib/model/own_record.h"
#include "lib/model/record.h"
#include "lib/model/register_set.h"
#include "lib/model/sample.h"

namespace simdprof {

/// What an event's attributes say of the registers of its samples.
struct EventRegisters {
  bool makes_images = false;  ///< its overflow stops the thread: a register image belongs to each of its samples
  bool precise = false;       ///< precise_ip: vectors of the interrupt set come from the PEBS record
  bool vectors = false;       ///< its samples should carry vector registers, in their sections or by an image
  bool user_vectors = false;  ///< in the section of the user set
};
/// By event. In a recording of the ptrace or agent source one event makes the images: the one with attr.sigtrap, or,
/// since the recorder describes events as they were asked for, the first.
std::vector<EventRegisters> event_registers(const EventTable& events, std::optional<SourceKind> source, abi::Arch arch);

/// Rebuilds both register sets of each sample: from its own sections (general registers, legacy XMM bits 32..63, SIMD
/// ABI) and, for the user set, from the register image of its thread.
///
/// Records come in time order. An image stands in that order at its window_start_ns, before the samples it belongs to:
/// those of its thread with window_start_ns <= time <= time_ns.
class RegisterStage {
 public:
  /// @param table   component offsets of the recording machine; absent: images cannot be decoded
  /// @param events  of the recording, by number; samples of any other event are taken to have no image
  RegisterStage(abi::Arch arch, std::optional<abi::XsaveTable> table, std::vector<EventRegisters> events);
  RegisterStage(RegisterStage&&) noexcept;
  RegisterStage& operator=(RegisterStage&&) noexcept;
  ~RegisterStage();

  /// @return malformed when the image contradicts the table; it is then not used
  Status observe(const RegisterImage& image);
  /// Any record but a sample: its image is taken, an exec or the end of a thread forgets, all others are passed over.
  Status observe(const Record& record);
  /// The thread executed a new program or ended: its image no longer holds.
  void forget(Tid tid);
  /// Fills `out`, a new one or one that was filled here before, for one sample; general registers that it has not keep
  /// their words, of which nothing tells. Images belong to samples of the event that makes them:
  /// other events meet them by chance, at another moment. Guest hits have no registers: their sections are the host's.
  void build(const Sample& sample, RegisterSets& out);

  struct Counts {
    std::uint64_t images = 0;              ///< observed
    std::uint64_t images_unmatched = 0;    ///< replaced or left without ever having met a sample
    std::uint64_t images_at_other_ip = 0;  ///< met a sample whose user ip was another: values untrusted
    std::uint64_t samples_without = 0;     ///< samples that expected an image and had none
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
