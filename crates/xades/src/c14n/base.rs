// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `join-URI-References` of Canonical XML 1.1 clause 2.4: RFC 3986 clause 5.2 for references of which none needs a scheme.

/// A reference in its parts (RFC 3986 appendix B), without the fragment, which the clause drops.
struct Parts<'t> {
    scheme: Option<&'t str>,
    authority: Option<&'t str>,
    path: &'t str,
    query: Option<&'t str>,
}

fn split(reference: &str) -> Parts<'_> {
    let rest = reference.split_once('#').map_or(reference, |(rest, _)| rest);
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let (scheme, rest) = match rest.split_once(':') {
        Some((scheme, after)) if is_scheme(scheme) => (Some(scheme), after),
        _ => (None, rest),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(after) => {
            let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
            (Some(authority), path)
        }
        None => (None, rest),
    };
    Parts { scheme, authority, path, query }
}

/// RFC 3986 clause 3.1.
pub(super) fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.'))
}

/// A reference as seen from `base`.
pub(super) fn join(base: &str, reference: &str) -> String {
    let (base, reference) = (split(base), split(reference));
    let own = |path: &str| remove_dot_segments(path);
    let (scheme, authority, path, query) = if reference.scheme.is_some() {
        (reference.scheme, reference.authority, own(reference.path), reference.query)
    } else if reference.authority.is_some() {
        (base.scheme, reference.authority, own(reference.path), reference.query)
    } else if reference.path.is_empty() {
        (base.scheme, base.authority, base.path.to_owned(), reference.query.or(base.query))
    } else if reference.path.starts_with('/') {
        (base.scheme, base.authority, own(reference.path), reference.query)
    } else {
        (base.scheme, base.authority, own(&merge(&base, reference.path)), reference.query)
    };
    let mut joined = String::new();
    if let Some(scheme) = scheme {
        joined.extend([scheme, ":"]);
    }
    if let Some(authority) = authority {
        joined.extend(["//", authority]);
    }
    joined.push_str(&path);
    if let Some(query) = query {
        joined.extend(["?", query]);
    }
    joined
}

/// RFC 3986 clause 5.2.3. A base that ends in `..` is the folder of that name, as the clause says of results.
fn merge(base: &Parts<'_>, path: &str) -> String {
    if base.authority.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    if base.path == ".." || base.path.ends_with("/..") {
        return format!("{}/{path}", base.path);
    }
    let folder = base.path.rfind('/').map_or("", |end| base.path.get(..=end).unwrap_or_default());
    format!("{folder}{path}")
}

/// RFC 3986 clause 5.2.4 as clause 2.4 changes it: `..` at the start of a relative path stays, a `..` at the end gets its
/// slash, and slashes that follow each other are one.
fn remove_dot_segments(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut folder = false;
    for segment in path.split('/') {
        folder = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." if kept.last().is_some_and(|&last| last != "..") => {
                kept.pop();
            }
            ".." if absolute => {}
            name => kept.push(name),
        }
    }
    let mut out = String::from(if absolute { "/" } else { "" });
    out.push_str(&kept.join("/"));
    if folder && !kept.is_empty() {
        out.push('/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table in Canonical XML 1.1 appendix A.
    #[test]
    fn dot_segments_go_as_the_appendix_has_them() {
        let table = [
            ("no/.././/pseudo-netpath/seg/file.ext", "pseudo-netpath/seg/file.ext"),
            ("no/..//.///pseudo-netpath/seg/file.ext", "pseudo-netpath/seg/file.ext"),
            ("yes/no//..//.///pseudo-netpath/seg/file.ext", "yes/pseudo-netpath/seg/file.ext"),
            ("no/../yes", "yes"),
            ("no/../yes/", "yes/"),
            ("no/../yes/no/..", "yes/"),
            ("../../no/../..", "../../../"),
            ("no/../..", "../"),
            ("no/..", ""),
            ("no/../", ""),
            ("/a/b/c/./../../g", "/a/g"),
            ("mid/content=5/../6", "mid/6"),
            ("../../..", "../../../"),
            ("..yes/..no/..no/..no/../../../..yes", "..yes/..yes"),
            ("yes/no/../yes/no/no/../..", "yes/yes/"),
            (".", ""),
            ("./.", ""),
            ("/", "/"),
            ("/..", "/"),
            ("//../..", "/"),
            ("", ""),
        ];
        for (path, expected) in table {
            assert_eq!(remove_dot_segments(path), expected, "{path}");
        }
    }

    #[test]
    fn references_are_joined() {
        let table = [
            ("http://a.example/b/c", "d", "http://a.example/b/d"),
            ("http://a.example", "d", "http://a.example/d"),
            ("http://a.example/b?q", "", "http://a.example/b?q"),
            ("http://a.example/b?q#f", "?r", "http://a.example/b?r"),
            ("one/two", "../three", "three"),
            ("../", "..", "../../"),
            ("..", "x", "../x"),
            ("one/two", "//three/./four", "//three/four"),
            ("x:y", "urn:a:b", "urn:a:b"),
            ("one/", "/two/../three", "/three"),
        ];
        for (base, reference, expected) in table {
            assert_eq!(join(base, reference), expected, "{base} {reference}");
        }
    }
}
