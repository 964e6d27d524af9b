// SPDX-License-Identifier: Apache-2.0 OR MIT
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test

use super::*;

fn error(source: &str) -> XmlError {
    match Tree::read(source.as_bytes()) {
        Ok(_) => panic!("taken: {source}"),
        Err(error) => error,
    }
}

fn limit(source: &str) -> &'static str {
    match error(source) {
        XmlError::Limit { object, .. } => object,
        other => panic!("{other}"),
    }
}

#[test]
fn a_tree_says_what_stands_where() {
    let source = "\u{FEFF}<?xml version='1.0'?><p:a xmlns:p='urn:p' p:b=' x&#10;y\t' Id=\"i\"><c xmlns='urn:c'/>t&amp;<![CDATA[<]]>\r\n<!--!--><?q r?></p:a>";
    let tree = Tree::read(source.as_bytes()).unwrap();
    let root = tree.root();
    assert_eq!(tree.name(root), Name { namespace: "urn:p", prefix: "p", local: "a" });
    assert!(tree.is(root, "urn:p", "a") && !tree.is(root, "", "a"));
    assert_eq!(tree.slice(tree.start_tag(root)), "<p:a xmlns:p='urn:p' p:b=' x&#10;y\t' Id=\"i\">");
    assert_eq!(tree.source(), source.as_bytes());
    let kinds: Vec<NodeKind> = tree.children(root).map(|child| tree.kind(child)).collect();
    assert_eq!(kinds, [NodeKind::Element, NodeKind::Text, NodeKind::Comment, NodeKind::Instruction]);
    assert_eq!(tree.text(root), "t&<\n");
    let values: Vec<String> = tree.attributes(root).map(|attribute| attribute.value.into_owned()).collect();
    assert_eq!(values, [" x\ny ", "i"]);
    assert_eq!(tree.attribute(root, "Id").as_deref(), Some("i"));
    assert_eq!(tree.attribute(root, "b"), None);
    let child = tree.child(root, "urn:c", "c").unwrap();
    assert_eq!((tree.slice(tree.range(child)), tree.content(child)), ("<c xmlns='urn:c'/>", None));
    assert_eq!(tree.parent(child), Some(root));
    assert!(tree.contains(root, child) && !tree.contains(child, root));
    assert_eq!((tree.namespace(child, ""), tree.namespace(child, "p")), (Some("urn:c"), Some("urn:p")));
    assert_eq!((tree.namespace(root, ""), tree.namespace(root, "xml")), (None, Some(XML)));
    assert_eq!(tree.namespaces(child), [("", "urn:c"), ("p", "urn:p"), ("xml", XML)]);
    let asides: Vec<String> =
        tree.children(root).skip(2).map(|child| tree.text(child).into_owned()).collect();
    assert_eq!(asides, ["!", "r"]);
    assert!(tree.slice(tree.content(root).unwrap()).ends_with("<?q r?>"));
    assert_eq!(tree.by_id("i"), Some(root));
}

#[test]
fn an_identifier_that_two_elements_have_names_none() {
    let tree =
        Tree::read(b"<a Id='x'><b ID='y' id='y'/><c xml:id='x'/><d q:Id='z' xmlns:q='urn:q'/></a>").unwrap();
    assert!(tree.by_id("x").is_none() && tree.is_ambiguous("x"));
    assert!(tree.by_id("y").is_some() && !tree.is_ambiguous("y"));
    assert!(tree.by_id("z").is_none() && !tree.is_ambiguous("z") && tree.by_id("").is_none());
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let broken = [
        "",
        " ",
        "a",
        "<a>",
        "</a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>b",
        "<a/>&amp;",
        "<a/><![CDATA[]]>",
        "<a b='1' b='2'/>",
        "<a b=1/>",
        "<a b/>",
        "<a b='<'/>",
        "<a b='1'c='2'/>",
        "<a b='&x'/>",
        "<a>&amp</a>",
        "<a>]]></a>",
        "<a>\u{1}</a>",
        "<a>\u{FFFE}</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&#xFFFF;</a>",
        "<a>&#x;</a>",
        "<a>&#;</a>",
        "<a>&#+9;</a>",
        "<a>&#1114112;</a>",
        "<a><!-- -- --></a>",
        "<a><!--a---></a>",
        "<a><!--></a>",
        "<a><!---></a>",
        "<a><?xml b?></a>",
        "<a><?XML b?></a>",
        "<a><? b?></a>",
        "<a><?b:c?></a>",
        " <?xml version='1.0'?><a/>",
        "<?xml?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0'encoding='UTF-8'?><a/>",
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' standalone='no' encoding='UTF-8'?><a/>",
        "<1/>",
        "<a:/>",
        "<:a/>",
        "<a:b:c xmlns:a='u:u'/>",
        "< a/>",
        "<a / >",
        "<a></ a>",
        "<a></a b>",
        "<a xmlns:b=''/>",
        "<a xmlns:xmlns='urn:a'/>",
        "<a xmlns:xml='urn:a'/>",
        "<xmlns:a/>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns:b='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:b='u:1' xmlns:b='u:1'/>",
        "<a xmlns='u:1' xmlns='u:2'/>",
        "<a xmlns:b='u:1' xmlns:c='u:1' b:d='' c:d=''/>",
        "<a><![CDATA[</a>",
        "<a><![cdata[]]></a>",
        "<a><!b></a>",
        "<a",
        "<a b='",
        "<a b='c'",
        "<!--",
        "<?b",
        "\u{FEFF}\u{FEFF}<a/>",
        "<a b='\u{0}'/>",
        "<a b='&#0;'/>",
        "<a\u{A0}b='c'/>",
        "<a b=\"c'/>",
        "<a b='c'd/>",
        "<a =''/>",
        "<a //>",
    ];
    for source in broken {
        let error = error(source);
        assert!(matches!(error, XmlError::Malformed { .. }), "{source}: {error}");
    }
    assert!(matches!(error("<a:b/>"), XmlError::UndeclaredPrefix { at: 1, .. }));
    assert!(matches!(error("<b><c xmlns:a='u:u'/><c a:d=''/></b>"), XmlError::UndeclaredPrefix { .. }));
    assert!(matches!(error("<a>&b;</a>"), XmlError::Entity { at: 3 }));
    assert!(matches!(error("<a b='&c;'/>"), XmlError::Entity { .. }));
}

#[test]
fn document_types_are_refused_whatever_is_in_them() {
    for source in [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM 'http://example.com/'><a/>",
        "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY l '&l;&l;'>]><a>&l;</a>",
        "<!DOCTYPE a [",
    ] {
        assert!(matches!(error(source), XmlError::DocumentType { .. }), "{source}");
    }
}

#[test]
fn every_limit_has_its_own_name() {
    let deep = limits::MAX_DEPTH;
    assert!(Tree::read(format!("{}{}", "<a>".repeat(deep), "</a>".repeat(deep)).as_bytes()).is_ok());
    assert_eq!(limit(&"<a>".repeat(deep + 1)), "elements within elements");
    assert_eq!(
        limit(&format!("<a b='{}'/>", "c".repeat(limits::MAX_ATTRIBUTE_OCTETS + 1))),
        "octets of an attribute"
    );
    assert_eq!(limit(&format!("<{}/>", "a".repeat(limits::MAX_NAME_OCTETS + 1))), "octets of a name");
    let attributes: String = (0..=limits::MAX_ATTRIBUTES).map(|number| format!(" a{number}=''")).collect();
    assert_eq!(limit(&format!("<a{attributes}/>")), "attributes of an element");
    let namespaces: String =
        (0..=limits::MAX_ATTRIBUTES).map(|number| format!(" xmlns:a{number}='u:u'")).collect();
    assert_eq!(limit(&format!("<a{namespaces}/>")), "attributes of an element");
    let ids: String = (0..=limits::MAX_IDS).map(|number| format!("<a Id='{number}'/>")).collect();
    assert_eq!(limit(&format!("<b>{ids}</b>")), "identifiers of a document");
}

#[test]
fn encodings_are_read_and_such_documents_are_not_edited() {
    let text = "<?xml version='1.0' encoding='@'?><a b='漢'>処方箋</a>";
    let japanese = [
        ("Shift_JIS", encoding_rs::SHIFT_JIS),
        ("EUC-JP", encoding_rs::EUC_JP),
        ("iso-2022-jp", encoding_rs::ISO_2022_JP),
    ];
    for (name, encoding) in japanese {
        let source = text.replace('@', name);
        let (octets, _, lossy) = encoding.encode(&source);
        assert!(!lossy && std::str::from_utf8(&octets) != Ok(source.as_str()));
        let tree = Tree::read(&octets).unwrap();
        assert_eq!(tree.text(tree.root()), "処方箋");
        assert!(matches!(tree.editable(), Err(XmlError::NotEditable { .. })));
    }
    let wide = text.replace('@', "UTF-16");
    for (mark, order) in [(true, u16::to_be_bytes as fn(u16) -> [u8; 2]), (false, u16::to_le_bytes)] {
        let mark = mark.then_some(0xFEFF);
        let octets: Vec<u8> = mark.into_iter().chain(wide.encode_utf16()).flat_map(order).collect();
        let tree = Tree::read(&octets).unwrap();
        assert_eq!(tree.text(tree.root()), "処方箋");
        assert!(tree.editable().is_err() && Tree::read(&octets[..octets.len() - 1]).is_err());
    }
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9\x80</a>";
    let tree = Tree::read(latin).unwrap();
    assert_eq!(tree.text(tree.root()), "\u{E9}\u{80}");
    for (name, taken) in [
        ("iso-8859-9", false),
        ("x-user-defined", false),
        ("UTF-16", false),
        ("UTF-7", false),
        ("us-ascii", true),
    ] {
        let source = format!("<?xml version='1.0' encoding='{name}'?><a/>");
        assert_eq!(Tree::read(source.as_bytes()).is_ok(), taken, "{name}");
    }
    assert!(matches!(Tree::read(b"<a>\xFF</a>"), Err(XmlError::Undecodable { at: 3, .. })));
    let broken = b"<?xml version='1.0' encoding='Shift_JIS'?><a>\x81</a>";
    assert!(matches!(Tree::read(broken), Err(XmlError::Undecodable { .. })));
}

#[test]
fn sets_of_subtrees_are_cut_and_joined() {
    let tree = Tree::read(b"<a><b><c/><d/></b>t<e/></a>").unwrap();
    let named =
        |name: &str| tree.descendants(tree.root()).find(|&node| tree.name(node).local == name).unwrap();
    let (b, c, e) = (named("b"), named("c"), named("e"));
    let set = NodeSet::subtree(&tree, tree.root(), true).minus(&tree, c);
    assert!(set.contains(&tree, b) && !set.contains(&tree, c) && set.contains(&tree, e));
    assert!(!set.contains(&tree, tree.document()));
    let (of_b, of_c, of_e) = (Subtrees::one(&tree, b), Subtrees::one(&tree, c), Subtrees::one(&tree, e));
    assert_eq!(Subtrees::of(&tree, [e, c, b]), of_b.union(&of_e));
    assert_eq!(of_b.intersect(&of_c), of_c);
    assert_eq!(of_c.minus(&of_b).ranges().count(), 0);
    assert_eq!(of_b.minus(&of_c).union(&of_c), of_b);
    assert_eq!(Subtrees::all().minus(&of_b).intersect(&of_b), Subtrees::default());
}

/// Hundreds of thousands of nodes, thousands of prefixes: time grows with the size.
#[test]
fn large_documents_are_no_square() {
    let prefixes: String = (0..9_000).map(|number| format!(" xmlns:p{number}='urn:{number}'")).collect();
    let children: String =
        (0..200_000).map(|number| format!("<p{}:c p{}:d=''/>", number % 9_000, number % 7_000)).collect();
    let source = format!("<a{prefixes}>{children}</a>");
    let tree = Tree::read(source.as_bytes()).unwrap();
    assert_eq!(tree.elements(tree.root()).count(), 200_000);
    let ids: String = (0..200_000).map(|number| format!("<b Id='i{number}'/>")).collect();
    let source = format!("<a>{ids}</a>");
    let tree = Tree::read(source.as_bytes()).unwrap();
    assert!((0..200_000).all(|number| tree.by_id(&format!("i{number}")).is_some()));
}
