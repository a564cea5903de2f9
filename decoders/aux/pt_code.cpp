#include "decoders/aux/pt_code.h"

#include <algorithm>

namespace simdprof {

void PtCode::set_context(Pid pid, std::uint64_t time_ns, bool guest) {
  guest_ = guest;
  time_ns_ = time_ns;
  const bool same = known_context_ && pid == pid_ && time_ns >= from_ns_ &&
                    (time_ns < until_ns_ || time_ns == from_ns_ || until_ns_ == AuxPlace::kNoAuxTime);
  if (same) return;
  known_context_ = true;
  pid_ = pid;
  from_ns_ = time_ns;
  until_ns_ = programs_.code_holds_until(pid, time_ns);
  pages_.clear();
  last_base_ = 1;
  last_page_ = nullptr;
  has_missing_ = false;
}

const PtCode::Page* PtCode::find_page(VirtAddr address) {
  const VirtAddr base = address & ~VirtAddr{kPageBytes - 1};
  const auto wanted = static_cast<std::size_t>(address - base);
  if (base == last_base_ && wanted >= last_page_->begin && wanted < last_page_->end) return last_page_;
  if (has_missing_ && address == missing_) return nullptr;
  if (pages_.size() >= kMaxPages) {
    pages_.clear();
    last_base_ = 1;
  }
  Page& page = pages_[base];
  if (wanted < page.begin || wanted >= page.end) {
    // A mapping may start inside a page: images of the kernel and of tests are not aligned.
    for (const std::size_t begin : {std::size_t{0}, wanted}) {
      page.begin = begin;
      page.end = begin + programs_.read_code(pid_, base + begin, in_upper_half(address), time_ns_,
                                             std::span(page.bytes).subspan(begin));
      if (wanted >= page.begin && wanted < page.end) break;
    }
  }
  last_base_ = base;
  last_page_ = &page;
  if (wanted >= page.begin && wanted < page.end) return &page;
  missing_ = address;
  has_missing_ = true;
  return nullptr;
}

std::size_t PtCode::read(VirtAddr address, std::span<std::byte> out) {
  if (guest_) return 0;
  std::size_t done = 0;
  while (done < out.size()) {
    const Page* page = find_page(address + done);
    if (page == nullptr) break;
    const auto at = static_cast<std::size_t>((address + done) % kPageBytes);
    const std::size_t size = std::min(out.size() - done, page->end - at);
    std::copy_n(page->bytes.begin() + static_cast<std::ptrdiff_t>(at), size,
                out.begin() + static_cast<std::ptrdiff_t>(done));
    done += size;
  }
  return done;
}

std::string PtCode::mapped_name(VirtAddr address) const {
  return guest_ ? std::string{} : programs_.mapped_name(pid_, address, in_upper_half(address), time_ns_);
}

}  // namespace simdprof
