#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "decoders/aux/cs_metadata.h"
#include "decoders/aux/cs_packet_line.h"
#include "lib/base/result.h"
#include "lib/base/units.h"

/// libopencsd behind types of ours. Trees work at the same time. What the library keeps in one place for the whole
/// process is its lists of trees, its printer and the buffers of its texts: CsTree waits for the others with these.
namespace simdprof {

/// What a trace source says in the end. Source: the library's trc_gen_elem_types.h.
enum class CsKind {
  unknown,
  no_sync,
  trace_on,
  end_of_trace,
  context,
  range,
  range_without_path,
  no_code,
  address_unknown,
  exception,
  exception_return,
  timestamp,
  cycle_count,
  event,
  software,
  sync_marker,
  transaction,
  custom
};
/// What the last instruction of a range is.
enum class CsLast { other, branch, indirect_branch, barrier, wait, transaction_start };
enum class CsLastKind { none, call, ret, exception_return };
enum class CsInstructionSet { a32, t32, a64, other };

struct CsElement {
  CsKind kind = CsKind::unknown;
  std::uint8_t trace_id = 0;
  std::uint64_t at = 0;  ///< of the packet that made it, in the bytes that were fed
  VirtAddr start = 0;    ///< range: first instruction; no_code: where none is
  VirtAddr end = 0;      ///< range: behind the last instruction; exception: where it will return to
  bool has_return = false;
  std::uint32_t instructions = 0;
  CsInstructionSet set = CsInstructionSet::other;
  CsLast last = CsLast::other;
  CsLastKind last_kind = CsLastKind::none;
  std::uint8_t last_bytes = 0;
  bool last_executed = false;
  bool last_conditional = false;
  std::uint32_t number = 0;  ///< of the exception or event
  bool overflow = false;     ///< no_sync, trace_on: because trace was lost
  bool damaged = false;      ///< no_sync: because of a bad packet
  std::uint64_t timestamp = 0;
  std::uint64_t cycles = 0;
  bool has_cycles = false;
  bool has_context_id = false, has_vmid = false;
  std::uint32_t context_id = 0, vmid = 0;
  std::uint64_t payload = 0;  ///< of a software trace packet, as far as 64 bits hold it
  std::string_view text;      ///< "INSTR_RANGE(exec range=...)", as the library has it; for the call alone
};

class CsClient {
 public:
  CsClient() = default;
  CsClient(const CsClient&) = delete;
  CsClient& operator=(const CsClient&) = delete;
  virtual ~CsClient() = default;
  virtual void on_packet(const CsPacket& packet) = 0;
  virtual void on_element(const CsElement& element) = 0;
  /// The library gave up at `at`; it begins anew behind it.
  virtual void on_fatal(std::uint64_t at, std::string_view text) = 0;
  /// @param kernel  the exception level says that the address is the kernel's; false: it does not tell
  /// @return bytes read, 0 where no code is known
  virtual std::size_t read_code(std::uint8_t trace_id, VirtAddr address, bool kernel, std::span<std::byte> out) = 0;
};

/// What to decode, and how.
struct CsSetup {
  bool formatted = true;     ///< 16-byte frames of several sources; false: the bytes of one source
  bool elements = true;      ///< false: packets only
  bool packet_text = true;   ///< packets get their text, which costs more than the rest
  bool element_text = true;  ///< so do elements
};

class CsTree {
 public:
  /// @param sources  those with a trace id are decoded; of a raw trace exactly one must be given
  /// @param client   lives longer than the tree
  /// @return the tree, or unsupported: the library refuses a source
  static Result<std::unique_ptr<CsTree>> create(const CsSetup& setup, std::span<const CsSource> sources,
                                                CsClient& client);
  CsTree(const CsTree&) = delete;
  CsTree& operator=(const CsTree&) = delete;
  virtual ~CsTree() = default;

  /// Decodes `bytes`, which follow those of the call before, and all that stands at their end. Gives what they say to
  /// the client. Ends early only when the bounds on work, which grow with the bytes, are reached, and says so.
  virtual void decode(std::span<const std::byte> bytes) = 0;

 protected:
  CsTree() = default;
};

/// "libopencsd 1.3.3"
std::string cs_library();

}  // namespace simdprof
