"""Makes golden/archive.warc.gz, as warcio (PyPI) writes it, record by record compressed.

    make_warc_golden.py        (needs warcio)

The pages are in charsets that their servers or themselves declare, as Python's codecs encode them;
their bodies are chunked or compressed as servers send them. The test says what must be read.
"""
import gzip
import io
import pathlib
import zlib

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

FOLDER = pathlib.Path(__file__).parent / "golden"


def page(text, declaration=""):
    return f"<html><head>{declaration}<title>x</title></head><body><p>{text}</p></body></html>"


def chunked(body, sizes=(7, 1000)):
    parts = []
    for size in [*sizes, len(body)]:
        if body[:size]:
            parts.append(f"{len(body[:size]):x}\r\n".encode() + body[:size] + b"\r\n")
        body = body[size:]
    return b"".join(parts) + b"0\r\n\r\n"


def responses():
    html = "text/html"
    yield 200, [("Content-Type", "text/html; charset=utf-8")], page("Plain words.").encode()
    yield 404, [("Content-Type", html)], page("Not there.").encode()
    yield 200, [("Content-Type", "image/png")], b"\x89PNG\xff\xff"
    yield 200, [("Content-Type", "text/html; charset=GB2312")], page("你好，世界。").encode("gb18030")
    declared = page("Привет, мир.", '<meta charset="windows-1251">')
    yield 200, [("Content-Type", html)], declared.encode("cp1251")
    old = page("日本語の文。", '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">')
    yield 200, [("Content-Type", html)], old.encode("cp932")
    yield 200, [("Content-Type", "text/plain; charset=iso-8859-1")], "café".encode("latin-1")
    yield (200, [("Content-Type", html), ("Transfer-Encoding", "chunked")],
           chunked(page("Sent in chunks.").encode()))
    yield (200, [("Content-Type", html), ("Content-Encoding", "gzip")],
           gzip.compress(page("Sent compressed.").encode(), mtime=0))
    yield (200, [("Content-Type", html), ("Content-Encoding", "deflate"),
                 ("Transfer-Encoding", "chunked")], chunked(zlib.compress(page("Both.").encode())))
    yield 200, [("Content-Type", html), ("Content-Encoding", "br")], b"\x8b\x02\x80x\x03"
    yield 200, [("Content-Type", html)], b"<p>caf\xe9 without a charset</p>"


def write(writer):
    writer.write_record(writer.create_warcinfo_record("archive.warc.gz", {"software": "warcio"}))
    for number, (status, headers, body) in enumerate(responses()):
        url = f"http://example.org/{number}"
        http = StatusAndHeaders(f"{status} OK", headers, protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(
            url, "response", payload=io.BytesIO(body), http_headers=http,
            warc_headers_dict={"WARC-Date": "2026-11-01T00:00:00Z"}))
        request = StatusAndHeaders(f"GET /{number} HTTP/1.1", [("Host", "example.org")],
                                   is_http_request=True)
        if number == 0:
            writer.write_record(writer.create_warc_record(
                url, "request", http_headers=request,
                warc_headers_dict={"WARC-Date": "2026-11-01T00:00:00Z"}))
    for kind, content_type, body in [("conversion", "text/plain", "The text of a page.".encode()),
                                     ("resource", "text/html", page("A file.").encode()),
                                     ("metadata", "text/plain", b"no document")]:
        writer.write_record(writer.create_warc_record(
            "http://example.org/" + kind, kind, payload=io.BytesIO(body),
            warc_content_type=content_type,
            warc_headers_dict={"WARC-Date": "2026-11-01T00:00:00Z"}))


with open(FOLDER / "archive.warc.gz", "wb") as stream:
    write(WARCWriter(stream, gzip=True))
