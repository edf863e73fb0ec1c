#include "harness/corpus/pii.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

std::string Masked(std::string_view text) { return MaskPii(text, {}).text; }

TEST(Pii, EmailAddresses) {
  EXPECT_EQ(Masked("mail Jane.Doe+x@mail.example-host.co.uk."), "mail email@example.com.");
  EXPECT_EQ(Masked("<bob@debian.org>,(a_b@x.de)"), "<email@example.com>,(email@example.com)");
  EXPECT_EQ(Masked("中文bob@debian.org。"), "中文email@example.com。");
  for (const std::string_view kept :
       {"user@localhost", "@handle", "a @ b.com", "root@10", "x@y.", "a.@b.com", "p@-b.com", "@"}) {
    EXPECT_EQ(Masked(kept), kept);
  }
}

TEST(Pii, PublicIpAddresses) {
  EXPECT_EQ(Masked("at 8.8.8.8, 1.2.3.4:80 and 9.9.9.9."),
            "at 192.0.2.1, 192.0.2.1:80 and 192.0.2.1.");
  EXPECT_EQ(Masked("[2001:4860:4860::8888]: 2606:4700::1111"), "[2001:db8::1]: 2001:db8::1");
  for (const std::string_view kept :
       {"127.0.0.1 192.168.1.10 10.0.0.1", "::1 fe80::1 2001:db8::5", "1.2.3", "1.2.3.4.5",
        "300.2.3.4", "v8.8.8.8", "std::abs", "12:34:56", "dead:beef", "::", "a::b"}) {
    EXPECT_EQ(Masked(kept), kept);
  }
}

TEST(Pii, TelephoneNumbers) {
  for (const std::string_view number :
       {"+1 212 555 0123", "+86 138 1234 5678", "+44 (20) 7946-0958", "(212) 555-0123",
        "212-555-0123", "1-800-555-0123", "13812345678", "138-1234-5678", "010-12345678",
        "0755-1234567"}) {
    EXPECT_EQ(Masked("call " + std::string(number) + "."), "call 555-0100.") << number;
  }
  for (const std::string_view kept : {"2024-01-02", "555-0100", "1234567890123", "112-555-0123",
                                      "+1234567", "12812345678", "x13812345678", "138123456789",
                                      "212-555-0123-4", "3.14159265358979", "+1234567890123456"}) {
    EXPECT_EQ(Masked(kept), kept);
  }
}

TEST(Pii, CountsAndSwitches) {
  const std::string text = "a@b.com 8.8.8.8 2600:1::1 212-555-0123";
  const PiiOutcome all = MaskPii(text, {});
  EXPECT_EQ(all.num_emails, 1);
  EXPECT_EQ(all.num_ip_addresses, 2);
  EXPECT_EQ(all.num_phone_numbers, 1);
  const PiiOutcome none = MaskPii(
      text, {.mask_emails = false, .mask_ip_addresses = false, .mask_phone_numbers = false});
  EXPECT_EQ(none.text, text);
}

TEST(Pii, MaskingTwiceChangesNothing) {
  const std::string once = Masked("a@b.com, 8.8.8.8; 2600:1::1 +1 212 555 0123 (13812345678)");
  const PiiOutcome twice = MaskPii(once, {});
  EXPECT_EQ(twice.text, once);
  EXPECT_EQ(twice.num_emails + twice.num_ip_addresses + twice.num_phone_numbers, 0);
}

}  // namespace
}  // namespace bench::corpus
