// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A page made by hand around an appearance, and other people's programs that look at it.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use keiin_pades::appearance::{Appearance, Part, Value, number};

/// A page of 300 by 400 points whose box does not begin at the origin.
pub(crate) const CROP: [f64; 4] = [20.0, 30.0, 320.0, 430.0];

fn value(value: &Value, first: usize) -> Vec<u8> {
    match value {
        Value::Integer(n) => n.to_string().into_bytes(),
        Value::Number(n) => number(*n).into_bytes(),
        Value::Name(name) => format!("/{name}").into_bytes(),
        Value::String(octets) => {
            let digits: String = octets.iter().map(|octet| format!("{octet:02X}")).collect();
            format!("<{digits}>").into_bytes()
        }
        Value::Array(items) => {
            let mut out = b"[".to_vec();
            for item in items {
                out.extend(self::value(item, first));
                out.push(b' ');
            }
            out.push(b']');
            out
        }
        Value::Dictionary(entries) => dictionary(entries, first),
        Value::Part(index) => format!("{} 0 R", first + index).into_bytes(),
    }
}

fn dictionary(entries: &[(&'static str, Value)], first: usize) -> Vec<u8> {
    let mut out = b"<<".to_vec();
    for (key, entry) in entries {
        out.extend(format!("/{key} ").into_bytes());
        out.extend(value(entry, first));
        out.push(b' ');
    }
    out.extend(b">>");
    out
}

fn object(part: &Part, first: usize) -> Vec<u8> {
    let Some(stream) = &part.stream else { return dictionary(&part.dictionary, first) };
    let mut entries = part.dictionary.clone();
    entries.push(("Length", Value::Integer(stream.len().try_into().unwrap())));
    let mut out = dictionary(&entries, first);
    out.extend(b"\nstream\n");
    out.extend(stream);
    out.extend(b"\nendstream");
    out
}

/// A PDF of one page with one signature field that has the appearance.
pub(crate) fn pdf(appearance: &Appearance, rect: [f64; 4], rotate: u32) -> Vec<u8> {
    let first = 5;
    let list = |numbers: [f64; 4]| numbers.map(number).join(" ");
    let mut objects: Vec<Vec<u8>> = vec![
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 600]/CropBox[{}]/Rotate {rotate}/Annots[4 0 R]>>",
            list(CROP)
        )
        .into_bytes(),
        format!(
            // A value, or mupdf paints over it that it is to be signed.
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/F 132/P 3 0 R/Rect[{}]/AP<</N {} 0 R>>/V<</Type/Sig\
             /Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 0 0 0]/Contents<00>>>>>",
            list(rect),
            first + appearance.form
        )
        .into_bytes(),
    ];
    objects.extend(appearance.parts.iter().map(|part| object(part, first)));
    file(&objects)
}

/// A file of objects numbered from 1; the first is the catalog.
pub(crate) fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = String::new();
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", out.len());
        out.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let (start, size) = (out.len(), objects.len() + 1);
    out.extend(format!("xref\n0 {size}\n0000000000 65535 f \n{table}").into_bytes());
    out.extend(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    out
}

/// Runs a program; `None` when it is not installed.
pub(crate) fn run(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let output = match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("{program} is not installed (scripts/setup.sh); not compared with it");
            return None;
        }
        Err(error) => panic!("{program}: {error}"),
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // What mupdf was built without, it says each time.
    let said = said.replace("warning: ICC support is not available", "");
    assert!(output.status.success() && said.trim().is_empty(), "{program} {arguments:?}: {text}{said}");
    Some(text)
}

/// The page as pixels, one a point: width, height, RGB.
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Renders with poppler and with mupdf.
    pub(crate) fn both(folder: &Path, name: &str) -> Option<[Self; 2]> {
        let stem = name.trim_end_matches(".pdf");
        run("pdftoppm", &["-r", "72", "-cropbox", "-singlefile", name, stem], folder)?;
        run("mutool", &["draw", "-q", "-r", "72", "-o", &format!("{stem}.mu.ppm"), name], folder)?;
        Some([".ppm", ".mu.ppm"].map(|end| Self::read(&folder.join(format!("{stem}{end}")))))
    }

    fn read(path: &PathBuf) -> Self {
        let octets = std::fs::read(path).unwrap();
        let mut fields = octets.split(|octet| octet.is_ascii_whitespace());
        let mut next = || std::str::from_utf8(fields.next().unwrap()).unwrap().to_owned();
        let head: Vec<String> = (0..4).map(|_| next()).collect();
        assert_eq!((head[0].as_str(), head[3].as_str()), ("P6", "255"));
        let (width, height): (usize, usize) = (head[1].parse().unwrap(), head[2].parse().unwrap());
        let body = &octets[octets.len() - width * height * 3..];
        Self { width, height, pixels: body.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect() }
    }

    /// The box of all pixels of a kind, from the lower left corner: left, below, right, above.
    pub(crate) fn bounds(&self, is: impl Fn([u8; 3]) -> bool) -> Option<[usize; 4]> {
        let mut found: Option<[usize; 4]> = None;
        for (index, pixel) in self.pixels.iter().enumerate() {
            if is(*pixel) {
                let (x, y) = (index % self.width, self.height - 1 - index / self.width);
                let [a, b, c, d] = found.unwrap_or([x, y, x, y]);
                found = Some([a.min(x), b.min(y), c.max(x), d.max(y)]);
            }
        }
        found
    }
}
