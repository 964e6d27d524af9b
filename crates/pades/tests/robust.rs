// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Small PDFs made by hand: what no file of other people's shows.

use keiin_pades::{Pades, PadesError};

/// A file of these objects with a right cross-reference table; `trailer` goes into its trailer.
fn pdf(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut file = String::from("%PDF-1.7\n");
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = file.len();
    file += &format!("{table}trailer\n<</Size 9/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

#[test]
fn a_file_without_signatures_reads_and_has_none() {
    let file = pdf(&["<</Type/Catalog/AcroForm<</Fields[]>>>>"], "");
    let read = Pades::read(file.clone()).unwrap();
    assert!(read.signatures().is_empty() && read.timestamps().is_empty() && read.defects().is_empty());
    assert_eq!(read.pieces().concat(), file);
}

#[test]
fn circles_end() {
    let fields = [
        "<</AcroForm<</Fields[2 0 R]>>/DSS 3 0 R>>",
        "<</Kids[2 0 R 2 0 R]/V 4 0 R>>",
        "<</VRI 3 0 R>>",
        "4 0 R",
    ];
    assert!(Pades::read(pdf(&fields, "")).unwrap().signatures().is_empty());
    assert!(Pades::read(pdf(&["<</AcroForm 1 0 R/Fields 1 0 R>>"], "/Prev 9")).is_ok());
    let own = b"%PDF-1.7\nxref\n0 0\ntrailer<</Prev 9/Root 1 0 R>>\nstartxref\n9\n";
    assert!(matches!(Pades::read(own.to_vec()), Err(PadesError::NoCatalog)));
}

#[test]
fn a_signature_that_was_never_made_is_none() {
    let field = "<</FT/Sig/V<</Type/Sig/Contents<0000>/ByteRange[0 1 2 3]>>>>";
    let read = Pades::read(pdf(&["<</AcroForm<</Fields[2 0 R]>>>>", field], "")).unwrap();
    assert!(read.signatures().is_empty());
    assert_eq!(read.defects().len(), 1);
}

#[test]
fn a_signature_that_cannot_be_read_is_not_passed_over() {
    let field = "<</FT/Sig/T(here)/V<</Type/Sig/Contents<0102>/ByteRange[0 1 2 3]>>>>";
    let read = Pades::read(pdf(&["<</AcroForm<</Fields[2 0 R]>>>>", field], ""));
    assert!(matches!(read, Err(PadesError::Signature { field, .. }) if field == "here"));
}

#[test]
fn foreign_and_broken_files_are_refused_by_name() {
    assert!(matches!(Pades::read(b"hello".to_vec()), Err(PadesError::NotAPdf)));
    assert!(matches!(Pades::read(b"%PDF-1.4\n%%EOF".to_vec()), Err(PadesError::NoCatalog)));
}

#[test]
fn a_wrong_cross_reference_is_made_anew() {
    let file = String::from_utf8(pdf(&["<</Type/Catalog>>"], "")).unwrap();
    let broken = file.replace("0000000009 00000 n", "0000000003 00000 n");
    let read = Pades::read(broken.into_bytes()).unwrap();
    assert_eq!(read.defects().len(), 1);
}

#[test]
fn every_cut_of_a_file_is_read_or_refused() {
    let field = "<</FT/Sig/V<</Type/Sig/Contents<0102>/ByteRange[0 1 2 99999999999]>>>>";
    let file = pdf(&["<</AcroForm<</Fields[2 0 R]>>/DSS<</Certs[2 0 R]>>>>", field], "");
    for end in 0..file.len() {
        drop(Pades::read(file[..end].to_vec()));
        drop(Pades::read(file[end..].to_vec()));
    }
}
