//! Where the marks of a text are: the bytes between which a row has its fields, and all that no plain row has.

/// How many bytes are compared at once.
const CHUNK: usize = 64;

/// How many marks of a chunk are written without a look at their number.
const USUAL: usize = 8;

/// The marks of a piece of text.
#[derive(Debug, Default)]
pub(super) struct Marks {
    places: Vec<u32>,
    count: usize,
}

impl Marks {
    /// Finds the marks of a piece: control characters, bytes that are not ASCII, and the given ones.
    pub fn find(&mut self, piece: &[u8], given: [u8; 3]) {
        // so that a chunk always has room
        let room = piece.len() + CHUNK + USUAL;
        if self.places.len() < room {
            self.places.resize(room, 0);
        }
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("popcnt") {
            // SAFETY: the instructions were just found.
            return unsafe { self.find_with_avx2(piece, given) };
        }
        self.fill(piece, |chunk| mask(chunk, given));
    }

    /// The places of the marks, in order.
    pub fn places(&self) -> &[u32] {
        self.places.get(..self.count).unwrap_or_default()
    }

    #[inline(always)]
    fn fill(&mut self, piece: &[u8], mask: impl Fn(&[u8; CHUNK]) -> u64) {
        self.count = 0;
        let (chunks, rest) = piece.as_chunks::<CHUNK>();
        let mut last = [b' '; CHUNK];
        if let Some(last) = last.get_mut(..rest.len()) {
            last.copy_from_slice(rest);
        }
        for (at, chunk) in chunks.iter().chain(Some(&last)).enumerate() {
            let (mut bits, start) = (mask(chunk), (CHUNK * at) as u32);
            let found = bits.count_ones() as usize;
            let Some(free) = self.places.get_mut(self.count..) else { return };
            let Some(usual) = free.first_chunk_mut::<USUAL>() else { return };
            for place in usual {
                *place = start + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
            for place in free.iter_mut().take(found).skip(USUAL) {
                *place = start + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
            self.count += found;
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,popcnt")]
    fn find_with_avx2(&mut self, piece: &[u8], given: [u8; 3]) {
        use std::arch::x86_64::*;
        let [one, two, three] = given.map(|byte| _mm256_set1_epi8(byte.cast_signed()));
        // as a signed number, a byte that is not ASCII is below a blank too
        let blank = _mm256_set1_epi8(b' '.cast_signed());
        self.fill(piece, |chunk| {
            let (halves, _) = chunk.as_chunks::<32>();
            halves.iter().rev().fold(0, |bits, half| {
                // SAFETY: the 32 bytes that are loaded are those of the array; the method has the instructions.
                let marks = unsafe {
                    let bytes = _mm256_loadu_si256(half.as_ptr().cast());
                    let odd = _mm256_or_si256(_mm256_cmpgt_epi8(blank, bytes), _mm256_cmpeq_epi8(bytes, one));
                    let given = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, two), _mm256_cmpeq_epi8(bytes, three));
                    _mm256_movemask_epi8(_mm256_or_si256(odd, given)).cast_unsigned()
                };
                bits << 32 | u64::from(marks)
            })
        });
    }
}

/// A bit for each byte of a chunk that is a mark, the first byte in the lowest bit.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn mask(chunk: &[u8; CHUNK], given: [u8; 3]) -> u64 {
    use std::arch::x86_64::*;
    let (parts, _) = chunk.as_chunks::<16>();
    parts.iter().rev().fold(0, |bits, part| {
        // SAFETY: every x86-64 processor has SSE2, and the 16 bytes that are loaded are those of the array.
        let marks = unsafe {
            let bytes = _mm_loadu_si128(part.as_ptr().cast());
            // as a signed number, a byte that is not ASCII is below a blank too
            let odd = _mm_cmplt_epi8(bytes, _mm_set1_epi8(b' '.cast_signed()));
            let marks = given
                .iter()
                .fold(odd, |marks, byte| _mm_or_si128(marks, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte.cast_signed()))));
            _mm_movemask_epi8(marks).cast_unsigned()
        };
        bits << 16 | u64::from(marks)
    })
}

#[cfg(not(target_arch = "x86_64"))]
fn mask(chunk: &[u8; CHUNK], given: [u8; 3]) -> u64 {
    chunk.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(is_mark(*byte, given)))
}

/// Whether a byte is a mark.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn is_mark(byte: u8, given: [u8; 3]) -> bool {
    !(b' '..0x80).contains(&byte) || given.contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_wherever_they_are() {
        let given = [b',', b'p', b'"'];
        let mut state = 1u64;
        let mut marks = Marks::default();
        for length in (0..300).chain([5000]) {
            for likely in [2, 20, 256] {
                let mut next = |most: u64| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    (state >> 33) % most
                };
                let byte = |odd: u64, byte: u64| if odd == 0 { byte as u8 } else { b'a' + byte as u8 % 8 };
                let piece: Vec<u8> = (0..length).map(|_| byte(next(likely), next(256))).collect();
                let all = piece.iter().enumerate().filter(|(_, byte)| is_mark(**byte, given));
                let expected: Vec<u32> = all.map(|(at, _)| at as u32).collect();
                marks.find(&piece, given);
                assert_eq!(marks.places(), expected);
                marks.fill(&piece, |chunk| mask(chunk, given));
                assert_eq!(marks.places(), expected);
            }
        }
    }
}
