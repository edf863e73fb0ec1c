#!/bin/sh
# Makes messages_*.mo from messages.po with GNU gettext 0.21 (msgfmt) and iconv.
set -eu
cd "$(dirname "$0")"
msgfmt --endianness=little -o messages_little.mo messages.po
msgfmt --endianness=big -o messages_big.mo messages.po
iconv -f UTF-8 -t BIG5 messages.po | LC_ALL=C sed 's/charset=UTF-8/charset=BIG5/' |
  msgfmt -o messages_big5.mo -
