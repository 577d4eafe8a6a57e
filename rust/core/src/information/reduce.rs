//! The sums over every row of a set of logits, in parallel and without a copy of more than one block.

use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2, Axis, s};
use szilard_simd::{BLOCK, Logit, RowSums, Softmax};

use crate::input::{Code, Place, Refusal};
use crate::parallel::{advance, blocks};

/// Rows that are taken together where a row is not contiguous: their elements share the lines of the cache.
const TOGETHER: usize = 16;

/// The sums of each row; `first_row` is the number of the first in messages. The result does not depend on the number
/// of threads, nor on the strides.
///
/// # Errors
///
/// `E_NONFINITE` at the row and column of the first NaN or +inf, or at the first row that is only -inf.
pub(super) fn row_sums<T: Logit>(
    logits: ArrayView2<'_, T>,
    softmax: &Softmax,
    first_row: usize,
) -> Result<Vec<RowSums>, Refusal> {
    let is_contiguous = logits.rows().into_iter().next().is_none_or(|row| row.as_slice().is_some());
    let together = if is_contiguous { 1 } else { TOGETHER };
    let of_block = |range: Range<usize>| {
        advance(range.len() as u64);
        let groups = range.clone().step_by(together);
        let group = |start: usize| logits.slice(s![start..range.end.min(start + together), ..]);
        groups.flat_map(|start| sums_of(group(start), softmax, first_row + start)).collect::<Vec<_>>()
    };
    // All blocks are computed before the first refusal is looked for, so that it is the first in row order.
    blocks(logits.nrows(), TOGETHER, &of_block).into_iter().flatten().collect()
}

/// The sums of a few rows, by the calling thread alone.
pub(super) fn sums_of<T: Logit>(
    rows: ArrayView2<'_, T>,
    softmax: &Softmax,
    first_row: usize,
) -> Vec<Result<RowSums, Refusal>> {
    let named = |((index, sums), row)| finished(sums, row, first_row + index);
    of_rows(rows, softmax).into_iter().enumerate().zip(rows.rows()).map(named).collect()
}

/// The sums of some rows, block by block, or the column of the first number that is no logit.
fn of_rows<T: Logit>(rows: ArrayView2<'_, T>, softmax: &Softmax) -> Vec<Result<RowSums, usize>> {
    let mut sums = vec![Ok(RowSums::default()); rows.nrows()];
    let mut buffer = Vec::new();
    for block in rows.axis_chunks_iter(Axis(1), BLOCK) {
        for (row, sums) in block.rows().into_iter().zip(&mut sums) {
            let Ok(running) = sums else { continue };
            let before = running.columns;
            if let Err(place) = T::absorb(contiguous(row, &mut buffer), running, softmax) {
                *sums = Err(before + place);
            }
        }
    }
    sums
}

/// The numbers of a row side by side: as they lie, or gathered.
pub(super) fn contiguous<'a, T: Logit>(row: ArrayView1<'a, T>, buffer: &'a mut Vec<T>) -> &'a [T] {
    match row.to_slice() {
        Some(slice) => slice,
        None => {
            buffer.clear();
            buffer.extend(row.iter());
            buffer
        }
    }
}

fn finished<T: Logit>(sums: Result<RowSums, usize>, logits: ArrayView1<'_, T>, row: usize) -> Result<RowSums, Refusal> {
    match sums {
        Ok(sums) if sums.maximum > f64::NEG_INFINITY => Ok(sums),
        Ok(_) => Err(only_masked(row)),
        Err(column) => Err(no_logit(row, column, logits.get(column).map_or(f64::NAN, |logit| logit.widen()))),
    }
}

/// The reason why a row has no distribution: NaN or +inf.
pub(super) fn no_logit(row: usize, column: usize, found: f64) -> Refusal {
    let place = Place::Row { row, column: Some(column) };
    Refusal::new(Code::NonfiniteLogit, "<array>", place, found.to_string(), "a number or -inf")
}

/// The reason why a row has no distribution: every token is masked.
pub(super) fn only_masked(row: usize) -> Refusal {
    let place = Place::Row { row, column: None };
    Refusal::new(Code::NonfiniteLogit, "<array>", place, "only -inf", "at least one finite logit")
}
