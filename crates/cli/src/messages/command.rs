// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the help says of each command, in both languages side by side.

use crate::lang::Lang;

/// A command's name (empty: `keiin` itself), what it does, and what stands under its flags: Japanese, English.
struct CommandText {
    name: &'static str,
    about: [&'static str; 2],
    after: [&'static str; 2],
}

const COMMANDS: &[CommandText] = &[
    CommandText {
        name: "",
        about: [
            "契印:保健医療分野の電子署名を、長期にわたり作成・維持・検証します(CAdES、HPKI対応)",
            "keiin makes, keeps alive and judges long-term electronic signatures for Japanese healthcare (CAdES, HPKI)",
        ],
        after: [
            "終了コード:0 有効・完了、1 無効、2 現時点では判定不能、3 使い方または入力ファイルの誤り、\n4 上限超過のため拒否、5 環境の問題(カード、タイムスタンプ局、通信、ファイル)",
            "Exit codes: 0 valid or done, 1 invalid, 2 cannot be decided yet, 3 wrong use or input file,\n4 refused by a limit, 5 environment (card, TSA, network, files)",
        ],
    },
    CommandText {
        name: "demo",
        about: [
            "テスト用の認証局とタイムスタンプ局を内部に作り、署名から25年後の検証までを通して実演します",
            "Show the whole way, from signing to 25 years later, on a test PKI inside the process",
        ],
        after: [
            "通信もカードも使いません。鍵と証明書は公開済みのテスト用で、法的な効力はありません。",
            "It uses no network and no card. Its keys are published test keys and prove nothing.",
        ],
    },
    CommandText {
        name: "sign",
        about: [
            "ファイルに署名します。PDFではその中に(PAdES)、ほかのファイルでは署名ファイルを作ります(CAdES)。署名に使う鍵は、カード、PKCS#12、鍵ファイルのいずれかです",
            "Sign a file with a card, a PKCS#12 file or a key file: a PDF inside (PAdES), any other in a signature file (CAdES)",
        ],
        after: [
            "例:keiin sign 処方箋.xml --module /usr/lib/libHpkiSigP11.so --to es-t --tsa https://tsa.example/\n   keiin sign --batch スキャン -o 署名済み --glob '*.pdf' --detached --module /usr/lib/libHpkiSigP11.so\n\n--batch は途中で止まっても、同じコマンドで続きから進みます。二度署名することはありません。\n\nPINは端末で入力するか、--pin-fd または --pin-env で渡します。コマンドラインには書けません。\n間違ったPINを自動で再試行することはありません。",
            "Examples: keiin sign record.xml --module /usr/lib/libHpkiSigP11.so --to es-t --tsa https://tsa.example/\n          keiin sign --batch scans -o signed --glob '*.pdf' --detached --module /usr/lib/libHpkiSigP11.so\n\nWherever --batch is broken off, the same command goes on from there and signs nothing twice.\n\nThe PIN is typed at the terminal, or comes through --pin-fd or --pin-env; it never stands on the command line.\nA wrong PIN is never tried again by itself.",
        ],
    },
    CommandText {
        name: "stamp",
        about: [
            "任意のファイルにタイムスタンプを付けます(RFC 3161)",
            "Time-stamp a file of any kind (RFC 3161)",
        ],
        after: [
            "検証:keiin verify FILE.tst --content FILE --tsa-trust 信頼する証明書",
            "To check it: keiin verify FILE.tst --content FILE --tsa-trust CERTIFICATE",
        ],
    },
    CommandText {
        name: "extend",
        about: [
            "署名を次の段階へ進めます(ES-BES → ES-T → ES-XL → ES-A)。--to で到達点を指定できます",
            "Take a signature to its next level (ES-BES, ES-T, ES-XL, ES-A), or on to the one that --to names",
        ],
        after: ["", ""],
    },
    CommandText {
        name: "renew",
        about: [
            "アーカイブタイムスタンプを重ねて、ES-Aの有効期間を延ばします",
            "Renew an ES-A with another archive time-stamp over it",
        ],
        after: ["", ""],
    },
    CommandText {
        name: "verify",
        about: [
            "署名・タイムスタンプを検証し、完全性・署名者と資格・時刻の三つと、根拠、次にすべきことを示します",
            "Judge a signature or time-stamp: intact? who, in which licensed role? when? on what grounds, and what next?",
        ],
        after: [
            "例:keiin verify 処方箋.xml.p7m --trust hpki --tsa-trust 時刻認証局.pem --require-role 医師\n\n--trust も --tsa-trust も設定もない場合、信頼の起点がないため結果は「判定不能」になります。",
            "Example: keiin verify record.xml.p7m --trust hpki --tsa-trust tsa-root.pem --require-role 医師\n\nWithout --trust, --tsa-trust and a configuration nobody is trusted, and the verdict is INDETERMINATE.",
        ],
    },
    CommandText {
        name: "path",
        about: [
            "証明書から信頼の起点までの経路を調べ、各証明書の判定の根拠(CRL・OCSP)、行き止まり、足りないものを示します",
            "Show the paths from a certificate to whom you trust: what judged each certificate, what leads nowhere, what is missing",
        ],
        after: [
            "例:keiin path 医師.cer --certs 署名用認証局.cer --trust hpki --at 2026-04-01T00:00:00Z\n\n署名ファイルを渡すと、署名者とタイムスタンプ局の証明書を調べます。\n失効・期限切れの証明書は、その時刻において無効(終了コード1)です。",
            "Example: keiin path doctor.cer --certs signing-ca.cer --trust hpki --at 2026-04-01T00:00:00Z\n\nOf a signed file it shows the signers' and TSAs' certificates.\nA certificate that is revoked or has ended is not valid at that time (exit code 1).",
        ],
    },
    CommandText {
        name: "inspect",
        about: [
            "署名ファイルの構造を示します(有効かどうかは判断しません)",
            "Show what is inside a signature file, without judging it",
        ],
        after: ["", ""],
    },
    CommandText {
        name: "card",
        about: [
            "カードリーダーとカード、証明書、資格、有効期限、PINの状態を一覧します(PINは使いません)",
            "List readers, cards, certificates, licences, expiry and the state of the PIN; no PIN is used",
        ],
        after: ["", ""],
    },
];

/// What a command does, and what stands under its flags.
pub(crate) fn about(name: &str, lang: Lang) -> (&'static str, &'static str) {
    COMMANDS.iter().find(|c| c.name == name).map_or(("", ""), |c| {
        let [ja, en] = c.about;
        let [ja_after, en_after] = c.after;
        (lang.pick(ja, en), lang.pick(ja_after, en_after))
    })
}
