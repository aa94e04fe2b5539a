//! Records of a CSV file, each with the line on which it begins. No record can fill the memory.

use std::io::{self, BufRead, BufReader, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::send::source::LONGEST_ROW;

/// No further record can be read.
pub(super) enum ReadError {
    /// The input fails.
    Io(io::Error),
    /// A record is longer than any row may be.
    Endless,
}

/// The record that was read last, and the input behind it.
pub(super) struct Records<R> {
    input: BufReader<R>,
    core: Reader,
    /// The cells, one after the other.
    text: Vec<u8>,
    /// Where in the text each cell ends.
    ends: Vec<usize>,
    width: usize,
    /// The line on which the record begins, counted from 1.
    line: u64,
    /// The line on which the input stands.
    at_line: u64,
    bytes: u64,
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input: BufReader::with_capacity(1 << 16, input),
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; 1024],
            ends: vec![0; 32],
            width: 0,
            line: 1,
            at_line: 1,
            bytes: 0,
        }
    }

    /// Reads the next record; false at the end.
    pub(super) fn advance(&mut self) -> Result<bool, ReadError> {
        self.width = 0;
        self.skip_line_ends().map_err(ReadError::Io)?;
        self.line = self.at_line;
        let (began, mut length) = (self.bytes, 0);
        loop {
            let input = self.input.fill_buf().map_err(ReadError::Io)?;
            let (result, read, written, ended) =
                self.core.read_record(input, &mut self.text[length..], &mut self.ends[self.width..]);
            self.take(read);
            length += written;
            self.width += ended;
            match result {
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            }
            if self.bytes - began > LONGEST_ROW {
                return Err(ReadError::Endless);
            }
        }
    }

    /// How many cells the record has.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// A cell of the record; empty beyond the last.
    pub(super) fn cell(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        if number < self.width { &self.text[start..self.ends[number]] } else { &[] }
    }

    /// All cells of the record.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.width).map(|number| self.cell(number))
    }

    /// The line on which the record begins, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes lie behind.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// Blank lines and what is left of the last line's end, so that the next record's line is known.
    fn skip_line_ends(&mut self) -> io::Result<()> {
        loop {
            let input = self.input.fill_buf()?;
            let ends = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let all = ends == input.len();
            if ends == 0 {
                return Ok(());
            }
            self.take(ends);
            if !all {
                return Ok(());
            }
        }
    }

    fn take(&mut self, bytes: usize) {
        let taken = &self.input.buffer()[..bytes];
        self.at_line += taken.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.bytes += bytes as u64;
        self.input.consume(bytes);
    }
}
