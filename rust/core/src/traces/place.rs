//! Where the records of a log stand: on lines, or in the arrays of a document.

use crate::input::Place;

/// The arrays of a document whose elements are the records, each with the number of its first one; none for lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    arrays: Vec<(u32, String)>,
}

impl Records {
    /// Adds the array at `path`, whose first element is the record number `first`.
    pub(super) fn elements(&mut self, first: u32, path: String) {
        self.arrays.push((first, path));
    }

    /// The place of the record `number`: a line, or a path such as `data.result[0].values[2]`.
    pub fn place(&self, number: u32) -> Place {
        let after = self.arrays.partition_point(|(first, _)| *first <= number);
        match after.checked_sub(1).and_then(|at| self.arrays.get(at)) {
            None => Place::Line(u64::from(number)),
            Some((first, path)) => Place::Path(format!("{path}[{}]", number - first)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_a_line_or_an_element() {
        let mut records = Records::default();
        assert_eq!(records.place(7), Place::Line(7));
        records.elements(0, "a".to_owned());
        records.elements(3, "b".to_owned());
        assert_eq!((records.place(2), records.place(3)), (Place::Path("a[2]".into()), Place::Path("b[0]".into())));
    }
}
