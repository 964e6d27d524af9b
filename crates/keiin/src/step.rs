// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One step of carrying a signature on: its time-stamp, its material, its seal, and what must hold before each.

use keiin_pades::Vri;

use crate::{
    Error,
    document::{Document, DocumentKind},
    extend::{Done, Level, Run, Step, missing},
    fetch::RevocationKinds,
    model::{
        ContainerError, DigestAlgorithm, Evidence, EvidenceKind, EvidenceObject, Indication, Material,
        NextStep, ObjectId, Origin, SignatureReport, SubIndication, Target, Time, TimestampKind,
    },
    stamp::{Got, timestamp},
};

impl Run<'_, '_> {
    pub(crate) fn step(
        &mut self,
        document: &mut Document,
        level: Level,
        report: &SignatureReport,
        known: &Evidence,
    ) -> Result<(), Error> {
        let id = report.id;
        match level {
            Level::Bes => {
                check_stampable(report, self.now)?;
                self.stamp(document, Target::Signature { id }, id)
            }
            Level::T => {
                check_passed(report)?;
                let material = self.material(report, known);
                self.embed(document, Target::Signature { id }, id, &material)
            }
            Level::Xl => {
                check_passed(report)?;
                self.stamp(document, Target::Archive { id }, id)
            }
            Level::A => Ok(()),
        }
    }

    /// What goes in: what the verdict rests on, and with [`RevocationKinds::Both`] also what was fetched for it and not
    /// needed.
    pub(crate) fn material(&self, report: &SignatureReport, known: &Evidence) -> Material {
        let mut material = report.material.clone();
        if self.setup.revocation == RevocationKinds::Both {
            let is_fetched =
                |o: &&EvidenceObject| o.origins.iter().any(|o| matches!(o, Origin::Fetched { .. }));
            let fetched =
                |kind| known.of_kind(kind).map(|(_, o)| o).filter(is_fetched).map(|o| o.bytes.clone());
            material.crls.extend(fetched(EvidenceKind::Crl));
            material.ocsps.extend(fetched(EvidenceKind::Ocsp));
            for objects in [&mut material.crls, &mut material.ocsps] {
                objects.sort();
                objects.dedup();
            }
        }
        material
    }

    pub(crate) fn embed(
        &mut self,
        document: &mut Document,
        at: Target,
        signature: ObjectId,
        material: &Material,
    ) -> Result<(), Error> {
        let new = missing(material, &document.evidence_of(&signature));
        // What a PDF says of a signature it says of all its material; what is there already is not put in again.
        let given = if document.choose_vri(self.setup.vri) == Vri::Written { material } else { &new };
        document.container()?.embed_material(at, given)?;
        self.stored.insert(signature);
        let done = Done::Embedded {
            certificates: new.certificates.len(),
            crls: new.crls.len(),
            ocsps: new.ocsps.len(),
        };
        self.steps.push(Step { signature, done });
        Ok(())
    }

    pub(crate) fn stamp(
        &mut self,
        document: &mut Document,
        at: Target,
        signature: ObjectId,
    ) -> Result<(), Error> {
        self.stamp_with(document, at, signature, self.setup.timestamp_digest)
    }

    pub(crate) fn stamp_with(
        &mut self,
        document: &mut Document,
        at: Target,
        signature: ObjectId,
        digest: DigestAlgorithm,
    ) -> Result<(), Error> {
        document.need_digest(digest)?;
        let got = match self.stamp_once(document, at, signature, digest)? {
            Some(got) => got,
            // Its size is known now, and the place is chosen by it.
            None => self.stamp_once(document, at, signature, digest)?.ok_or(NO_ROOM)?,
        };
        self.now = self.now.max(got.time.plus_seconds(1));
        let (Target::Signature { id } | Target::Archive { id }) = at;
        let facts = document.signatures().iter().find(|facts| facts.id == id);
        let newest = facts.and_then(|facts| facts.timestamps.iter().rfind(|t| t.time == got.time));
        let kind = newest.map_or(TimestampKind::Archive, |newest| newest.kind);
        let done = Done::Timestamped { kind, time: got.time, by: got.stamped.by, failed: got.stamped.failed };
        self.steps.push(Step { signature, done });
        Ok(())
    }

    /// Asks for one time-stamp and puts it in; `None` when it is larger than the room that a PDF has for it.
    fn stamp_once(
        &mut self,
        document: &mut Document,
        at: Target,
        signature: ObjectId,
        digest: DigestAlgorithm,
    ) -> Result<Option<Got>, Error> {
        document.expect_token(self.setup.largest_token.octets());
        let pending = document.container()?.begin_timestamp(at, digest)?;
        let mut known = document.evidence().clone();
        known.merge(&self.known);
        let got = timestamp(self.setup, pending.algorithm, &pending.imprint, &known, self.now)?;
        let octets = got.stamped.token.len();
        match document.container()?.finish_timestamp(&pending, &got.stamped.token) {
            Ok(()) => Ok(Some(got)),
            Err(ContainerError::Limit { limit: room, .. }) if document.kind() == DocumentKind::Pdf => {
                self.steps.push(Step { signature, done: Done::TooLarge { octets, room } });
                Ok(None)
            }
            Err(other) => Err(other.into()),
        }
    }
}

/// No TSA's tokens grow by a quarter from one to the next.
const NO_ROOM: ContainerError = ContainerError::Misuse { what: "the TSA's tokens are larger each time" };

/// A first time-stamp is worth having while the signature can still be saved by one: it is intact, its certificate has
/// not ended (JAHIS 6.8 (3)), and its verdict is open only for want of evidence.
fn check_stampable(report: &SignatureReport, now: Time) -> Result<(), Error> {
    let intact = report.signature_intact == Some(true) && report.data.iter().all(|d| d.intact());
    let ended = report.signer.as_ref().is_some_and(|signer| signer.not_after < now);
    let hopeless = ended
        || report.indication == Indication::TotalFailed
        || report.next.iter().any(|action| action.step == NextStep::SignAgain);
    if intact && !hopeless { Ok(()) } else { Err(not_valid(report)) }
}

/// Material is captured and sealed only for a signature that passes: what is sealed can hardly be mended.
pub(crate) fn check_passed(report: &SignatureReport) -> Result<(), Error> {
    match (report.indication, report.sub_indication) {
        (Indication::TotalPassed, _) => Ok(()),
        (Indication::Indeterminate, Some(SubIndication::TryLater)) => Err(Error::Waiting {
            signature: report.id,
            sub_indication: report.sub_indication,
            next: report.next.clone(),
        }),
        _ => Err(not_valid(report)),
    }
}

pub(crate) fn not_valid(report: &SignatureReport) -> Error {
    Error::NotValid {
        signature: report.id,
        indication: report.indication,
        sub_indication: report.sub_indication,
        next: report.next.clone(),
    }
}
