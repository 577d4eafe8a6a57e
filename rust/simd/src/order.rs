//! The order of many integers.

/// Bits that are sorted in one pass.
const BITS: u32 = 11;

/// The indices of the keys in their order; of equal keys the first comes first.
///
/// A radix sort that leaves out the bits that all keys share. `keys` beyond 2^32 have no order here.
pub fn order(keys: &[i64]) -> Vec<u32> {
    let (Some(least), Some(most)) = (keys.iter().min(), keys.iter().max()) else { return Vec::new() };
    if keys.is_sorted() {
        return keys.iter().zip(0..).map(|(_, index)| index).collect();
    }
    // the difference of two i64 fits u64, whatever they are
    let rank = |key: &i64| key.wrapping_sub(*least).cast_unsigned();
    let mut sorted: Vec<(u64, u32)> = keys.iter().zip(0..).map(|(key, index)| (rank(key), index)).collect();
    let mut other = vec![(0, 0); sorted.len()];
    let passes = (64 - rank(most).leading_zeros()).div_ceil(BITS);
    for pass in 0..passes {
        let digit = |key: u64| (key >> (pass * BITS)) as usize & ((1 << BITS) - 1);
        let mut places = [0usize; 1 << BITS];
        for (key, _) in &sorted {
            if let Some(count) = places.get_mut(digit(*key)) {
                *count += 1;
            }
        }
        let mut next = 0;
        for place in &mut places {
            next += std::mem::replace(place, next);
        }
        for (key, index) in &sorted {
            if let Some(place) = places.get_mut(digit(*key)) {
                if let Some(slot) = other.get_mut(*place) {
                    *slot = (*key, *index);
                }
                *place += 1;
            }
        }
        std::mem::swap(&mut sorted, &mut other);
    }
    sorted.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn keys_come_in_order_and_equal_ones_keep_theirs() {
        let mut state = 1u64;
        for (count, range) in [(0, 1), (1, 1), (10, 3), (1000, 50), (5000, 1 << 40), (300, u64::MAX)] {
            let keys: Vec<i64> = (0..count)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state.rotate_left(17) % range).cast_signed()
                })
                .collect();
            let mut expected: Vec<u32> = (0..count).collect();
            expected.sort_by_key(|index| keys[*index as usize]);
            assert_eq!(order(&keys), expected, "{count} keys below {range}");
        }
        assert_eq!(order(&[i64::MAX, i64::MIN, 0]), [1, 2, 0]);
    }
}
