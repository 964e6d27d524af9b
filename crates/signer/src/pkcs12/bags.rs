// SPDX-License-Identifier: Apache-2.0 OR MIT
//! SafeContents and its bags (RFC 7292, 4.2).

use keiin_model::Oid;
use keiin_pki::der::{Element, Reader, Tag};
use zeroize::Zeroizing;

use super::{Certificate, Contents, Key, octet_string, typed, typed_head};
use crate::file_error::FileError;

/// Bags of a file, all together.
const MOST_BAGS: usize = 1000;
/// SafeContents in SafeContents; nobody nests them.
const MOST_NESTED: usize = 4;
/// friendlyName, localKeyID, and what Microsoft and Java add.
const MOST_ATTRIBUTES: usize = 32;

const KEY: Oid = Oid::new(&[1, 2, 840, 113549, 1, 12, 10, 1, 1]);
const SHROUDED_KEY: Oid = Oid::new(&[1, 2, 840, 113549, 1, 12, 10, 1, 2]);
const CERTIFICATE: Oid = Oid::new(&[1, 2, 840, 113549, 1, 12, 10, 1, 3]);
const SAFE_CONTENTS: Oid = Oid::new(&[1, 2, 840, 113549, 1, 12, 10, 1, 6]);
const X509_CERTIFICATE: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 22, 1]);
const LOCAL_KEY_ID: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 21]);

/// What was found, and how many bags that took.
#[derive(Default)]
pub(super) struct Bags {
    pub(super) contents: Contents,
    read: usize,
}

/// A key that is to be decrypted.
pub(super) struct ShroudedKey<'a> {
    pub(super) value: Element<'a>,
    pub(super) local_id: Option<Vec<u8>>,
}

impl Bags {
    /// Takes what stands in the clear, and returns the keys that do not.
    pub(super) fn read<'a>(
        &mut self,
        safe_contents: &Element<'a>,
        depth: usize,
    ) -> Result<Vec<ShroudedKey<'a>>, FileError> {
        if depth > MOST_NESTED {
            return Err(FileError::Depth { limit: MOST_NESTED });
        }
        let mut shrouded = Vec::new();
        let mut reader = safe_contents.reader("SafeContents")?;
        while !reader.at_end() {
            self.read += 1;
            if self.read > MOST_BAGS {
                return Err(FileError::Bags { limit: MOST_BAGS });
            }
            let bag = reader.expect(Tag::SEQUENCE, "SafeBag")?;
            self.bag(&bag, depth, &mut shrouded)?;
        }
        Ok(shrouded)
    }

    fn bag<'a>(
        &mut self,
        bag: &Element<'a>,
        depth: usize,
        shrouded: &mut Vec<ShroudedKey<'a>>,
    ) -> Result<(), FileError> {
        let mut reader = bag.reader("SafeBag")?;
        let (kind, value) = typed_head(&mut reader, "SafeBag")?;
        match kind {
            KEY => {
                let der = Zeroizing::new(value.bytes().to_vec());
                self.contents.keys.push(Key { der, local_id: local_key_id(&mut reader)? });
            }
            SHROUDED_KEY => shrouded.push(ShroudedKey { value, local_id: local_key_id(&mut reader)? }),
            CERTIFICATE => {
                let (form, value) = typed(&value, "CertBag")?;
                if form == X509_CERTIFICATE {
                    let der = octet_string(&value, "CertBag")?.to_cow().into_owned();
                    let local_id = local_key_id(&mut reader)?;
                    self.contents.certificates.push(Certificate { der, local_id });
                }
            }
            SAFE_CONTENTS => shrouded.extend(self.read(&value, depth + 1)?),
            _ => {} // CRLs, secrets and what is to come: nothing to sign with
        }
        Ok(())
    }
}

/// bagAttributes SET OF PKCS12Attribute OPTIONAL: the localKeyID among them (RFC 2985, 5.5.2).
fn local_key_id(reader: &mut Reader<'_>) -> Result<Option<Vec<u8>>, FileError> {
    const OBJECT: &str = "bagAttributes";
    let Some(attributes) = reader.optional(Tag::SET, OBJECT)? else { return Ok(None) };
    for attribute in attributes.reader(OBJECT)?.all(MOST_ATTRIBUTES, OBJECT)? {
        let mut reader = attribute.reader(OBJECT)?;
        if reader.expect(Tag::OID, OBJECT)?.oid(OBJECT)? == LOCAL_KEY_ID {
            let value = reader.expect(Tag::SET, OBJECT)?.explicit(OBJECT)?;
            return Ok(Some(octet_string(&value, OBJECT)?.to_cow().into_owned()));
        }
    }
    Ok(None)
}
