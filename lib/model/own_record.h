#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/abi/xsave.h"
#include "lib/base/units.h"
#include "lib/model/record_sink.h"

/// Record types that are simdprof's own. They share the kernel's framing and stand beside its records in a stream;
/// man/simdprof-format.5 has the layouts. The encoders are here for lib/capture and lib/container; the decoders are in
/// decoders/record.
namespace simdprof {

enum OwnRecordType : std::uint32_t {
  kRecordStream = 0x53440000,  ///< first record of every chunk: names the stream ("SD" in the high half)
  kRecordEventDesc = 0x53440001,
  kRecordEventId = 0x53440002,
  kRecordHostFact = 0x53440003,
  kRecordXsaveTable = 0x53440004,
  kRecordRegisterImage = 0x53440005,
  kRecordLoss = 0x53440006,
  kRecordBuildId = 0x53440007,
  kRecordSource = 0x53440008,
  kRecordEnd = 0x53440009,
  kRecordAuxtraceInfo = 0x5344000a,
  kRecordAuxtrace = 0x5344000b,
  kRecordTracepointInfo = 0x5344000c,
};

inline constexpr std::uint32_t kLastOwnRecord = kRecordTracepointInfo;

/// `"SIMDPROF"` as the first payload word of kRecordStream: how decompressed bytes are recognised.
inline constexpr std::uint64_t kStreamMagic = 0x464f5250444d4953;
inline constexpr std::uint16_t kFormatVersion = 2;
/// Bit of a stream's kind in the file: its records, headers included, are big-endian. The rest is the StreamKind.
inline constexpr std::uint16_t kStreamBigEndian = 0x8000;

/// Where registers of a recording come from.
enum class SourceKind : std::uint32_t { gpr = 0, kernel = 1, ptrace = 2, agent = 3 };
/// "gpr", "kernel", "ptrace", "agent".
std::string_view source_name(SourceKind kind);

/// Why something is missing from a recording.
enum class LossCause : std::uint32_t {
  ring_full = 0,         ///< PERF_RECORD_LOST: the kernel had no room in the ring
  kernel_dropped = 1,    ///< PERF_RECORD_LOST_SAMPLES
  image_missing = 2,     ///< a sample whose thread never stopped for its register image (SIGTRAP blocked, exec, exit)
  image_unreadable = 3,  ///< the thread stopped but its registers could not be read (it was killed)
  image_unmatched = 4,   ///< a register image without its sample
  chunk_damaged = 5,     ///< a chunk whose checksum or framing is wrong
  input_truncated = 6,   ///< the file ends inside a chunk
  aux_truncated = 7,     ///< PERF_RECORD_AUX with flag TRUNCATED
  write_failed = 8,      ///< the recorder could not write (disk full)
  aux_unread = 9,        ///< bytes of an AUX area that the recorder did not read (a 32-bit one at 4 GiB)
};
std::string_view loss_cause_name(LossCause cause);

/// Vector registers of one thread, taken from a ptrace stop.
struct RegisterImage {
  enum Format : std::uint32_t {
    kXsave = 1,        ///< components of an XSAVE image
    kArm64Fpsimd = 2,  ///< NT_PRFPREG as the kernel gives it, struct user_fpsimd_state
    kArm64Sve = 3,     ///< NT_ARM_SVE as the kernel gives it, struct user_sve_header and what follows
  };
  static constexpr std::uint32_t kFlagLate =
      1;  ///< the stop came late: SIGTRAP had been blocked (TRAP_PERF_FLAG_ASYNC)

  Pid pid = 0;
  Tid tid = 0;
  std::uint64_t window_start_ns = 0;  ///< when the thread last ran on after a stop; samples before are not this image's
  std::uint64_t time_ns = 0;          ///< when the stop was seen; samples after are not this image's
  std::uint64_t ip = 0;               ///< user instruction pointer at the stop
  std::int64_t syscall = -1;          ///< system call the thread is returning from, or -1; arm64 does not tell it
  std::uint32_t format = kXsave;
  std::uint32_t flags = 0;
  // The three masks and mxcsr are XSAVE's: zero in the other formats.
  std::uint64_t available = 0;  ///< components the image may contain (XCR0)
  std::uint64_t in_use = 0;     ///< XSTATE_BV: components not in INIT state
  std::uint64_t stored = 0;     ///< components whose bytes follow, a subset of in_use
  std::uint32_t mxcsr = 0;
  /// XSAVE: bytes of the stored components, ascending, sizes from the XsaveTable. Else the register set.
  std::span<const std::byte> data;
};

/// Bytes of one AUX area, as PERF_RECORD_AUXTRACE of perf.data gives them.
struct AuxPiece {
  std::uint64_t offset = 0;     ///< of the first byte in the area's stream of bytes
  std::uint64_t reference = 0;  ///< the recorder's, the same for all pieces that it took at once
  std::uint32_t index = 0;      ///< of the ring that the area belongs to
  Tid tid = -1;
  std::int32_t cpu = -1;
  std::span<const std::byte> data;
};
inline constexpr std::size_t kMaxAuxPieceBytes = 32768;

/// What the recording kernel tells of its tracepoints, as tracefs has it.
struct TracepointInfo {
  enum Kind : std::uint32_t {
    kFormat = 0,       ///< events/SYSTEM/NAME/format
    kKernelTexts = 1,  ///< a part, of whole lines, of printk_formats: texts by their addresses
  };
  std::uint32_t kind = kFormat;
  std::string_view system;  ///< of a format: "sched"
  std::string_view text;
};
inline constexpr std::size_t kMaxTracepointTextBytes = 65000;  ///< of `system` and `text`

/// Little-endian bytes of one record under construction; the header is written by finish().
class RecordBuilder {
 public:
  /// @param expected_bytes  room taken at once, for a record that is made at each stop of a target
  explicit RecordBuilder(std::uint32_t type, std::uint16_t misc = 0, std::size_t expected_bytes = 64);
  RecordBuilder& u8(std::uint8_t value);
  RecordBuilder& u16(std::uint16_t value);
  RecordBuilder& u32(std::uint32_t value);
  RecordBuilder& u64(std::uint64_t value);
  RecordBuilder& i32(std::int32_t value) { return u32(static_cast<std::uint32_t>(value)); }
  RecordBuilder& bytes(std::span<const std::byte> value);
  /// The text and a NUL.
  RecordBuilder& text(std::string_view value);
  /// Pads to 8 bytes, writes the size and gives the record. A record of more than 65528 bytes is a bug of the caller.
  std::vector<std::byte> finish();

 private:
  std::vector<std::byte> bytes_;
};

/// First record of a chunk: what it holds, so that the decompressed bytes alone are a complete input.
struct StreamStart {
  std::uint16_t version = kFormatVersion;
  StreamId stream = 0;
  StreamInfo info;
  std::uint32_t record_count = 0;  ///< records of the chunk after this one
  std::uint32_t record_bytes = 0;  ///< their bytes
  std::uint64_t first_time_ns = kNoTime;
  std::uint64_t last_time_ns = kNoTime;
};

std::vector<std::byte> encode_stream_start(const StreamStart& start);
/// Kind and byte order of a stream as the file has them in one word, and back; the word is known when the kind is.
std::uint16_t stream_kind_word(const StreamInfo& info);
bool decode_stream_kind(std::uint16_t word, StreamInfo& info);
/// @param event  index of the event in this recording, from 0
std::vector<std::byte> encode_event_desc(std::uint32_t event, const abi::EventAttr& attr, std::string_view name);
std::vector<std::byte> encode_event_id(std::uint32_t event, std::int32_t cpu, Tid tid, std::uint64_t id);
/// `key` and `value` as `simdprof info` prints them: "hostname", "release", "arch", "cpu", "cpus", "cmdline", ...
std::vector<std::byte> encode_host_fact(std::string_view key, std::string_view value);
std::vector<std::byte> encode_xsave_table(const abi::XsaveTable& table);
std::vector<std::byte> encode_register_image(const RegisterImage& image);
std::vector<std::byte> encode_loss(LossCause cause, std::int32_t cpu, Tid tid, std::uint64_t count,
                                   std::uint64_t time_ns);
std::vector<std::byte> encode_build_id(std::span<const std::byte> id, std::string_view path);
/// One source that was tried. `error_number` 0: taken.
std::vector<std::byte> encode_source(SourceKind kind, std::int32_t error_number, std::string_view explanation);
/// How to read AUX bytes: the decoder's number (PERF_AUXTRACE_*) and what its recorder noted for it.
std::vector<std::byte> encode_auxtrace_info(std::uint32_t type, std::span<const std::uint64_t> words);
/// A piece of one AUX area. The largest data is kMaxAuxPieceBytes.
std::vector<std::byte> encode_auxtrace(const AuxPiece& piece);
/// The same without the data: the caller writes piece.data behind it, and zeros up to a multiple of 8 bytes.
std::vector<std::byte> encode_auxtrace_head(const AuxPiece& piece);
/// `info.system` and `info.text` have no NUL, and kMaxTracepointTextBytes at most.
std::vector<std::byte> encode_tracepoint_info(const TracepointInfo& info);
/// Records of kind kKernelTexts, as many as the text needs: each holds whole lines. A line that no record can hold ends
/// them.
std::vector<std::vector<std::byte>> encode_kernel_texts(std::string_view lines);
/// The end of a recording: start and end in the recording's clock, and the child's wait status (-1: no child).
std::vector<std::byte> encode_end(std::uint64_t start_ns, std::uint64_t end_ns, std::int32_t wait_status);

}  // namespace simdprof
