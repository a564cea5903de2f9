#include "decoders/aux/cs_config.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

class CsConfig : public testing::Test {
 protected:
  CsConfig() : tree_(ocsd_create_dcd_tree(OCSD_TRC_SRC_FRAME_FORMATTED, OCSD_DFRMTR_FRAME_MEM_ALIGN)) {}
  ~CsConfig() override { ocsd_destroy_dcd_tree(tree_); }

  dcd_tree_handle_t tree_;
};

TEST_F(CsConfig, TheLibraryTakesEveryProtocol) {
  std::uint8_t id = 0x10;
  for (const CsProtocol protocol :
       {CsProtocol::etmv3, CsProtocol::ptm, CsProtocol::etmv4, CsProtocol::ete, CsProtocol::stm}) {
    CsSource source;
    source.protocol = protocol;
    source.trace_id = ++id;
    unsigned char told = 0;
    EXPECT_EQ(create_opencsd_decoder(tree_, source, OCSD_CREATE_FLG_FULL_DECODER, told), OCSD_OK)
        << cs_protocol_name(protocol);
    EXPECT_EQ(told, id) << cs_protocol_name(protocol);
  }
}

TEST_F(CsConfig, TheLibraryRefusesAnIdTwice) {
  CsSource source;
  source.trace_id = std::uint8_t{0x10};
  unsigned char told = 0;
  EXPECT_EQ(create_opencsd_decoder(tree_, source, OCSD_CREATE_FLG_PACKET_PROC, told), OCSD_OK);
  EXPECT_NE(create_opencsd_decoder(tree_, source, OCSD_CREATE_FLG_PACKET_PROC, told), OCSD_OK);
}

TEST(CsProtocolNumber, IsTheLibrarys) {
  EXPECT_EQ(opencsd_protocol(CsProtocol::etmv3), OCSD_PROTOCOL_ETMV3);
  EXPECT_EQ(opencsd_protocol(CsProtocol::ptm), OCSD_PROTOCOL_PTM);
  EXPECT_EQ(opencsd_protocol(CsProtocol::etmv4), OCSD_PROTOCOL_ETMV4I);
  EXPECT_EQ(opencsd_protocol(CsProtocol::ete), OCSD_PROTOCOL_ETE);
  EXPECT_EQ(opencsd_protocol(CsProtocol::stm), OCSD_PROTOCOL_STM);
}

}  // namespace
}  // namespace simdprof
