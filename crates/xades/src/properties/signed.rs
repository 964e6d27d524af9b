// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the signer signed about itself and the data (EN 319 132-1, 5.2).

use keiin_model::{Defect, DefectKind, SignedProperties, SignerLocation, SignerReference, Time};
use keiin_tsp::facts::defect;

use super::{DataObjectFormat, Qualifying, certificate};
use crate::xml::{NodeId, Tree};

/// What the signed properties say.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignedPart {
    pub(crate) properties: SignedProperties,
    pub(crate) signer: SignerReference,
    pub(crate) formats: Vec<DataObjectFormat>,
}

/// Reads the signed properties. The caller has made sure that the signature covers them.
pub(crate) fn read(tree: &Tree<'_>, qualifying: &Qualifying, defects: &mut Vec<Defect>) -> SignedPart {
    let reader = Reader { tree, qualifying };
    let formats: Vec<_> =
        qualifying.data_properties(tree, "DataObjectFormat").map(|n| reader.format(n)).collect();
    let properties = SignedProperties {
        signing_time: reader.signing_time(defects),
        content_type: None,
        mime_type: formats.iter().find_map(|format| format.mime_type.clone()),
        commitments: reader.commitments(),
        location: reader.location(defects),
        claimed_roles: reader.claimed_roles(defects),
        policy: reader.policy(defects),
    };
    SignedPart { properties, signer: reader.signer(defects), formats }
}

struct Reader<'s, 'a> {
    tree: &'s Tree<'a>,
    qualifying: &'s Qualifying,
}

impl Reader<'_, '_> {
    /// The one property of some names, the first of which is its own; more than one is a defect (5.2, 6.3).
    fn single(&self, names: &[&'static str], defects: &mut Vec<Defect>) -> Option<NodeId> {
        let all: Vec<_> =
            names.iter().flat_map(|name| self.qualifying.signature_properties(self.tree, name)).collect();
        if all.len() > 1 {
            defects.push(defect(DefectKind::Repeated, names.first().copied().unwrap_or_default()));
        }
        all.first().copied()
    }

    fn child_text(&self, node: NodeId, local: &str) -> Option<String> {
        let child = self.tree.child(node, self.qualifying.namespace, local)?;
        let text = self.tree.text(child).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    fn child(&self, node: NodeId, local: &str) -> Option<NodeId> {
        self.tree.child(node, self.qualifying.namespace, local)
    }

    fn signing_time(&self, defects: &mut Vec<Defect>) -> Option<Time> {
        let node = self.single(&["SigningTime"], defects)?;
        let time = date_time(self.tree.text(node).trim());
        if time.is_none() {
            defects.push(defect(DefectKind::Unreadable, "SigningTime"));
        }
        time
    }

    fn signer(&self, defects: &mut Vec<Defect>) -> SignerReference {
        let property = self.single(&["SigningCertificate", "SigningCertificateV2"], defects);
        let references = property
            .map(|node| certificate::references(self.tree, node, self.qualifying.namespace))
            .unwrap_or_default();
        SignerReference {
            has_signing_certificate: property.is_some(),
            references,
            ..SignerReference::default()
        }
    }

    fn commitments(&self) -> Vec<String> {
        let all = self.qualifying.data_properties(self.tree, "CommitmentTypeIndication");
        all.filter_map(|node| self.identifier(self.child(node, "CommitmentTypeId")?)).collect()
    }

    /// ObjectIdentifierType: a URI, where `urn:oid:` stands for an OID (5.1.2).
    fn identifier(&self, node: NodeId) -> Option<String> {
        let text = self.child_text(node, "Identifier")?;
        Some(text.strip_prefix("urn:oid:").map(str::to_owned).unwrap_or(text))
    }

    fn location(&self, defects: &mut Vec<Defect>) -> Option<SignerLocation> {
        let node = self.single(&["SignatureProductionPlace", "SignatureProductionPlaceV2"], defects)?;
        let parts = ["StreetAddress", "StateOrProvince", "PostalCode"];
        Some(SignerLocation {
            country: self.child_text(node, "CountryName"),
            locality: self.child_text(node, "City"),
            postal_address: parts.iter().filter_map(|part| self.child_text(node, part)).collect(),
        })
    }

    /// Claimed roles as they stand. Certified roles and signed assertions are somebody else's word, which is not read.
    fn claimed_roles(&self, defects: &mut Vec<Defect>) -> Vec<String> {
        let Some(node) = self.single(&["SignerRole", "SignerRoleV2"], defects) else { return Vec::new() };
        for unread in ["CertifiedRoles", "CertifiedRolesV2", "SignedAssertions"] {
            if self.child(node, unread).is_some() {
                defects.push(defect(DefectKind::Ignored, unread));
            }
        }
        let Some(claimed) = self.child(node, "ClaimedRoles") else { return Vec::new() };
        let roles = self.tree.elements(claimed);
        let roles = roles.filter(|n| self.tree.is(*n, self.qualifying.namespace, "ClaimedRole"));
        roles.map(|role| self.tree.text(role).trim().to_owned()).collect()
    }

    fn policy(&self, defects: &mut Vec<Defect>) -> Option<String> {
        let node = self.single(&["SignaturePolicyIdentifier"], defects)?;
        if self.child(node, "SignaturePolicyImplied").is_some() {
            return Some(String::new());
        }
        let id = self.child(node, "SignaturePolicyId").and_then(|node| self.child(node, "SigPolicyId"));
        let text = id.and_then(|node| self.identifier(node));
        if text.is_none() {
            defects.push(defect(DefectKind::Unreadable, "SignaturePolicyIdentifier"));
        }
        text
    }

    fn format(&self, node: NodeId) -> DataObjectFormat {
        DataObjectFormat::read(self.tree, node, self.qualifying.namespace)
    }
}

/// An xsd:dateTime. One without a time zone is taken as UTC, which the claim then says.
fn date_time(text: &str) -> Option<Time> {
    text.parse().or_else(|_| format!("{text}Z").parse()).ok().filter(|_| text.contains('T'))
}

#[cfg(test)]
mod tests {
    use super::date_time;

    #[test]
    fn times_of_schema_are_read() {
        assert_eq!(date_time("2014-11-10T20:39:56.293").unwrap().to_string(), "2014-11-10T20:39:56.293Z");
        assert_eq!(date_time("2022-02-06T18:00:00+09:00").unwrap().to_string(), "2022-02-06T09:00:00Z");
        assert!(date_time("2022-02-06").is_none());
        assert!(date_time("2003.10.24T10:57:19Z").is_none());
    }
}
