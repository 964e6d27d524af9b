// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the help says of each flag, in both languages side by side.

use crate::lang::Lang;

/// A command (empty: any), a flag's id, and its text: Japanese, English.
const ARGUMENTS: &[(&str, &str, &str, &str)] = &[
    ("", "help", "この説明を表示します", "Show this help"),
    ("", "version", "版を表示します", "Show the version"),
    ("", "lang", "表示する言語", "Language of messages"),
    (
        "",
        "config",
        "設定ファイル(既定:./keiin.toml、なければ利用者の設定フォルダー)",
        "Configuration (default: ./keiin.toml, then the user's configuration folder)",
    ),
    ("", "quiet", "結果とエラーのほかは何も表示しません", "Say nothing but results and errors"),
    ("", "file", "対象のファイル", "The file"),
    ("", "files", "対象のファイル(複数可)", "The files"),
    ("demo", "keep", "作ったファイルをこのフォルダーに残します", "Keep the files in this folder"),
    (
        "sign",
        "files",
        "署名するファイル(--add と --countersign では既存の署名ファイル。XML署名では複数可)",
        "The file to sign; with --add and --countersign a signature file; an XML signature takes several",
    ),
    (
        "",
        "visible",
        "PDF:署名をページに表示します。PAGE:X,Y,幅,高さ(PAGEは first、last、ページ番号。長さはポイント、mm も可。見たままの向きの左下から。負の値は右端・上端から)。field は既存の欄の場所",
        "PDF: show the signature on a page: first, last or a number, then X,Y,W,H in points or mm from the lower left corner as it is seen (negative: from the right or upper edge); field: where the field is",
    ),
    (
        "",
        "font",
        "PDF:表示に使うフォント(.ttf、.otf、.ttc。既定:この機器の日本語フォント)",
        "PDF: the font to show it in (.ttf, .otf, .ttc; default: a Japanese font of this machine)",
    ),
    ("", "font_index", "PDF:.ttc の中の番号(既定:0)", "PDF: which font of a .ttc (default: 0)"),
    ("", "image", "PDF:表示に添える画像(PNG、JPEG)", "PDF: an image beside the text (PNG, JPEG)"),
    (
        "",
        "text",
        "PDF:表示する行(複数可。既定:署名者、資格、日時、理由)",
        "PDF: a line to show (default: signer, licence, date, reason)",
    ),
    ("", "border", "PDF:枠を付けます", "PDF: with a thin line around it"),
    (
        "sign",
        "profile",
        "様式:eprescription 処方箋(CSV。医師・歯科医師)、edispensing 調剤結果(処方箋のXMLと調剤結果のCSV。薬剤師)、\nscan スキャン文書(複数のファイル)",
        "Form: eprescription (CSV; 医師, 歯科医師), edispensing (the prescription and the CSV of its dispensing; 薬剤師),\nscan (scanned files)",
    ),
    ("sign", "format", "署名の形式(既定:cades)", "The format of the signature (default: cades)"),
    (
        "sign",
        "packaging",
        "XML署名の位置:enveloped 文書の中、enveloping 内容を包む、detached 別ファイル、\ninternally-detached 署名する要素の隣(既定:enveloping)",
        "Where an XML signature stands: enveloped, enveloping, detached, or internally-detached beside the signed element\n(default: enveloping)",
    ),
    ("sign", "element", "署名する要素のID(XML文書の一部に署名)", "The id of the element to sign, beside it"),
    (
        "sign",
        "into",
        "署名を置く要素のID(既定:文書要素)",
        "The id of the element that takes the signature (default: the root)",
    ),
    (
        "sign",
        "carry",
        "XML署名に内容を入れる形(既定:base64)",
        "How content stands in an XML signature (default: base64)",
    ),
    (
        "sign",
        "parallel",
        "文書内のすべての署名を署名対象から除きます(後から他の人も署名できます)",
        "Leave every signature of the document out of what is signed, so that others can sign it too",
    ),
    (
        "sign",
        "manifest",
        "ファイルの一覧(ds:Manifest)に署名します",
        "Sign a list of the files (ds:Manifest) instead of each",
    ),
    ("sign", "sign_key_info", "証明書の要素(ds:KeyInfo)も署名対象にします", "Sign ds:KeyInfo too"),
    (
        "sign",
        "issuer_serial",
        "署名者の証明書を発行者とシリアル番号でも示します",
        "Name the signer's certificate by issuer and serial number too",
    ),
    ("sign", "id", "署名要素のID(既定:自動)", "The id of the ds:Signature (default: made)"),
    (
        "sign",
        "batch",
        "このフォルダーの中のファイルに、サブフォルダーも含めて署名し、-o のフォルダーに同じ名前で書きます",
        "Sign the files of this folder and its sub-folders into the folder of -o, under the same names",
    ),
    (
        "sign",
        "glob",
        "--batch で署名するファイル名(複数可。例:'*.pdf'、'外来/*.xml')",
        "Which files --batch signs ('*.pdf', 'ward/*.xml')",
    ),
    ("sign", "json", "--batch の結果を1ファイル1行のJSONで出力します", "Print the lines of --batch as JSON"),
    ("stamp", "file", "タイムスタンプを付けるファイル", "The file to stamp"),
    ("extend", "file", "署名ファイル", "The signature file"),
    ("renew", "file", "署名ファイル(ES-A)", "The signature file (ES-A)"),
    ("verify", "files", "署名ファイルまたはタイムスタンプ(複数可)", "Signature files or time-stamps"),
    ("path", "file", "証明書(DER、PEM)または署名ファイル", "A certificate (DER, PEM) or a signed file"),
    (
        "path",
        "policy",
        "検証方針(general、hpki)、または経路が満たすべき証明書ポリシーのOID(複数可)",
        "The policy that judges (general, hpki), or the OID of a certificate policy that the path must be valid for",
    ),
    (
        "",
        "purpose",
        "用途:signer(文書の署名)、tsa(タイムスタンプ)、any(問わない)。既定:証明書の記載による",
        "For what: signer (documents), tsa (time-stamps), any; default: what the certificate says",
    ),
    ("inspect", "file", "署名ファイルまたはタイムスタンプ", "The signature file or time-stamp"),
    (
        "sign",
        "output",
        "出力先(既定:FILE.p7m、--detached では FILE.p7s、XML署名では FILE.signed.xml、PDFでは FILE-signed.pdf。--batch ではフォルダー)",
        "Where the result goes (default: FILE.p7m, with --detached FILE.p7s, for XML FILE.signed.xml, of a PDF FILE-signed.pdf);\nwith --batch a folder",
    ),
    ("stamp", "output", "出力先(既定:FILE.tst)", "Where the result goes (default: FILE.tst)"),
    ("", "output", "出力先", "Where the result goes"),
    ("", "force", "出力先に既存のファイルがあれば置き換えます", "Replace the file that is there"),
    (
        "",
        "in_place",
        "元のファイルを置き換えます(途中で失敗しても元のファイルは残ります)",
        "Replace the file itself, in one step: it stays as it was if anything fails",
    ),
    (
        "",
        "vri",
        "PDF:検証情報のどれがどの署名のものかも記録します(VRI。検証には不要です)",
        "PDF: also write which validation material belongs to which signature (VRI; no validator needs it)",
    ),
    ("", "detached", "署名対象を署名ファイルに含めません", "Leave the content out of the signature file"),
    (
        "",
        "format",
        "署名の形式(既定:PDFは pades、ほかは cades)",
        "The format (default: pades for a PDF, cades for any other file)",
    ),
    (
        "",
        "field",
        "PDF:署名欄の名前(既定:空の署名欄が一つならその欄、なければ新しい欄)",
        "PDF: the signature field's name (default: the one empty field, or a new one)",
    ),
    ("", "reason", "PDF:署名の理由", "PDF: why it is signed"),
    ("", "contact", "PDF:署名者の連絡先", "PDF: how to reach the signer"),
    (
        "",
        "certify",
        "PDF:文書を認証し、その後に許す変更を定めます",
        "PDF: certify the document, and say what may still change",
    ),
    (
        "",
        "lock",
        "PDF:署名後に変更を禁じる入力欄(all、only:A,B、except:A,B)",
        "PDF: form fields that no longer change (all, only:A,B, except:A,B)",
    ),
    ("sign", "to", "到達する段階", "The level to reach"),
    ("extend", "to", "到達する段階(既定:次の段階)", "The level to reach (default: the next one)"),
    ("", "digest", "ダイジェスト(既定:sha256)", "The digest (default: sha256)"),
    ("", "pss", "RSA-PSSで署名します(既定:PKCS#1 v1.5)", "Sign with RSA-PSS (default: PKCS#1 v1.5)"),
    ("", "commitment", "署名の意図(複数可)", "What the signer commits to"),
    ("", "location", "署名した場所(例:JP,Tokyo)", "Claimed place (JP,Tokyo)"),
    (
        "",
        "role",
        "署名者が申告する役割(証明書の資格とは別です)",
        "Claimed role; not the licence in the certificate",
    ),
    (
        "",
        "signing_time",
        "申告する署名時刻(既定:現在。例:2026-04-01T09:00:00+09:00)",
        "Claimed signing time (default: now; 2026-04-01T09:00:00+09:00)",
    ),
    ("", "add", "既存の署名ファイルに署名者を加えます", "Add a signer to a signature file"),
    ("", "countersign", "既存の署名(このID)に対して副署します", "Counter-sign the signature of this id"),
    (
        "",
        "prepare",
        "鍵を使わずに署名の準備だけをして、このファイルに書きます",
        "Only prepare the signature, without its key, into this file",
    ),
    ("", "finish", "--prepare で作ったファイルから署名を完成します", "Finish what --prepare began"),
    ("", "value", "別の装置で作った署名値のファイル", "The signature value that was made elsewhere"),
    (
        "",
        "content",
        "署名対象のファイル(署名ファイルに含まれない場合。XMLの署名の検証では複数可)",
        "The signed content, when it is not in the file; several for verifying a signature in XML",
    ),
    ("", "p12", "PKCS#12ファイル(.p12、.pfx)", "A PKCS#12 file (.p12, .pfx)"),
    ("", "key", "秘密鍵のファイル(PKCS#8など)", "A private key file (PKCS#8 and others)"),
    ("", "cert", "--key の証明書", "The certificate of --key"),
    ("", "chain", "認証局の証明書(複数可)", "CA certificates"),
    ("", "module", "PKCS#11モジュール(カードのドライバー)", "A PKCS#11 module: the card's driver"),
    (
        "card",
        "module",
        "PKCS#11モジュール(既定:設定と、通常の場所にあるもの)",
        "A PKCS#11 module (default: the configured one and those in the usual places)",
    ),
    ("", "slot", "スロット番号", "The slot's number"),
    ("", "token", "トークンのラベル", "The token's label"),
    ("", "reader", "カードリーダーの名前", "The reader's name"),
    (
        "",
        "certificate",
        "署名に使う証明書のSHA-256(先頭の数桁でも可)",
        "The certificate to sign with: its SHA-256, or the beginning of it",
    ),
    (
        "",
        "pdf_password_fd",
        "暗号化されたPDFのパスワードを読むファイル記述子",
        "Read the password of an encrypted PDF from this file descriptor",
    ),
    (
        "",
        "pdf_password_env",
        "暗号化されたPDFのパスワードが入った環境変数の名前",
        "Read the password of an encrypted PDF from this environment variable",
    ),
    (
        "",
        "pin_fd",
        "PINまたはパスワードを読むファイル記述子",
        "Read the PIN or password from this file descriptor",
    ),
    (
        "",
        "pin_env",
        "PINまたはパスワードが入った環境変数の名前",
        "Read the PIN or password from this environment variable",
    ),
    (
        "",
        "urls",
        "タイムスタンプ局(複数可。失敗したら次の局に頼みます)",
        "A time-stamp authority; the next one is asked when one fails",
    ),
    ("", "user", "タイムスタンプ局の利用者名", "The TSA's user name"),
    (
        "",
        "password_env",
        "タイムスタンプ局のパスワードが入った環境変数の名前",
        "The environment variable with the TSA's password",
    ),
    ("", "trust", "署名者の信頼の起点(複数可)", "Whom to trust for signers"),
    ("", "tsa_trust", "タイムスタンプ局の信頼の起点(複数可)", "Whom to trust for time-stamps"),
    ("", "offline", "通信しません", "Use no network"),
    (
        "",
        "allow_private",
        "証明書に書かれた、組織内や自機のアドレスへの通信も許します",
        "Let addresses in certificates lead into one's own network",
    ),
    ("", "certs", "証明書のファイル(複数可)", "Certificates"),
    ("", "crl", "CRLのファイル(複数可)", "CRLs"),
    ("", "ocsp", "OCSPレスポンスのファイル(複数可)", "OCSP responses"),
    ("", "revocation", "取得し埋め込む失効情報の種類", "Which revocation data to fetch and embed"),
    (
        "",
        "policy",
        "検証方針(既定:hpki。--trust がHPKI以外だけの場合は general)",
        "The policy (default: hpki; general when --trust names no HPKI)",
    ),
    ("", "algorithms", "暗号アルゴリズムの期限表", "The table of algorithms and their ends"),
    (
        "",
        "fresh",
        "strict:署名時刻の後に発行された失効情報を求めます。relaxed:その時点で有効なものでよいとします",
        "strict: revocation data issued after the time-stamp; relaxed: data current at that time is enough",
    ),
    ("", "json", "JSONで出力します", "Print JSON"),
    ("", "at", "この時刻における判定をします(既定:現在)", "Judge as of this time (default: now)"),
    (
        "",
        "content_digest",
        "署名対象のダイジェスト(署名対象を渡せない場合。NAME は参照先の名前、複数可)",
        "The digest of the content, when the content cannot be given; NAME is what a reference calls it",
    ),
    (
        "",
        "evidence_record",
        "証拠記録のファイル(RFC 4998。この版では読めません)",
        "An evidence record (RFC 4998); this version cannot read one",
    ),
    (
        "",
        "require_role",
        "署名者に求める資格(医師、pharmacist など。複数ならどれか一つ)",
        "A licensed role of which the signer must have one (医師, pharmacist)",
    ),
    (
        "",
        "report",
        "判定の全体をJSONでこのファイルに書きます",
        "Write the whole report as JSON into this file",
    ),
    (
        "",
        "verbose",
        "検査の全項目を根拠条項とともに示します",
        "Show the whole tree of checks with their clauses",
    ),
    ("", "facts", "読み取った事実と証拠をJSONで出力します", "Print facts and evidence as JSON"),
];

/// What a flag of a command does.
pub(crate) fn argument(command: &str, id: &str, lang: Lang) -> &'static str {
    let find = |command: &str| ARGUMENTS.iter().find(|(c, i, ..)| *c == command && *i == id);
    find(command).or_else(|| find("")).map_or("", |(_, _, ja, en)| lang.pick(ja, en))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::messages::command;

    #[test]
    fn every_flag_and_command_has_its_text() {
        let root = crate::flags::Cli::command();
        let all = std::iter::once(("", &root)).chain(root.get_subcommands().map(|c| (c.get_name(), c)));
        let mut seen = 0;
        for (name, of) in all {
            assert!(!command::about(name, Lang::Ja).0.is_empty(), "{name}");
            for flag in of.get_arguments() {
                assert!(
                    !argument(name, flag.get_id().as_str(), Lang::Ja).is_empty(),
                    "{name} {}",
                    flag.get_id()
                );
                seen += 1;
            }
        }
        assert!(seen > 80, "{seen}");
    }
}
