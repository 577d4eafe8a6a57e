//! Text of logs: where a line or a field ends, and plain decimal numbers, many bytes at a time.

/// The place of the first `byte`; `None` where it is not there.
///
/// ```
/// assert_eq!(szilard_simd::find(b"timestamp, power\n", b'\n'), Some(16));
/// ```
pub fn find(bytes: &[u8], byte: u8) -> Option<usize> {
    let (chunks, rest) = bytes.as_chunks::<16>();
    for (at, chunk) in chunks.iter().enumerate() {
        let equal = equal(chunk, byte);
        if equal != 0 {
            return Some(16 * at + equal.trailing_zeros() as usize);
        }
    }
    let at = rest.iter().position(|other| *other == byte)?;
    Some(16 * chunks.len() + at)
}

/// Puts the fields of a line, without the blanks around them, into `fields` as first byte and end; false where the line
/// holds a quote or is not ASCII, and then the fields do not count.
///
/// ```
/// let mut fields = Vec::new();
/// assert!(szilard_simd::split(b"0, 100.00 W,", b',', &mut fields));
/// assert_eq!(fields, [(0, 1), (3, 11), (12, 12)]);
/// assert!(!szilard_simd::split(b"0,\"a,b\"", b',', &mut fields));
/// ```
pub fn split(line: &[u8], delimiter: u8, fields: &mut Vec<(u32, u32)>) -> bool {
    fields.clear();
    let mut start = 0;
    let (chunks, rest) = line.as_chunks::<16>();
    let mut last = [0u8; 16];
    if let Some(last) = last.get_mut(..rest.len()) {
        last.copy_from_slice(rest);
    }
    let tail = if rest.is_empty() { None } else { Some(&last) };
    for (at, chunk) in chunks.iter().chain(tail).enumerate() {
        if equal(chunk, b'"') != 0 || high(chunk) != 0 {
            return false;
        }
        let mut ends = equal(chunk, delimiter);
        while ends != 0 {
            let end = 16 * at + ends.trailing_zeros() as usize;
            fields.push(trimmed(line, start, end));
            start = end + 1;
            ends &= ends - 1;
        }
    }
    fields.push(trimmed(line, start, line.len()));
    true
}

/// The field between two places without the blanks around it.
fn trimmed(line: &[u8], mut start: usize, mut end: usize) -> (u32, u32) {
    let blank = |at: usize| line.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t'..=b'\r'));
    while start < end && blank(start) {
        start += 1;
    }
    while start < end && blank(end - 1) {
        end -= 1;
    }
    (start as u32, end as u32)
}

/// How many digits the decimal number at the start of a text has before and behind its point, and its digits as a
/// number: `123.45 W` has 3, 2 and 12345. `None` where it has none before the point, a point without a digit behind it,
/// more than 15 in all, or something joined to it that could belong to a number.
///
/// ```
/// use szilard_simd::decimal;
/// assert_eq!(decimal(b"664.73 W"), Some((3, 2, 66473)));
/// assert_eq!(decimal(b"5542mW"), Some((4, 0, 5542)));
/// for text in ["", "-1", ".5", "5.", "1.2.3", "1e3", "1_00"] {
///     assert_eq!(decimal(text.as_bytes()), None, "{text}");
/// }
/// ```
pub fn decimal(text: &[u8]) -> Option<(usize, usize, u64)> {
    let digits = |from: usize, number: &mut u64| {
        let mut count = 0;
        for byte in text.iter().skip(from) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 || count > 15 {
                break;
            }
            *number = *number * 10 + u64::from(digit);
            count += 1;
        }
        count
    };
    let mut number = 0;
    let whole = digits(0, &mut number);
    if whole == 0 || whole > 15 {
        return None;
    }
    let mut fraction = 0;
    if text.get(whole) == Some(&b'.') {
        fraction = digits(whole + 1, &mut number);
        if fraction == 0 || whole + fraction > 15 {
            return None;
        }
    }
    let end = whole + if fraction > 0 { fraction + 1 } else { 0 };
    match text.get(end) {
        Some(b'.' | b',' | b'_' | b'e' | b'E' | b'+' | b'-' | b'0'..=b'9' | 0x80..) => None,
        _ => Some((whole, fraction, number)),
    }
}

/// A bit for each byte of a chunk that is equal to `byte`, the first byte in the lowest bit.
#[cfg(target_arch = "x86_64")]
pub(crate) fn equal(chunk: &[u8; 16], byte: u8) -> u32 {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8};
    // SAFETY: every x86-64 processor has SSE2, and the 16 bytes that are loaded are those of the array.
    unsafe {
        let chunk = _mm_loadu_si128(chunk.as_ptr().cast());
        _mm_movemask_epi8(_mm_cmpeq_epi8(chunk, _mm_set1_epi8(byte.cast_signed()))).cast_unsigned()
    }
}

/// A bit for each byte of a chunk that is a control character or not ASCII.
#[cfg(target_arch = "x86_64")]
pub(crate) fn low(chunk: &[u8; 16]) -> u32 {
    use std::arch::x86_64::{_mm_cmplt_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8};
    // SAFETY: every x86-64 processor has SSE2, and the 16 bytes that are loaded are those of the array.
    unsafe {
        // as a signed number, a byte that is not ASCII is below a blank too
        let below = _mm_cmplt_epi8(_mm_loadu_si128(chunk.as_ptr().cast()), _mm_set1_epi8(b' '.cast_signed()));
        _mm_movemask_epi8(below).cast_unsigned()
    }
}

/// A bit for each byte of a chunk that is not ASCII.
#[cfg(target_arch = "x86_64")]
fn high(chunk: &[u8; 16]) -> u32 {
    use std::arch::x86_64::{_mm_loadu_si128, _mm_movemask_epi8};
    // SAFETY: every x86-64 processor has SSE2, and the 16 bytes that are loaded are those of the array.
    unsafe { _mm_movemask_epi8(_mm_loadu_si128(chunk.as_ptr().cast())).cast_unsigned() }
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn equal(chunk: &[u8; 16], byte: u8) -> u32 {
    chunk.iter().enumerate().fold(0, |bits, (at, other)| bits | u32::from(*other == byte) << at)
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn low(chunk: &[u8; 16]) -> u32 {
    chunk.iter().enumerate().fold(0, |bits, (at, byte)| bits | u32::from(!(b' '..0x80).contains(byte)) << at)
}

#[cfg(not(target_arch = "x86_64"))]
fn high(chunk: &[u8; 16]) -> u32 {
    chunk.iter().enumerate().fold(0, |bits, (at, byte)| bits | u32::from(*byte >= 0x80) << at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_found_wherever_they_are() {
        for length in 0..70 {
            let mut bytes = vec![b'a'; length];
            assert_eq!(find(&bytes, b'\n'), None);
            for at in (0..length).rev() {
                bytes[at] = b'\n';
                assert_eq!(find(&bytes, b'\n'), Some(at));
            }
        }
    }

    #[test]
    fn fields_are_those_of_a_plain_split() {
        let mut state = 1u64;
        let mut fields = Vec::new();
        for _ in 0..2000 {
            let mut next = |most: u64| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 33) % most
            };
            let length = next(60);
            let line: String = (0..length).map(|_| [',', ' ', 'a', ',', '7', '\t'][next(6) as usize]).collect();
            assert!(split(line.as_bytes(), b',', &mut fields));
            let found: Vec<&str> = fields.iter().map(|(from, to)| &line[*from as usize..*to as usize]).collect();
            assert_eq!(found, line.split(',').map(str::trim).collect::<Vec<_>>(), "{line:?}");
        }
        for line in ["a,\"b\"", "0123456789abcdef\"", "é,1", "0123456789abcde,é"] {
            assert!(!split(line.as_bytes(), b',', &mut fields), "{line}");
        }
    }
}
