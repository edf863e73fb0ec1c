#include "harness/data/jinja_form.h"

#include <gtest/gtest.h>

#include <tuple>

namespace bench::harness {
namespace {

// Random layouts against what Jinja itself renders: compare_chat_templates.py.

TEST(JinjaForm, IsThatOfEveryLayoutOfATemplate) {
  const auto form = JinjaForm("{% for m in ms %}{{ '<|a|>' + m['b'] }}\n{% endfor %}x");
  ASSERT_TRUE(form);
  for (const char* same : {
           "{%for m in ms%}{{'<|a|>'+m['b']}}\n{%endfor%}x",
           "{%- for m in ms -%}  {{- \"<|a|>\" + m[\"b\"] }}\n{% endfor %}x\n",
           "{% for m in ms %}\n{{ '<|a|>' + m['b'] }}\n{% endfor %}x",
           "{# how it looks #}{% for m in ms %}{{ '<|a|>'\n+ m['b'] }}\r\n{% endfor %}{# end #}x",
           "   {% for m in ms %}{{ '<|a|>' + m['b'] }}\n   {% endfor %}\nx",
       }) {
    EXPECT_EQ(JinjaForm(same), form) << same;
  }
}

TEST(JinjaForm, DiffersWhereTheTextDoes) {
  const std::tuple<const char*, const char*> pairs[] = {
      {"{{ 'a' }} b", "{{ 'a' }}b"},
      {"{{ 'a b' }}", "{{ 'ab' }}"},
      {"{{ 'a' }}\n\n", "{{ 'a' }}\n"},                // one line break at the end is dropped
      {"{{ 'a' }}\n{{ 'b' }}", "{{ 'a' }}{{ 'b' }}"},  // a variable keeps its line break
      {" {{ 'a' }}", "{{ 'a' }}"},                     // and the blanks before it
      {"x {% if a %}y{% endif %}", "x{% if a %}y{% endif %}"},
      {"{%+ if a %}y{% endif %}", "  {%+ if a %}y{% endif %}"},
      {"{% if a +%}\ny{% endif %}", "{% if a %}\ny{% endif %}"},
      {"{{ not x }}", "{{ notx }}"},
      {"{{ '\\n' }}", "{{ 'n' }}"},
      {"{{ x }}", "{% x %}"},
      {"{{ 'x' }}", "{{ x }}"},
      {"x", "{{ 'x' }}"},
      {"{{ bos_token }}", ""},
  };
  for (const auto& [one, other] : pairs) {
    ASSERT_TRUE(JinjaForm(one) && JinjaForm(other)) << one;
    EXPECT_NE(JinjaForm(one), JinjaForm(other)) << one << " and " << other;
  }
}

TEST(JinjaForm, EscapesAreWhatTheyStandFor) {
  EXPECT_EQ(JinjaForm("{{ 'a\\n' }}"), JinjaForm("{{ 'a\n' }}"));
  EXPECT_EQ(JinjaForm(R"({{ "it's" }})"), JinjaForm(R"({{ 'it\'s' }})"));
  EXPECT_EQ(JinjaForm(R"({{ '}}' }}x)"), JinjaForm(R"({{"}}"}}x)"));
}

TEST(JinjaForm, WhatItDoesNotUnderstandHasNone) {
  for (const char* text : {"{% raw %}{{ x }}{% endraw %}", "{{ x", "{% if", "{# x", "{{ 'x }}",
                           "{{ {'a': 1}['a'] }}", R"({{ '\x41' }})", "{{", "{%-", "{{ 'a\\"}) {
    EXPECT_EQ(JinjaForm(text), std::nullopt) << text;
  }
}

TEST(JinjaForm, ABraceAloneIsText) {
  EXPECT_EQ(JinjaForm("{"), (std::vector<std::string>{"t{"}));
  EXPECT_EQ(JinjaForm("a { b {"), (std::vector<std::string>{"ta { b {"}));
  EXPECT_EQ(JinjaForm(""), std::vector<std::string>());
}

}  // namespace
}  // namespace bench::harness
