#include "decoders/validity/kernel_simd_symbols.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(KernelSimdSymbols, KnowsTheRoutinesThatUseSimd) {
  for (const char* symbol : {"aesni_cbc_enc",
                             "_aesni_enc4",
                             "aes_gcm_enc_update_vaes_avx10_512",
                             "chacha_4block_xor_avx2",
                             "chacha_block_xor_ssse3",
                             "poly1305_blocks_avx2",
                             "sha1_transform_avx2",
                             "sha1_ni_transform",
                             "sha256_transform_rorx",
                             "sha256_ni_transform",
                             "sha512_transform_ssse3",
                             "crc32_pclmul_le_16",
                             "crc_t10dif_pcl",
                             "crc64_lsb_pclmul_sse",
                             "raid6_avx22_gen_syndrome",
                             "raid6_sse24_gen_syndrome",
                             "xor_avx_4",
                             "xor_sse_2_pf64",
                             "blake2s_compress_avx512",
                             "nh_avx2",
                             "dcn32_calculate_wm_and_dlg_fpu",
                             "sha256_transform_avx.cold"}) {
    EXPECT_TRUE(is_kernel_simd_symbol(symbol)) << symbol;
  }
}

TEST(KernelSimdSymbols, GenericRoutinesAndOthersAreNone) {
  for (const char* symbol :
       {"", "do_syscall_64", "aes_encrypt", "aes_expandkey", "chacha_block_generic", "poly1305_blocks_x86_64",
        "sha256_transform_blocks", "crc32c", "xor_blocks", "raid6_gen_syndrome", "entry_SYSCALL_64",
        "kernel_fpu_begin_mask", "blake2s_update", "avx2"}) {
    EXPECT_FALSE(is_kernel_simd_symbol(symbol)) << symbol;
  }
}

}  // namespace
}  // namespace simdprof
