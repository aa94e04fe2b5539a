//! The refusals file: one CSV row for each row that isn't in the log, in the order of the source. It comes into being
//! with the first refusal.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::refusal::{Misfit, Refusal};

const HEADER: [&str; 5] = ["line", "reference", "field", "value", "rule"];
/// Between several things that are wrong with one row.
const BETWEEN: &str = "; ";

/// The refusals of one file.
pub(super) struct RefusalsFile {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
    bytes: u64,
}

impl RefusalsFile {
    /// Starts anew; what an earlier run left is gone.
    pub(super) fn anew(path: &Path) -> io::Result<Self> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self { path: path.to_owned(), writer: None, bytes: 0 })
    }

    /// Goes on behind the first `bytes`; what stands after them was told too soon and is told again.
    pub(super) fn go_on(path: &Path, bytes: u64) -> io::Result<Self> {
        if bytes == 0 {
            return Self::anew(path);
        }
        let mut file = OpenOptions::new().write(true).open(path)?;
        if file.metadata()?.len() < bytes {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is shorter than it was"));
        }
        file.set_len(bytes)?;
        file.seek(SeekFrom::Start(bytes))?;
        Ok(Self { path: path.to_owned(), writer: Some(csv::Writer::from_writer(file)), bytes })
    }

    /// Adds a row.
    pub(super) fn add(&mut self, refusal: &Refusal) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            empty => {
                let mut writer = csv::Writer::from_writer(File::create_new(&self.path)?);
                writer.write_record(HEADER)?;
                empty.insert(writer)
            }
        };
        let all =
            |part: fn(&Misfit) -> &str| refusal.misfits.iter().map(part).collect::<Vec<_>>().join(BETWEEN);
        writer.write_record([
            &refusal.line.to_string(),
            &refusal.reference,
            &all(|misfit| &misfit.field),
            &all(|misfit| &misfit.value),
            &all(|misfit| &misfit.rule),
        ])?;
        Ok(())
    }

    /// Brings everything to disk and tells how long the file is then.
    pub(super) fn settle(&mut self) -> io::Result<u64> {
        if let Some(writer) = &mut self.writer {
            writer.flush()?;
            let length = writer.get_ref().metadata()?.len();
            if length != self.bytes {
                writer.get_ref().sync_data()?;
                self.bytes = length;
            }
        }
        Ok(self.bytes)
    }

    /// Where it is, once there is something in it.
    pub(super) fn path(&self) -> Option<&Path> {
        self.writer.as_ref().map(|_| self.path.as_path())
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn refusal(line: u64, fields: &[&str]) -> Refusal {
        let misfit = |field: &&str| Misfit {
            field: (*field).into(),
            value: "a,b".into(),
            rule: format!("wrong {field}"),
        };
        Refusal { line, reference: format!("r{line}"), misfits: fields.iter().map(misfit).collect() }
    }

    #[test]
    fn a_refused_row_is_one_row_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.csv");
        std::fs::write(&path, "of an earlier run").unwrap();
        let mut file = RefusalsFile::anew(&path).unwrap();
        assert_eq!((file.path(), path.exists()), (None, false));
        file.add(&refusal(2, &["kind"])).unwrap();
        file.add(&refusal(9, &["lon", "lat"])).unwrap();
        file.settle().unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "line,reference,field,value,rule\n2,r2,kind,\"a,b\",wrong kind\n\
             9,r9,lon; lat,\"a,b; a,b\",wrong lon; wrong lat\n"
        );
    }

    #[test]
    fn going_on_drops_what_was_told_too_soon() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.csv");
        let mut file = RefusalsFile::anew(&path).unwrap();
        file.add(&refusal(2, &["kind"])).unwrap();
        let settled = file.settle().unwrap();
        file.add(&refusal(3, &["kind"])).unwrap();
        drop(file);
        let mut file = RefusalsFile::go_on(&path, settled).unwrap();
        file.add(&refusal(4, &["kind"])).unwrap();
        file.settle().unwrap();
        let lines: Vec<_> = std::fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        assert_eq!(lines[1..], ["2,r2,kind,\"a,b\",wrong kind", "4,r4,kind,\"a,b\",wrong kind"]);
        assert!(RefusalsFile::go_on(&path, 9999).is_err());
    }
}
