// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a path does not hold, a chain leads nowhere, or a CRL is not used: the library's codes as words, in both languages.

use crate::lang::Lang;

/// Code, Japanese, English. One code means the same wherever it stands.
const REASONS: &[(&str, &str, &str)] = &[
    // Chains that lead nowhere.
    ("no-issuer", "発行者の証明書がありません", "no certificate of its issuer is at hand"),
    (
        "self-issued",
        "自己発行の証明書ですが、信頼の起点ではありません",
        "it issued itself and is not trusted",
    ),
    ("signature", "署名が一致しません", "the signature does not fit the key"),
    ("loop", "同じ認証局が経路に二度現れます", "the same authority would stand in the path twice"),
    (
        "anchor-may-not-issue",
        "この信頼の起点は証明書を発行できません",
        "this anchor may not issue certificates",
    ),
    // Limits.
    ("signature-checks", "署名の検証回数が上限に達しました", "the limit of signature checks is reached"),
    ("paths", "経路の数が上限に達しました", "the limit of paths is reached"),
    ("depth", "経路の長さが上限に達しました", "the limit of certificates in a path is reached"),
    ("steps", "候補の数が上限に達しました", "the limit of candidates is reached"),
    ("name-comparisons", "名前の比較回数が上限に達しました", "the limit of name comparisons is reached"),
    (
        "signers",
        "失効情報の発行者の数が上限に達しました",
        "the limit of signers of revocation data is reached",
    ),
    // RFC 5280, 6.1.
    ("not-yet-valid", "有効期間が始まっていません", "it is not valid yet"),
    ("expired", "有効期間が終わっています", "its validity has ended"),
    (
        "signature-algorithms-differ",
        "署名アルゴリズムの記載が内側と外側で異なります",
        "the signature algorithms inside and outside differ",
    ),
    ("name-chain", "発行者名が上位の証明書の名前と異なります", "the issuer's name is not the name above"),
    ("not-ca", "認証局の証明書ではありません", "it is not a CA certificate"),
    ("path-length", "下位の証明書の段数が制限を超えています", "the path below it is longer than it allows"),
    ("key-usage", "鍵用途がこの使い方を許していません", "its keyUsage does not allow this"),
    (
        "unknown-critical-extension",
        "重要(critical)とされた拡張を解釈できません",
        "a critical extension is not known",
    ),
    ("unreadable-extension", "拡張を読み取れません", "an extension cannot be read"),
    (
        "name-not-permitted",
        "名前が、上位の名前制約で許された範囲にありません",
        "a name is not permitted by the name constraints above",
    ),
    (
        "name-excluded",
        "名前が、上位の名前制約で除外されています",
        "a name is excluded by the name constraints above",
    ),
    (
        "name-constraint-unsupported",
        "上位の名前制約に、比較できない種類の名前があります",
        "a name constraint above is of a form that cannot be compared",
    ),
    (
        "no-valid-policy",
        "求められた証明書ポリシーで有効な経路ではありません",
        "no valid policy, and one is required",
    ),
    ("any-policy-mapped", "anyPolicyが対応付けられています", "anyPolicy is mapped"),
    // CRLs and OCSP responses.
    ("no-signer", "発行者の証明書がありません", "no certificate of its issuer is at hand"),
    (
        "distribution-point",
        "配布点が証明書のものと異なります",
        "its distribution point is not the certificate's",
    ),
    ("certificate-kind", "別の種類の証明書のCRLです", "it lists another kind of certificate"),
    ("issuer", "この証明書の発行者のCRLではありません", "it does not speak for the certificate's issuer"),
    ("reasons", "扱う失効理由が異なります", "it covers none of the reasons"),
    ("unreadable-entry", "項目を読み取れません", "an entry cannot be read"),
    ("delta-alone", "差分CRLですが、元になるCRLがありません", "a delta without the list that it updates"),
    ("not-successful", "OCSPレスポンダーが回答していません", "the responder did not answer"),
    ("responder", "レスポンダーに権限がありません", "the responder is neither the issuer nor its delegate"),
    ("unknown", "レスポンダーはこの証明書を知りません", "the responder does not know the certificate"),
    (
        "responder-not-valid-when-produced",
        "回答した時点でレスポンダーの証明書が有効期間内ではありません",
        "the responder's certificate was not valid when it answered",
    ),
    ("issued-before-certificate", "証明書より前に発行されています", "it is older than the certificate"),
    (
        "issued-after-expiry",
        "証明書の有効期間が終わった後に発行され、期限切れの証明書を扱うとは書かれていません",
        "issued after the certificate ended, and it does not say that it speaks of ended ones",
    ),
    ("signer", "発行者自身の有効性を確かめられません", "its signer has no path of its own that holds"),
];

/// The words for a code; the code itself where there are none.
pub(crate) fn reason(code: &str, lang: Lang) -> &str {
    REASONS.iter().find(|(known, ..)| *known == code).map_or(code, |(_, ja, en)| lang.pick(ja, en))
}
