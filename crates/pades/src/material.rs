// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Document security stores (EN 319 142-1, 5.4.2): certificates, CRLs and OCSP responses of every revision.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use keiin_model::{Bytes, Evidence, EvidenceKind, ObjectId, Origin};
use keiin_pki::{
    der::{Reader, Tag},
    digest::object_id,
    ocsp::wrap_basic,
};

use crate::{
    PadesError,
    limits::MAX_MATERIAL,
    pdf::{Dictionary, Object, Pdf, Reference, StreamError},
};

/// What the stores of all revisions hold.
#[derive(Debug, Default)]
pub(crate) struct Stores {
    /// Where each store's dictionary stands.
    pub(crate) places: Vec<usize>,
    /// Each object with the octets of the file that it stands in.
    pub(crate) objects: Vec<(ObjectId, Range<usize>)>,
    /// The objects of the newest revision's store.
    pub(crate) newest: BTreeMap<ObjectId, Reference>,
    pub(crate) evidence: Evidence,
    /// Something could not be read.
    pub(crate) unreadable: bool,
    by_start: BTreeMap<usize, Option<ObjectId>>,
    is_newest: bool,
}

impl Stores {
    /// Collects from every revision: what one took out is still there to prove what it proves.
    pub(crate) fn read(pdf: &Pdf<'_>) -> Result<Self, PadesError> {
        let mut stores = Self::default();
        for view in 0..pdf.views() {
            pdf.look_at(view);
            stores.is_newest = view == 0;
            let read = stores.view(pdf);
            pdf.look_at(0);
            read?;
        }
        Ok(stores)
    }

    fn view(&mut self, pdf: &Pdf<'_>) -> Result<(), PadesError> {
        let Some(catalog) = pdf.catalog()? else { return Ok(()) };
        let found = pdf.value(&catalog, "DSS")?;
        let Some(store) = found.object.as_dictionary() else { return Ok(()) };
        let place = found.offset.or(pdf.catalog_offset()?);
        if let Some(place) = place
            && !self.places.contains(&place)
        {
            self.places.push(place);
        }
        let keys = [
            ("Certs", EvidenceKind::Certificate),
            ("CRLs", EvidenceKind::Crl),
            ("OCSPs", EvidenceKind::Ocsp),
        ];
        self.lists(pdf, store, &keys)?;
        let related = pdf.value(store, "VRI")?.object;
        let keys =
            [("Cert", EvidenceKind::Certificate), ("CRL", EvidenceKind::Crl), ("OCSP", EvidenceKind::Ocsp)];
        for one in related.as_dictionary().into_iter().flat_map(Dictionary::values) {
            if let Some(one) = pdf.resolve(one)?.object.as_dictionary() {
                self.lists(pdf, one, &keys)?;
            }
        }
        Ok(())
    }

    fn lists(
        &mut self,
        pdf: &Pdf<'_>,
        dictionary: &Dictionary,
        keys: &[(&str, EvidenceKind)],
    ) -> Result<(), PadesError> {
        for (key, kind) in keys {
            let list = pdf.value(dictionary, key)?.object;
            for item in list.as_array().unwrap_or_default() {
                self.object(pdf, item, *kind)?;
            }
        }
        Ok(())
    }

    fn object(&mut self, pdf: &Pdf<'_>, item: &Object, kind: EvidenceKind) -> Result<(), PadesError> {
        let Object::Stream(stream) = pdf.resolve(item)?.object else {
            self.unreadable = true;
            return Ok(());
        };
        let known = self.by_start.get(&stream.start).copied();
        let id = if let Some(known) = known {
            known
        } else {
            if self.by_start.len() >= MAX_MATERIAL {
                return Err(PadesError::limit("objects in DSS dictionaries", MAX_MATERIAL));
            }
            let id = match pdf.octets(&stream)? {
                Ok(octets) => self.insert(kind, &octets),
                Err(StreamError::Encrypted | StreamError::Unreadable) => None,
            };
            if let Some(id) = id {
                self.objects.push((id, stream.start..pdf.end_of(&stream)?));
            }
            self.by_start.insert(stream.start, id);
            id
        };
        self.unreadable |= id.is_none();
        if let Some(id) = id.filter(|_| self.is_newest) {
            let (number, generation) = stream.name;
            self.newest.insert(id, Reference { number, generation });
        }
        Ok(())
    }

    fn insert(&mut self, kind: EvidenceKind, octets: &[u8]) -> Option<ObjectId> {
        let element = Reader::new(octets).read("DSS").ok()?;
        let mut der = Cow::Borrowed(element.bytes());
        let first = element.reader("DSS").ok()?.peek();
        if kind == EvidenceKind::Ocsp && first == Some(Tag::SEQUENCE) {
            der = Cow::Owned(wrap_basic(&der)); // a bare BasicOCSPResponse
        }
        let id = object_id(&der);
        let origin = Origin::Embedded { place: Cow::Borrowed("DSS") };
        self.evidence.insert(id, kind, Bytes::from(der.as_ref()), origin);
        Some(id)
    }
}
