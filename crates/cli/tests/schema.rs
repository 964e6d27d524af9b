// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What `keiin verify --json` prints is what `docs/report.schema.json` says. The checker knows the keywords that the schema
//! uses and fails on any other, so that none is passed over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::process::Command;

use serde_json::Value;

const SCHEMA: &str = include_str!("../../../docs/report.schema.json");

fn check(schema: &Value, root: &Value, value: &Value, at: &str) -> Result<(), String> {
    let wrong = |what: &str| {
        Err(format!("{at}: {what}: {}", value.to_string().chars().take(200).collect::<String>()))
    };
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => {}
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                check(&root["$defs"][name], root, value, at)?;
            }
            "oneOf" | "anyOf" => {
                let tried: Vec<_> =
                    rule.as_array().unwrap().iter().map(|s| check(s, root, value, at)).collect();
                let fit = tried.iter().filter(|t| t.is_ok()).count();
                if fit == 0 || (keyword == "oneOf" && fit > 1) {
                    return Err(format!("{at}: {fit} of {keyword} fit: {tried:?}"));
                }
            }
            "type" => {
                let right = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("type {other}"),
                };
                if !right {
                    return wrong(&format!("not of type {rule}"));
                }
            }
            "enum" if rule.as_array().unwrap().contains(value) => {}
            "const" if rule == value => {}
            "enum" | "const" => return wrong(&format!("not {rule}")),
            "pattern" => {
                let (text, hexadecimal) =
                    (value.as_str().unwrap_or_default(), rule.as_str().unwrap().contains("{64}"));
                let right = if hexadecimal {
                    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
                } else {
                    text.parse::<keiin::model::Time>().is_ok_and(|time| time.to_string() == text)
                };
                if !right {
                    return wrong("not of the pattern");
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, root, item, &format!("{at}[{index}]"))?;
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        return wrong(&format!("{name} is missing"));
                    }
                }
            }
            "properties" | "additionalProperties" => {}
            other => panic!("the schema uses {other}, which this checker does not know"),
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        match (schema.get("properties").and_then(|p| p.get(name)), schema.get("additionalProperties")) {
            (Some(rule), _) => check(rule, root, inner, &at)?,
            (None, Some(Value::Bool(false))) => return Err(format!("{at}: not in the schema")),
            (None, Some(rule)) => check(rule, root, inner, &at)?,
            (None, None) => {}
        }
    }
    Ok(())
}

fn verified(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_keiin"))
        .args(["verify", "--json", "--offline"])
        .args(arguments)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn reports_are_what_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Command::new(env!("CARGO_BIN_EXE_keiin"))
        .arg("demo")
        .arg("--keep")
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut reports = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let value = verified(&["--at", "2036-01-01T00:00:00Z", path.to_str().unwrap()]);
        check(&schema, &schema, &value, "$").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        reports += usize::from(value.get("signatures").is_some());
    }
    assert!(reports >= 4, "only {reports} reports were looked at");
    let error = verified(&["no such file"]);
    assert!(error.get("error").is_some());
    check(&schema, &schema, &error, "$").unwrap();
}
