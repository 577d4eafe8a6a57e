//! Where the marks of a text are: what stands between the fields of a row, line ends, and what no plain row has.

/// How many bytes are compared at once.
const CHUNK: usize = 64;

/// How many marks of a chunk are written at a time, without a look at how many are left.
const GROUP: usize = 4;

/// The marks of a piece of text.
#[derive(Debug, Default)]
pub(super) struct Marks {
    places: Vec<u16>,
    count: usize,
    ends: Vec<u16>,
    lines: usize,
    /// The first byte that no plain row has.
    odd: u16,
}

/// A bit for each byte of a chunk, the first byte in the lowest bit.
#[derive(Debug, Clone, Copy, Default)]
struct Masks {
    /// The byte between the fields, and line ends.
    marks: u64,
    line_ends: u64,
    /// Control characters but CR and LF, bytes that are not ASCII, and those that the form excludes.
    odd: u64,
}

impl Marks {
    /// Finds the byte between the fields of a piece of less than 64 KiB, its line ends, and the first byte that no plain row has: a control
    /// character but CR and LF, one that is not ASCII, or one of the two that are given.
    pub fn find(&mut self, piece: &[u8], between: u8, never: [u8; 2]) {
        // so that a chunk always has room
        let room = piece.len() + CHUNK + GROUP;
        if self.places.len() < room {
            self.places.resize(room, 0);
            self.ends.resize(room, 0);
        }
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("popcnt") {
            // SAFETY: the instructions were just found.
            return unsafe { self.find_with_avx2(piece, between, never) };
        }
        self.fill(piece, |chunk| masks(chunk, between, never));
    }

    /// The places of the marks, line ends among them.
    pub fn places(&self) -> &[u16] {
        self.places.get(..self.count).unwrap_or_default()
    }

    /// Which of them are line ends.
    pub fn ends(&self) -> &[u16] {
        self.ends.get(..self.lines).unwrap_or_default()
    }

    /// Where the first byte stands that no plain row has.
    pub fn odd(&self) -> u16 {
        self.odd
    }

    #[inline(always)]
    fn fill(&mut self, piece: &[u8], masks: impl Fn(&[u8; CHUNK]) -> Masks) {
        (self.count, self.lines, self.odd) = (0, 0, u16::MAX);
        let (chunks, rest) = piece.as_chunks::<CHUNK>();
        let mut last = [b' '; CHUNK];
        if let Some(last) = last.get_mut(..rest.len()) {
            last.copy_from_slice(rest);
        }
        for (at, chunk) in chunks.iter().chain(Some(&last)).enumerate() {
            let (masks, start) = (masks(chunk), (CHUNK * at) as u16);
            if masks.odd != 0 && self.odd == u16::MAX {
                self.odd = start + masks.odd.trailing_zeros() as u16;
            }
            let bits = masks.marks;
            let before =
                |bit: u64| self.count as u16 + (bits & (bit & bit.wrapping_neg()).wrapping_sub(1)).count_ones() as u16;
            let ends = self.ends.get_mut(self.lines..).unwrap_or_default();
            write::<2>(ends, masks.line_ends, before);
            self.lines += masks.line_ends.count_ones() as usize;
            let places = self.places.get_mut(self.count..).unwrap_or_default();
            write::<GROUP>(places, bits, |bit| start + bit.trailing_zeros() as u16);
            self.count += bits.count_ones() as usize;
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,popcnt")]
    fn find_with_avx2(&mut self, piece: &[u8], between: u8, never: [u8; 2]) {
        use std::arch::x86_64::*;
        let [one, two] = never;
        let [fields, one, two, feed, reset, blank] =
            [between, one, two, b'\n', b'\r', b' '].map(|byte| _mm256_set1_epi8(byte.cast_signed()));
        self.fill(piece, |chunk| {
            let (halves, _) = chunk.as_chunks::<32>();
            let mut all = Masks::default();
            for half in halves.iter().rev() {
                // SAFETY: the 32 bytes that are loaded are those of the array.
                let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
                let (fields, lines) = (_mm256_cmpeq_epi8(bytes, fields), _mm256_cmpeq_epi8(bytes, feed));
                let marks = _mm256_or_si256(fields, lines);
                let usual = _mm256_or_si256(marks, _mm256_cmpeq_epi8(bytes, reset));
                // as a signed number, a byte that is not ASCII is below a blank too
                let low = _mm256_andnot_si256(usual, _mm256_cmpgt_epi8(blank, bytes));
                let never = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, one), _mm256_cmpeq_epi8(bytes, two));
                let odd = _mm256_or_si256(low, never);
                all.marks = all.marks << 32 | u64::from(_mm256_movemask_epi8(marks).cast_unsigned());
                all.line_ends = all.line_ends << 32 | u64::from(_mm256_movemask_epi8(lines).cast_unsigned());
                all.odd = all.odd << 32 | u64::from(_mm256_movemask_epi8(odd).cast_unsigned());
            }
            all
        });
    }
}

/// Writes what `of` says of each bit, from the lowest on; behind them some more may be written.
#[inline(always)]
fn write<const GROUP: usize>(free: &mut [u16], mut bits: u64, of: impl Fn(u64) -> u16) {
    let (groups, _) = free.as_chunks_mut::<GROUP>();
    for group in groups {
        for place in group {
            *place = of(bits);
            bits &= bits.wrapping_sub(1);
        }
        if bits == 0 {
            return;
        }
    }
}

/// The masks of a chunk.
#[inline(always)]
fn masks(chunk: &[u8; CHUNK], between: u8, never: [u8; 2]) -> Masks {
    use crate::text::{equal, low};
    let (parts, _) = chunk.as_chunks::<16>();
    parts.iter().rev().fold(Masks::default(), |all, part| {
        let (fields, lines) = (equal(part, between), equal(part, b'\n'));
        let usual = fields | lines | equal(part, b'\r');
        let odd = low(part) & !usual | never.iter().fold(0, |odd, byte| odd | equal(part, *byte));
        Masks {
            marks: all.marks << 16 | u64::from(fields | lines),
            line_ends: all.line_ends << 16 | u64::from(lines),
            odd: all.odd << 16 | u64::from(odd),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_wherever_they_are() {
        let mut state = 1u64;
        let mut next = |most: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % most
        };
        let mut marks = Marks::default();
        for length in (0..300).chain([5000]) {
            for (likely, odd) in [(2, 9), (20, 4), (256, 4), (2, 4)] {
                let mut byte = || match next(likely) {
                    0 => [b',', b'\n', b',', b'\r', b'p', b'"', b'\t', 0xe9, b'\x7f'][next(odd) as usize],
                    _ => b'a' + next(8) as u8,
                };
                let piece: Vec<u8> = (0..length).map(|_| byte()).collect();
                let all = || piece.iter().zip(0u16..);
                let places: Vec<u16> = all().filter(|(byte, _)| b",\n".contains(byte)).map(|(_, at)| at).collect();
                let ends = places.iter().zip(0u16..).filter(|(at, _)| piece[**at as usize] == b'\n');
                let ends: Vec<u16> = ends.map(|(_, index)| index).collect();
                let odd = all().find(|(byte, _)| b"p\"\t\xe9".contains(byte)).map_or(u16::MAX, |(_, at)| at);
                marks.find(&piece, b',', [b'p', b'"']);
                assert_eq!((marks.places(), marks.ends(), marks.odd()), (&places[..], &ends[..], odd));
                marks.fill(&piece, |chunk| masks(chunk, b',', [b'p', b'"']));
                assert_eq!((marks.places(), marks.ends(), marks.odd()), (&places[..], &ends[..], odd));
            }
        }
    }
}
