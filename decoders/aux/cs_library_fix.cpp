#include "decoders/aux/cs_library_fix.h"

#include <opencsd/ocsd_if_version.h>

#include <deque>
#include <iterator>
#include <vector>

// libopencsd 1.3.3: when an ETMv4 or ETE trace says that the branch before was predicted wrong, the decoder takes the
// addresses on its stack away up to the last atom. It keeps its iterator after it has erased an element, and goes on
// behind the end of the stack when no atom is there: a trace of some bytes, damaged or begun in the wrong moment, ends
// the program.
//
// Three ways were weighed. A process of its own for each slice keeps any fault of a library out, but all that is
// decoded has to be written and read again. To look at the packets first and leave such a one out takes the decoder's
// whole stack, written a second time. So its one wrong function is replaced: the symbol of the program goes before that
// of a shared library. The stack is as the library's source has it, with the standard library's own types.
#if OCSD_VER_NUM <= 0x10303
namespace {

/// EtmV4P0Stack of trc_etmv4_stack_elem.h.
struct P0Stack {
  std::deque<void*> elements;
  std::vector<void*> popped;  ///< taken off, to be deleted later
  std::deque<void*>::iterator next;
};

}  // namespace

extern "C" [[gnu::visibility("default")]] void simdprof_erase_p0_element(P0Stack* stack) asm(
    "_ZN12EtmV4P0Stack21erase_curr_from_frontEv");

/// EtmV4P0Stack::erase_curr_from_front(): takes away the element that was given last.
extern "C" void simdprof_erase_p0_element(P0Stack* stack) {
  const auto given = std::prev(stack->next);
  stack->popped.push_back(*given);
  stack->next = stack->elements.erase(given);
}
#endif

namespace simdprof {

void link_library_fix() {}

}  // namespace simdprof
