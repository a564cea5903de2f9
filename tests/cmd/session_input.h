#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "lib/model/record_sink.h"
#include "tests/support/bytes.h"
#include "tests/support/stored_file.h"

/// Recordings written by hand, as decompressed bytes (man/simdprof-format.5): what `zstd -dc` makes of a file.
namespace simdprof::test {

inline Bytes framed(std::uint32_t type, const Bytes& payload, unsigned misc = 0) {
  Bytes out;
  append_word(out, type, 4);
  append_word(out, misc, 2);
  append_word(out, payload.size() + 8, 2);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

struct HandRun {
  StreamKind kind = StreamKind::ring;
  std::uint32_t stream = 0;
  std::vector<Bytes> records;  ///< with their headers
  std::uint64_t first_time_ns = ~std::uint64_t{0};
  std::uint64_t last_time_ns = ~std::uint64_t{0};
};

/// The stream record and the records of one run.
inline Bytes run_bytes(const HandRun& run) {
  Bytes records;
  for (const Bytes& record : run.records) records.insert(records.end(), record.begin(), record.end());
  Bytes start;
  append_word(start, 0x464f5250444d4953, 8);  // "SIMDPROF"
  append_word(start, 1, 2);                   // version
  append_word(start, static_cast<unsigned>(run.kind), 2);
  append_word(start, run.stream, 4);
  append_word(start, 0xffffffff, 4);  // cpu
  append_word(start, 0xffffffff, 4);  // tid
  append_word(start, run.records.size(), 4);
  append_word(start, records.size(), 4);
  append_word(start, run.first_time_ns, 8);
  append_word(start, run.last_time_ns, 8);
  Bytes out = framed(0x53440000, start);
  out.insert(out.end(), records.begin(), records.end());
  return out;
}

/// A file with these runs; removed at the end.
class HandRecording {
 public:
  explicit HandRecording(const std::vector<HandRun>& runs) {
    Bytes bytes;
    for (const HandRun& run : runs) {
      const Bytes more = run_bytes(run);
      bytes.insert(bytes.end(), more.begin(), more.end());
    }
    write(bytes);
  }
  explicit HandRecording(const Bytes& bytes) { write(bytes); }
  HandRecording(const HandRecording&) = delete;
  HandRecording& operator=(const HandRecording&) = delete;
  ~HandRecording() { ::unlink(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void write(const Bytes& bytes) {
    const int fd = ::mkstemp(path_.data());
    if (fd >= 0) ::close(fd);
    store_file(path_, bytes);
  }
  std::string path_ = "/tmp/simdprof_test_XXXXXX";
};

/// Description of an event: attr of 64 bytes.
inline Bytes event_desc(std::uint32_t event, std::uint64_t sample_type, std::uint64_t flags, std::string_view name,
                        std::uint32_t type = 1) {
  Bytes out;
  append_word(out, event, 4);
  append_word(out, 64, 4);
  append_word(out, type, 4);
  append_word(out, 64, 4);  // size
  for (const std::uint64_t word : {std::uint64_t{1}, std::uint64_t{999}, sample_type, std::uint64_t{0}, flags,
                                   std::uint64_t{0}, std::uint64_t{0}}) {
    append_word(out, word, 8);
  }
  const Bytes letters = text(name);
  out.insert(out.end(), letters.begin(), letters.end());
  do out.push_back(std::byte{0});
  while (out.size() % 8 != 0);
  return framed(0x53440001, out);
}

inline Bytes host_fact(std::string_view key, std::string_view value) {
  Bytes out = text(key);
  out.push_back(std::byte{0});
  const Bytes letters = text(value);
  out.insert(out.end(), letters.begin(), letters.end());
  do out.push_back(std::byte{0});
  while (out.size() % 8 != 0);
  return framed(0x53440003, out);
}

/// A sample of an event with sample_type IP, TID, TIME.
inline Bytes ip_tid_time(std::uint64_t ip, std::uint32_t tid, std::uint64_t time_ns) {
  return framed(9, words({ip, (std::uint64_t{tid} << 32U) | tid, time_ns}), 2);
}
inline constexpr std::uint64_t kIpTidTime = 7;

/// A COMM of thread 1 of such an event, 200 bytes long: a run that has one to each sample is decoded ahead.
inline Bytes wide_comm(std::uint64_t time_ns) {
  return framed(3, words({1, 0}) + Bytes(176, std::byte{0}) + words({1, time_ns}));
}

}  // namespace simdprof::test
