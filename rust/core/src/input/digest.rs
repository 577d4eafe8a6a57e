//! The fingerprint of an input.

use std::io::Read;

/// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The SHA-256 of what is read, in hexadecimal digits, and its length in bytes.
///
/// # Errors
/// Those of the reader.
///
/// # Examples
/// ```
/// let (digest, length) = szilard::input::sha256(&b"abc"[..]).unwrap();
/// assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// assert_eq!(length, 3);
/// ```
///
/// Reference: FIPS 180-4, Secure Hash Standard, 2015.
pub fn sha256(mut input: impl Read) -> std::io::Result<(String, u64)> {
    let (constants, mut state, mut length) = (constants(), START, 0u64);
    let mut buffer = vec![0; 1 << 16];
    let mut held: Vec<u8> = Vec::new();
    loop {
        let count = input.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        length += count as u64;
        held.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let whole = held.len() / 64 * 64;
        for block in held.get(..whole).unwrap_or_default().chunks_exact(64) {
            state = compressed(state, block, &constants);
        }
        held.drain(..whole);
    }
    held.push(0x80);
    while held.len() % 64 != 56 {
        held.push(0);
    }
    held.extend_from_slice(&length.wrapping_mul(8).to_be_bytes());
    for block in held.chunks_exact(64) {
        state = compressed(state, block, &constants);
    }
    Ok((state.iter().map(|word| format!("{word:08x}")).collect(), length))
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, in whole numbers.
fn constants() -> Vec<u32> {
    let is_prime = |n: &u128| (2..*n).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    let root = |prime: u128| {
        // the largest r with r^3 <= prime 2^96 is the cube root times 2^32
        let (mut low, mut high) = (0u128, 1u128 << 36);
        while high - low > 1 {
            let middle = (low + high) / 2;
            if middle * middle * middle <= prime << 96 { low = middle } else { high = middle }
        }
        (low & u128::from(u32::MAX)) as u32
    };
    (2u128..).filter(is_prime).take(64).map(root).collect()
}

/// The state after a block of 64 bytes.
fn compressed(state: [u32; 8], block: &[u8], constants: &[u32]) -> [u32; 8] {
    // the last 16 words of the message schedule, oldest first
    let mut words = [0u32; 16];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
    for constant in constants {
        let word = words[0];
        let choice = (e & f) ^ (!e & g);
        let one = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let first = h.wrapping_add(one).wrapping_add(choice).wrapping_add(*constant).wrapping_add(word);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let zero = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let second = zero.wrapping_add(majority);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
        let old = words[1].rotate_right(7) ^ words[1].rotate_right(18) ^ (words[1] >> 3);
        let new = words[14].rotate_right(17) ^ words[14].rotate_right(19) ^ (words[14] >> 10);
        words.rotate_left(1);
        words[15] = word.wrapping_add(old).wrapping_add(words[8]).wrapping_add(new);
    }
    let end = [a, b, c, d, e, f, g, h];
    let mut next = state;
    next.iter_mut().zip(end).for_each(|(word, more)| *word = word.wrapping_add(more));
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_of_the_standard_come_out() {
        // FIPS 180-4 examples: the empty message, one of two blocks, and a million times the letter a
        let of = |bytes: &[u8]| sha256(bytes).unwrap().0;
        assert_eq!(of(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let two = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(of(two), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        assert_eq!(of(&vec![b'a'; 1_000_000]), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}
