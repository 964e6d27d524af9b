// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Check ids of the engine as text, in both languages side by side.

use crate::lang::Lang;

/// Id, Japanese, English. Sorted by id; what is not here is shown by its id.
const CHECKS: &[(&str, &str, &str)] = &[
    ("archival", "アーカイブ検証", "archival validation"),
    (
        "archival.algorithm",
        "アーカイブタイムスタンプの暗号アルゴリズムが認められている",
        "the algorithms of the archive time-stamp are acceptable",
    ),
    ("basic", "基本検証", "basic validation"),
    ("cv", "暗号検証", "cryptographic verification"),
    ("cv.data.found", "署名対象のデータがある", "the signed data is there"),
    ("cv.data.intact", "署名対象のデータが署名時と同じである", "the signed data is what was signed"),
    ("cv.signature.value", "署名値が署名者の鍵と一致する", "the signature value fits the signer's key"),
    ("format", "形式の検査", "format checking"),
    ("format.structure", "構造が規格に適合する", "the structure keeps to its standard"),
    ("isc", "署名者証明書の特定", "identification of the signing certificate"),
    (
        "isc.identifier",
        "署名者識別子が示す証明書がある",
        "the certificate that the signer identifier names is there",
    ),
    (
        "isc.reference.digest",
        "署名された証明書参照のダイジェストが証明書と一致する",
        "the signed reference fits the certificate",
    ),
    (
        "isc.reference.issuer-serial",
        "署名された証明書参照の発行者とシリアルが証明書と一致する",
        "the signed reference names the certificate's issuer and serial",
    ),
    ("past", "過去の時点での検証", "past signature validation"),
    (
        "past.certificate.common-validity",
        "経路の証明書に共通の有効期間がある",
        "the certificates of the path have a time of validity in common",
    ),
    (
        "past.revocation.proven",
        "失効情報が当時に存在した証明がある",
        "the revocation data is proven to have existed then",
    ),
    ("past.signature", "過去の時点での署名の検証", "validation of the signature at a past time"),
    (
        "past.signature.existed",
        "有効であった時期に署名が存在した証明がある",
        "the signature is proven to have existed while all was valid",
    ),
    ("past.sliding", "検証時刻の遡及", "validation-time sliding"),
    (
        "past.sliding.proof",
        "証明書と失効情報が、遡った時刻に存在した証明がある",
        "certificate and revocation data are proven to have existed at the control time",
    ),
    ("sav", "署名の受け入れ条件", "signature acceptance"),
    (
        "sav.algorithm",
        "署名の暗号アルゴリズムが認められている",
        "the algorithms of the signature are acceptable",
    ),
    (
        "sav.attributes.single",
        "一度だけ書くべき属性が重複していない",
        "attributes that may stand once stand once",
    ),
    ("sav.revision", "署名後の変更が許される範囲にある", "what came after the signature is allowed"),
    (
        "sav.signing-certificate.present",
        "署名者証明書への署名された参照がある",
        "a signed reference to the signer's certificate is there",
    ),
    ("sav.signing-time.present", "申告された署名時刻がある", "a claimed signing time is there"),
    (
        "sav.signing-time.within-certificate",
        "申告された署名時刻が証明書の有効期間内である",
        "the claimed signing time lies within the certificate's validity",
    ),
    (
        "time.algorithm",
        "署名の暗号アルゴリズムが、証明された時刻に認められている",
        "the algorithms of the signature were acceptable at the proven time",
    ),
    ("time.before-revocation", "失効より前に署名が存在した", "the signature existed before the revocation"),
    ("time.best-signature-time", "署名の存在が証明された時刻", "the time that is proven for the signature"),
    (
        "time.content-older",
        "内容タイムスタンプが署名より前である",
        "the content time-stamp is older than the signature",
    ),
    (
        "time.covered-older",
        "タイムスタンプが、それが覆うものより後である",
        "the time-stamp is younger than what it covers",
    ),
    (
        "time.revocation.algorithm",
        "失効情報の暗号アルゴリズムが認められている",
        "the algorithms of the revocation data are acceptable",
    ),
    (
        "time.revocation.fresh",
        "失効情報が、証明された時刻に対して十分に新しい",
        "the revocation data is fresh enough for the proven time",
    ),
    ("time.timestamps-in-order", "タイムスタンプの順序に矛盾がない", "the time-stamps are in order"),
    (
        "time.within-certificate",
        "証明された時刻が証明書の有効期間内である",
        "the proven time lies within the certificate's validity",
    ),
    ("timestamp.imprint.found", "タイムスタンプの対象がある", "what was stamped is there"),
    ("timestamp.imprint.intact", "タイムスタンプの対象が当時のままである", "what was stamped is as it was"),
    (
        "timestamp.structure",
        "タイムスタンプの構造が規格に適合する",
        "the structure of the time-stamp keeps to its standard",
    ),
    ("with-time", "タイムスタンプ付き署名の検証", "validation with time"),
    ("xcv", "証明書の検証", "X.509 certificate validation"),
    (
        "xcv.algorithm",
        "証明書の暗号アルゴリズムが認められている",
        "the algorithms of the certificate are acceptable",
    ),
    ("xcv.path.found", "信頼の起点に至る発行経路がある", "a path to a trusted certificate is found"),
    ("xcv.path.rules", "発行経路がRFC 5280の規則に適合する", "the path keeps the rules of RFC 5280"),
    ("xcv.profile", "証明書がプロファイルに適合する", "the certificate keeps to its profile"),
    (
        "xcv.profile.hpki-key-usage",
        "HPKI:鍵用途が否認防止のみである",
        "HPKI: the key usage is nonRepudiation alone",
    ),
    (
        "xcv.profile.hpki-policy",
        "HPKI:証明書ポリシーが署名用である",
        "HPKI: the certificate policy is the one for signatures",
    ),
    ("xcv.profile.hpki-role", "HPKI:資格(hcRole)が読み取れる", "HPKI: the licence (hcRole) can be read"),
    (
        "xcv.profile.hpki-signing-ca",
        "HPKI:発行者が署名用の認証局である",
        "HPKI: the issuer is a CA for signatures",
    ),
    ("xcv.revocation.asked", "失効の有無を確認する必要がある", "revocation is to be checked"),
    ("xcv.revocation.fresh", "失効情報が十分に新しい", "the revocation data is fresh enough"),
    (
        "xcv.revocation.issuer-validity",
        "失効情報の発行者の証明書が有効期間内である",
        "the issuer of the revocation data is within its validity",
    ),
    (
        "xcv.revocation.known",
        "失効情報が証明書の状態を示している",
        "the revocation data knows the certificate",
    ),
    ("xcv.revocation.not-revoked", "証明書は失効していない", "the certificate is not revoked"),
    ("xcv.revocation.usable", "失効情報が使用できる", "the revocation data can be used"),
    ("xcv.role", "求められた資格が証明書にある", "the certificate states a required licence"),
    (
        "xcv.signer.key-usage",
        "鍵用途に署名(否認防止)がある",
        "the key usage allows signing documents (nonRepudiation)",
    ),
    ("xcv.tsa.key-purpose", "証明書の用途がタイムスタンプである", "the certificate is for time-stamping"),
    (
        "xcv.tsa.key-purpose-alone",
        "証明書の用途がタイムスタンプのみである",
        "the certificate is for time-stamping alone",
    ),
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
