//! The order of many integers.

/// The indices of the keys in their order; of equal keys the first comes first.
///
/// About as many buckets as keys, and a sort inside each: linear for keys that are spread out, and fast for those that
/// are nearly in order already. `keys` beyond 2^32 have no order here.
pub fn order(keys: &[i64]) -> Vec<u32> {
    let (Some(least), Some(most)) = (keys.iter().min(), keys.iter().max()) else { return Vec::new() };
    if keys.is_sorted() {
        return keys.iter().zip(0..).map(|(_, index)| index).collect();
    }
    // the difference of two i64 fits u64, whatever they are
    let rank = |key: &i64| key.wrapping_sub(*least).cast_unsigned();
    let bits = 64 - rank(most).leading_zeros();
    let shift = bits.saturating_sub(usize::BITS - keys.len().leading_zeros());
    let mut places = vec![0u32; (rank(most) >> shift) as usize + 2];
    for key in keys {
        if let Some(count) = places.get_mut((rank(key) >> shift) as usize + 1) {
            *count += 1;
        }
    }
    let mut next = 0;
    for place in &mut places {
        next += *place;
        *place = next;
    }
    let mut sorted = vec![(0, 0); keys.len()];
    for (key, index) in keys.iter().zip(0..) {
        if let Some(place) = places.get_mut((rank(key) >> shift) as usize) {
            if let Some(slot) = sorted.get_mut(*place as usize) {
                *slot = (*key, index);
            }
            *place += 1;
        }
    }
    // every place has moved on to the end of its bucket
    let mut start = 0;
    for end in places {
        if let Some(bucket) = sorted.get_mut(start..end as usize).filter(|bucket| bucket.len() > 1) {
            bucket.sort_unstable();
        }
        start = start.max(end as usize);
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
