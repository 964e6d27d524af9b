// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin sign`: in one step, or prepared here and finished where the key is.

use std::{collections::BTreeSet, io::Read as _, path::Path};

use keiin::{
    Commitment, Content, Document, FileKind, FilledForm, Format, Goal, Level, Packaging, Setup, Signed,
    Signing, WARN_DAYS, add_signature,
    cades::content_digest_for,
    clock, countersign, extend, file, inspect,
    model::{DigestAlgorithm, ObjectId, SignatureAlgorithm, SignerLocation, Time},
    tsa::NoTimestamp,
};

use super::{
    batch, key, open,
    outcome::Place,
    prepared::{PreparedFile, What},
    shape, sign_pdf,
};
use crate::{
    context::{Context, SetupFlags, Work},
    error::{Exit, Failure},
    flags::{self, Sign},
    progress::Progress,
};

/// Octets of a signature value.
const MAX_VALUE: u64 = 1 << 16;

/// Signs.
pub(crate) fn run(context: &Context, flags: &Sign) -> Result<Exit, Failure> {
    if let Some(prepared) = &flags.finish {
        return finish(context, flags, prepared);
    }
    if let Some(folder) = &flags.batch {
        return batch::run(context, flags, folder);
    }
    let Some(file) = flags.files.first() else { return Ok(Exit::Usage) };
    if sign_pdf::is_wanted(flags, file)? {
        return match &flags.prepare {
            Some(out) => sign_pdf::prepare(context, flags, file, out),
            None => sign_pdf::run(context, flags, file),
        };
    }
    if let Some(out) = &flags.prepare {
        return prepare(context, flags, file, out);
    }
    if flags.add || flags.countersign.is_some() {
        return sign_again(context, flags, file);
    }
    let place = place(flags, file)?;
    // What is missing or does not fit is said before the card is touched.
    warn_of_signature(context, file)?;
    let onward = onward(context, flags)?;
    let form = filled(flags)?;
    let signer = key::open(context, &flags.key, &|certificate| check_role(certificate, &form.roles))?;
    let signing = Signing { format: form.format, roles: form.roles, ..signing(flags, signer.algorithms())? };
    let contents = digested(context, form.contents, &signing)?;
    let now = clock::now();
    // A plain signature needs no trust and no network, so none is set up for it.
    let plain = Setup::plain();
    let at = flags.signing_time.unwrap_or(now);
    let signed = keiin::sign_all(&plain, &contents, signer.as_ref(), &signing, at)?;
    carry_on(context, flags, signed, onward, &place, now)
}

/// What the way beyond ES-BES stands on; nothing for a plain signature.
pub(super) fn onward(context: &Context, flags: &Sign) -> Result<Option<Setup<'static>>, Failure> {
    if level(flags.to) == Level::Bes {
        return Ok(None);
    }
    let grounds = SetupFlags { tsa: Some(&flags.tsa), ..SetupFlags::from(&flags.grounds) };
    let setup = context.setup(&grounds, Work::Make)?;
    if setup.tsas.is_empty() {
        return Err(keiin::Error::from(NoTimestamp(Vec::new())).into());
    }
    Ok(Some(setup))
}

/// Another signer of a signature file is more often meant than a signature over it.
fn warn_of_signature(context: &Context, path: &Path) -> Result<(), Failure> {
    let mut head = Vec::new();
    let read = file::open(path)?.take(64).read_to_end(&mut head);
    read.map_err(|source| keiin::FileError::Read { path: path.to_owned(), source })?;
    // The beginning of a signature alone is one that is cut off.
    if matches!(FileKind::of(&head), FileKind::Cms | FileKind::Truncated) {
        let path = path.display();
        context.note(
            || format!("注意:{path} は署名ファイルです。この中に署名者を加えるには --add を付けてください"),
            || format!("note: {path} is a signature file; --add puts another signer into it"),
        );
    }
    Ok(())
}

/// The signature goes on to the level that was asked for, and is written in any case: the card has been used.
pub(super) fn carry_on(
    context: &Context,
    flags: &Sign,
    signed: Signed,
    onward: Option<Setup<'static>>,
    place: &Place,
    now: Time,
) -> Result<Exit, Failure> {
    warn(context, signed.days_left(now));
    let mut document = signed.document;
    let Some(setup) = onward else {
        place.write(&document)?;
        context.wrote(place, &Level::Bes.to_string());
        return Ok(Exit::Valid);
    };
    let extended = extend(&setup, &mut document, Goal::Level(level(flags.to)), now)?;
    context.steps(&extended);
    place.write(&document)?;
    context.wrote(place, &extended.level.to_string());
    match extended.stopped {
        None => Ok(Exit::Valid),
        Some(stopped) => Err(stopped.into()),
    }
}

fn sign_again(context: &Context, flags: &Sign, file: &Path) -> Result<Exit, Failure> {
    let place = spare_key(Place::of_change(context, &flags.output, false, file)?, flags)?;
    let mut document = Document::open_attached(file, &open::attached(&flags.content), &mut |_| ())?;
    let target = match &flags.countersign {
        Some(id) => Some(signature(&document, id)?),
        None => None,
    };
    let format = shape::again(flags, &document)?;
    let onward = onward(context, flags)?;
    let signer = key::open(context, &flags.key, &|_| Ok(()))?;
    let signing = Signing { format, ..signing(flags, signer.algorithms())? };
    let now = clock::now();
    let plain = Setup::plain();
    let at = flags.signing_time.unwrap_or(now);
    let signed = match target {
        Some(id) => countersign(&plain, &document, id, signer.as_ref(), &signing, at)?,
        None => add_signature(&plain, &mut document, signer.as_ref(), &signing, at)?,
    };
    carry_on(context, flags, signed, onward, &place, now)
}

/// The signature whose id begins so.
fn signature(document: &Document, prefix: &str) -> Result<ObjectId, Failure> {
    let wanted = prefix.to_ascii_lowercase();
    let ids: Vec<ObjectId> = document.signatures().iter().map(|s| s.id).collect();
    let found: Vec<ObjectId> = ids.iter().copied().filter(|id| id.to_string().starts_with(&wanted)).collect();
    match found.as_slice() {
        [one] if !wanted.is_empty() => Ok(*one),
        _ => {
            let known = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            Err(Failure::usage(
                format!("ID {prefix} で始まる署名を一つに決められません(署名のID:{known})"),
                format!("{prefix} does not name one signature (ids: {known})"),
            ))
        }
    }
}

fn prepare(context: &Context, flags: &Sign, file: &Path, out: &Path) -> Result<Exit, Failure> {
    let output = flags::Output { output: Some(out.to_owned()), force: flags.output.force };
    let place = spare_key(Place::new(&output, file, "")?, flags)?;
    let (signer, chain) = certificates_of(flags)?;
    let form = filled(flags)?;
    let signing = signing(flags, &inspect::schemes(&signer))?;
    let signing = Signing { format: form.format, roles: form.roles, ..signing };
    let contents = digested(context, form.contents, &signing)?;
    let at = flags.signing_time.unwrap_or_else(clock::now);
    let prepared = keiin::prepare_all(&contents, &signer, &chain, &signing, at)?;
    PreparedFile::of(prepared).write(context, &place)
}

/// The certificate of `--cert` and the others that go with it.
pub(super) fn certificates_of(flags: &Sign) -> Result<(Vec<u8>, Vec<Vec<u8>>), Failure> {
    let Some(certificate) = &flags.key.cert else {
        return Err(Failure::usage("--prepare には --cert が必要です", "--prepare needs --cert"));
    };
    let certificates = |path: &Path| -> Result<Vec<Vec<u8>>, Failure> {
        let anchors = keiin::TrustSource::Path(path.to_owned()).anchors().map_err(keiin::Error::from)?;
        Ok(anchors.iter().map(|anchor| anchor.certificate.to_vec()).collect())
    };
    let mut own = certificates(certificate)?.into_iter();
    let Some(signer) = own.next() else { return Err(keiin::Error::SignerCertificate.into()) };
    let mut chain: Vec<Vec<u8>> = own.collect();
    for path in &flags.key.chain {
        chain.extend(certificates(path)?);
    }
    Ok((signer, chain))
}

fn finish(context: &Context, flags: &Sign, prepared: &Path) -> Result<Exit, Failure> {
    let Some(value) = &flags.value else { return Ok(Exit::Usage) };
    let Some(_) = &flags.output.output else {
        return Err(Failure::usage("--finish には -o が必要です", "--finish needs -o OUT"));
    };
    let place = spare_key(Place::new(&flags.output, prepared, "")?, flags)?;
    let prepared = PreparedFile::read(prepared)?;
    let value = file::read(value, MAX_VALUE)?;
    let prepared = match prepared.what {
        What::Prepared(prepared) => prepared,
        What::Pdf(prepared) => return sign_pdf::finish(context, flags, &prepared, &value, &place),
    };
    let onward = onward(context, flags)?;
    let contents: Vec<Content> = flags.content.iter().chain(&flags.files).map(Content::file).collect();
    let now = clock::now();
    let plain = Setup::plain();
    let signed = keiin::finish_all(&plain, &prepared, &value, &contents, Level::Bes, now)?;
    carry_on(context, flags, signed, onward, &place, now)
}

fn place(flags: &Sign, file: &Path) -> Result<Place, Failure> {
    spare_key(Place::new(&flags.output, file, shape::suffix(flags))?, flags)
}

/// Neither the key nor anything else that is read gives way to the result.
pub(super) fn spare_key(place: Place, flags: &Sign) -> Result<Place, Failure> {
    let key = &flags.key;
    let files = key.p12.iter().chain(&key.key).chain(&key.cert).chain(&key.chain);
    place.spare(
        files.chain(&flags.content).chain(&flags.value).chain(flags.files.iter().skip(1)).map(AsRef::as_ref),
    )
}

/// What the files make: a form is filled, and what it may not be made of is said, before the card is touched.
fn filled(flags: &Sign) -> Result<FilledForm, Failure> {
    let files: Vec<Content> = flags.files.iter().map(Content::file).collect();
    match shape::fill(flags, &files)? {
        form if form.format == Format::Cades && files.len() > 1 => Err(keiin::Error::OneContent.into()),
        form => Ok(form),
    }
}

/// A card of another licence is refused by name before its PIN is asked for.
fn check_role(certificate: &[u8], roles: &[String]) -> Result<(), Failure> {
    Ok(keiin::check_roles(certificate, roles)?)
}

/// The contents: of a detached CMS only the digest, read once with a bar for the patient.
fn digested(context: &Context, contents: Vec<Content>, signing: &Signing) -> Result<Vec<Content>, Failure> {
    let digest = content_digest_for(signing.intent.algorithm);
    let detached = signing.format == Format::Cades && signing.intent.packaging == Packaging::Detached;
    let ([content @ Content::File(path)], true, Some(algorithm)) = (contents.as_slice(), detached, digest)
    else {
        return Ok(contents);
    };
    let mut progress = Progress::of(Some(path), context.quiet);
    let digests = content
        .digests_with(&BTreeSet::from([algorithm]), &mut |octets| progress.at(octets))
        .map_err(keiin::Error::from)?;
    match digests.value(algorithm) {
        // From ES-A on other digests are needed too, and the file is there to be read again.
        Some(value) if signing.level == Level::Bes => {
            Ok(vec![Content::Digests(vec![(algorithm, value.clone())])])
        }
        _ => Ok(contents),
    }
}

/// What is signed beside the content, and with which scheme.
pub(super) fn signing(flags: &Sign, schemes: &[SignatureAlgorithm]) -> Result<Signing, Failure> {
    let wanted = flags.digest.map(DigestAlgorithm::from);
    let fits = |scheme: &&SignatureAlgorithm| {
        let pss = matches!(scheme, SignatureAlgorithm::RsaPss { .. });
        let digest = wanted.is_none_or(|wanted| scheme.digest() == Some(wanted));
        digest && (!flags.pss || pss)
    };
    let fitting: Vec<SignatureAlgorithm> = schemes.iter().filter(fits).copied().collect();
    if fitting.is_empty() {
        return Err(Failure::usage(
            "この鍵では、指定された --digest と --pss の組み合わせで署名できません",
            "this key cannot do what --digest and --pss ask for",
        ));
    }
    let mut signing = Signing::with_schemes(&fitting)?;
    let intent = &mut signing.intent;
    intent.packaging = if flags.detached { Packaging::Detached } else { Packaging::Attached };
    intent.commitments = flags.commitment.iter().map(|c| commitment(*c)).collect();
    intent.claimed_roles.clone_from(&flags.role);
    intent.location = flags.location.as_ref().map(|place| SignerLocation {
        country: Some(place.country.clone()),
        locality: place.locality.clone(),
        postal_address: Vec::new(),
    });
    Ok(signing)
}

const fn commitment(commitment: flags::Commitment) -> Commitment {
    match commitment {
        flags::Commitment::Origin => Commitment::ProofOfOrigin,
        flags::Commitment::Receipt => Commitment::ProofOfReceipt,
        flags::Commitment::Delivery => Commitment::ProofOfDelivery,
        flags::Commitment::Sender => Commitment::ProofOfSender,
        flags::Commitment::Approval => Commitment::ProofOfApproval,
        flags::Commitment::Creation => Commitment::ProofOfCreation,
    }
}

pub(crate) const fn level(level: flags::Level) -> Level {
    match level {
        flags::Level::EsBes => Level::Bes,
        flags::Level::EsT => Level::T,
        flags::Level::EsXl => Level::Xl,
        flags::Level::EsA => Level::A,
    }
}

pub(super) fn warn(context: &Context, days: i64) {
    if days < WARN_DAYS {
        context.note(
            || format!("注意:署名者の証明書の有効期間は残り {days} 日です"),
            || format!("note: the signer's certificate ends in {days} days"),
        );
    }
}
