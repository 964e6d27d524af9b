// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where other people's files with known answers are. They are not part of the project.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The variable that names the folder.
pub const VARIABLE: &str = "KEIIN_CORPUS";

/// The corpus is not there. A test that needs it prints this and says that it ran no case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// The variable names something that is no folder.
    #[error("KEIIN_CORPUS names {0}, which is not a folder")]
    NotAFolder(PathBuf),
    /// Neither the variable nor a folder `shared/corpus` beside the project.
    #[error("no corpus: set KEIIN_CORPUS, or put it at ../shared/corpus beside the project")]
    Missing,
}

/// The folder of the corpus: `KEIIN_CORPUS`, else `shared/corpus` beside the project or further up from the current
/// folder.
///
/// # Errors
/// [`CorpusError`] when it is not there.
pub fn find() -> Result<PathBuf, CorpusError> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        return if named.is_dir() { Ok(named) } else { Err(CorpusError::NotAFolder(named)) };
    }
    let here = std::env::current_dir().map_err(|_| CorpusError::Missing)?;
    above(&here).ok_or(CorpusError::Missing)
}

/// A part of the corpus (`pkits`, `dss`, `hpki`); `None` after saying on standard error why not.
pub fn part(name: &str) -> Option<PathBuf> {
    let found = find().map(|corpus| corpus.join(name));
    match found {
        Ok(folder) if folder.is_dir() => return Some(folder),
        Ok(folder) => eprintln!("NOT RUN: the corpus has no folder {}", folder.display()),
        Err(error) => eprintln!("NOT RUN: {error}"),
    }
    None
}

/// Differences from a reference that are known: lines of a file's name, what differs in it, and the reason, with tabs
/// between them; `#` begins a comment.
#[derive(Clone, Debug)]
pub struct KnownDifferences<'t>(BTreeSet<(&'t str, &'t str)>);

impl<'t> KnownDifferences<'t> {
    /// Reads a table.
    ///
    /// # Panics
    /// When a line has no reason.
    pub fn read(table: &'t str) -> Self {
        let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let known = lines.map(|line| {
            let mut columns = line.split('\t');
            match (columns.next(), columns.next(), columns.next()) {
                (Some(file), Some(what), Some(_)) => (file, what),
                _ => panic!("three columns: {line}"),
            }
        });
        Self(known.collect())
    }

    /// Of differences that were found (file, what, how), those that are not known; and known ones of files whose names
    /// begin so that were not found.
    pub fn unexplained(&self, found: &[(String, String, String)], prefix: &str) -> Vec<String> {
        let seen: BTreeSet<_> = found.iter().map(|(file, what, _)| (file.as_str(), what.as_str())).collect();
        let new = found.iter().filter(|(file, what, _)| !self.0.contains(&(file.as_str(), what.as_str())));
        let stale =
            self.0.iter().filter(|(file, _)| file.starts_with(prefix)).filter(|one| !seen.contains(*one));
        new.map(|(file, what, how)| format!("{file}\t{what}\t{how}"))
            .chain(stale.map(|(file, what)| format!("{file}\t{what}\tSTALE")))
            .collect()
    }
}

fn above(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join("shared").join("corpus")).find(|corpus| corpus.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_and_what_is_stale_is_told() {
        let known = KnownDifferences::read("# FILE\tWHAT\tREASON\na\tformat\tso\na\tdata\tso\nb\tdata\tso\n");
        let found = |file: &str, what: &str| (file.to_owned(), what.to_owned(), "1 not 2".to_owned());
        let all = [found("a", "format"), found("a", "level"), found("b", "data")];
        assert_eq!(known.unexplained(&all, ""), ["a\tlevel\t1 not 2", "a\tdata\tSTALE"]);
        assert_eq!(known.unexplained(&all[..1], "a"), ["a\tdata\tSTALE"]);
        assert!(known.unexplained(&all[2..], "b").is_empty());
    }

    #[test]
    fn it_is_found_from_deep_inside_the_project() {
        let base = std::env::temp_dir().join(format!("keiin-corpus-{}", std::process::id()));
        let (deep, corpus) = (base.join("main/crates/x"), base.join("shared/corpus"));
        std::fs::create_dir_all(&deep).unwrap();
        assert_ne!(above(&deep), Some(corpus.clone()));
        std::fs::create_dir_all(&corpus).unwrap();
        assert_eq!(above(&deep), Some(corpus));
        std::fs::remove_dir_all(&base).unwrap();
    }
}
