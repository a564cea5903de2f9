#pragma once

#include <opencsd/c_api/opencsd_c_api.h>

#include "decoders/aux/cs_metadata.h"

/// Our trace sources in the library's types. Only the cs_*.cpp that call the library include this.
namespace simdprof {

ocsd_trace_protocol_t opencsd_protocol(CsProtocol protocol);

/// Makes the library's decoder for `source` in `tree`.
/// @param flags  OCSD_CREATE_FLG_*
/// @param id     where the library puts the trace id by which it knows the decoder
ocsd_err_t create_opencsd_decoder(dcd_tree_handle_t tree, const CsSource& source, int flags, unsigned char& id);

}  // namespace simdprof
