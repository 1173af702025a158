"""Addresses behind which a private network hides, in the forms that have fooled others.

``{port}`` is where something listens on this machine; ``{top}`` is a prefix there that the operator trusts, with a
slash at its end.
"""

import re

LITERALS = [
    # IPv4 as the C library reads it
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "2130706433.", "0x7f000001", "0X7F000001", "0x7F.1",
    "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.1", "0177.0x0.0.1", "127.0.0x0.1",
    "127.0.0.01", "127.000.000.001", "00000177.0.0.1", "0", "0.0.0.0", "0x0", "00", "0.0", "127.255.255.255",
    "6425673729", "0x17f000001", "127.0.0.1%00", "127.0.0.1%0a", "127.0.0.1%20", "127%2e0%2e0%2e1", "%31%32%37.0.0.1",
    # private, shared, linked, documented, reserved and many at once
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "100.100.100.200", "192.0.0.8", "192.0.0.192", "198.18.0.1",
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    # a cloud's metadata
    "169.254.169.254", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "169.254.43518", "0xA9.0xFE.0xA9.0xFE",
    # IPv6, and IPv4 inside it: mapped, translated, compatible, NAT64, 6to4, Teredo, ISATAP
    "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[::ffff:0.0.0.0]", "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]", "[::7f00:1]", "[::a9fe:a9fe]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::10.0.0.1]", "[64:ff9b:1::7f00:1]", "[64:ff9b:1::808:808]", "[2002:7f00:1::]", "[2002:7f00:0001::1]",
    "[2002:a9fe:a9fe::]", "[2002:a00:1::1]", "[2002:808:808::1]", "[2001::1]", "[2001:0:7f00:1::]",
    "[2001::80ff:fffe]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[fe80::5efe:7f00:1]", "[2a00:1::5efe:127.0.0.1]",
    "[2a00:1::200:5efe:10.0.0.1]",
    # IPv6 of a site, a link, a machine, a group, a document; zones; what is no address
    "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]", "[::1%lo]", "[::1%251]", "[fec0::1]", "[feff::1]",
    "[fc00::1]", "[fd00:ec2::254]", "[fd12:3456::1]", "[ff02::1]", "[ff0e::1]", "[100::1]", "[2001:db8::1]",
    "[3fff::1]", "[2001:2::1]", "[2001:10::1]", "[2001:20::1]", "[5f00::1]", "[4000::1]", "[v1.127.0.0.1]",
    "[127.0.0.1]",
    "[localhost]", "[::1", "::1", "[::1]x",
    # digits and dots of other scripts
    "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "①②⑦.⓪.⓪.①", "①⑥⑨.②⑤④.①⑥⑨.②⑤④", "₁₂₇.₀.₀.₁",
    "¹²⁷.⁰.⁰.¹", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "𝟚𝟙𝟛𝟘𝟟𝟘𝟞𝟜𝟛𝟛", "١٢٧.٠.٠.١", "０ｘ７ｆ.1",
    # this machine by name
    "localhost", "LocalHost", "localhost.", "a.localhost", "a.b.LOCALHOST.", "local%68ost", "localhost%00.example",
    "ｌｏｃａｌｈｏｓｔ", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "local\u00adhost", "local\u200bhost", "ⅼocalhost", "localhoſt",
]  # fmt: skip

NAMES = {
    "inside.test": ["127.0.0.1"],
    "six.test": ["::1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "compatible.test": ["::7f00:1"],
    "nat64.test": ["64:ff9b::7f00:1"],
    "6to4.test": ["2002:7f00:1::1"],
    "metadata.test": ["169.254.169.254"],
    "metadata6.test": ["fd00:ec2::254"],
    "site.test": ["fec0::1"],
    "nowhere.test": ["0.0.0.0"],
    "all.test": ["::"],
    "group.test": ["224.0.0.1"],
    "shared.test": ["100.64.0.1"],
    "last-is-private.test": ["8.8.8.8", "1.1.1.1", "127.0.0.1"],
    "first-is-private.test": ["127.0.0.1", "8.8.8.8"],
    "six-is-private.test": ["8.8.8.8", "::1"],
    "bücher.test": ["127.0.0.1"],
}
"""What names stand for; that with an umlaut is asked for by its ASCII form."""

WHOLE = [
    # user information, and who believes which part of it
    "http://user@127.0.0.1:{port}/", "http://user:secret@127.0.0.1:{port}/", "http://@127.0.0.1:{port}/",
    "http://:@127.0.0.1:{port}/", "http://8.8.8.8@127.0.0.1:{port}/", "http://8.8.8.8:80@127.0.0.1:{port}/",
    "http://8.8.8.8%40@127.0.0.1:{port}/", "http://8.8.8.8%2f@127.0.0.1:{port}/", "http://8.8.8.8\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@8.8.8.8/", "http://127.0.0.1:{port}#@8.8.8.8/", "http://127.0.0.1:{port}?@8.8.8.8/",
    "http://127.0.0.1:{port}/@8.8.8.8", "http://127.0.0.1:{port};8.8.8.8/", "http://a@b@127.0.0.1:{port}/",
    # ports
    "http://127.0.0.1:0{port}/", "http://127.0.0.1:+{port}/", "http://127.0.0.1: {port}/", "http://127.0.0.1:80:{port}/",
    "http://127.0.0.1:-1/", "http://127.0.0.1:99999/", "http://127.0.0.1:８０/", "http://127.0.0.1:/",
    "http://127.0.0.1:0x50/",
    # schemes, slashes, spaces and lines
    "HTTP://127.0.0.1:{port}/", "hTTps://127.0.0.1:{port}/", "http:127.0.0.1:{port}/", "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/", "http:////127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}\\",
    "http:/\\127.0.0.1:{port}/",
    "//127.0.0.1:{port}/", "127.0.0.1:{port}/", " http://127.0.0.1:{port}/ ", "\thttp://127.0.0.1:{port}/",
    "ht\ttp://127.0.0.1:{port}/", "http://127.0.0.1:{port}\t/", "http://127.0.\n0.1:{port}/",
    "http://127.0.0.1:{port}/\r\nX-Evil: 1", "http://127.0.0.1:{port}\r\n/", "http://127.0.0.1:{port}\x00.example/",
    "http:// 127.0.0.1:{port}/", "http://127.0.0.1 :{port}/", "ftp://127.0.0.1:{port}/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET", "dict://127.0.0.1:{port}/", "ldap://127.0.0.1:{port}/",
    "http+unix://%2frun%2fdocker.sock/info", "jar:http://127.0.0.1:{port}/!/", "data:image/png;base64,AAAA",
    "httpſ://127.0.0.1:{port}/",
    # out of what is trusted: dots, escaped once or more, with slashes of other kinds, or taken for dots by some
    "{top}../x", "{top}a/../../x", "{top}./../x", "{top}%2e%2e/x", "{top}%2E./x", "{top}.%2e/x", "{top}..",
    "{top}%2e%2e",
    "{top}..?x", "{top}..#x", "{top}..%2fx", "{top}%2e%2e%2fx", "{top}a%2f..%2f..%2fx", "{top}..%5cx",
    "{top}%2e%2e%5Cx",
    "{top}..\\x", "{top}%252e%252e/x", "{top}..%252fx", "{top}%25252e%25252e%25252fx", "{top}%2525252525252e%2e/x",
    "{top}..;/x", "{top}%2e%2e;a=b/x", "{top}..%00/x", "{top}..%20/x", "{top}%c0%ae%c0%ae/x", "{top}..%c0%afx",
    "{top}%ef%bc%8e%ef%bc%8e/x", "{top}．．/x", "{top}‥/x", "{top}%e2%80%a5/x", "{top}..%ef%bc%8fx",
    "{top}//../../../x",
    "{top}..%EF%BC%BCx", "{top}%%32%65%%32%65/x",
    # beside what is trusted: another scheme, host, port or segment that begins alike
    "https://127.0.0.1:{port}/{path}x", "http://localhost:{port}/{path}x", "http://[::1]:{port}/{path}x",
    "http://127.0.0.1/{path}x", "http://127.0.0.2:{port}/{path}x", "{top_without_slash}-other/x",
    "{top_without_slash}%2fx/../../y", "http://127.0.0.1:{port}/", "http://127.0.0.1:{port}/x/{path}",
    "http://127.0.0.1:{port}@inside.test:{port}/{path}x", "http://inside.test:{port}/{path}x",
]  # fmt: skip


def forms(*, port: int, path: str) -> list[str]:
    """Every one of them. ``path`` is what is trusted on that port, without a slash before and with one after it."""
    top = f"http://127.0.0.1:{port}/{path}"
    hosts = [*LITERALS, *NAMES, *(name.upper() for name in NAMES), "inside.test.", "inside.test..", "INSIDE。test"]
    fields = {"{port}": str(port), "{top}": top, "{path}": path, "{top_without_slash}": top.rstrip("/")}
    found = [f"http://{host}:{port}/x.png" for host in hosts]
    found += [re.sub(r"{\w+}", lambda field: fields[field[0]], whole) for whole in WHOLE]
    return list(dict.fromkeys(found))
