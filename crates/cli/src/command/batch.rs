// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin sign --batch`: a folder of files, one PIN, one line a file.

use std::path::Path;

use glob::{MatchOptions, Pattern};
use keiin::{
    Batch, Level, Setup,
    batch::{Line, Outcome, Pdfs, Plan, SignedBy, Skipped, Summary, Told},
    clock,
    inspect::CertificateSummary,
    model::Signer,
    pades::PadesIntent,
};
use serde_json::json;

use super::{key, sign, sign_pdf, visible::Painter};
use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::{FormatChoice, Sign},
    progress::Files,
};

/// Signs a folder.
pub(crate) fn run(context: &Context, flags: &Sign, folder: &Path) -> Result<Exit, Failure> {
    let Some(output) = &flags.output.output else {
        return Err(Failure::usage("--batch には -o が必要です", "--batch needs -o FOLDER").with_advice(
            "署名を書き込むフォルダーを -o で指定してください",
            "name the folder for the signatures with -o",
        ));
    };
    let patterns = patterns(&flags.glob)?;
    let wanted = |file: &Path| is_wanted(&patterns, file);
    // As for one file: a detached signature is asked for, or CAdES.
    let beside = match flags.format {
        Some(format) => format == FormatChoice::Cades,
        None => flags.detached,
    };
    if beside {
        sign_pdf::refuse_flags(flags)?;
    }
    // What is missing or does not fit is said before the card is touched.
    let onward = sign::onward(context, flags)?;
    let mut batch = Batch::open(folder, output)?;
    let files = batch.count(&wanted)?;
    let painter = Painter::new(&flags.pdf)?;
    let signer = key::open(context, &flags.key, &|_| Ok(()))?;
    let signing =
        keiin::Signing { level: sign::level(flags.to), ..sign::signing(flags, signer.algorithms())? };
    warn_of_end(context, signer.as_ref());
    let offline = Setup::offline(keiin::hpki_policy());
    let setup = onward.as_ref().unwrap_or(&offline);
    let (lang, reason) = (context.lang, flags.pdf.reason.as_deref());
    let inside = |at| PadesIntent {
        visible: painter.as_ref().map(|painter| painter.visible(lang, signer.certificate(), reason, at)),
        ..sign_pdf::intent(flags)
    };
    let pdfs = if beside { Pdfs::Beside } else { Pdfs::Inside(&inside) };
    let plan = Plan { signing: &signing, pdfs };
    let mut report = Report::new(context, flags.json, files);
    let summary =
        batch.sign(setup, signer.as_ref(), &plan, &wanted, &clock::now, &mut |what| report.told(&what));
    report.end(files, summary)
}

/// The lines and the bar, and what they come to.
struct Report<'c> {
    context: &'c Context,
    json: bool,
    bar: Files,
    worst: Exit,
    /// Standard output is gone: the batch goes on, for its journal has everything, and this is said at its end.
    unprinted: Option<Failure>,
}

impl<'c> Report<'c> {
    fn new(context: &'c Context, json: bool, files: u64) -> Self {
        let mut report = Self {
            context,
            json,
            bar: Files::new(files, context.quiet),
            worst: Exit::Valid,
            unprinted: None,
        };
        if !json {
            report.print("file\tstatus\tlevel\tresult\tmessage\n");
        }
        report
    }

    fn told(&mut self, what: &Told<'_>) {
        match what {
            Told::Began { file, .. } => self.bar.begin(&file.display().to_string()),
            Told::Ended(line) => {
                let (text, exit) = self.line(line);
                self.worst = self.worst.worst(exit);
                self.print(&text);
                self.bar.end();
            }
            _ => {}
        }
    }

    fn print(&mut self, text: &str) {
        let printed = self.bar.suspended(|| self.context.print(text));
        if let Err(failure) = printed {
            self.unprinted.get_or_insert(failure);
        }
    }

    fn line(&self, line: &Line) -> (String, Exit) {
        let (status, level, message, exit) = self.words(&line.outcome);
        let (file, level) = (line.file.display().to_string(), level.map(|level| level.to_string()));
        let result = line.result.as_ref().map(|path| path.display().to_string());
        if self.json {
            let line = json!({
                "file": file, "status": status, "level": level, "result": result, "message": message,
                "exit": exit.code(),
            });
            return (format!("{line}\n"), exit);
        }
        let fields = [
            file,
            status.to_owned(),
            level.unwrap_or_default(),
            result.unwrap_or_default(),
            message.unwrap_or_default(),
        ];
        (format!("{}\n", fields.map(|field| field_of(&field)).join("\t")), exit)
    }

    /// A code that is the same in every language, and what a person is told.
    fn words(&self, outcome: &Outcome) -> (&'static str, Option<Level>, Option<String>, Exit) {
        let lang = self.context.lang;
        let said = |ja: &str, en: &str| Some(lang.pick(ja, en).to_owned());
        let why =
            |error: &keiin::Error| (crate::messages::failure::message(error, lang), Failure::exit_of(error));
        match outcome {
            Outcome::Signed { level, open: None } => ("signed", Some(*level), None, Exit::Valid),
            Outcome::Extended { level, open: None } => ("extended", Some(*level), None, Exit::Valid),
            Outcome::Signed { level, open: Some(error) } | Outcome::Extended { level, open: Some(error) } => {
                let (message, exit) = why(error);
                ("open", Some(*level), Some(message), exit)
            }
            Outcome::Already { level, by: SignedBy::SameCertificate } => {
                ("already", Some(*level), None, Exit::Valid)
            }
            Outcome::Already { level, by: SignedBy::OtherCertificate } => {
                let message = said("別の証明書による署名です", "signed with another certificate");
                ("already", Some(*level), message, Exit::Valid)
            }
            Outcome::Changed => {
                let message = said(
                    "署名した後に元のファイルが変更されています",
                    "the file was changed after it was signed",
                );
                ("changed", None, message, Exit::Usage)
            }
            Outcome::Skipped(why) => {
                let (ja, en) = match why {
                    Skipped::SymbolicLink => ("シンボリックリンクです", "a symbolic link"),
                    Skipped::Special => ("装置、パイプまたはソケットです", "a device, a pipe or a socket"),
                    Skipped::Hidden => ("名前が「.」で始まります", "its name begins with a dot"),
                    _ => ("フォルダーの階層が深すぎます", "too many folders inside each other"),
                };
                ("skipped", None, said(ja, en), Exit::Valid)
            }
            Outcome::Failed(error) => {
                let (message, exit) = why(error);
                ("failed", None, Some(message), exit)
            }
            _ => ("", None, None, Exit::Valid),
        }
    }

    fn end(self, files: u64, summary: Summary) -> Result<Exit, Failure> {
        drop(self.bar);
        let Summary { done, open, already, changed, skipped, failed, stopped } = summary;
        let handled = [done, open, already, changed, failed].into_iter().fold(0, u64::saturating_add);
        self.context.note(
            || {
                let ja = format!(
                    "{files} 件中:署名 {done}、途中まで {open}、署名済み {already}、変更あり {changed}"
                );
                format!("{ja}、失敗 {failed}、対象外 {skipped}、未処理 {}", files.saturating_sub(handled))
            },
            || {
                let en = format!(
                    "of {files} files: {done} signed, {open} not as far as asked, {already} done before"
                );
                let left = files.saturating_sub(handled);
                format!("{en}, {changed} changed since, {failed} failed, {skipped} skipped, {left} left")
            },
        );
        if let Some(error) = stopped {
            self.context.note(
                || {
                    "途中で止まりました。原因を取り除いて同じコマンドを実行すると、続きから進みます"
                        .to_owned()
                },
                || {
                    "it stopped on the way; once the cause is gone the same command goes on from there"
                        .to_owned()
                },
            );
            return Err(error.into());
        }
        match self.unprinted {
            Some(failure) => Err(failure),
            None => Ok(self.worst),
        }
    }
}

/// A name may hold anything; a line is a line all the same.
fn field_of(text: &str) -> String {
    let mut field = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => field.push_str("\\\\"),
            '\t' => field.push_str("\\t"),
            '\n' => field.push_str("\\n"),
            control if control.is_control() => field.extend(control.escape_unicode()),
            letter => field.push(letter),
        }
    }
    field
}

fn patterns(texts: &[String]) -> Result<Vec<Pattern>, Failure> {
    let pattern = |text: &String| {
        Pattern::new(text).map_err(|error| {
            Failure::usage(
                format!("--glob の {text} を読み取れません({error})"),
                format!("--glob {text} cannot be read: {error}"),
            )
        })
    };
    texts.iter().map(pattern).collect()
}

/// By its name, or by its whole path where the pattern has a slash. Scanners write .PDF.
fn is_wanted(patterns: &[Pattern], file: &Path) -> bool {
    let options =
        MatchOptions { case_sensitive: false, require_literal_separator: true, ..MatchOptions::new() };
    let name = file.file_name().map(Path::new).unwrap_or(file);
    patterns.is_empty()
        || patterns.iter().any(|pattern| {
            let of = if pattern.as_str().contains('/') { file } else { name };
            pattern.matches_with(&of.to_string_lossy().replace('\\', "/"), options)
        })
}

fn warn_of_end(context: &Context, signer: &dyn Signer) {
    if let Some(certificate) = CertificateSummary::read(signer.certificate()) {
        sign::warn(context, (certificate.not_after.unix() - clock::now().unix()) / 86_400);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_of_the_name_or_of_the_path() {
        let is =
            |pattern: &str, file: &str| is_wanted(&patterns(&[pattern.to_owned()]).unwrap(), Path::new(file));
        assert!(is("*.pdf", "外来/診療録.PDF") && is("診療*", "外来/診療録.pdf"));
        assert!(!is("*.pdf", "a.pdf.txt") && !is("*.pdf", "x.pdf/a.txt"));
        assert!(is("外来/*.pdf", "外来/a.pdf") && !is("外来/*.pdf", "外来/内科/a.pdf"));
        assert!(is("**/内科/*", "外来/内科/a.pdf"));
        assert!(patterns(&["[".to_owned()]).is_err());
    }

    #[test]
    fn a_field_keeps_to_its_line() {
        assert_eq!(field_of("a\tb\nc\\d\u{1b}診"), "a\\tb\\nc\\\\d\\u{1b}診");
    }
}
