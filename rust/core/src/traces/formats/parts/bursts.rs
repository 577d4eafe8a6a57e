//! Rows of several devices without a name, told by the time between them.

/// Rows of one query of several devices lie closer than this. [ns]
const BURST_NS: i64 = 100_000_000;

/// The number of rows in each burst, where rows come in bursts: the lower median of the intervals is short, and the
/// long ones cut the rows into blocks of one size, at least two (the first and last may be cut; one in ten may differ).
pub(crate) fn burst_size(rows: &[(i64, u32)]) -> Option<usize> {
    let intervals: Vec<i64> =
        rows.windows(2).filter_map(|pair| Some((pair.last()?.0.saturating_sub(pair.first()?.0)).max(0))).collect();
    let mut sorted = intervals.clone();
    let middle = sorted.len().checked_sub(1)? / 2;
    let median = *sorted.select_nth_unstable(middle).1;
    if median > BURST_NS {
        return None;
    }
    let mut blocks = vec![1usize];
    for interval in &intervals {
        if *interval > median.saturating_mul(4) {
            blocks.push(1);
        } else if let Some(last) = blocks.last_mut() {
            *last += 1;
        }
    }
    let inner = blocks.get(1..blocks.len().saturating_sub(1)).filter(|inner| !inner.is_empty()).unwrap_or(&blocks);
    let size = *inner.first()?;
    let alike = |blocks: &[usize]| blocks.iter().filter(|block| **block == size).count();
    let regular = alike(inner) * 10 >= inner.len() * 9 && alike(&blocks) > 1;
    (size > 1 && regular).then_some(size)
}

/// Whether the rows come in blocks of `size`, each closer together than to the next; one in ten may differ.
pub(crate) fn in_blocks(rows: &[(i64, u32)], size: usize) -> bool {
    if size < 2 {
        return size == 1;
    }
    let blocks: Vec<(i64, i64)> =
        rows.chunks_exact(size).filter_map(|block| Some((block.first()?.0, block.last()?.0))).collect();
    let apart = |pair: &[(i64, i64)]| matches!(pair, [(start, end), (next, _)] if end - start < next - end);
    let good = blocks.windows(2).filter(|pair| apart(pair)).count();
    blocks.len() > 1 && good * 10 >= (blocks.len() - 1) * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(milliseconds: impl IntoIterator<Item = i64>) -> Vec<(i64, u32)> {
        milliseconds.into_iter().map(|ms| (ms * 1_000_000, 1)).collect()
    }

    #[test]
    fn bursts_betray_several_devices() {
        // Four devices read 5 ms apart, every 100 ms; two devices with one stamp every second.
        assert_eq!(burst_size(&rows((0..40).map(|i| i / 4 * 100 + i % 4 * 5))), Some(4));
        assert_eq!(burst_size(&rows((0..41).map(|i| i / 2 * 1000))), Some(2));
        assert_eq!(burst_size(&rows((0..9).map(|i| i / 2 * 100 + i % 2 * 4))), Some(2));
    }

    #[test]
    fn one_device_has_no_bursts() {
        assert_eq!(burst_size(&rows((0..40).map(|i| i * 100))), None);
        // 50 ms with two pauses at no regular distance.
        assert_eq!(
            burst_size(&rows((0..40).map(|i| i * 50 + if i > 7 { 2000 } else { 0 } + if i > 20 { 900 } else { 0 }))),
            None
        );
        assert_eq!(burst_size(&rows([0])), None);
    }
}
