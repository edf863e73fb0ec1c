#include "harness/corpus/pii_context.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/corpus/pii.h"

namespace bench::corpus {
namespace {

std::string Masked(std::string_view text) {
  return MaskPii(text, {.rule = harness::PiiRule::kContext}).text;
}

TEST(PiiContext, NumberingIsNoAddress) {
  for (const std::string_view kept :
       {"Release 1.84.1.0", "section 8.1.2.3", "4.2.4.10 Context Filter", "§6.3.1.5 starts",
        "debian-policy (4.6.1.0) unstable", "[3.7.0.9]", "Linux 2.6.24.5", "version 10.0.171.134",
        "the pre-150.1.10.2 behavior", "foo 150.1.10.2-1", "$Id: a.c,v 1.10.2.3 2005/11/04",
        "see RFC 8.1.2.3", "1.2.3.4.5", "8.1.6.1. dpkg-deb"}) {
    EXPECT_EQ(Masked(kept), kept);
  }
}

TEST(PiiContext, AddressesAreMaskedWhereTheyReadAsSuch) {
  EXPECT_EQ(Masked("from 174.37.159.222 to 76.104.233.98"), "from 192.0.2.1 to 192.0.2.1");
  EXPECT_EQ(Masked("IP address 8.8.8.8, 1.2.3.4:80 and x"),
            "IP address 192.0.2.1, 192.0.2.1:80 and x");
  EXPECT_EQ(Masked("saddr 5.6.7.8 DROP; ctreplsrc 2.3.4.5"),
            "saddr 192.0.2.1 DROP; ctreplsrc 192.0.2.1");
  EXPECT_EQ(Masked("http://8.8.4.4/ 9.9.9.0/24"), "http://192.0.2.1/ 192.0.2.1/24");
  EXPECT_EQ(Masked("130.89.148.77-130.89.148.80"), "192.0.2.1-192.0.2.1");
  EXPECT_EQ(Masked("eth0:66.249.93.111 ::ffff:204.152.189.116"), "eth0:192.0.2.1 ::ffff:192.0.2.1");
  EXPECT_EQ(Masked("mirrors.kernel.org: 139.178.88.99"), "mirrors.kernel.org: 192.0.2.1");
  EXPECT_EQ(Masked("192.168.1.10 host 127.0.0.1"), "192.168.1.10 host 127.0.0.1");
}

TEST(PiiContext, WordsOfOtherLinesDoNotCount) {
  EXPECT_EQ(Masked("host\n8.8.8.8"), "host\n8.8.8.8");
  EXPECT_EQ(Masked("version\n130.89.148.77"), "version\n192.0.2.1");
}

TEST(PiiContext, MessageIdsAndExampleDomainsAreNoMailboxes) {
  for (const std::string_view kept :
       {"<199702111730.JAA28598@wall.org>", "<21592.61064.527547.410074@chiark.greenend.org.uk>",
        "yourname@example.com", "a@mail.example.net", "a@b.invalid"}) {
    EXPECT_EQ(Masked(kept), kept);
  }
  EXPECT_EQ(Masked("<bob@debian.org> 13812345678@b.com j.1984@b.org a@notexample.com"),
            "<email@example.com> email@example.com email@example.com email@example.com");
}

TEST(PiiContext, AnnouncedTelephoneNumbersNeedNoForm) {
  for (const std::string_view text :
       {"phone, 962-7873", "TELEPHONE=501808080", "FAX: (07522) 7425", "sending fax to 2710834",
        "telephone ++49-89-3243228", "Phone: (617) 253-8091", "tel. +31-71-256762"}) {
    const PiiOutcome outcome = MaskPii(text, {.rule = harness::PiiRule::kContext});
    EXPECT_EQ(outcome.num_phone_numbers, 1) << text;
    EXPECT_EQ(MaskPii(text, {.rule = harness::PiiRule::kForm}).num_phone_numbers,
              text.starts_with("Phone") || text.starts_with("tel. "))
        << text;
  }
}

TEST(PiiContext, NumbersOfOtherKindsAreNoTelephones) {
  for (const std::string_view kept :
       {"D1 {+00 01 50 00 00 KY}", "252.227-7013 (c)", "1: 00000000:0801 00000000:0000",
        "call (closes: #431706)", "phones are limited to 115200 bps", "fax 14400"}) {
    EXPECT_EQ(Masked(kept), kept);
  }
}

TEST(PiiContext, MaskingTwiceChangesNothing) {
  const std::string once = Masked("mail a@b.com, host 8.8.8.8; 2600:1::1 fax ++49-89-3243228");
  EXPECT_EQ(Masked(once), once);
}

TEST(PiiContext, QuadIsTheRunWithoutItsLastDots) {
  EXPECT_EQ(QuadAfter("at 8.8.8.8.", 3), "8.8.8.8");
  EXPECT_EQ(QuadAfter("x", 0), "");
}

TEST(PiiContext, LastWordAnnouncesANumber) {
  EXPECT_TRUE(FollowsPhoneWord("Fax-No: 555", 8));
  EXPECT_FALSE(FollowsPhoneWord("fax speed 555", 10));
  EXPECT_TRUE(ReadsAsTelephone("(302)654-5478", 0, 13));
  EXPECT_FALSE(ReadsAsTelephone("252.227-7013", 0, 12));
  EXPECT_FALSE(ReadsAsMailbox("20031104211846.GK13131", "deadbeast.net"));
  EXPECT_TRUE(ReadsAsMailbox("gert", "greenie.muc.de"));
  EXPECT_TRUE(ReadsAsIpv4Address("150.1.2.3", 0, 9));
  EXPECT_FALSE(ReadsAsIpv4Address("1.2.3.4", 0, 7));
}

}  // namespace
}  // namespace bench::corpus
