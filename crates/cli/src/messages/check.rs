// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Check ids of the engine as text, in both languages side by side.

use crate::lang::Lang;

/// Id, Japanese, English. Sorted by id; what is not here is shown by its id.
const CHECKS: &[(&str, &str, &str)] = &[
    ("cv.data.found", "署名対象のデータがある", "the signed data is there"),
    ("cv.data.intact", "署名対象のデータが署名時と同じである", "the signed data is what was signed"),
    ("cv.signature.value", "署名値が署名者の鍵と一致する", "the signature value fits the signer's key"),
    ("format.structure", "構造が規格に適合する", "the structure keeps to its standard"),
    ("isc.identifier", "署名者識別子が示す証明書がある", "the certificate that the signer identifier names is there"),
    ("isc.reference.digest", "署名された証明書参照のダイジェストが証明書と一致する", "the signed reference fits the certificate"),
    ("isc.reference.issuer-serial", "署名された証明書参照の発行者とシリアルが証明書と一致する", "the signed reference names the certificate's issuer and serial"),
    ("sav.algorithm", "署名の暗号アルゴリズムが認められている", "the algorithms of the signature are acceptable"),
    ("sav.signing-certificate.present", "署名者証明書への署名された参照がある", "a signed reference to the signer's certificate is there"),
    ("sav.signing-time.present", "申告された署名時刻がある", "a claimed signing time is there"),
    ("sav.signing-time.within-certificate", "申告された署名時刻が証明書の有効期間内である", "the claimed signing time lies within the certificate's validity"),
    ("xcv.algorithm", "証明書の暗号アルゴリズムが認められている", "the algorithms of the certificate are acceptable"),
    ("xcv.path.found", "信頼の起点に至る発行経路がある", "a path to a trusted certificate is found"),
    ("xcv.path.rules", "発行経路がRFC 5280の規則に適合する", "the path keeps the rules of RFC 5280"),
    ("xcv.profile", "証明書がプロファイルに適合する", "the certificate keeps to its profile"),
    ("xcv.revocation.asked", "失効の有無を確認する必要がある", "revocation is to be checked"),
    ("xcv.revocation.fresh", "失効情報が十分に新しい", "the revocation data is fresh enough"),
    ("xcv.revocation.issuer-validity", "失効情報の発行者の証明書が有効期間内である", "the issuer of the revocation data is within its validity"),
    ("xcv.revocation.known", "失効情報が証明書の状態を示している", "the revocation data knows the certificate"),
    ("xcv.revocation.not-revoked", "証明書は失効していない", "the certificate is not revoked"),
    ("xcv.revocation.usable", "失効情報が使用できる", "the revocation data can be used"),
    ("xcv.role", "求められた資格が証明書にある", "the certificate states a required licence"),
    ("xcv.signer.key-usage", "鍵用途に署名(否認防止)がある", "the key usage allows signing documents (nonRepudiation)"),
    ("xcv.tsa.key-purpose", "証明書の用途がタイムスタンプである", "the certificate is for time-stamping"),
    ("xcv.tsa.key-purpose-alone", "証明書の用途がタイムスタンプのみである", "the certificate is for time-stamping alone"),
    ("xcv.validity", "証明書が有効期間内である", "the certificate is within its validity"),
];

/// What a check looks at; its id when nobody wrote a text.
pub(crate) fn text(id: &str, lang: Lang) -> &str {
    CHECKS
        .binary_search_by(|(known, ..)| (*known).cmp(id))
        .ok()
        .and_then(|at| CHECKS.get(at))
        .map_or(id, |(_, ja, en)| lang.pick(ja, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(CHECKS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(text("xcv.role", Lang::Ja), "求められた資格が証明書にある");
        assert_eq!(text("of.another.time", Lang::En), "of.another.time");
    }
}
